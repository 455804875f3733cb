"""Finding articles by their words (floor 2): the same question to FTS5 and to PostgreSQL.

Work is bounded whatever the number of hits: the newest 2,000 are looked at, ranking happens inside them. The
index knows no topics: of a topic's hits, where few of the newest are its own, the next 2,000 are looked at,
and so on for ten times.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from articles.search import on_postgresql, on_sqlite
from articles.search.schema import ID, KEY_BITS
from articles.search.words import Query

NEWEST = 2_000  # hits that are looked at
WINDOWS = 10  # times so many, where a search is narrowed to a topic
_HIGHEST = (1 << 62) - 1


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search is narrowed to: ids of a topic and a provider, days (UTC, both included)."""

    topic: int | None = None
    provider: int | None = None
    since: date | None = None
    until: date | None = None

    def keys(self, before: int | None = None) -> tuple[int, int]:
        """Return the lowest and the highest key: nothing from the future, nothing from `before` on."""
        low, high = 0, _key(timezone.now()) | ID
        if self.since:
            low = _key(datetime.combine(self.since, time(), UTC))
        if self.until and self.until < date.max:
            high = min(high, _key(datetime.combine(self.until + timedelta(days=1), time(), UTC)) - 1)
        if before is not None:
            high = min(high, before - 1)
        return max(low, 0), max(min(high, _HIGHEST), 0)


@dataclass(frozen=True, slots=True)
class Hits:
    """Keys of hits in the order asked for; `is_bounded` tells that only the newest 2,000 were looked at."""

    keys: list[int]
    is_bounded: bool = False
    total: int = 0  # how many there are, as far as they were looked at

    @property
    def ids(self) -> list[int]:
        return [key & ID for key in self.keys]


def find_best(query: Query, scope: Scope, limit: int = NEWEST) -> Hits:
    """Return the best hits among the newest 2,000, best first (equal ones: newest first)."""
    keys = scope.keys()
    if not query or keys[0] > keys[1]:
        return Hits([])
    with connection.cursor() as cursor:
        if scope.topic:
            return _of_topic(cursor, query, scope, keys, limit, lambda search: search.best(NEWEST, NEWEST)[0])
        found, total = _search(cursor, query, scope, keys).best(NEWEST, limit)
    return Hits(found[:limit], total == NEWEST, total)


def find_newest(query: Query, scope: Scope, before: int | None = None, limit: int = 21) -> Hits:
    """Return hits newest first, from the one before the key `before` on."""
    keys = scope.keys(before)
    if not query or keys[0] > keys[1]:
        return Hits([])
    with connection.cursor() as cursor:
        if scope.topic:
            return _of_topic(cursor, query, scope, keys, limit, lambda search: search.newest(NEWEST))
        found = _search(cursor, query, scope, keys).newest(limit)
    return Hits(found, total=len(found))


def _of_topic(cursor, query: Query, scope: Scope, keys: tuple[int, int], limit: int, look: Callable) -> Hits:
    """Return a topic's hits of the newest 2,000, then of those before them, until there are enough."""
    found: list[int] = []
    for _ in range(WINDOWS):
        window = look(_search(cursor, query, scope, keys))
        found += _in_topic(cursor, window, scope.topic) if window else []
        if len(window) < NEWEST:
            return Hits(found[:limit], total=len(found))
        if len(found) >= limit:
            break
        keys = keys[0], min(window) - 1
    return Hits(found[:limit], is_bounded=True, total=len(found))


def _search(cursor, query: Query, scope: Scope, keys: tuple[int, int]):
    if connection.vendor == "sqlite":
        return on_sqlite.Search(cursor, query, keys, scope.provider, is_past=scope.until is not None)
    return on_postgresql.Search(cursor, query, keys, scope.provider)


def _key(moment: datetime) -> int:
    return int(moment.timestamp()) << KEY_BITS


def _in_topic(cursor, keys: list[int], topic: int) -> list[int]:
    ids = ",".join(str(key & ID) for key in keys)  # integers of our own; too many for parameters
    cursor.execute(
        f"SELECT article_id FROM articles_articletopic WHERE topic_id = %s AND article_id IN ({ids})",
        [topic],
    )
    inside = {article for (article,) in cursor.fetchall()}
    return [key for key in keys if key & ID in inside]
