"""The data of clustering (pure): facts and memberships of articles, clusters, and indexes of recent articles.

Two indexes find what a new article is compared with: one finds duplicates, that is, articles with the same
link, title or text; the other finds articles that may be similar, by their terms.
"""

import math
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator, Sequence, Set
from itertools import chain, islice
from operator import itemgetter
from sys import intern
from typing import Any, NamedTuple, TypeVar

from articles.stories.similarity import (
    DAY,
    UNIT,
    NameProfile,
    Vector,
    is_same_sentence_with_other_names,
    name_profile,
    normalize,
    time_factor,
    title_terms,
)

# The similarity of two clusters: the cosine of their sums to this power, times their mean similarity to the
# rest of it.
WHOLE_WEIGHT = 0.9
MAX_COMPARED = 300  # characters of an excerpt that are compared with duplicates
MIN_DUPLICATE_TEXT = 60  # the repetition of a shorter excerpt proves nothing
MIN_TITLE_TERMS = 3  # a title of fewer terms ("Weekly update") proves nothing when the texts differ
SAME_TITLE_SPAN = 7 * DAY

# The term index: articles of so many days are compared, from so little similarity on.
COMPARED_DAYS = 3
MIN_SIMILARITY = 0.10
# The heaviest terms, which carry this share of a vector's squared length, find the candidates.
HEAVY_SHARE = 0.6
MIN_HEAVY_TERMS = 10
# Of a frequent term only the newest articles are compared.
MAX_POSTINGS = 256
MAX_CANDIDATES = 200

Key = int | str  # of articles: all of one kind, because they are compared
K = TypeVar("K", bound=Key)


def join_overlapping(groups: Iterable[Sequence[K]]) -> list[list[K]]:
    """Join groups that share a key, directly or through others (union-find with path halving).

    Keys, and the joined groups by their first keys, are in the order in which they occur first.
    """
    parents: dict[K, K] = {}

    def find(key: K) -> K:
        while parents.setdefault(key, key) != key:
            parents[key] = key = parents[parents[key]]
        return key

    for group in groups:
        for key in group:
            parents[find(key)] = find(group[0])
    joined: dict[K, list[K]] = defaultdict(list)
    for key in parents:
        joined[find(key)].append(key)
    return list(joined.values())


class ArticleFacts(NamedTuple):
    """What clustering needs of an article; `published_at` in whole seconds since 1970 (UTC)."""

    key: Key
    title: str
    excerpt: str
    published_at: int
    provider: Hashable
    link: str = ""
    related: Set[Key] = frozenset()  # keys of articles that a store lists as related


class Match(NamedTuple):
    """Why two articles are in one cluster: `kind` is "similar", "title", "text" or "link".

    `terms` are the main shared terms, each with its part of the cosine, the largest first. `similarity` is
    the cosine after the factors of time, provider and template and the addition for a stored relation.
    """

    one: Key
    other: Key
    kind: str
    similarity: float
    terms: tuple[tuple[str, float], ...] = ()

    @classmethod
    def from_json(cls, stored: list[Any]) -> "Match":
        """Return a match as read from a JSON column, which turns tuples into lists."""
        one, other, kind, similarity, terms = stored
        # The same terms come again and again: one string for each saves memory.
        return cls(one, other, kind, similarity, tuple((intern(term), value) for term, value in terms))


class Transfer(NamedTuple):
    """A cluster, or a single article, went to the cluster that `into` opened, on this day, for this match."""

    into: Key
    day: int
    match: Match


class Membership(NamedTuple):
    """The cluster that an article joined, named by its opener; `match` is None for the opener.

    `merge`: of an opener whose cluster later merged into another. `transfer`: of an article that went to the
    new cluster of a later duplicate, because its own was too old for the duplicate.
    """

    key: Key
    opener: Key
    match: Match | None = None
    merge: Transfer | None = None
    transfer: Transfer | None = None


