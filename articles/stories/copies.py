"""Which reports are copies of one text (floor 0)."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence

# An excerpt shorter than this says too little for its repetition to prove a copy.
MIN_COPIED_TEXT = 60


class Sets:
    """Disjoint sets of the numbers 0 to n - 1 (union and find, with halved paths)."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, place: int) -> int:
        """Return the number that stands for the set of this one."""
        parent = self._parent
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    def join(self, one: int, other: int) -> None:
        """Make one set of two; its lowest number stands for it."""
        one, other = sorted((self.find(one), self.find(other)))
        self._parent[other] = one

    def lists(self) -> list[list[int]]:
        """Return all sets, in the order of their lowest numbers."""
        found = defaultdict(list)
        for place in range(len(self._parent)):
            found[self.find(place)].append(place)
        return list(found.values())


def plain(text: str) -> str:
    """Return a text as copies are compared: case, spaces and the end do not count.

    A copy is often cut with an ellipsis or with the last full stop missing.
    """
    return " ".join(text.casefold().split()).rstrip(" .…")


def copy_sets(texts: Sequence[tuple[str, str]], also: Iterable[Sequence[Hashable]] = ()) -> Sets:
    """Join the places of reports that are copies of one text: (title, excerpt) each.

    Copies have the same title, or an excerpt of at least 60 characters that is the beginning of the other's.
    `also` gives further marks, one for each report: those with an equal mark are joined too.
    """
    sets = Sets(len(texts))
    titles = [plain(title) for title, _ in texts]
    for marks in (titles, *also):
        seen: dict[Hashable, int] = {}
        for place, mark in enumerate(marks):
            if mark != "":
                sets.join(place, seen.setdefault(mark, place))
    # Sorted, a text stands right before those that begin with it.
    ordered = sorted((plain(excerpt), place) for place, (_, excerpt) in enumerate(texts))
    beginnings: list[tuple[str, int]] = []
    for text, place in ordered:
        if len(text) < MIN_COPIED_TEXT:
            continue
        while beginnings and not text.startswith(beginnings[-1][0]):
            beginnings.pop()
        if beginnings:
            sets.join(place, beginnings[-1][1])
        beginnings.append((text, place))
    return sets


def copy_groups(texts: Sequence[tuple[str, str]]) -> list[list[int]]:
    """Return the places of reports, those that are copies of one text together, in the order of the first."""
    return copy_sets(texts).lists()
