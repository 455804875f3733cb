"""Reports are placed, and the state is held from which the next can go on (floor 0).

Also in the process beside an import: asked by placers.py, it is told what to place, and asks for what it
needs to know.
"""

from collections.abc import Callable, Iterable, Mapping, Set
from itertools import chain
from typing import NamedTuple

from articles.http.sandbox import take_at_most, tell
from articles.plain import as_answer, plain_requests, read_request
from articles.stories.dayterms import DayTerms
from articles.stories.regrouping import Depth, Known, Load, Stretch, regroup
from articles.stories.reports import UNREAD, Key, Link, Merge, Placing, Report

SECONDS = 3600  # for one piece of work

KeptTerms = Callable[[int, int], Mapping[int, bytes]]  # what is kept of the terms of these days
Apart = Mapping[Key, Set[Key]]


class Placed(NamedTuple):
    """What some changed days came to.

    `placings`: those to be stored. `moved`: the keys of all reports whose story is another one. `terms`: for
    some stretches (the first day, the first beyond) what to keep of the terms of which days. `held`: the keys
    of the reports in the state.
    """

    placings: list[Placing]
    moved: set[Key]
    terms: list[tuple[int, int, dict[int, bytes]]]
    held: list[Key]


class Placer:
    """Places reports. Its state is that after the last work."""

    def __init__(self) -> None:
        self._state: Stretch | None = None
        self._asked: tuple = ()

    def begin(self, changed: list[int], counts: Mapping[int, int], apart: Apart, *, goes_on: bool) -> None:
        """Begin with what `regroup` calls so; `goes_on`: from the state of the last work."""
        self._asked = (changed, counts, apart, goes_on)

    def is_done(self, load: Load, terms: KeptTerms, patience: float = 0.0) -> bool:
        """Tell whether there is nothing more to wait for, having waited so many seconds at most; asked now
        and then, it helps the work along."""
        return True

    def finish(self, load: Load, terms: KeptTerms) -> Placed:
        """Return what came of what was begun."""
        changed, counts, apart, goes_on = self._asked
        state, self._state = self._state if goes_on else None, None
        placed = Placed([], set(), [], [])
        kept = _read_with(terms)
        for found in regroup(changed, counts, load, apart, state=state, load_terms=kept):
            placed.placings.extend(found.placings)
            placed.moved.update(key for story in found.stories for key in story)
            contents = {day: each.to_bytes() for day, each in found.terms.items()}
            placed.terms.append((*found.days, contents))
            self._state = found.state
        if self._state:
            placed.held.extend(self._state.reports())
        return placed

    def drop(self) -> None:
        """Let go of the state."""
        if self._state:
            self._state.leave_days(self._state.end)
        self._state = None


def _read_with(terms: KeptTerms) -> Callable[[int, int], dict[int, DayTerms]]:
    return lambda first, end: {day: DayTerms.from_bytes(kept) for day, kept in terms(first, end).items()}


def serve_placing(first: bytes) -> None:
    """Inside a worker: do what this request says, and then what standard input says until it ends."""
    take_at_most(SECONDS)
    placer, requests = Placer(), chain([read_request(first)], plain_requests(SECONDS))

    def ask(*question: object) -> object:
        tell(as_answer(question))
        return next(requests)

    def load(first: int, end: int, depth: Depth, openers: Set[Key] | None = None) -> list[Known]:
        rows = ask("load", first, end, int(depth), openers if openers is None else list(openers))
        return [Known(Report(*report), read_placing(placing)) for report, placing in rows]

    for changed, counts, apart, goes_on in requests:
        placer.begin(changed, counts, apart, goes_on=goes_on)
        placed = placer.finish(load, lambda first, end: ask("terms", first, end))
        placings = list(map(plain_placing, placed.placings))
        tell(as_answer(("placed", *placed._replace(placings=placings))))


def plain_known(known: Iterable[Known]) -> list[tuple]:
    """Return reports with their placings as plain values."""
    return [(tuple(report), placing and plain_placing(placing)) for report, placing in known]


def plain_placing(placing: Placing) -> tuple:
    """Return a placing as plain values; `read_placing` is the way back."""
    key, story, link, merge, drawn = placing
    return key, story, _plain_link(link), _plain_step(merge), _plain_step(drawn)


def read_placing(plain: tuple | None) -> Placing | None:
    """Return a placing from plain values."""
    if plain is None:
        return None
    key, story, link, merge, drawn = plain
    return Placing(key, story, _read_link(link), _read_step(merge), _read_step(drawn))


def _plain_link(link: Link | None) -> tuple | None:
    return () if link is UNREAD else link and tuple(link)


def _read_link(plain: tuple | None) -> Link | None:
    return UNREAD if plain == () else plain and Link(*plain)


def _plain_step(step: Merge | None) -> tuple | None:
    return step and (step.into, step.day, _plain_link(step.link))


def _read_step(plain: tuple | None) -> Merge | None:
    return plain and Merge(plain[0], plain[1], _read_link(plain[2]))
