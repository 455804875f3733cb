"""The generation of what readers see (floor 2): a number that every change of public data raises.

Triggers raise it in the transaction of the change, whoever writes: the import, the desk, raw SQL. Pages made
from one generation are good until the next; readers follow an act at the desk at once, and anything else
within PAGES_MAY_LAG seconds, so that an import does not make every page anew with each of its commits.
Reading it costs one small query; where the database is a file in WAL mode, a look at the file's times tells
whether there was any commit at all since the last query, so that a page out of a cache costs none.
"""

import os
import secrets
import time
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.utils import timezone

from articles.language import spoken
from articles.models.coverage import moment

Value = TypeVar("Value")
_TICK = 50_000_000  # ns: file times older than this cannot hide a second commit of the same tick
_MEMO_SIZE = 5_000
# The generation, and how often the desk acted.
_NUMBERS = "SELECT sum(value), (SELECT number FROM articles_desk_acts) FROM articles_generation"
# The same, the time of the newest article that is due, and of the next that is not.
_ALL = (
    "SELECT sum(value), (SELECT number FROM articles_desk_acts), "
    "(SELECT max(published_at) FROM articles_article WHERE published_at <= %s), "
    "(SELECT min(published_at) FROM articles_article WHERE published_at > %s) FROM articles_generation"
)


@dataclass
class _Known:
    """What this process read last, and what it made of it."""

    marks: tuple | None = None
    generation: int = -1
    acts: int = -1
    since: float = 0.0  # when this generation was taken up
    until: float = 0.0  # time at which an article of the future becomes public
    version: str = ""


_known = _Known()
_pinned: ContextVar[str] = ContextVar("version", default="")
_memo: dict = {}


def current_version() -> str:
    """Return the name of the present state of the site: equal names, equal pages (but for the time of day).

    It changes with every commit that changes public data, and when an article dated ahead becomes due.
    Inside `pinned_version` it is read once.
    """
    return _pinned.get() or _look(may_lag=0.0)


def request_version() -> str:
    """Return the version that a reader's request is answered in, which may lag a little."""
    return _pinned.get() or _look(settings.PAGES_MAY_LAG)


def _look(may_lag: float) -> str:
    marks = _file_marks()
    now = time.time()
    if marks is None or marks != _known.marks or now >= _known.until:
        if now >= _known.until:
            _renew()
        elif (found := _read()) != (_known.generation, _known.acts):
            if found[1] == _known.acts and 0 <= now - _known.since < may_lag:
                return _known.version
            _renew()
        _known.marks = marks
    return _known.version


def bump() -> None:
    """Let every process take up the present generation with its next request: an editor has acted."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_desk_acts SET number = number + 1")


@contextmanager
def pinned_version():
    """Read the version once for all that happens inside, a reader's request: it asks for it many times."""
    token = _pinned.set(request_version())
    try:
        yield _pinned.get()
    finally:
        _pinned.reset(token)


@contextmanager
def without_cache():
    """Make pages of a state that will never be: nothing remembered inside is shown outside."""
    token = _pinned.set(f"draft {secrets.token_hex(8)}")
    try:
        yield
    finally:
        for place in list(_memo):  # in one go: other threads read and write it meanwhile
            if place[0] == _pinned.get():
                _memo.pop(place, None)
        _pinned.reset(token)


def cached(key: object, make: Callable[[], Value]) -> Value:
    """Return what `make` gives, made once per state of the site and language in this process."""
    place = (current_version(), spoken(), key)
    value = _memo.get(place, _memo)  # asked once: another thread may forget all of it meanwhile
    if value is _memo:
        value = make()
        if len(_memo) >= _MEMO_SIZE:
            _memo.clear()
        _memo[place] = value
    return value


def cached_many(kind: str, keys: list, make: Callable[[list], dict]) -> dict:
    """Return a value for each key, as far as `make`, which is asked once for all unknown ones, gives one."""
    place = (current_version(), spoken(), kind)
    found = {key: _memo.get((*place, key), _memo) for key in keys}
    missing = [key for key, value in found.items() if value is _memo]
    if not missing:
        return found
    made = make(missing)
    if len(_memo) + len(made) > _MEMO_SIZE:
        _memo.clear()
    for key, value in made.items():
        _memo[(*place, key)] = value
    found |= made
    return {key: value for key, value in found.items() if value is not _memo}


def clear() -> None:
    """Forget all that this process remembers of the site."""
    global _known
    _known = _Known()
    _memo.clear()


def _renew() -> None:
    """Read all that the version is made of, in one query."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_ALL, [connection.ops.adapt_datetimefield_value(now)] * 2)
        generation, acts, *moments = cursor.fetchone()
    last, following = (moment(value) for value in moments)
    _known.generation, _known.acts, _known.since = int(generation), acts, time.time()
    _known.version = f"{generation}.{last.timestamp():.0f}" if last else str(generation)
    _known.until = following.timestamp() if following else float("inf")
    _memo.clear()


def _read() -> tuple[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS)
        generation, acts = cursor.fetchone()
    return int(generation), acts


def _file_marks() -> tuple | None:
    """Return what any commit to an SQLite file changes, or None where nothing but a query can tell."""
    database = connections[DEFAULT_DB_ALIAS]  # asked once: each look through `connection` costs as much
    if database.vendor != "sqlite":
        return None
    path = str(database.settings_dict["NAME"])
    marks = []
    for name in (path, path + "-wal"):
        try:
            found = os.stat(name)  # noqa: PTH116 -- a third of the time of Path.stat, on every request
        except OSError:
            marks.append(None)
        else:
            if time.time_ns() - found.st_mtime_ns < _TICK:
                return None
            marks.append((found.st_ino, found.st_mtime_ns, found.st_size))
    return tuple(marks) if marks[0] else None
