"""Finding articles by their words: newest first, or best first among the newest hits.

Work is bounded whatever the number of hits: the newest 2,000 are ranked. The index knows no topics: of a
topic's hits, where few of the newest are its own, the next 2,000 are looked at, and so on for ten times.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from articles.models import ArticleTopic
from articles.search.index import HIDDEN, ID, ID_BITS, LAST_SECOND, newest_hits, titles_and_providers
from articles.search.text import MAX_TERMS, Query, fold, has_stem, stem

NEWEST = 2_000  # hits that are ranked
WINDOWS = 10  # times so many, where a search is narrowed to a topic


@dataclass(frozen=True, slots=True)
class Scope:
    """What a search is narrowed to: ids of a topic and a provider, days (UTC, both included).

    Readers find what is public; `include_hidden` is the newsroom's: unpublished, removed and future ones too.
    """

    topic: int | None = None
    provider: int | None = None
    since: date | None = None
    until: date | None = None
    include_hidden: bool = False

    def keys(self, before: int | None = None) -> tuple[int, int]:
        """Return the lowest and the highest key of the scope, below the key `before`."""
        low, high = 0, (LAST_SECOND << ID_BITS) | ID if self.include_hidden else _key(timezone.now()) | ID
        if self.since:
            low = _key(datetime.combine(self.since, time(), UTC))
        if self.until and self.until < date.max:
            high = min(high, _key(datetime.combine(self.until + timedelta(days=1), time(), UTC)) - 1)
        if before is not None:
            high = min(high, before - 1)
        return low, high


@dataclass(frozen=True, slots=True)
class Hits:
    """Keys of hits in the order asked for; `is_bounded`: there are more than were looked at."""

    keys: list[int]
    is_bounded: bool = False
    total: int = 0  # how many there are, as far as they were looked at

    @property
    def ids(self) -> list[int]:
        return [key & ID for key in self.keys]


def find_best(query: Query, scope: Scope, limit: int = NEWEST) -> Hits:
    """Return the best hits among the newest 2,000, best first (equal ones: newest first)."""
    return _find(query, scope, None, limit, NEWEST, lambda keys: _rank(keys, query))


def find_newest(query: Query, scope: Scope, before: int | None = None, limit: int = 21) -> Hits:
    """Return hits newest first, from the one before the key `before` on."""
    return _find(query, scope, before, limit, NEWEST if scope.topic else limit, lambda keys: keys)


def _find(query: Query, scope: Scope, before: int | None, limit: int, size: int, order: Callable) -> Hits:
    """Order windows of the newest `size` hits each, until there are `limit` hits in the topic, if any."""
    found: list[int] = []
    for _ in range(WINDOWS if scope.topic else 1):
        window = _newest(query, scope, before, size)
        found += order(_in_topic(window, scope.topic) if scope.topic else window)
        if len(window) < size:
            return Hits(found[:limit], total=len(found))
        if len(found) >= limit:
            break
        before = window[-1]
    return Hits(found[:limit], is_bounded=True, total=len(found))


def _newest(query: Query, scope: Scope, before: int | None, wanted: int) -> list[int]:
    low, high = scope.keys(before)
    if not query.folded or low > high:
        return []
    found = newest_hits(query.folded, scope.provider, low, high, wanted)
    if scope.include_hidden:
        hidden = newest_hits(query.folded, scope.provider, low - HIDDEN, high - HIDDEN, wanted)
        found = sorted([*found, *(key + HIDDEN for key in hidden)], reverse=True)[:wanted]
    return found


def _key(moment: datetime) -> int:
    return max(0, min(int(moment.timestamp()), LAST_SECOND)) << ID_BITS


def _in_topic(keys: list[int], topic: int) -> list[int]:
    links = ArticleTopic.objects.filter(topic=topic, article__in=[key & ID for key in keys])
    inside = set(links.values_list("article", flat=True))
    return [key for key in keys if key & ID in inside]


def _rank(keys: list[int], query: Query) -> list[int]:
    """Sort hits, newest first, by where their words stand.

    A word counts 4 in the title and 2 in the provider's name, all of them in a row in the title 3 more. Not
    by bm25() or ts_rank(), which read every hit of every word in the whole index.
    """
    if len(keys) < 2:
        return keys
    words = " ".join(query.folded).split()
    stems, row = [stem(word) for word in dict.fromkeys(words)][:MAX_TERMS], f" {' '.join(words)} "
    scores: dict[int, int] = {}
    of_providers: dict[str, int] = {}  # few providers have most of the hits
    for pk, title, provider in titles_and_providers([key & ID for key in keys]):
        if provider not in of_providers:
            name = fold(provider)
            of_providers[provider] = sum(2 for stemmed in stems if has_stem(name, stemmed))
        text = fold(title)
        in_title = sum(4 for stemmed in stems if has_stem(text, stemmed))
        scores[pk] = of_providers[provider] + in_title + (3 if row in text else 0)
    return sorted(keys, key=lambda key: -scores.get(key & ID, 0))
