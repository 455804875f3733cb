"""Old names of the helpers in `articles.caching.writing`; gone when nobody uses them."""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from django.db import connection, models

from articles.caching.writing import CHUNK as LOOK_UP
from articles.caching.writing import chunked as parts
from articles.caching.writing import lock_timeout as waiting_long
from articles.caching.writing import update_rows, writing

__all__ = [
    "LOOK_UP", "collecting_less_garbage", "has_server", "insert_rows", "parts", "reserve_ids", "update_rows",
    "waiting_long", "writing",
]  # fmt: skip


def has_server() -> bool:
    return connection.vendor == "postgresql"


@contextmanager
def collecting_less_garbage() -> Iterator[None]:
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(500_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


_NEXT_IDS = """SELECT nextval(ids) FROM
    (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS ids OFFSET 0) AS named, generate_series(1, %s)"""


def reserve_ids(model: type[models.Model], count: int) -> list[int]:
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
    """Use `bulk_create` instead."""
    attributes = [model._meta.get_field(name).attname for name in names]
    written = model._base_manager.bulk_create(
        [model(**dict(zip(attributes, row, strict=True))) for row in rows],
        update_conflicts=bool(unique),
        update_fields=update or None,
        unique_fields=unique or None,
    )
    return [tuple(getattr(each, name) for name in returning) for each in written] if returning else []
