"""Which pairs an act puts together, apart, or lets go (floor 0), so that decisions go on saying one thing."""

from collections.abc import Iterable, Sequence
from itertools import pairwise, product
from typing import NamedTuple

from articles.stories.copies import Sets

Pair = tuple[int, int]


class Pairs(NamedTuple):
    """Pairs of ids, the lower first: decisions to make and decisions to take back."""

    together: list[Pair]
    apart: list[Pair]
    dropped: list[Pair]


def join(members: Iterable[int], together: Iterable[Pair], apart: Iterable[Pair]) -> Pairs:
    """Put these reports together: what was apart among them is let go, what holds is not said again."""
    keys = sorted(members)
    inside = set(keys)
    dropped = [pair for pair in apart if inside.issuperset(pair)]
    return Pairs(_chain(keys, together), [], dropped)


def part(out: Sequence[int], rest: Sequence[int], together: Iterable[Pair], *, as_one: bool) -> Pairs:
    """Put each of `out` apart from each of `rest`, which stays together; `as_one`: `out` does so too.

    Otherwise only those of `out` stay together that an editor had put together, be it through the others.
    """
    inside, outside = set(rest), set(out)
    given = [_ordered(*pair) for pair in together]
    crossing = {pair for pair in given if len(inside & {*pair}) == len(outside & {*pair}) == 1}
    kept = [pair for pair in given if pair not in crossing]
    wanted = _chain(sorted(rest), kept)
    bundles = [sorted(out)] if as_one else _bundles(sorted(inside | outside), given)
    for bundle in bundles:
        wanted += _chain([key for key in bundle if key in outside], kept)
    return Pairs(wanted, sorted({_ordered(*pair) for pair in product(out, rest)}), sorted(crossing))


def _chain(keys: Sequence[int], together: Iterable[Pair]) -> list[Pair]:
    """Return the pairs that are still needed to hold these keys together."""
    return [_ordered(one[0], other[0]) for one, other in pairwise(_bundles(keys, together))]


def _bundles(keys: Sequence[int], together: Iterable[Pair]) -> list[list[int]]:
    """Return these keys by what holds them together already."""
    places = {key: place for place, key in enumerate(keys)}
    sets = Sets(len(keys))
    for one, other in together:
        if one in places and other in places:
            sets.join(places[one], places[other])
    return [[keys[place] for place in found] for found in sets.lists()]


def _ordered(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)
