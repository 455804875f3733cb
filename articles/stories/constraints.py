"""Editors' decisions as constraints on clusters (pure): articles that are together or apart.

Articles that were put together stand for one another: what is apart from one is apart from all. A pair that
was put apart although other decisions hold it together is a contradiction: it is listed, and not applied
until an editor takes one of the decisions back.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import pairwise, product
from typing import NamedTuple, TypeVar

from articles.stories.clusters import Key
from articles.stories.duplicates import DisjointSets

Pair = tuple[int, int]
K = TypeVar("K", bound=Key)


class Contradiction(NamedTuple):
    """A pair that an editor put apart, and the chain of articles, each put together with the next."""

    apart: tuple[Key, Key]
    chain: tuple[Key, ...]


class Constraints(NamedTuple):
    """`together`: for each article, all that it is put together with, itself included; `apart`: for each
    article, those that must not share its cluster."""

    together: Mapping[Key, tuple[Key, ...]]
    apart: Mapping[Key, Set[Key]]
    contradictions: tuple[Contradiction, ...]


def build_constraints(together: Iterable[tuple[Key, Key]], apart: Iterable[tuple[Key, Key]]) -> Constraints:
    """Return the constraints that follow from pairs of keys, in any order of the pairs and in them."""
    neighbours: dict[Key, set[Key]] = defaultdict(set)
    for one, other in together:
        neighbours[one].add(other)
        neighbours[other].add(one)
    bundles: dict[Key, tuple[Key, ...]] = {}
    pairs = ((key, other) for key in neighbours for other in neighbours[key])
    for found in _bundles(sorted(neighbours), pairs):
        bundles.update(dict.fromkeys(found, tuple(found)))
    barred: dict[Key, set[Key]] = defaultdict(set)
    contradictions = []
    for one, other in sorted({(min(pair), max(pair)) for pair in apart}):
        ones, others = bundles.get(one, (one,)), bundles.get(other, (other,))
        if ones == others:
            contradictions.append(Contradiction((one, other), _shortest_chain(neighbours, one, other)))
            continue
        for key in ones:
            barred[key].update(others)
        for key in others:
            barred[key].update(ones)
    return Constraints(bundles, dict(barred), tuple(contradictions))


def _bundles(keys: Sequence[K], together: Iterable[tuple[K, K]]) -> list[list[K]]:
    """Split these keys into those that pairs hold together; pairs with other keys are ignored."""
    places = {key: place for place, key in enumerate(keys)}
    sets = DisjointSets(len(keys))
    for one, other in together:
        if one in places and other in places:
            sets.join(places[one], places[other])
    return [[keys[place] for place in found] for found in sets.lists()]


def _shortest_chain(neighbours: Mapping[Key, Set[Key]], start: Key, end: Key) -> tuple[Key, ...]:
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


def apply_constraints(clusters: Sequence[Sequence[Key]], constraints: Constraints) -> list[list[Key]]:
    """Return clusters as the constraints demand: those with articles put together are joined.

    An article that is apart from one in the joined cluster stays outside, with those of its own cluster that
    may. If a cluster has an article that was put together with another, that other's cluster has to be among
    the clusters given.
    """
    places = {key: place for place, cluster in enumerate(clusters) for key in cluster}
    sets = DisjointSets(len(clusters))
    for key, place in places.items():
        for other in constraints.together.get(key, ()):
            sets.join(place, places.get(other, place))
    found: list[list[Key]] = []
    for joined in sets.lists():
        found.extend(_divide([key for place in joined for key in clusters[place]], places, constraints))
    return found


def _divide(keys: list[Key], places: Mapping[Key, int], constraints: Constraints) -> Iterator[list[Key]]:
    """Yield the articles of a joined cluster, and apart from it those that must not be in it."""
    present = set(keys)
    # What editors put together comes first: the clusters were joined for its sake.
    units = dict.fromkeys(constraints.together.get(key, (key,)) for key in keys)
    waiting = [sorted(units, key=lambda unit: len(unit) == 1)]
    while waiting:
        inside: set[Key] = set()
        barred: set[Key] = set()
        outside: dict[int, list[tuple[Key, ...]]] = defaultdict(list)
        for unit in waiting.pop():
            if barred.isdisjoint(unit):
                inside.update(unit)
                barred.update(*(constraints.apart.get(key, ()) for key in unit))
            else:
                outside[next(places[key] for key in unit if key in present)].append(unit)
        yield [key for key in keys if key in inside]
        waiting.extend(outside.values())


class PairChanges(NamedTuple):
    """Pairs of article ids, the lower first: decisions to add and decisions to remove."""

    together: list[Pair]
    apart: list[Pair]
    removed: list[Pair]


def merge_pairs(members: Iterable[int], together: Iterable[Pair], apart: Iterable[Pair]) -> PairChanges:
    """Return the changes that put these articles together, given the pairs decided so far."""
    keys = sorted(members)
    inside = set(keys)
    return PairChanges(
        _missing_pairs(keys, together), [], [pair for pair in apart if inside.issuperset(pair)]
    )


def split_pairs(
    out: Sequence[int], rest: Sequence[int], together: Iterable[Pair], *, as_one: bool
) -> PairChanges:
    """Return the changes that put each of `out` apart from each of `rest`, which stays together.

    With `as_one`, `out` stays together too. Otherwise only those of `out` do that earlier decisions had put
    together, directly or through others.
    """
    inside, outside = set(rest), set(out)
    decided = [_ordered(*pair) for pair in together]
    crossing = {pair for pair in decided if len(inside & {*pair}) == len(outside & {*pair}) == 1}
    remaining = [pair for pair in decided if pair not in crossing]
    wanted = _missing_pairs(sorted(rest), remaining)
    bundles = [sorted(out)] if as_one else _bundles(sorted(inside | outside), decided)
    for bundle in bundles:
        wanted += _missing_pairs([key for key in bundle if key in outside], remaining)
    return PairChanges(wanted, sorted({_ordered(*pair) for pair in product(out, rest)}), sorted(crossing))


def _missing_pairs(keys: Sequence[int], together: Iterable[Pair]) -> list[Pair]:
    """Return the pairs that are still needed to hold these keys together."""
    return [_ordered(one[0], other[0]) for one, other in pairwise(_bundles(keys, together))]


def _ordered(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
