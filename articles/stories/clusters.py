"""The data of clustering (pure): facts of articles, memberships of clusters with reasons, and clusters."""

import math
from collections.abc import Hashable, Iterator, Set
from itertools import islice
from sys import intern
from typing import NamedTuple

from articles.stories.duplicates import (
    MIN_DUPLICATE_TEXT,
    NameProfile,
    is_same_sentence_with_other_names,
    name_profile,
    normalize,
)
from articles.stories.similarity import UNIT, Vector, time_factor
from articles.stories.terms import title_terms

# The similarity of two clusters: the cosine of their sums to this power, times their mean similarity to the
# rest of it.
WHOLE = 0.9
# The characters of an excerpt that are compared with duplicates.
MAX_COMPARED = 300

Key = int | str  # of articles: all of one kind, because they are compared


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
    def from_json(cls, stored: list) -> "Match":
        """Return a match as read from a JSON column, which turns tuples into lists."""
        one, other, kind, similarity, terms = stored
        # The same terms come again and again: one string for each saves memory.
        return cls(one, other, kind, similarity, tuple((intern(term), value) for term, value in terms))


class Move(NamedTuple):
    """A cluster, or a single article, went to the cluster that `into` opened, on this day, for this match."""

    into: Key
    day: int
    match: Match


class Membership(NamedTuple):
    """The cluster that an article joined, named by its opener; `match` is None for the opener.

    `merge`: of an opener whose cluster later merged into another. `transfer`: of an article that a later
    duplicate took over into its own cluster, because the old cluster was too old for the duplicate.
    """

    key: Key
    opener: Key
    match: Match | None = None
    merge: Move | None = None
    transfer: Move | None = None


class Member:
    """An article while clustering compares it with others."""

    __slots__ = (
        "_names",
        "_title",
        "article",
        "cluster",
        "duplicate_keys",
        "match",
        "merge",
        "normal_title",
        "opener",
        "text",
        "time",
        "transfer",
        "vector",
    )  # fmt: skip

    def __init__(self, article: ArticleFacts) -> None:
        self.article = article
        self.time = article.published_at
        self.normal_title = normalize(article.title)
        self.text = normalize(article.excerpt[:MAX_COMPARED]) if article.excerpt else ""
        self.duplicate_keys = tuple(self._find_duplicate_keys())
        self.cluster: Cluster  # set when it is placed, as is `opener`
        self.opener: Key
        self.match: Match | None = None
        self.merge: Move | None = None
        self.transfer: Move | None = None
        self.vector: Vector = {}
        self._title: tuple[str, ...] | None = None
        self._names: NameProfile | None = None

    @property
    def key(self) -> Key:
        return self.article.key

    @property
    def provider(self) -> Hashable:
        return self.article.provider

    @property
    def title(self) -> tuple[str, ...]:
        """The terms of the title, computed on demand: few articles are compared this closely."""
        if self._title is None:
            self._title = title_terms(self.article.title)
        return self._title

    @property
    def names(self) -> NameProfile:
        """The terms and names of the whole text, computed on demand."""
        if self._names is None:
            self._names = name_profile(self.article.title, self.article.excerpt)
        return self._names

    def set_vector(self, vector: Vector, title: tuple[str, ...]) -> None:
        self.vector, self._title = vector, title

    def forget_text(self) -> None:
        """Free what only comparisons with articles of the next days need."""
        self.vector, self._names, self.article = {}, None, self.article._replace(excerpt="")

    def is_same_sentence_as(self, other: "Member") -> bool:
        """Return whether the two share a sentence with other names in it."""
        return is_same_sentence_with_other_names((self.names, self.vector), (other.names, other.vector))

    def _find_duplicate_keys(self) -> Iterator[tuple[str, str]]:
        if self.article.link:
            yield "link", self.article.link
        if self.normal_title:
            yield "title", self.normal_title
        if len(self.text) >= MIN_DUPLICATE_TEXT:
            yield "text", self.text[:MIN_DUPLICATE_TEXT]

    def membership(self) -> Membership:
        return Membership(self.key, self.opener, self.match, self.merge, self.transfer)


