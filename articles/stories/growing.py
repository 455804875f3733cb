"""A story while it may still grow, and a report while it is compared (floor 0)."""

import math
from collections.abc import Iterator, Set
from itertools import islice

from articles.stories import similarity
from articles.stories.copies import MIN_COPIED_TEXT, plain
from articles.stories.names import Told, tell_alike_of_others, told
from articles.stories.reports import Key, Link, Merge, Placing, Report
from articles.stories.similarity import UNIT

# How two stories are alike: by the cosine of their sums, and by their mean link, mixed geometrically.
WHOLE = 0.9
# So much of an excerpt tells whether it is a copy.
MAX_COMPARED = 300


class Item:
    """A report of the last days with its vector."""

    __slots__ = (
        "_title", "_told", "drawn", "known", "link", "mark", "marks", "merge", "report", "start", "story",
        "text", "time", "vector",
    )  # fmt: skip

    def __init__(self, report: Report) -> None:
        self.report = report
        self.time = report.published_at
        self.mark = plain(report.title)
        self.text = plain(report.excerpt[:MAX_COMPARED]) if report.excerpt else ""
        self.marks = tuple(self._find_marks())
        self.known: Placing | None = None  # as it was restored
        self.story: GrowingStory | None = None
        self.start: Key = None
        self.link: Link | None = None
        self.merge: Merge | None = None
        self.drawn: Merge | None = None
        self.vector: dict[str, int] = {}
        self._title: tuple[str, ...] | None = None
        self._told: Told | None = None

    @property
    def title(self) -> tuple[str, ...]:
        """The terms of its title; asked for where two reports are looked at closely, which few are."""
        if self._title is None:
            self._title = similarity.title_terms(self.report.title)
        return self._title

    @property
    def told(self) -> Told:
        """What it tells, in order, and names; asked for as seldom."""
        if self._told is None:
            self._told = told(self.report.title, self.report.excerpt)
        return self._told

    def tells_of_others(self, other: "Item") -> bool:
        """Tell whether it has a sentence in common with another report, but with other names in it."""
        return tell_alike_of_others((self.told, self.vector), (other.told, other.vector))

    def drop(self) -> None:
        """Forget what comparing needs, for it is compared no more."""
        self.vector, self._told = {}, None

    def take(self, vector: dict[str, int], title: tuple[str, ...] | None = None) -> None:
        """Note what was counted of its words: the vector, and the terms of the title if they are known."""
        self.vector, self._title = vector, title

    def _find_marks(self) -> Iterator[tuple[str, str]]:
        """Yield what copies share: the reason with the mark."""
        if self.report.link:
            yield "link", self.report.link
        if self.mark:
            yield "title", self.mark
        if len(self.text) >= MIN_COPIED_TEXT:
            yield "text", self.text[:MIN_COPIED_TEXT]

    def placing(self) -> Placing:
        known = self.known
        if known and known.merge is self.merge and known.drawn is self.drawn:
            return known
        return Placing(self.report.key, self.start, self.link, self.merge, self.drawn)


class GrowingStory:
    """A story, named by its opener. `live`: its reports that new ones are compared with; `sum`, `square`,
    `times`: of these.

    Sums are asked for in few stories, so reports are added to them when they are.
    """

    __slots__ = (
        "counted", "first", "items", "last", "live", "opener", "square", "sum", "times", "titles",
    )  # fmt: skip

    def __init__(self) -> None:
        self.opener: Item | None = None
        self.items: list[Item] = []
        self.titles: set[str] = set()
        self.live: dict[Item, None] = {}
        self.counted: dict[Item, None] = {}
        self.sum: dict[str, int] = {}
        self.square = self.times = 0
        self.first = self.last = 0

    def add(self, item: Item) -> None:
        if not self.items:
            self.opener, self.first, self.last = item, item.time, item.time
        elif item.time < self.first:
            self.first = item.time
        elif item.time > self.last:
            self.last = item.time
        self.items.append(item)
        self.titles.add(item.mark)
        item.story = self

    def show(self, item: Item) -> None:
        """Let new reports be compared with this one."""
        self.live[item] = None

    def hide(self, item: Item) -> None:
        del self.live[item]
        if item in self.counted:
            del self.counted[item]
            self._count(item, -1)

    def _count_all(self) -> None:
        if len(self.counted) < len(self.live):
            for item in self.live:
                if item not in self.counted:
                    self._count(item, 1)
            self.counted |= self.live

    def _count(self, item: Item, sign: int) -> None:
        total, square = self.sum, self.square
        for term, value in item.vector.items():
            before = total.get(term, 0)
            after = before + sign * value
            if after:
                total[term] = after
            else:
                del total[term]
            square += after * after - before * before
        self.square = square
        self.times += sign * item.time

    def take(self, other: "GrowingStory") -> None:
        for item in other.items:
            item.story = self
        # Both lists are in the order of time.
        self.items = sorted(self.items + other.items, key=in_order)
        self.titles |= other.titles
        self._count_all()
        other._count_all()
        self.counted |= other.counted
        self.live |= other.live
        for term, value in other.sum.items():
            self.sum[term] = self.sum.get(term, 0) + value
        self.square = sum(value * value for value in self.sum.values())
        self.times += other.times
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)

    def series_of(self, mark: str, pause: int) -> list[Item]:
        """Return the last reports of this title between which no pause was longer, in the order of time."""
        series: list[Item] = []
        for item in reversed(self.items):
            if item.mark == mark:
                if series and series[-1].time - item.time > pause:
                    break
                series.append(item)
        return series[::-1]

    def draw(self, item: Item, other: "GrowingStory") -> None:
        """Take a report out of another story, which keeps its opener."""
        is_live = item in other.live
        if is_live:
            other.hide(item)
        other.items.remove(item)
        other.titles = {each.mark for each in other.items}
        other.last = other.items[-1].time
        self.add(item)
        self.items.sort(key=in_order)
        if is_live:
            self.show(item)

    def first_live(self, count: int) -> list[Item]:
        """Return the earliest reports that new ones are compared with."""
        return list(islice((item for item in self.items if item in self.live), count))

    def likeness(self, other: "GrowingStory") -> float:
        """Return how alike two stories are as wholes: of the mean link and the cosine of their sums, mostly
        the cosine, less with the time between their middles."""
        self._count_all()
        other._count_all()
        one, two = (self, other) if len(self.sum) < len(other.sum) else (other, self)
        mine, theirs = one.sum, two.sum
        dot = sum([mine[term] * theirs[term] for term in mine.keys() & theirs.keys()])
        if dot <= 0:
            return 0.0
        mean = dot / (len(one.live) * len(two.live) * UNIT**2)
        whole = dot / math.sqrt(one.square * two.square)
        between = one.times / len(one.live) - two.times / len(two.live)
        return mean ** (1 - WHOLE) * whole**WHOLE * similarity.time_factor(between)

    def span_with(self, other: "GrowingStory") -> int:
        return max(self.last, other.last) - min(self.first, other.first)

    def has_any(self, keys: Set[Key]) -> bool:
        """Tell whether one of these reports is here."""
        return any(item.report.key in keys for item in self.items)


def in_order(item: Item) -> tuple[int, Key]:
    return item.time, item.report.key
