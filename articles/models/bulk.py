"""Bulk writes (floor 1): one writer at a time, and many rows in few statements without a model a row.

A statement's cost is small beside that of a model instance and its compiled SQL: the import's link rows go
in six times as fast this way as by `bulk_create`.
"""

import gc
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from itertools import chain

from django.db import connection, models, transaction
from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.db.backends.utils import CursorWrapper

from articles.caching.version import bump, without_cache
from articles.models.company import is_alone

# Any number will do, as long as all writers of the archive take the same.
_WRITERS_LOCK = 5_632_161_223
# Values asked for in one query, as `among` them: what is found has to fit into memory.
LOOK_UP = 1000
# Rows given to SQLite in one INSERT: they take half the time of as many statements, and more at once gain
# nothing. PostgreSQL, to which each statement is a journey, takes as many as are asked for.
_TOGETHER = 100
# SQLite's waiters sleep up to this long between looks at the lock: a shorter gap would starve them.
_GAP = 0.11
# Seconds for which the lock is held, in one transaction or several close together, until a gap is due.
_TURN = 0.5


def has_server() -> bool:
    """Tell whether the database is a process of its own, which works while this one does."""
    return connection.vendor == "postgresql"


# Whether the outermost `writing` under way changes what pages show; None outside of any.
_writing: ContextVar[dict | None] = ContextVar("writing", default=None)


@contextmanager
def writing(*, changes_pages: bool = True) -> Iterator[None]:
    """Hold a transaction as the archive's only writer; readers go on undisturbed.

    With `changes_pages` the site version is raised before the commit. Nothing that is cached inside is seen
    outside, as it may be rolled back.

    SQLite has one writer anyway; on PostgreSQL an advisory lock makes it so, because what an import and a
    regrouping write depends on all they have read. Between long turns a gap is left for others.
    """
    if (outer := _writing.get()) is not None:
        outer["changes_pages"] |= changes_pages
        with transaction.atomic():
            yield
        return
    token = _writing.set({"changes_pages": changes_pages})
    try:
        with _transaction():
            with without_cache():
                yield
            if _writing.get()["changes_pages"] and not connection.needs_rollback:
                bump()
    finally:
        _writing.reset(token)


@contextmanager
def _transaction() -> Iterator[None]:
    with _taking_turns() if connection.vendor == "sqlite" else nullcontext(), transaction.atomic():
        if has_server():
            with connection.cursor() as cursor:
                lightly = ", set_config('synchronous_commit', 'off', true)" if _commits_lightly.get() else ""
                cursor.execute(f"SELECT pg_advisory_xact_lock(%s){lightly}", [_WRITERS_LOCK])
        yield


_commits_lightly = ContextVar("commits_lightly", default=False)


@contextmanager
def committing_lightly() -> Iterator[None]:
    """Let transactions that are `writing` end before they are on PostgreSQL's disk.

    For work that is done again where it is not found done: of a server that crashes, the last commits may be
    lost, always the later before the earlier, and each as a whole. The next ordinary commit brings all before
    it to the disk, so that one at the end of the work makes it last. SQLite waits for the disk at its
    checkpoints only, whatever is asked.
    """
    token = _commits_lightly.set(True)
    try:
        yield
    finally:
        _commits_lightly.reset(token)


@dataclass
class _Turn:
    ended: float = 0.0
    held: float = 0.0


_last = _Turn()


@contextmanager
def _taking_turns() -> Iterator[None]:
    """Leave a gap before a transaction that follows long ones; SQLite, unlike PostgreSQL, has no queue."""
    if connection.in_atomic_block:
        yield
        return
    rested = time.monotonic() - _last.ended
    if rested >= _GAP:
        _last.held = 0.0
    elif _last.held >= _TURN:
        if not (_is_only_writer.get() and is_alone()):
            time.sleep(_GAP - rested)
        _last.held = 0.0
    began = time.monotonic()
    try:
        yield
    finally:
        _last.ended = time.monotonic()
        _last.held += _last.ended - began


_is_only_writer = ContextVar("is_only_writer", default=False)


@contextmanager
def being_the_only_writer_here() -> Iterator[None]:
    """Leave gaps to other processes only, and only if there are any: no other thread of this one writes."""
    token = _is_only_writer.set(True)
    try:
        yield
    finally:
        _is_only_writer.reset(token)


