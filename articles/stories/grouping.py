"""Reports are placed in stories (floor 2): the days that changed, and only as far as a change reaches.

What `regrouping` works out is kept as a Placing each; `settling` makes stories of them. The work is done
before the lock is taken, from what was read without it. If meanwhile another grouping or a change touched a
day that waits, the result is thrown away and worked out again, the last time under the lock.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import chain

from articles.caching.writing import chunked, update_rows, writing
from articles.http.sandbox import Worker, start_beside
from articles.models import Article, Decision, Placing, RelatedEntry, StaleDay, TermVectors
from articles.models.bulk import collecting_less_garbage, insert_rows
from articles.models.grouping import start_of
from articles.models.lookups import Seconds
from articles.stories.aggregates import count_lists, mark_all_lists, place_due
from articles.stories.assignment import Moves, settle_days, settle_some
from articles.stories.clustering import LOOK_BACK
from articles.stories.constraints import Decisions, read_decisions
from articles.stories.placer import Placed, Placer
from articles.stories.placers import PlacerBeside
from articles.stories.regrouping import Depth, Known, with_merged
from articles.stories.reports import UNREAD, Key, Link, Merge, Report
from articles.stories.reports import Placing as Place
from articles.stories.similarity import DAY

CHUNK = 2000  # reports placed at a time, at least
BESIDE = 4000  # articles that wait, for which another process is worth its start
ATTEMPTS = 3  # before the lock is held while working
_SOME_DAYS = 50  # counted at first, then as many as so far
_CLOSE = LOOK_BACK  # days that grouping reads anyway
_A_WHILE = 0.01  # seconds between looks at what else there is to do


@collecting_less_garbage()
def group_waiting(
    moves: Moves | None = None,
    start: Callable[[], Worker] = start_beside,
    meanwhile: Callable[[], bool] = lambda: True,
) -> int:
    """Group all that waits: days that changed, and articles whose story has to be looked at.

    Returns the number of articles settled in stories; `moves` notes which of them changed theirs. `start`
    gives a process for what can be done beside; `meanwhile` is done while it works and there is nothing left
    to settle, again and again until it returns that it has nothing left to do either. What a stopped grouping
    left, the next one does.
    """
    aside = _Aside(start, meanwhile) if moves is None and _many_wait() and _is_first() else None
    settled = _place_all(aside)
    while now := settle_some(current_decisions(), moves):
        settled += now
    with writing():
        place_due()
        count_lists()
    return settled


def mark_all(since: datetime | None = None) -> None:
    """Let every day be grouped anew, or every day from a moment on, and every story settled."""
    articles = Article.objects.told().for_export(since=since)
    with writing():
        moments = articles.order_by().values_list(Seconds("published_at"), flat=True)
        StaleDay.objects.mark({moment // DAY for moment in moments.iterator()})
        articles.update(needs_grouping=True)
        mark_all_lists()


def current_decisions() -> Decisions:
    """Return what editors decided of pairs of articles, and what of it contradicts itself."""
    kinds = Decision.Kind
    return read_decisions(Decision.objects.pairs(kinds.TOGETHER), Decision.objects.pairs(kinds.APART))


def _many_wait() -> bool:
    return len(Article.objects.waiting_for_grouping()[:BESIDE].values_list("pk")) == BESIDE


def _is_first() -> bool:
    """Tell whether no day from the first that waits on was grouped before, and no decision joins days.

    Only then do stories of days that are done not depend on what becomes of later ones.
    """
    first = StaleDay.objects.order_by("day").values_list("day", flat=True).first()
    were_grouped = first is not None and Placing.objects.filter(day__gte=first).exists()
    return not were_grouped and not current_decisions().bundles


@dataclass
class _Aside:
    """What is done while the next reports are placed in another process: stories are settled of days that are
    done, which no later report can reach."""

    start_worker: Callable[[], Worker]
    meanwhile: Callable[[], bool]
    placer: PlacerBeside | None = None
    settled: int = 0
    first: int | None = None
    end: int = 0

    def start(self) -> PlacerBeside:
        """Return the placer in another process, started when it is asked for first."""
        self.placer = self.placer or PlacerBeside(self.start_worker)
        return self.placer

    def close(self) -> None:
        if self.placer:
            self.placer.close()

    def note_done(self, first: int, last: int) -> None:
        """Note that the days from the first to the last are done."""
        self.first = first - LOOK_BACK if self.first is None else self.first
        self.end = last - LOOK_BACK

    def work_until(self, is_done: Callable[..., bool]) -> None:
        """Settle as long as there is something to settle, and to wait for; then do what else can be done."""
        while not is_done() and self.first is not None and self.first < self.end:
            now = settle_days(self.first, self.end, current_decisions())
            self.settled += now
            if not now:
                self.first = self.end
        while not is_done(patience=_A_WHILE) and not self.meanwhile():
            pass


@dataclass
class _Held:
    """What a step keeps for the next one: the placer with the state that it can go on from, the ids of the
    reports in that, how many reports days have, and what must still be so then: which days wait, and which
    reports may not share a story.
    """

    left: dict[int, int] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)
    apart: Mapping[Key, Set[Key]] = field(default_factory=dict)
    goes_on: bool = False
    ids: dict[Key, int] = field(default_factory=dict)
    placer: Placer = field(default_factory=Placer)
    aside: _Aside | None = None

    def anew(self) -> "_Held":
        """Return what is kept where the state is spoiled."""
        return _Held(placer=self.placer, aside=self.aside)


def _place_all(aside: _Aside | None) -> int:
    """Place the reports of all days that wait; returns how many articles were settled meanwhile."""
    held = _Held(aside=aside)
    try:
        while held := _place_some(held):
            pass
    finally:
        if aside:
            aside.close()
    return aside.settled if aside else 0


def _place_some(held: _Held) -> _Held | None:
    """Place the reports of the earliest days that wait; None where there are none."""
    for _ in range(ATTEMPTS):
        seen = _stale_days()
        if not seen:
            return None
        work = _Work(list(seen), held if seen == held.left else held.anew())
        work.do()
        held = work.held.anew()  # its state is spoiled where the work is for nothing
        with writing():
            if _stale_days() == seen:
                return work.keep()
    with writing():
        # Another grouping may have done all of it since the last look.
        stale = list(_stale_days())
        if not stale:
            return None
        work = _Work(stale, held)
        work.do()
        return work.keep()


def _stale_days() -> dict[int, int]:
    return dict(StaleDay.objects.order_by("day").values_list("day", "pk"))


@dataclass
class _Work:
    """Some days that wait, and what becomes of their neighbourhood when they are grouped anew."""

    stale: list[int]
    held: _Held
    chosen: list[int] = field(default_factory=list)
    horizon: int | None = None  # no report of a later day is looked at; they wait for the next time
    ids: dict[Key, int] = field(default_factory=dict)
    days: dict[Key, int] = field(default_factory=dict)
    placed: Placed | None = None

    def do(self) -> None:
        held, counts, apart = self.held, self._choose(Placing.objects.per_day()), current_decisions().apart
        goes_on = held.goes_on and apart == held.apart
        self.ids |= held.ids
        placer = held.placer
        if held.aside and self.horizon is not None and placer is not held.aside.placer:
            placer, goes_on = held.aside.start(), False
        self.held = _Held(counts=held.counts, apart=apart, goes_on=True, placer=placer, aside=held.aside)
        placer.begin(self.chosen, counts, apart, goes_on=goes_on)
        if held.aside:
            held.aside.work_until(partial(placer.is_done, self._load, TermVectors.objects.of_days))
        self.placed = placer.finish(self._load, TermVectors.objects.of_days)

    def _choose(self, placed: dict[int, int]) -> dict[int, int]:
        """Take days until they are worth the repeating of the days before them; returns how many reports each
        day to be looked at has."""
        first = self.stale[0]
        before = sum(count for day, count in placed.items() if first - LOOK_BACK <= day < first)
        worth, size = max(CHUNK, before // 2), 0
        known, counts = self.held.counts, {}
        while len(counts) < len(self.stale):
            start = len(counts)
            some = self.stale[start : start + max(start, _SOME_DAYS)]
            if fresh := [day for day in some if day not in known]:
                known |= _count_reports(fresh)
            counts |= {day: known[day] for day in some}
            for place, day in enumerate(some, start + 1):
                size += counts[day]
                if size >= worth and place < len(self.stale):
                    self.chosen, self.horizon = self.stale[:place], day
                    counts = placed | counts
                    return {day: count for day, count in counts.items() if day <= self.horizon}
        self.chosen = self.stale
        return placed | counts

    def _load(self, first: int, end: int, depth: Depth, openers: Set[Key] | None = None) -> list[Known]:
        if self.horizon is not None:
            end = min(end, self.horizon + 1)
        columns = tuple(chain.from_iterable(_COLUMNS[: depth + 1]))
        if openers is None:
            rows = _told_in(first, end, columns)
        else:
            rows = _placed_in(first, end, columns, {self.ids[opener] for opener in openers})
        absent = tuple(chain.from_iterable(_ABSENT[depth + 1 :]))
        keys = _keys_of(rows)
        self.ids.update((key, pk) for pk, key in keys.items())
        self.days.update((row[1], row[3] // DAY) for row in rows)
        related = _related_keys({row[12] for row in rows if row[12]}) if depth >= Depth.TEXTS else {}
        known = []
        for row in rows:
            _, key, title, time, placed_on, *place, excerpt, provider, list_id, link = row + absent
            report = Report(key, title, excerpt, time, provider, related=related.get(list_id, frozenset()))
            is_placed = placed_on == time // DAY
            known.append(Known(report, _placing(keys, key, *place, link) if is_placed else None))
        return known

    def keep(self) -> _Held:
        """Store the placings, and let the stories of all reports whose company changed be settled."""
        self._drop_placings()
        self._write_placings()
        for first, end, contents in self.placed.terms:
            TermVectors.objects.replace(first, end, contents)
        for part in chunked(self.ids[key] for key in sorted(self.placed.moved)):
            Article.objects.filter(pk__in=part, needs_grouping=False).update(needs_grouping=True)
        for part in chunked(self.chosen):
            StaleDay.objects.filter(day__in=part).delete()
        if self.horizon is not None:
            # A change may reach beyond the horizon: the next time it goes on from there. The next day that
            # waits gets a new row too, for any other grouping to see that this one was at work.
            following = {Placing.objects.after_day(self.horizon), self.stale[len(self.chosen)]} - {None}
            StaleDay.objects.mark(following)
            if self.held.aside:
                self.held.aside.note_done(self.chosen[0], self.horizon)
        self.held.left = _stale_days()
        if self.held.left:
            self.held.ids = {key: self.ids[key] for key in self.placed.held}
        else:
            self.held.placer.drop()
        return self.held

    def _write_placings(self) -> None:
        placings = self.placed.placings
        rows = [_row(place, self.ids, self.days) for place in placings if place.link is not UNREAD]
        names = ["article", "day", "opener", "link", "merged_into", "merge", "drawn_into", "drawn"]
        insert_rows(Placing, names, rows, unique=["article"], update=names[1:])
        gone_over = [_steps_row(place, self.ids) for place in placings if place.link is UNREAD]
        update_rows(Placing, names[4:], gone_over)

    def _drop_placings(self) -> None:
        """Drop the placings of reports that these days have no more."""
        for part in chunked(self.chosen):
            gone = Placing.objects.filter(day__in=part).outdated().values_list("pk", flat=True)
            for pks in chunked(gone):
                Placing.objects.filter(pk__in=pks).delete()


# What is asked for at each depth, and what stands for it where it is not.
_COLUMNS = (
    ("pk", "link_key", "title", Seconds("published_at"), "placing__day", "placing__opener",
     "placing__merged_into", "placing__drawn_into", "placing__merge", "placing__drawn"),
    ("excerpt", "provider", "related_list"),
    ("placing__link",),
)  # fmt: skip
_ABSENT = ((), ("", "", None), (UNREAD,))


def _told_in(first: int, end: int, columns: Iterable[str]) -> list[tuple]:
    rows = Article.objects.told().filter(published_at__gte=start_of(first), published_at__lt=start_of(end))
    return list(rows.order_by().values_list(*columns))


def _placed_in(first: int, end: int, columns: Iterable[str], openers: Set[int]) -> list[tuple]:
    """Return the reports of these days in stories that these reports opened, or that merged with such."""
    days = Placing.objects.filter(day__gte=first, day__lt=end)
    placed = list(days.values_list("pk", "opener", "merged_into", "drawn_into"))
    openers = with_merged(openers, ((pk, into) for pk, _, into, _ in placed if into))
    rows = []
    for part in chunked(pk for pk, opener, _, drawn in placed if opener in openers or drawn in openers):
        rows += Article.objects.told().filter(pk__in=part).order_by().values_list(*columns)
    return rows


def _keys_of(rows: list[tuple]) -> dict[int, Key]:
    """Return the keys of these reports and of those that their placings name."""
    keys = {row[0]: row[1] for row in rows}
    named = {pk for row in rows for pk in row[5:8]} - keys.keys() - {None}
    for part in chunked(sorted(named)):
        keys.update(Article.objects.filter(pk__in=part).values_list("pk", "link_key"))
    return keys


def _count_reports(days: list[int]) -> dict[int, int]:
    """Count the reports that each of these days has now."""
    found = Counter(dict.fromkeys(days, 0))
    for first, last in _spans(days):
        rows = Article.objects.told().filter(
            published_at__gte=start_of(first), published_at__lt=start_of(last + 1)
        )
        moments = rows.order_by().values_list(Seconds("published_at"), flat=True)
        found.update(moment // DAY for moment in moments.iterator())
    return {day: found[day] for day in days}


def _spans(days: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of days that lie close together; a question for each day takes longer."""
    first = last = days[0]
    for day in days:
        if day > last + _CLOSE:
            yield first, last
            first = day
        last = day
    yield first, last


