"""What editors said of pairs of reports (floor 0): together or apart, whatever the words are alike.

Reports that were put together stand for one another: what is apart from one of them is apart from all. Pairs
that were put apart though others hold them together contradict; they are named, and left out until an editor
takes one of the words back.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from articles.stories.copies import Sets
from articles.stories.reports import Key


class Contradiction(NamedTuple):
    """A pair that an editor put apart, and the chain of reports, each put together with the next."""

    apart: tuple[Key, Key]
    chain: tuple[Key, ...]


class Decisions(NamedTuple):
    """Decisions made ready. `apart`: for `Grouper`; `bundles`: reports put together, by each of them."""

    bundles: Mapping[Key, tuple[Key, ...]]
    apart: Mapping[Key, Set[Key]]
    contradictions: tuple[Contradiction, ...]


def read_decisions(together: Iterable[tuple[Key, Key]], apart: Iterable[tuple[Key, Key]]) -> Decisions:
    """Make decisions ready, given as pairs of keys; no order matters, of pairs or in them."""
    neighbours: dict[Key, set[Key]] = defaultdict(set)
    for one, other in together:
        neighbours[one].add(other)
        neighbours[other].add(one)
    bundles = _bundles(neighbours)
    kept_apart: dict[Key, set[Key]] = defaultdict(set)
    contradictions = []
    for one, other in sorted({(min(pair), max(pair)) for pair in apart}):
        ones, others = bundles.get(one, (one,)), bundles.get(other, (other,))
        if ones == others:
            contradictions.append(Contradiction((one, other), _chain(neighbours, one, other)))
            continue
        for key in ones:
            kept_apart[key].update(others)
        for key in others:
            kept_apart[key].update(ones)
    return Decisions(bundles, dict(kept_apart), tuple(contradictions))


def _bundles(neighbours: Mapping[Key, Set[Key]]) -> dict[Key, tuple[Key, ...]]:
    keys = sorted(neighbours)
    places = {key: place for place, key in enumerate(keys)}
    sets = Sets(len(keys))
    for key in keys:
        for other in neighbours[key]:
            sets.join(places[key], places[other])
    bundles = {}
    for found in sets.lists():
        bundle = tuple(keys[place] for place in found)
        bundles.update(dict.fromkeys(bundle, bundle))
    return bundles


def _chain(neighbours: Mapping[Key, Set[Key]], start: Key, end: Key) -> tuple[Key, ...]:
    """Return a shortest chain from start to end (breadth first)."""
    before, waiting = {start: start}, deque([start])
    while waiting and end not in before:
        key = waiting.popleft()
        for other in sorted(neighbours.get(key, ())):
            if other not in before:
                before[other] = key
                waiting.append(other)
    chain = [end]
    while chain[-1] != start:
        chain.append(before[chain[-1]])
    return tuple(reversed(chain))


def obey(stories: Sequence[Sequence[Key]], decisions: Decisions) -> list[list[Key]]:
    """Return stories as the decisions want them: those joined that hold reports put together.

    A report that is apart from one in the joined story stays outside, with those of its own story that may.
    Stories must be complete: where one holds a report that was put together with another, that other's story
    belongs to the question.
    """
    places = {key: place for place, story in enumerate(stories) for key in story}
    sets = Sets(len(stories))
    for key, place in places.items():
        for other in decisions.bundles.get(key, ()):
            sets.join(place, places.get(other, place))
    found = []
    for joined in sets.lists():
        found.extend(_divide([key for place in joined for key in stories[place]], places, decisions))
    return found


def _divide(keys: list[Key], places: Mapping[Key, int], decisions: Decisions) -> Iterator[list[Key]]:
    """Yield the reports of a joined story, and beside it those that may not be in it."""
    present = set(keys)
    # What editors put together comes first: for its sake the stories were joined.
    units = dict.fromkeys(decisions.bundles.get(key, (key,)) for key in keys)
    waiting = [sorted(units, key=lambda unit: len(unit) == 1)]
    while waiting:
        taken, barred, left = set(), set(), defaultdict(list)
        for unit in waiting.pop():
            if barred.isdisjoint(unit):
                taken.update(unit)
                barred.update(*(decisions.apart.get(key, ()) for key in unit))
            else:
                left[next(places[key] for key in unit if key in present)].append(unit)
        yield [key for key in keys if key in taken]
        waiting.extend(left.values())