class Cluster:
    """The articles of one event so far, named by its opener.

    `live`: the members that new articles are compared with; `sum`, `square`, `times` belong to those in
    `counted`, to which live members are added when a sum is needed, which is seldom.
    """

    __slots__ = (
        "counted", "first", "last", "live", "members", "opener", "square", "sum", "times", "titles",
    )  # fmt: skip

    def __init__(self) -> None:
        self.opener: Member  # set when it is added
        self.members: list[Member] = []
        self.titles: set[str] = set()
        self.live: dict[Member, None] = {}
        self.counted: dict[Member, None] = {}
        self.sum: Vector = {}
        self.square = self.times = 0
        self.first = self.last = 0

    def add(self, member: Member) -> None:
        if not self.members:
            self.opener, self.first, self.last = member, member.time, member.time
        elif member.time < self.first:
            self.first = member.time
        elif member.time > self.last:
            self.last = member.time
        self.members.append(member)
        self.titles.add(member.normal_title)
        member.cluster = self

    def add_live(self, member: Member) -> None:
        """Compare new articles with this member from now on."""
        self.live[member] = None

    def remove_live(self, member: Member) -> None:
        del self.live[member]
        if member in self.counted:
            del self.counted[member]
            self._count(member, -1)

    def _count_live(self) -> None:
        if len(self.counted) < len(self.live):
            for member in self.live:
                if member not in self.counted:
                    self._count(member, 1)
            self.counted |= self.live

    def _count(self, member: Member, sign: int) -> None:
        total, square = self.sum, self.square
        for term, value in member.vector.items():
            before = total.get(term, 0)
            after = before + sign * value
            if after:
                total[term] = after
            else:
                del total[term]
            square += after * after - before * before
        self.square = square
        self.times += sign * member.time

    def merge(self, other: "Cluster") -> None:
        """Take over all members of another cluster."""
        for member in other.members:
            member.cluster = self
        self.members = sorted(self.members + other.members, key=by_time)
        self.titles |= other.titles
        self._count_live()
        other._count_live()
        self.counted |= other.counted
        self.live |= other.live
        for term, value in other.sum.items():
            self.sum[term] = self.sum.get(term, 0) + value
        self.square = sum(value * value for value in self.sum.values())
        self.times += other.times
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

    def take_over(self, member: Member, other: "Cluster") -> None:
        """Take one member out of another cluster, which keeps its opener."""
        is_live = member in other.live
        if is_live:
            other.remove_live(member)
        other.members.remove(member)
        other.titles = {each.normal_title for each in other.members}
        other.last = other.members[-1].time
        self.add(member)
        self.members.sort(key=by_time)
        if is_live:
            self.add_live(member)

    def first_live(self, count: int) -> list[Member]:
        """Return the earliest live members."""
        return list(islice((member for member in self.members if member in self.live), count))

    def similarity(self, other: "Cluster") -> float:
        """Return the similarity of two clusters as wholes, 0 to 1.

        It is the weighted geometric mean of the cosine of their sums (weight WHOLE) and the mean similarity
        of their members, and decays with the time between their middles.
        """
        self._count_live()
        other._count_live()
        one, two = (self, other) if len(self.sum) < len(other.sum) else (other, self)
        mine, theirs = one.sum, two.sum
        product = sum([mine[term] * theirs[term] for term in mine.keys() & theirs.keys()])
        if product <= 0:
            return 0.0
        mean = product / (len(one.live) * len(two.live) * UNIT**2)
        whole = product / math.sqrt(one.square * two.square)
        between = one.times / len(one.live) - two.times / len(two.live)
        return mean ** (1 - WHOLE) * whole**WHOLE * time_factor(between)

    def span_with(self, other: "Cluster") -> int:
        """Return the seconds from the first to the last member of both."""
        return max(self.last, other.last) - min(self.first, other.first)

    def has_any(self, keys: Set[Key]) -> bool:
        """Return whether one of these articles is a member."""
        return any(member.key in keys for member in self.members)


def by_time(member: Member) -> tuple[int, Key]:
    """Sort key: by time, then by key, so that no order of import matters."""
    return member.time, member.key