@contextmanager
def waiting_long(seconds: float) -> Iterator[None]:
    """Wait this long, instead of the usual time, where another program has locked an SQLite database."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")
        try:
            yield
        finally:
            usual = connection.settings_dict["OPTIONS"].get("timeout", 5)
            cursor.execute(f"PRAGMA busy_timeout = {usual * 1000:.0f}")


@contextmanager
def collecting_less_garbage() -> Iterator[None]:
    """Look for circles of garbage less often: bulk work makes few, and a look costs a tenth of its time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(500_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def parts(values: Iterable) -> Iterator[deque]:
    """Yield values in portions for one query each: no lists, as Django looks into every value of one."""
    values = list(values)
    for start in range(0, len(values), LOOK_UP):
        yield deque(values[start : start + LOOK_UP])


# OFFSET, or the sequence is looked for as often as ids are asked for.
_NEXT_IDS = """SELECT nextval(ids) FROM
    (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS ids OFFSET 0) AS named, generate_series(1, %s)"""


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
    """Return ids for so many new rows, to name them before they are there.

    The caller holds the lock, and inserts the rows before more are reserved.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if has_server():
            cursor.execute(_NEXT_IDS, [table, count])
            return [pk for (pk,) in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        last = (cursor.fetchone() or [0])[0]
    return list(range(last + 1, last + 1 + count))


def insert_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence],
    *,
    unique: Sequence[str] = (),
    update: Sequence[str] = (),
    returning: Sequence[str] = (),
) -> list[tuple]:
    """Insert rows of values, each in the order of `names`; returns these columns of what was written.

    Column defaults are the database's, not the model's, so every column that needs a value must be named. A
    row whose `unique` columns are there already updates the columns `update`.
    """
    fields = [model._meta.get_field(name) for name in names]
    prepared = _prepared(fields, rows)
    if not prepared:
        return []
    quote = connection.ops.quote_name

    def listed(given: Sequence[str]) -> str:
        return ", ".join(quote(model._meta.get_field(name).column) for name in given)

    sql = f"INSERT INTO {quote(model._meta.db_table)} ({listed(names)}) %s"
    if unique:
        changes = ", ".join(f"{column} = EXCLUDED.{column}" for column in map(listed, zip(update)))
        sql += f" ON CONFLICT ({listed(unique)}) DO UPDATE SET {changes}"
    if returning:
        sql += f" RETURNING {listed(returning)}"
    written = []
    together = LOOK_UP if has_server() else _TOGETHER
    with _cursor() as cursor:
        for start in range(0, len(prepared), together):
            source, values = _rows_as_source(fields, prepared[start : start + together])
            cursor.execute(sql % source, values)
            written += cursor.fetchall() if returning else ()
    return written


def update_rows(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence]) -> None:
    """Write these columns of rows that exist: each row is its primary key, then a value for each name.

    No key may be given twice. Like `bulk_update`, which builds a CASE of all rows a column and takes ten
    times as long.
    """
    meta = model._meta
    fields = [meta.pk, *(meta.get_field(name) for name in names)]
    prepared = _prepared(fields, rows)
    if not prepared:
        return
    quote = connection.ops.quote_name
    table, key = quote(meta.db_table), quote(meta.pk.column)
    columns = [quote(field.column) for field in fields]
    with _cursor() as cursor:
        if has_server():
            # There a statement a row costs the server more than the row, as its triggers are the statement's.
            changes = ", ".join(f"{column} = given.{column}" for column in columns[1:])
            sql = f"UPDATE {table} SET {changes} FROM (%s) AS given({', '.join(columns)})"  # noqa: S608
            for start in range(0, len(prepared), LOOK_UP):
                source, values = _rows_as_source(fields, prepared[start : start + LOOK_UP])
                cursor.execute(f"{sql % source} WHERE {table}.{key} = given.{key}", values)
        else:
            changes = ", ".join(f"{column} = %s" for column in columns[1:])
            sql = f"UPDATE {table} SET {changes} WHERE {key} = %s"  # noqa: S608
            cursor.executemany(sql, [(*rest, pk) for pk, *rest in prepared])


class _SQLiteCursor(SQLiteCursorWrapper):
    """A cursor that searches a long statement for marks, to put SQLite's own in their places, only once."""

    def convert_query(self, query: str, *, param_names: Iterable[str] | None = None) -> str:
        return _converted(query)


_converted = lru_cache(maxsize=64)(partial(SQLiteCursorWrapper.convert_query, None))


def _cursor() -> CursorWrapper:
    """Return a cursor; on PostgreSQL one that sends values beside the statement, in their binary form.

    The usual one writes them into its text, which both sides take five times as long for.
    """
    connection.ensure_connection()
    kind = connection.Database.Cursor if has_server() else _SQLiteCursor
    return connection._prepare_cursor(kind(connection.connection))


def _rows_as_source(fields: Sequence[models.Field], rows: Sequence[Sequence]) -> tuple[str, list]:
    """Return rows as what a statement can select from, and its parameters; PostgreSQL: an array a column."""
    if has_server():
        # Without the length, to which a cast would cut a text in silence.
        types = [field.db_type(connection).partition("(")[0] for field in fields]
        columns = ", ".join(f"%b::{name}[]" for name in types)
        return f"SELECT * FROM unnest({columns})", [list(column) for column in zip(*rows, strict=True)]  # noqa: S608
    one = f"({', '.join(['%s'] * len(fields))})"
    return f"VALUES {', '.join([one] * len(rows))}", list(chain.from_iterable(rows))


_PLAIN = (
    models.AutoField, models.BinaryField, models.BooleanField, models.CharField, models.FloatField,
    models.ForeignKey, models.IntegerField, models.TextField,
)  # fmt: skip


def _prepared(fields: Sequence[models.Field], rows: Iterable[Sequence]) -> list[Sequence]:
    """Return rows with each value in the form that the database's driver takes."""
    columns = list(zip(*rows, strict=True))
    for place, field in enumerate(fields):
        if columns and not isinstance(field, _PLAIN):
            columns[place] = _in_database(field, columns[place])
    return list(zip(*columns, strict=True))


def _in_database(field: models.Field, values: Iterable) -> list:
    if isinstance(field, models.DateTimeField):
        return list(map(_moment_in_database, values))

    def prepared(value: object) -> object:
        return field.get_db_prep_save(value, connection)

    if isinstance(field, models.JSONField):
        empty = prepared([])  # as most are
        return [empty if value in ([], ()) else prepared(value) for value in values]
    return list(map(prepared, values))


@lru_cache(maxsize=1 << 13)  # a moment is written in several rows, most soon after the first
def _moment_in_database(value: datetime | None) -> object:
    # The rest of what the field does for each value is to look for moments without a zone.
    return connection.ops.adapt_datetimefield_value(value)
