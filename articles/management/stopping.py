"""How a command ends when Ctrl-C or the database stops it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.db import DatabaseError, OperationalError

INTERRUPTED = 130  # what a shell expects of a program that Ctrl-C ended
# PostgreSQL's codes for what SQLite counts among operational errors: the database is read only, the user may
# not do this, the table or the column is not there, as before the migrations.
_NOT_READY = frozenset({"25006", "42501", "42P01", "42703"})


@contextmanager
def stoppable(work: str) -> Iterator[None]:
    """End a command with one line if Ctrl-C or the database stops its `work`; the next run does the rest.

    Errors that only a bug can cause keep their traceback.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise CommandError("stopped; run it again to go on", returncode=INTERRUPTED) from None
    except DatabaseError as error:
        if not isinstance(error, OperationalError) and _code_of(error) not in _NOT_READY:
            raise
        [reason, *_] = str(error).splitlines() or ["it does not say why"]  # PostgreSQL adds the statement
        raise CommandError(f"the database stopped the {work}: {reason}; run it again to go on") from error


def _code_of(error: DatabaseError) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""