class Member:
    """An article while clustering compares it with others."""

    __slots__ = (
        "_names", "_title", "article", "cluster", "duplicate_keys", "key", "match", "merge", "normal_title",
        "opener", "text", "time", "transfer", "vector",
    )  # fmt: skip

    def __init__(self, article: ArticleFacts) -> None:
        self.article = article
        self.key = article.key
        self.time = article.published_at
        self.normal_title = normalize(article.title)
        self.text = normalize(article.excerpt[:MAX_COMPARED]) if article.excerpt else ""
        beginning = self.text[:MIN_DUPLICATE_TEXT] if len(self.text) >= MIN_DUPLICATE_TEXT else ""
        keys = (("link", article.link), ("title", self.normal_title), ("text", beginning))
        self.duplicate_keys = tuple(key for key in keys if key[1])
        self.cluster: Cluster  # set when it is placed, as is `opener`
        self.opener: Key
        self.match: Match | None = None
        self.merge: Transfer | None = None
        self.transfer: Transfer | None = None
        self.vector: Vector = {}
        self._title: tuple[str, ...] | None = None
        self._names: NameProfile | None = None

    def set_vector(self, vector: Vector, title: tuple[str, ...]) -> None:
        self.vector, self._title = vector, title

    @property
    def title(self) -> tuple[str, ...]:
        """The terms of the title."""
        if self._title is None:
            self._title = title_terms(self.article.title)
        return self._title

    @property
    def names(self) -> NameProfile:
        """The terms and names of the text, computed on demand: few articles are compared this closely."""
        if self._names is None:
            self._names = name_profile(self.article.title, self.article.excerpt)
        return self._names

    def forget_text(self) -> None:
        """Free what only comparisons with articles of the next days need."""
        self.vector, self._names, self.article = {}, None, self.article._replace(excerpt="")

    def is_same_sentence_as(self, other: "Member") -> bool:
        """Return whether the two share a sentence with other names in it."""
        return is_same_sentence_with_other_names((self.names, self.vector), (other.names, other.vector))

    def membership(self) -> Membership:
        return Membership(self.key, self.opener, self.match, self.merge, self.transfer)


def by_time(member: Member) -> tuple[int, Key]:
    """Sort key: by time, then by key, so that no order of import matters."""
    return member.time, member.key


class Cluster:
    """The articles of one event so far, named by its opener.

    `live`: the members that new articles are compared with. `_sum`, `_square` and `_times` are the sum of
    vectors, its squared length and the sum of times of the `_counted` ones among them: live members are
    counted when a sum is needed, which is seldom.
    """

    def __init__(self) -> None:
        self.opener: Member  # set when it is added
        self.members: list[Member] = []
        self.titles: set[str] = set()
        self.live: set[Member] = set()
        self.first = self.last = 0
        self._counted: set[Member] = set()
        self._sum: Vector = {}
        self._square = self._times = 0

    def add(self, member: Member) -> None:
        if not self.members:
            self.opener, self.first, self.last = member, member.time, member.time
        self.first, self.last = min(self.first, member.time), max(self.last, member.time)
        self.members.append(member)
        self.titles.add(member.normal_title)
        member.cluster = self

    def remove_live(self, member: Member) -> None:
        """Compare new articles with this member no more."""
        self.live.remove(member)
        if member in self._counted:
            self._counted.remove(member)
            self._count(member, -1)

    def _count_live(self) -> None:
        for member in self.live - self._counted:
            self._count(member, 1)
        self._counted |= self.live

    def _count(self, member: Member, sign: int) -> None:
        total, square = self._sum, self._square
        for term, value in member.vector.items():
            before = total.get(term, 0)
            after = before + sign * value
            if after:
                total[term] = after
            else:
                del total[term]
            square += after * after - before * before
        self._square = square
        self._times += sign * member.time

    def merge(self, other: "Cluster") -> None:
        """Add all members of another cluster."""
        for member in other.members:
            member.cluster = self
        self.members = sorted(self.members + other.members, key=by_time)
        self.titles |= other.titles
        self.live |= other.live
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)

    def series_of(self, normal_title: str, pause: int) -> list[Member]:
        """Return the last members with this title, by time, with no longer pause in seconds between two."""
        series: list[Member] = []
        for member in reversed(self.members):
            if member.normal_title == normal_title:
                if series and series[-1].time - member.time > pause:
                    break
                series.append(member)
        return series[::-1]

    def transfer(self, member: Member) -> None:
        """Move one member of another cluster, which keeps its opener, to this one."""
        other = member.cluster
        if member in other.live:
            other.remove_live(member)
            self.live.add(member)
        other.members.remove(member)
        other.titles = {each.normal_title for each in other.members}
        other.last = other.members[-1].time
        self.add(member)
        self.members.sort(key=by_time)

    def first_live(self, count: int) -> list[Member]:
        """Return the earliest live members."""
        return list(islice((member for member in self.members if member in self.live), count))

    def similarity(self, other: "Cluster") -> float:
        """Return the similarity of two clusters as wholes, 0 to 1.

        It is the weighted geometric mean of the cosine of their sums (weight WHOLE_WEIGHT) and the mean
        similarity of their members, and decays with the time between their middles.
        """
        self._count_live()
        other._count_live()
        mine, theirs = self._sum, other._sum
        product = sum([mine[term] * theirs[term] for term in mine.keys() & theirs.keys()])
        if product <= 0:
            return 0.0
        mean = product / (len(self.live) * len(other.live) * UNIT**2)
        whole = product / math.sqrt(self._square * other._square)
        between = self._times / len(self.live) - other._times / len(other.live)
        return float(mean ** (1 - WHOLE_WEIGHT) * whole**WHOLE_WEIGHT) * time_factor(between)

    def has_any(self, keys: Set[Key]) -> bool:
        """Return whether one of these articles is a member."""
        return any(member.key in keys for member in self.members)


