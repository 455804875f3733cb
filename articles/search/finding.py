"""Finding articles by their words (floor 2): the same question to FTS5 and to PostgreSQL.

Work is bounded whatever the number of hits: the newest 2,000 are looked at, ranking happens inside them.
PostgreSQL gathers up to 5,000 hits from its index of words first, and walks the index of time only for
words so common that this bound is reached, because the planner's choice between the two, left alone, costs
0.1 ms or 0.7 s depending on the word. The newest of thousands of hits it takes from the last months.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from articles.search.schema import KEY_BITS
from articles.search.words import Query, folded, stem

NEWEST = 2_000  # hits that are looked at
_SOME = 100  # expected hits from which on PostgreSQL looks for the newest in the last months first
_MONTHS = 6  # so many
_MONTH = 30 * 24 * 3600  # seconds, as articles_search_month has it
_GATHER = 5_000  # hits that PostgreSQL takes from the index of words before it turns to that of time
_WALK = 40_000  # rows of the index of time that it then looks at
_COMMON = 0.02  # share of rows from which on a word is so common that walking back in time finds it at once
_FEW = 100  # hits up to which SQLite gathers them all from the oldest on, rather than the newest only
_ID = (1 << KEY_BITS) - 1
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
        low, high = 0, _key(timezone.now()) | _ID
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
        return [key & _ID for key in self.keys]


def find_best(query: Query, scope: Scope) -> Hits:
    """Return the hits among the newest 2,000, best first (equal ones: newest first)."""
    return _find(query, scope, None, NEWEST, ranked=True)


def find_newest(query: Query, scope: Scope, before: int | None = None, limit: int = 21) -> Hits:
    """Return hits newest first, from the one before the key `before` on."""
    return _find(query, scope, before, limit, ranked=False)


def _find(query: Query, scope: Scope, before: int | None, limit: int, *, ranked: bool) -> Hits:
    low, high = scope.keys(before)
    if not query or low > high:
        return Hits([])
    find = _find_sqlite if connection.vendor == "sqlite" else _find_postgresql
    newest = NEWEST if ranked or scope.topic else limit
    with connection.cursor() as cursor:
        keys = find(cursor, query, scope, (low, high), newest, ranked)
        is_bounded = len(keys) == newest
        if scope.topic and keys:
            keys = _in_topic(cursor, keys, scope.topic)
    return Hits(keys[:limit], is_bounded and newest == NEWEST, len(keys))


def _key(moment: datetime) -> int:
    return int(moment.timestamp()) << KEY_BITS


def _in_topic(cursor, keys: list[int], topic: int) -> list[int]:
    ids = ",".join(str(key & _ID) for key in keys)  # integers of our own; too many for parameters
    cursor.execute(
        f"SELECT article_id FROM articles_articletopic WHERE topic_id = %s AND article_id IN ({ids})",
        [topic],
    )
    inside = {article for (article,) in cursor.fetchall()}
    return [key for key in keys if key & _ID in inside]


def _find_sqlite(cursor, query: Query, scope: Scope, keys, newest: int, ranked: bool) -> list[int]:
    words = " ".join(f'"{term}"' for term in query.terms)
    match = f"{{title excerpt provider}} : ({words})"
    if scope.provider:
        match += f" AND place : p{scope.provider}"
    is_joint = scope.provider or len(folded(words).split()) > 1
    found = _ask_joint(cursor, match, keys, newest) if is_joint else _ask(cursor, match, keys, newest, "DESC")
    return _rank_sqlite(cursor, query, found) if ranked else found


def _ask_joint(cursor, match: str, keys, newest: int) -> list[int]:
    """Return the newest hits of several words.

    FTS5 skips what only one of the words has, but backwards its skips are slow: 30 ms for a common word and
    one that ten articles of a million have. Forwards it takes 0.2 ms for all of them; where they are too many
    for that, the newest are near, and walking back finds them soon.
    """
    few = max(newest, _FEW)
    found = _ask(cursor, match, keys, few, "ASC")
    return found[: -newest - 1 : -1] if len(found) < few else _ask(cursor, match, keys, newest, "DESC")


def _ask(cursor, match: str, keys, limit: int, order: str) -> list[int]:
    cursor.execute(
        "SELECT rowid FROM articles_search WHERE articles_search MATCH %s AND rowid BETWEEN %s AND %s "
        f"ORDER BY rowid {order} LIMIT %s",
        [match, *keys, limit],
    )
    return [key for (key,) in cursor.fetchall()]


def _rank_sqlite(cursor, query: Query, found: list[int]) -> list[int]:
    """Sort hits by where their words stand: title, then provider, then excerpt; of equal ones newest first.

    Not by bm25(), which counts every hit of every word in the whole index: 0.1 s for a common word among a
    million articles. The titles of the hits, 2,000 at most, are looked at instead.
    """
    if len(found) < 2:
        return found
    ids = ",".join(str(key & _ID) for key in found)  # integers of our own; too many for parameters
    cursor.execute(f"SELECT id, title, provider_name FROM articles_article WHERE id IN ({ids})")
    stems = [" " + stem(word) for term in query.terms for word in folded(term).split()]
    whole = folded(" ".join(query.terms))
    scores: dict[int, int] = {}
    of_providers: dict[str, int] = {}  # a few providers tell most of the hits
    for pk, title, provider in cursor.fetchall():
        if provider not in of_providers:
            name = folded(provider)
            of_providers[provider] = sum(2 for s in stems if s in name)
        text = folded(title)
        score = of_providers[provider] + (3 if whole in text else 0)
        for s in stems:
            if s in text:
                score += 4
        scores[pk] = score
    return sorted(found, key=lambda key: -scores.get(key & _ID, 0))  # equal ones stay newest first


_PHRASE = "phraseto_tsquery('articles_news'::regconfig, articles_search_words(%s))"


def _find_postgresql(cursor, query: Query, scope: Scope, keys, newest: int, ranked: bool) -> list[int]:
    words, given = " && ".join([_PHRASE] * len(query.terms)), list(query.terms)
    place = " && %s::tsquery" if scope.provider else ""
    match = f"{words}{place}"
    given += [f"'/p{scope.provider}'"] if scope.provider else []
    rank = f"ts_rank('{{0.1, 0.2, 0.4, 1.0}}', document, {match}, 1)" if ranked else "0"
    asked = (cursor, match, given, keys, rank, given if ranked else [])
    expected, rows = _expect(cursor, match, given)
    found = _walk(*asked, newest) if expected > max(_GATHER, _COMMON * rows) else []
    if not found and not ranked and expected > _SOME:
        found = _last(cursor, match, given, keys, newest)
    if not found:
        found = _gather(*asked)
        if len(found) == _GATHER:
            found = _walk(*asked, newest) or found
    found = found[:newest]
    return [key for key, _rank in sorted(found, key=lambda hit: (-hit[1], -hit[0]))]


def _last(cursor, match: str, given: list, keys, newest: int) -> list[tuple[int, float]]:
    """Return the newest hits where the last months have enough of them; else nothing.

    The index of words names months too, so that the rows of other hits need not be read.
    """
    month = (keys[1] >> KEY_BITS) // _MONTH
    months = " | ".join(f"'/m{month - back}'" for back in range(_MONTHS))
    found = _gather(cursor, f"{match} && %s::tsquery", [*given, months], keys, "0", [])
    return found if newest <= len(found) < _GATHER else []


def _gather(cursor, match: str, given: list, keys, rank: str, ranked_by: list) -> list[tuple[int, float]]:
    """Return hits with their rank from the index of words, newest first; of more than the bound, any."""
    cursor.execute(
        f"SELECT key, {rank} FROM articles_search WHERE document @@ ({match}) AND key BETWEEN %s AND %s "
        f"LIMIT {_GATHER}",
        [*ranked_by, *given, *keys],
    )
    return sorted(cursor.fetchall(), reverse=True)


def _expect(cursor, match: str, given: list) -> tuple[float, float]:
    """Return how many hits the planner's statistics expect, of how many rows."""
    cursor.execute(f"EXPLAIN (FORMAT JSON) SELECT FROM articles_search WHERE document @@ ({match})", given)
    plan = cursor.fetchone()[0][0]["Plan"]
    cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'articles_search'::regclass")
    return plan["Plan Rows"], cursor.fetchone()[0]


def _walk(cursor, match: str, given: list, keys, rank: str, ranked_by: list, newest: int) -> list[tuple]:
    """Return the newest hits among the newest rows; the rest of the table is not looked at."""
    cursor.execute(
        f"SELECT key, {rank} FROM (SELECT key, document FROM articles_search WHERE key BETWEEN %s AND %s "
        f"ORDER BY key DESC LIMIT {_WALK}) AS latest WHERE document @@ ({match}) "
        "ORDER BY key DESC LIMIT %s",
        [*ranked_by, *keys, *given, newest],
    )
    return cursor.fetchall()
