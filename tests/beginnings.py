"""States of the database that many tests begin with: made once for those that follow each other.

A beginning stays in an open transaction, and each test runs in a savepoint within it that is rolled back. It
is taken back before a test that begins with something else, or with nothing.
"""

import pytest
from django.db import connection, transaction

_MAKERS = {}


def made_once(make):
    """Turn this function, which is given a folder for files, into a fixture of its name, without a value."""
    name = make.__module__, make.__name__
    _MAKERS[name] = make

    def there(db, _beginning):
        assert _beginning.name == name, "a beginning is for tests that name it, or whose fixtures do"

    return pytest.fixture(name=make.__name__)(there)


class Beginning:
    """What the database holds when a test begins."""

    def __init__(self, make_folder):
        self.make_folder, self.name, self.block = make_folder, None, None

    def prepare(self, module, fixture_names):
        """Let the database hold what a test of this module with these fixtures begins with."""
        names = ((place, name) for name in fixture_names for place in (module, "tests.conftest"))
        name = next((name for name in names if name in _MAKERS), None)
        if name == self.name and not connection.closed_in_transaction:  # as after an answer is closed
            return
        self.leave()
        if name:
            self._make(name)

    def _make(self, name):
        self.block = transaction.atomic()
        self.block._from_testcase = True  # as TestCase's own: blocks in it may be durable
        self.block.__enter__()
        try:
            _MAKERS[name](self.make_folder("beginning"))
        except BaseException:
            self.leave()
            raise
        self.name = name

    def leave(self):
        """Take back what the tests until now began with."""
        block, self.block, self.name = self.block, None, None
        if block:
            transaction.set_rollback(True)
            block.__exit__(None, None, None)