class DuplicateIndex:
    """The last article with each duplicate key; added and forgotten in the order of their times."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], Member] = {}
        self._members: deque[Member] = deque()

    def add(self, member: Member) -> None:
        for key in member.duplicate_keys:
            self._last[key] = member
        self._members.append(member)

    def forget(self, oldest: int) -> None:
        """Remove articles from before this time (seconds since 1970)."""
        while self._members and self._members[0].time < oldest:
            member = self._members.popleft()
            for key in member.duplicate_keys:
                if self._last.get(key) is member:
                    del self._last[key]

    def duplicates_of(self, member: Member) -> Iterator[tuple[str, Member]]:
        """Yield the last articles that this one duplicates, each with the kind of match, the surest first.

        Kinds are "link" (within the days that are indexed), "title" (within seven days; a short title only
        where the texts begin alike), and "text" (within three days).
        """
        for key in member.duplicate_keys:
            other = self._last.get(key)
            if other is not None and _is_duplicate(key[0], member, other):
                yield key[0], other


def _is_duplicate(kind: str, member: Member, other: Member) -> bool:
    seconds = member.time - other.time
    if kind == "link":
        return True
    begin_alike = member.text.startswith(other.text) or other.text.startswith(member.text)
    if kind == "title":
        return seconds <= SAME_TITLE_SPAN and (len(member.title) >= MIN_TITLE_TERMS or begin_alike)
    if seconds > COMPARED_DAYS * DAY or not other.vector or not begin_alike:
        return False
    one, two = set(member.title), set(other.title)
    return member.article.provider != other.article.provider or 2 * len(one & two) >= min(len(one), len(two))


class TermIndex:
    """The articles to compare new ones with, by their terms; added and removed in order of time."""

    def __init__(self) -> None:
        # Member, weight, next member, its weight, ...: a flat list, because pairs would be many objects.
        self._postings: dict[str, list[Any]] = {}

    def add(self, member: Member) -> None:
        postings = self._postings
        known = postings.get
        for term, value in member.vector.items():
            if found := known(term):
                found += (member, value)
            else:
                postings[term] = [member, value]

    def remove_oldest(self, members: Iterable[Member]) -> None:
        """Remove these articles, the oldest of all that are here."""
        postings = self._postings
        for term, count in Counter(chain.from_iterable([each.vector for each in members])).items():
            found = postings[term]
            if 2 * count == len(found):
                del postings[term]
            else:
                del found[: 2 * count]

    def similar_to(self, member: Member) -> dict[Cluster, list[tuple[float, Member]]]:
        """Return the articles that share terms with this one, each with its similarity, by cluster."""
        heavy, light = _by_weight(member.vector)
        least, now, longest = MIN_SIMILARITY * UNIT**2, member.time, COMPARED_DAYS * DAY
        found: dict[Cluster, list[tuple[float, Member]]] = defaultdict(list)
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

    def _candidates(self, heavy: list[tuple[int, str]], least: float) -> list[tuple[Member, int]]:
        """Return the articles that are similar enough by these terms alone, with the vectors' product."""
        products: dict[Member, int] = {}
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
    wanted, count = HEAVY_SHARE * UNIT**2, 0
    while count < len(ordered) and (wanted > 0 or count < MIN_HEAVY_TERMS):
        wanted -= ordered[count][0] ** 2
        count += 1
    return ordered[:count], ordered[count:]
