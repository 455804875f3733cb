"""Which reports of the last days are copies of a new one (floor 0): of one link, one title or one text."""

from collections import deque
from collections.abc import Iterator

from articles.stories.comparing import LINK_DAYS
from articles.stories.growing import Item
from articles.stories.similarity import DAY

SAME_TITLE = 7 * DAY
# A title of fewer terms ("Weekly update") proves nothing when the texts differ.
TELLING_TITLE = 3


class Marks:
    """The last report with each mark; they come, and are forgotten, in the order of their times."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], Item] = {}
        self._marked: deque[Item] = deque()

    def remember(self, item: Item) -> None:
        """Let copies of this report find it."""
        for mark in item.marks:
            self._last[mark] = item
        self._marked.append(item)

    def forget(self, oldest: int) -> None:
        """Leave out reports from before this moment."""
        while self._marked and self._marked[0].time < oldest:
            item = self._marked.popleft()
            for mark in item.marks:
                if self._last.get(mark) is item:
                    del self._last[mark]

    def copied_by(self, item: Item) -> Iterator[tuple[str, Item]]:
        """Yield the last reports that this one is a copy of, with the reason, the surest first."""
        for mark in item.marks:
            other = self._last.get(mark)
            if other is not None and _is_copy(mark[0], item, other):
                yield mark[0], other


def _is_copy(reason: str, item: Item, other: Item) -> bool:
    apart = item.time - other.time
    if reason == "link":
        return True
    if reason == "title":
        telling = len(item.title) >= TELLING_TITLE
        return apart <= SAME_TITLE and (telling or _begin_alike(item.text, other.text))
    if apart > LINK_DAYS * DAY or not other.vector or not _begin_alike(item.text, other.text):
        return False
    one, two = set(item.title), set(other.title)
    return item.report.provider != other.report.provider or 2 * len(one & two) >= min(len(one), len(two))


def _begin_alike(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)
