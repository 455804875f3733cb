"""Writing: the one transaction that all writers of the archive share, and helpers for many rows.

New rows go in by Django's `bulk_create`, rows are looked up by `__in`, both in chunks.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, cast

from django.db import connection, models, transaction

from articles.caching.version import bump, without_cache

T = TypeVar("T")

CHUNK = 1000  # values in one query
# Any number will do for PostgreSQL's advisory lock, as long as all writers use the same.
_WRITERS_LOCK = 5_632_161_223
# SQLite has no queue for its lock: a waiter looks again after up to 0.1 s. Who has been writing for
# `_LONGEST_TURN` seconds without a pause leaves the lock alone for `_PAUSE` seconds, so that others get it.
_LONGEST_TURN, _PAUSE = 0.5, 0.11


# Whether the outermost `writing` under way changes what pages show; None outside of any.
_changes_pages: ContextVar[list[bool] | None] = ContextVar("changes_pages", default=None)


@contextmanager
def writing(*, changes_pages: bool = True) -> Iterator[None]:
    """Open a transaction as the only writer of the archive; readers do not wait.

    With `changes_pages` the site version is raised before the commit. What is cached inside is seen by nobody
    else, as it may be rolled back.

    What an import or a grouping writes depends on all it has read, so writers go one after the other: SQLite
    has a single writer anyway, on PostgreSQL they share an advisory lock. Inside another transaction it is a
    savepoint.
    """
    if (outer := _changes_pages.get()) is not None:
        outer.append(changes_pages)
        with transaction.atomic():
            yield
        return
    changes = [changes_pages]
    token = _changes_pages.set(changes)
    try:
        with _lock():
            with without_cache():
                yield
            if any(changes) and not connection.needs_rollback:
                bump()
    finally:
        _changes_pages.reset(token)


@contextmanager
def _lock() -> Iterator[None]:
    """Open a transaction that holds the writers' lock."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        _turn.begin()
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_WRITERS_LOCK])
            yield
    finally:
        _turn.ended = time.monotonic()


class _Turn:
    """Transactions of this process that follow each other without a pause in which others get the lock."""

    began = ended = 0.0

    def begin(self) -> None:
        """Make a pause before another transaction, if one is due."""
        paused = time.monotonic() - self.ended
        if paused < _PAUSE and self.ended - self.began < _LONGEST_TURN:
            return
        time.sleep(max(_PAUSE - paused, 0))
        self.began = time.monotonic()


_turn = _Turn()


@contextmanager
def lock_timeout(seconds: float) -> Iterator[None]:
    """Wait this long for SQLite's lock, not the usual `timeout`; PostgreSQL waits without a limit."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        [usual] = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")


def chunked(values: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """Yield values in lists of at most `size`, for one query each."""
    values = list(values)
    return (values[start : start + size] for start in range(0, len(values), size))


def values_in(
    rows: models.Manager | models.QuerySet, field: str, values: Iterable, *names: str
) -> Iterator[tuple]:
    """Yield the values of the fields `names` of the rows whose `field` has one of these values."""
    for some in chunked(sorted(values)):
        yield from rows.filter(**{f"{field}__in": some}).values_list(*names)


def update_in(rows: models.QuerySet, ids: Iterable[int], **changes: object) -> int:
    """Update those of these rows that have one of the ids; return how many."""
    return sum(rows.filter(pk__in=some).update(**changes) for some in chunked(sorted(ids)))


def update_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence]) -> None:
    """Set the fields `names` of existing rows: each row is its primary key, then a value for each name.

    Foreign keys are ids. Like `bulk_update`, which takes twenty times as long.
    """
    key = model._meta.pk
    fields = [cast("models.Field", model._meta.get_field(name)) for name in names]
    quote = connection.ops.quote_name
    changes = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    sql = f"UPDATE {quote(model._meta.db_table)} SET {changes} WHERE {quote(str(key.column))} = %s"  # noqa: S608
    values = [
        [*(field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True)), pk]
        for pk, *row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)
