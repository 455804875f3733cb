"""A story while it may still grow, and a report while it is compared (floor 0)."""

import math
from itertools import islice

from articles.stories import similarity
from articles.stories.copies import plain
from articles.stories.reports import Key, Link, Merge, Placing, Report
from articles.stories.similarity import UNIT

# How two stories are alike: by the cosine of their sums, and by their mean link, mixed geometrically.
WHOLE = 0.9
# So much of an excerpt tells whether it is a copy.
MAX_COMPARED = 300


class Item:
    """A report of the last days with its vector."""

    __slots__ = (
        "link", "mark", "merge", "report", "start", "story", "text", "time", "title", "title_terms", "vector",
    )  # fmt: skip

    def __init__(self, report: Report) -> None:
        self.report = report
        self.time = report.published_at
        self.mark = plain(report.title)
        self.text = plain(report.excerpt[:MAX_COMPARED])
        self.story: GrowingStory | None = None
        self.start: Key = None
        self.link: Link | None = None
        self.merge: Merge | None = None
        self.title: tuple[str, ...] = ()
        self.title_terms: frozenset[str] = frozenset()
        self.vector: dict[str, int] = {}

    def placing(self) -> Placing:
        return Placing(self.report.key, self.start, self.link, self.merge)


class GrowingStory:
    """A story. `live`: its reports that new ones are compared with; `sum`, `square`, `times`: of these."""

    __slots__ = ("first", "items", "keys", "last", "live", "square", "sum", "times", "titles")

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.keys: set[Key] = set()
        self.titles: set[str] = set()
        self.live: dict[Item, None] = {}
        self.sum: dict[str, int] = {}
        self.square = self.times = 0
        self.first = self.last = 0

    @property
    def opener(self) -> Item:
        return self.items[0]

    def add(self, item: Item) -> None:
        self.first = min(self.first, item.time) if self.items else item.time
        self.last = max(self.last, item.time) if self.items else item.time
        self.items.append(item)
        self.keys.add(item.report.key)
        self.titles.add(item.mark)
        item.story = self

    def show(self, item: Item) -> None:
        """Let new reports be compared with this one."""
        self.live[item] = None
        self._count(item, 1)

    def hide(self, item: Item) -> None:
        del self.live[item]
        self._count(item, -1)

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
        # The founder stays in front; both lists are in the order of time.
        self.items = sorted(self.items + other.items, key=in_order)
        self.keys |= other.keys
        self.titles |= other.titles
        self.live |= other.live
        for term, value in other.sum.items():
            self.sum[term] = self.sum.get(term, 0) + value
        self.square = sum(value * value for value in self.sum.values())
        self.times += other.times
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)

    def first_live(self, count: int) -> list[Item]:
        """Return the earliest reports that new ones are compared with."""
        return list(islice((item for item in self.items if item in self.live), count))

    def likeness(self, other: "GrowingStory") -> float:
        """Return how alike two stories are as wholes: of the mean link and the cosine of their sums, mostly
        the cosine, less with the time between their middles."""
        one, two = (self, other) if len(self.sum) < len(other.sum) else (other, self)
        theirs = two.sum
        dot = sum(value * theirs[term] for term, value in one.sum.items() if term in theirs)
        if dot <= 0:
            return 0.0
        mean = dot / (len(one.live) * len(two.live) * UNIT**2)
        whole = dot / math.sqrt(one.square * two.square)
        between = one.times / len(one.live) - two.times / len(two.live)
        return mean ** (1 - WHOLE) * whole**WHOLE * similarity.time_factor(between)

    def span_with(self, other: "GrowingStory | Item") -> int:
        first, last = (other.time, other.time) if isinstance(other, Item) else (other.first, other.last)
        return max(self.last, last) - min(self.first, first)


def in_order(item: Item) -> tuple[int, Key]:
    return item.time, item.report.key
