"""Similarity of articles (pure): document frequencies, term vectors, cosine, an index of recent articles.

An article becomes a vector of terms (`terms`). A term's weight depends on where it occurs (title 1, excerpt
0.5), times the square root of its inverse document frequency (Sparck Jones, 1972), less for a term that was
already common before the last three days: a word common only now belongs to an event. The similarity of two
articles is the cosine of their vectors; it decays with the time between them, and is lower within a provider.

Weights are whole numbers, so sums do not depend on the order of addition. Document frequencies belong to a
day: they cover that day and the whole days before it, back to the first day that makes 2,000 articles (at
most 365 days), plus 100 empty articles for a cold start. They are a function of the set of articles, never of
the order of import.
"""

import math
from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import chain, islice, takewhile
from operator import itemgetter, mul
from typing import Any, Generic, Protocol, TypeVar

HOUR = 3600  # seconds
DAY = 24 * HOUR
# The length of a vector; a cosine of 1 is its square.
UNIT = 1024
# Seconds after which exp(-1) = 0.37 of a similarity is left.
DECAY = 84 * HOUR

COUNTED_ARTICLES = 2000
COUNTED_DAYS = 365
EMPTY_ARTICLES = 100
# Terms common before these days are common at all times.
RECENT_DAYS = 3

# One provider reports one event once; a second headline with the same words is mostly its next edition.
SAME_PROVIDER = 0.2
SAME_PROVIDER_CONTAINED = 0.8

# The term index: articles of so many days, and the least similarity that counts.
WINDOW_DAYS = 3
MIN_SIMILARITY = 0.10
# The heaviest terms, which carry this share of a vector's squared length, find the candidates.
HEAVY_SHARE = 0.6
MIN_HEAVY_TERMS = 10
# Of a frequent term only the newest articles are compared.
MAX_POSTINGS = 256
MAX_CANDIDATES = 200

Vector = dict[str, int]


class _InverseFrequencies(dict[int, float]):
    """The inverse document frequency for each number of articles that have a term, computed on demand."""

    def __init__(self, articles: int) -> None:
        self._articles = articles + EMPTY_ARTICLES + 1

    def __missing__(self, count: int) -> float:
        found = self[count] = math.log(self._articles / (count + 1))
        return found


class _TermWeights(dict[str, float]):
    """The weight of each term on one day: the square root of its inverse document frequency, lower for a
    term that was common before the recent days too."""

    def __init__(
        self,
        counts: Mapping[str, int],
        days: Sequence[Mapping[str, int]],
        *,
        earlier: bool,
        articles: tuple[int, int],
    ) -> None:
        """`counts`: of all days; `days`: the counts of each day before the recent ones if `earlier`, else of
        each recent day; `articles`: the number on all days, and before the recent ones."""
        self.inverse, self._inverse_before = map(_InverseFrequencies, articles)
        self._counts, self._days, self._earlier = counts, days, earlier
        self._by_counts: dict[tuple[int, int], float] = {}

    def __missing__(self, term: str) -> float:
        count = self._counts.get(term, 0)
        before = 0
        for counts in self._days:
            if term in counts:
                before += counts[term]
        if not self._earlier:
            before = count - before
        found = self._by_counts.get((count, before))
        if found is None:
            steady = self._inverse_before[before] / self._inverse_before[0]
            found = self._by_counts[count, before] = math.sqrt(self.inverse[count] * steady)
        self[term] = found
        return found


class DocumentFrequencies:
    """In how many articles each term occurs, over a moving range of days, which are added in order."""

    def __init__(self) -> None:
        self._days: deque[tuple[int, int, Mapping[str, int]]] = deque()
        self._counts: Counter[str] = Counter()
        self._articles = 0
        self._weights = _TermWeights({}, (), earlier=True, articles=(0, 0))

    def add_day(self, day: int, texts: Iterable[Iterable[str]]) -> None:
        """Count the articles of a day (a number of days since 1970), each given by its terms."""
        texts = list(texts)
        counts: Mapping[str, int] = Counter(chain.from_iterable(texts))
        self._days.append((day, len(texts), counts))
        self._counts.update(counts)
        self._articles += len(texts)
        while self._is_spare(day):
            _, articles, counts = self._days.popleft()
            self._counts.subtract(counts)
            self._articles -= articles
        # Terms with a count of zero must not accumulate.
        self._counts = +self._counts if len(self._counts) > 1 << 16 else self._counts
        self._weights = self._weigh(day)

    def _weigh(self, day: int) -> _TermWeights:
        recent = list(takewhile(lambda entry: entry[0] > day - RECENT_DAYS, reversed(self._days)))
        before = self._articles - sum(articles for _, articles, _ in recent)
        # The earlier count of a term is a sum or a difference, whichever takes fewer days.
        few = len(self._days) < 2 * len(recent)
        summed = list(islice(self._days, len(self._days) - len(recent))) if few else recent
        counts = [counts for _, _, counts in summed]
        return _TermWeights(self._counts, counts, earlier=few, articles=(self._articles, before))

    def _is_spare(self, today: int) -> bool:
        day, articles, _ = self._days[0]
        before_today = self._articles - self._days[-1][1]
        return day < today and (before_today - articles >= COUNTED_ARTICLES or day < today - COUNTED_DAYS)

    def volume(self, days: int) -> int:
        """Return the number of articles on the last `days` days up to the day added last."""
        today = self._days[-1][0]
        last = takewhile(lambda entry: entry[0] > today - days, reversed(self._days))
        return sum(articles for _, articles, _ in last)

    def inverse_frequency(self, term: str) -> float:
        """Return ln((articles + 1) / (articles with this term + 1))."""
        return self._weights.inverse[self._counts.get(term, 0)]

    def vector(self, weights: Mapping[str, float]) -> Vector:
        """Return a text's vector of length UNIT in whole numbers, without terms that weigh nothing."""
        raw = list(map(mul, weights.values(), map(self._weights.__getitem__, weights)))
        length = math.sqrt(math.fsum(map(mul, raw, raw)))
        if not length:
            return {}
        scale = UNIT / length
        vector = dict(zip(weights, map(round, [value * scale for value in raw]), strict=True))
        return {term: whole for term, whole in vector.items() if whole} if 0 in vector.values() else vector


