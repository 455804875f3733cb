"""Grouping anew after a change (floor 0): only as far as the change reaches, and exactly as a rebuild would.

Days before the first changed day keep their placings. From that day on reports are grouped from the restored
state, until a morning comes from which all must go as it went before: no change lies in the days that can
matter to it (the look back of three weeks, and the days that count for document frequencies), and the
reports of the look back stand in the stories they stood in, which are as old as they were. There the rest
is left as it is.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from enum import IntEnum
from itertools import accumulate, chain
from typing import NamedTuple, Protocol

from articles.stories.clustering import LOOK_BACK, STORY_SPAN, Grouper
from articles.stories.comparing import LINK_DAYS
from articles.stories.dayterms import DayTerms
from articles.stories.growing import Item
from articles.stories.marks import SAME_TITLE
from articles.stories.reports import UNREAD, Key, Likeness, Merge, Placing, Report
from articles.stories.similarity import COUNTED_DAYS, COUNTED_REPORTS, DAY

# Reports are asked for in pieces of some days; each piece has at least so many of them.
PIECE = 2000


class Known(NamedTuple):
    """A report with the placing it has so far; None for a new report."""

    report: Report
    placing: Placing | None


class Depth(IntEnum):
    """How much of reports is asked for: where they stand, their texts too, the links of their placings too.

    Without its text a report has a title only; without its link a placing has UNREAD.
    """

    PLACES, TEXTS, LINKS = range(3)


class Load(Protocol):
    """Gives the reports of the days from the first to before the end (as numbers since 1970), in any order;
    with `openers` only those in stories that one of these opened, or that merged with such a story."""

    def __call__(
        self, first: int, end: int, depth: Depth, openers: Set[Key] | None = None
    ) -> Iterable[Known]: ...


# Gives what is kept of the terms of these days; what is not kept is counted anew.
LoadTerms = Callable[[int, int], Mapping[int, DayTerms]]


class Regrouped(NamedTuple):
    """What a change did.

    `placings`: those to be stored, new or other than before; of one with an UNREAD link only the merge is
    other. `stories`: the keys of all stories whose reports
    are not those of a story from before, complete, each in the order of time. `grouped`: how many reports
    were grouped anew. `days`: the first day of these, and the first that was left as it was; what was kept of
    the terms of these days holds no more. `terms`: what may be kept instead, of some of these days. `state`:
    what the next change, if it lies later, can be grouped from.
    """

    placings: list[Placing]
    stories: list[list[Key]]
    grouped: int
    days: tuple[int, int]
    terms: Mapping[int, DayTerms]
    state: "Stretch"


def regroup(
    changed: Iterable[int],
    counts: Mapping[int, int],
    load: Load,
    apart: Mapping[Key, Set[Key]] | None = None,
    second_opinion: Likeness | None = None,
    state: "Stretch | None" = None,
    load_terms: LoadTerms = lambda first, end: {},
) -> Iterator[Regrouped]:
    """Group anew what a change can reach, and yield it piece by piece.

    `changed`: the days (numbers since 1970) on which a report came, went, or was changed in any of its facts,
    its relations or its decisions; of one that was moved in time, both days. `counts`: how many reports each
    day has now. `load`: the reports as they are now, with the placings stored so far; what was yielded before
    may or may not be stored already. `state`: that of a change before, if all it did is stored, nothing else
    was since, and `apart` is the same; with it the days before need not be restored where this change lies
    right behind. `load_terms`: what was kept of the days before.
    """
    calendar = _Calendar(counts, changed)
    days = sorted(set(changed))
    while days:
        if state is not None and not state.can_go_on(days[0], calendar):
            state.leave_days(state.end)
            state = None
        state = state or Stretch(Grouper(apart, second_opinion))
        yield state.run(days[0], calendar, load, load_terms)
        days = days[bisect_left(days, state.end) :]


class _Calendar:
    """Which days have reports, which changed, and how far back document frequencies reach."""

    def __init__(self, counts: Mapping[int, int], changed: Iterable[int]) -> None:
        self.changed = sorted(set(changed))
        self.days = sorted(day for day, count in counts.items() if count)
        self.counts = counts
        self._before = [0, *accumulate(counts[day] for day in self.days)]
        # Without the changed days a reach is not shorter than it was before the change or is after it.
        unchanged = set(self.days).difference(self.changed)
        self._sure = [0, *accumulate(counts[day] if day in unchanged else 0 for day in self.days)]

    def first_counted(self, day: int, *, sure: bool = False) -> int:
        """Return the first day whose reports count for the document frequencies of a day."""
        before = self._sure if sure else self._before
        place = bisect_left(self.days, day)
        start = bisect_left(before, before[place] - COUNTED_REPORTS + 1) - 1
        first = self.days[start] if start >= 0 and self.days else day - COUNTED_DAYS
        return max(first, day - COUNTED_DAYS)

    def changed_within(self, first: int, end: int) -> bool:
        """Tell whether a day from the first to before the end is changed."""
        place = bisect_left(self.changed, first)
        return place < len(self.changed) and self.changed[place] < end

    def days_with_reports(self, first: int, end: int) -> list[int]:
        """Return the days with reports from the first to before the end."""
        return self.days[bisect_left(self.days, first) : bisect_left(self.days, end)]

    def pieces(self, first: int, end: int) -> Iterator[list[int]]:
        """Split the days with reports from the first to before the end into pieces worth a question."""
        piece, size = [], 0
        for day in self.days_with_reports(first, end):
            piece.append(day)
            size += self.counts[day]
            if size >= PIECE:
                yield piece
                piece, size = [], 0
        if piece:
            yield piece


class Stretch:
    """A stretch of days that is grouped anew; from its `end` on nothing is known here of any day."""

    def __init__(self, grouper: Grouper) -> None:
        self._grouper = grouper
        self._items: dict[int, list[Item]] = {}
        self._old: dict[Key, Placing] = {}
        self._new: dict[Key, Placing] = {}
        self._is_fresh = True
        self.end = 0

    def can_go_on(self, first: int, calendar: _Calendar) -> bool:
        """Tell whether a change from this day on begins where this stretch ends."""
        return self.end <= first and not calendar.days_with_reports(self.end, first)

    def reports(self) -> Iterator[Key]:
        """Yield the keys of the reports that are held."""
        return (item.report.key for item in chain.from_iterable(self._items.values()))

    def run(self, first: int, calendar: _Calendar, load: Load, load_terms: LoadTerms) -> Regrouped:
        """Group from this day on until the change has died away."""
        self._first, self._calendar, self._load = first, calendar, load
        if self._is_fresh:
            self._restore(self._kept_terms(load_terms))
        else:
            self._go_on()
        self._is_fresh, grouped = False, 0
        self.end = max([first, *calendar.days[-1:], *calendar.changed[-1:]]) + 1
        for day, known in self._read(first, self.end, Depth.LINKS):
            if self._is_over(day):
                self.end = day
                break
            self._items[day] = self._grouper.add_day(day, [report for report, _ in known])
            grouped += len(known)
        return self._result(grouped)

    def leave_days(self, end: int) -> None:
        """Let go of the reports of the days before this one, so that memory is free at once: as long as
        reports and stories name each other, only a search for garbage frees it."""
        for day in [day for day in self._items if day < end]:
            for item in self._items.pop(day):
                item.story = None

    def _go_on(self) -> None:
        """Leave behind what is too old, and take what was found before for what is known."""
        self._grouper.forget(self._first)
        self._grouper.forget_stories(self._first)
        self.leave_days(self._first - LOOK_BACK)
        self._old = {}
        for item in chain.from_iterable(self._items.values()):
            item.link = UNREAD
            item.known = self._old[item.report.key] = self._new[item.report.key]._replace(link=UNREAD)

    def _kept_terms(self, load_terms: LoadTerms) -> dict[int, DayTerms]:
        """Return what was kept of the days that are compared, if it is all that is needed."""
        first = self._first
        counted, kept = self._calendar.first_counted(first), load_terms(first - LINK_DAYS, first)
        needed = {day: kept.get(day) for day in self._calendar.days_with_reports(first - LINK_DAYS, first)}
        for day, terms in needed.items():
            if terms is None or len(terms.vectors) != self._calendar.counts[day]:
                return {}
            if day >= counted and terms.counts is None:
                return {}
        return needed

    def _restore(self, kept: Mapping[int, DayTerms]) -> None:
        first = self._first
        # Vectors that have to be made anew need the frequencies of their own days.
        back, counted = first - LOOK_BACK, self._calendar.first_counted(first - (0 if kept else LINK_DAYS))
        # Of reports before both, titles and times alone matter to the stories they are in, and only to those
        # that went on: no other can be joined any more.
        texts = min(counted, first - SAME_TITLE // DAY)
        later = list(self._read(texts, first, Depth.TEXTS))
        placings = [placing for _, known in later for _, placing in known if placing]
        openers = {placing.story for placing in placings}
        steps = chain.from_iterable((placing.merge, placing.drawn) for placing in placings)
        openers.update(step.into for step in steps if step)
        earlier = list(self._read(back, texts, Depth.PLACES, openers))
        roots = _Roots(self._old, first)
        for day, known in chain(earlier, later):
            if day < back:
                self._grouper.count_day(day, [report for report, _ in known])
                continue
            if missing := [report.key for report, placing in known if placing is None]:
                raise ValueError(f"{missing[0]!r} was never placed, yet its day is not among the changed")
            self._items[day] = self._grouper.replay_day(
                day, known, first, roots.of, counted=day >= counted, terms=kept.get(day)
            )

    def _read(
        self, first: int, end: int, depth: Depth, openers: Set[Key] | None = None
    ) -> Iterator[tuple[int, list[Known]]]:
        pieces = self._calendar.pieces(first, end)
        if openers is not None:  # which stories merged is known from all days together
            pieces = filter(None, [list(chain.from_iterable(pieces))])
        for days in pieces:
            found = defaultdict(list)
            for known in self._load(days[0], days[-1] + 1, depth, openers):
                found[known.report.published_at // DAY].append(known)
                if known.placing:
                    self._old[known.report.key] = known.placing
            yield from ((day, found[day]) for day in days if day in found)

    def _is_over(self, day: int) -> bool:
        """Tell whether from the morning of this day on all must go as it went before the change."""
        back = day - LOOK_BACK
        counted = self._calendar.first_counted(day - LINK_DAYS, sure=True)
        if self._calendar.changed_within(min(back, counted), day + LOOK_BACK + 1):
            return False
        items = [item for past, items in self._items.items() if past >= back for item in items]
        oldest = day * DAY - STORY_SPAN
        now = [(item.story.opener.report.key, item.story.first >= oldest) for item in items]
        then = self._then(items, day, oldest)
        if any(is_open != was_open for (_, is_open), (_, was_open) in zip(now, then, strict=True)):
            return False
        return len(set(now)) == len(set(then)) == len(set(zip(now, then, strict=True)))

    def _then(self, items: list[Item], day: int, oldest: int) -> list[tuple[Key, bool]]:
        """Return for each report which story it was in before the change, on the morning of a day, and if
        that story could still be joined, because it began at this moment or later."""
        roots, first = _Roots(self._old, day), {}
        keys = [item.report.key for item in items]
        for key, item in zip(keys, items, strict=True):
            first.setdefault(roots.of(key), item.time)
        for root in first.keys() - keys:
            first[root] = oldest - 1  # it began before all of these
        return [(root, first[root] >= oldest) for root in map(roots.of, keys)]

    def _result(self, grouped: int) -> Regrouped:
        """Return what is new, when nothing from the end on was grouped anew."""
        end = self.end
        reports = [item.report for items in self._items.values() for item in items]
        new = {item.report.key: item.placing() for items in self._items.values() for item in items}
        for key, placing in new.items():
            old = self._old.get(key)
            if old and old.merge and old.merge.day >= end:
                new[key] = placing = placing._replace(merge=old.merge)
            if old and old.drawn and old.drawn.day >= end:
                new[key] = placing._replace(drawn=old.drawn)
        for _, known in self._read(end, end + LOOK_BACK, Depth.PLACES):
            reports += [report for report, _ in known]
            new |= {report.key: placing for report, placing in known if placing}
        reports = [report for report in reports if report.key in new]
        reports.sort(key=lambda report: (report.published_at, report.key))
        before = set(map(tuple, stories_of(reports, self._old)))
        stories = [story for story in stories_of(reports, new) if tuple(story) not in before]
        pairs = ((new[report.key], self._old.get(report.key)) for report in reports)
        placings = [now for now, then in pairs if now is not then and now != then]
        self._new = new
        return Regrouped(placings, stories, grouped, (self._first, end), dict(self._terms()), self)

    def _terms(self) -> Iterator[tuple[int, DayTerms]]:
        """Yield what may be kept of the days that were grouped anew and are still compared."""
        for day, items in self._items.items():
            if day >= self._first and (terms := self._grouper.terms_of(day, items)):
                yield day, terms


class _Roots:
    """Which story a report was in on a morning, by the key of the report that opened it."""

    def __init__(self, placings: Mapping[Key, Placing], morning: int | None = None) -> None:
        self._placings = placings
        self._morning = morning
        self._found: dict[Key, Key] = {}

    def of(self, key: Key) -> Key:
        placing = self._placings[key]
        start = placing.drawn.into if self._has_come(placing.drawn) else placing.story
        if (root := self._found.get(start)) is None:
            root = start
            while (placing := self._placings.get(root)) and self._has_come(placing.merge):
                root = placing.merge.into
            self._found[start] = root
        return root

    def _has_come(self, step: Merge | None) -> bool:
        return step is not None and (self._morning is None or step.day < self._morning)


def stories_of(reports: Iterable[Report], placings: Mapping[Key, Placing]) -> list[list[Key]]:
    """Return the stories that placings make of reports: their keys, in the order of the reports given."""
    roots, stories = _Roots(placings), defaultdict(list)
    for report in reports:
        if report.key in placings:
            stories[roots.of(report.key)].append(report.key)
    return list(stories.values())


def with_merged(openers: Iterable[Key], merges: Iterable[tuple[Key, Key]]) -> set[Key]:
    """Return these openers and all whose stories became one with theirs by these merges."""
    joined: dict[Key, list[Key]] = defaultdict(list)
    for one, other in merges:
        joined[one].append(other)
        joined[other].append(one)
    found, waiting = set(), list(openers)
    while waiting:
        opener = waiting.pop()
        if opener not in found:
            found.add(opener)
            waiting += joined.get(opener, ())
    return found