def _related_keys(lists: Iterable[int]) -> dict[int, frozenset[str]]:
    found: dict[int, set[str]] = {}
    for part in chunked(sorted(lists)):
        rows = RelatedEntry.objects.filter(list__in=part).order_by()
        for row, key in rows.values_list("list", "article__link_key"):
            found.setdefault(row, set()).add(key)
    return {row: frozenset(keys) for row, keys in found.items()}


def _placing(
    keys: Mapping[int, Key], key: Key, opener: int, merged_into: int | None, drawn_into: int | None,
    merge: list | None, drawn: list | None, link,
) -> Place:  # fmt: skip
    link = link if link is UNREAD else link and _link(link)
    return Place(key, keys[opener], link, _step(keys, merged_into, merge), _step(keys, drawn_into, drawn))


def _step(keys: Mapping[int, Key], into: int | None, stored: list | None) -> Merge | None:
    return Merge(keys[into], stored[0], _link(stored[1])) if stored else None


def _link(stored: list) -> Link:
    one, other, reason, likeness, terms = stored
    return Link(one, other, reason, likeness, tuple((term, value) for term, value in terms))


def _row(place: Place, ids: Mapping[Key, int], days: Mapping[Key, int]) -> tuple:
    return ids[place.key], days[place.key], ids[place.story], place.link, *_steps_row(place, ids)[1:]


def _steps_row(place: Place, ids: Mapping[Key, int]) -> tuple:
    row = [ids[place.key]]
    for step in (place.merge, place.drawn):
        row += (ids[step.into], [step.day, step.link]) if step else (None, None)
    return tuple(row)