def cosine(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """Return the cosine of two vectors of length UNIT."""
    if len(other) < len(one):
        one, other = other, one
    return sum(value * other[term] for term, value in one.items() if term in other) / UNIT**2


def shared_terms(one: Mapping[str, int], other: Mapping[str, int]) -> list[tuple[str, float]]:
    """Return the terms that two vectors share with the part of the cosine of each, the largest first."""
    shared = [(term, value * other[term] / UNIT**2) for term, value in one.items() if term in other]
    return sorted(shared, key=lambda pair: (-pair[1], pair[0]))


def time_factor(seconds: float) -> float:
    """Return the part of a similarity that is left after a time: exp(-t / 84 h)."""
    return math.exp(-abs(seconds) / DECAY)


def provider_factor(one: Set[str], other: Set[str]) -> float:
    """Return the factor for two articles of one provider whose titles have these terms."""
    return SAME_PROVIDER_CONTAINED if one <= other or other <= one else SAME_PROVIDER


class Indexed(Protocol):
    """What the index needs of an article: its vector, its time in seconds, and the cluster that it is in."""

    vector: Vector
    time: int

    @property
    def cluster(self) -> Any: ...


Article = TypeVar("Article", bound=Indexed)


class TermIndex(Generic[Article]):
    """The articles to compare new ones with, by their terms; added and removed in order of time."""

    def __init__(self) -> None:
        # Article, weight, next article, its weight, ...: a flat list, because pairs would be many objects.
        self._postings: dict[str, list[Any]] = {}

    def add(self, article: Article) -> None:
        postings = self._postings
        known = postings.get
        for term, value in article.vector.items():
            if found := known(term):
                found += (article, value)
            else:
                postings[term] = [article, value]

    def remove_oldest(self, articles: Iterable[Article]) -> None:
        """Remove these articles, the oldest of all that are here."""
        postings = self._postings
        for term, count in Counter(chain.from_iterable([each.vector for each in articles])).items():
            found = postings[term]
            if 2 * count == len(found):
                del postings[term]
            else:
                del found[: 2 * count]

    def similar_to(self, article: Article) -> dict[Any, list[tuple[float, Article]]]:
        """Return the articles that share terms with this one, each with its similarity, by cluster."""
        heavy, light = _by_weight(article.vector)
        least, now, longest = MIN_SIMILARITY * UNIT**2, article.time, WINDOW_DAYS * DAY
        found: dict[Any, list[tuple[float, Article]]] = defaultdict(list)
        for other, product in self._candidates(heavy, least / 2):
            if (seconds := now - other.time) > longest:
                continue
            if light:
                vector = other.vector
                product += sum([value * vector[term] for value, term in light if term in vector])
            # Time only lowers a similarity.
            if (
                product >= least
                and (similarity := product / UNIT**2 * time_factor(seconds)) >= MIN_SIMILARITY
            ):
                found[other.cluster].append((similarity, other))
        return found

    def _candidates(self, heavy: list[tuple[int, str]], least: float) -> list[tuple[Article, int]]:
        """Return the articles that are similar enough by these terms alone, with the vectors' product."""
        products: dict[Article, int] = {}
        known, postings = products.get, self._postings
        for value, term in heavy:
            if found := postings.get(term):
                both = iter(found if len(found) <= 2 * MAX_POSTINGS else found[-2 * MAX_POSTINGS :])
                for other, theirs in zip(both, both, strict=True):
                    products[other] = known(other, 0) + value * theirs
        enough = [pair for pair in products.items() if pair[1] >= least]
        if len(products) > MAX_CANDIDATES:
            enough.sort(key=itemgetter(1), reverse=True)
            del enough[MAX_CANDIDATES:]
        return enough


def _by_weight(vector: Vector) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Split a vector into the few terms that carry most of it, and the rest.

    Only the first look up candidates: the rest are frequent terms, which cost much and find nothing new.
    """
    ordered = sorted(zip(vector.values(), vector, strict=True), reverse=True)
    wanted, place = HEAVY_SHARE * UNIT**2, 0
    while place < len(ordered) and (wanted > 0 or place < MIN_HEAVY_TERMS):
        wanted -= ordered[place][0] ** 2
        place += 1
    return ordered[:place], ordered[place:]
