"""Incremental clustering (pure): cluster anew what a change can reach, with the same result as a rebuild.

Days before the first changed day keep their memberships; only merges and transfers by later articles are
added to them. From that day on articles are clustered from the restored state, up to a morning from which
everything must go as it went before: no change lies within the days that matter to it (the look back of three
weeks and the days that count for document frequencies), and the articles of the look back are in the clusters
that they were in, equally old. Later days stay as they are.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate
from typing import NamedTuple

from articles.stories.clustering import CLUSTER_SPAN, LOOK_BACK, Apart, Clusterer
from articles.stories.clusters import COMPARED_DAYS, ArticleFacts, Key, Member, Membership
from articles.stories.similarity import COUNTED_ARTICLES, COUNTED_DAYS, DAY

# Days are loaded together until they have so many articles.
BATCH = 2000


class Known(NamedTuple):
    """An article with its stored membership; None for one that was never clustered on its day."""

    article: ArticleFacts
    membership: Membership | None


# Returns the articles of the days from the first to before the end (numbers since 1970), in any order.
Load = Callable[[int, int], Iterable[Known]]


def recluster(
    changed: Iterable[int], counts: Mapping[int, int], load: Load, apart: Apart | None = None
) -> Iterator[list[Membership]]:
    """Cluster anew what a change can reach; yield the new and different memberships by ranges of days.

    `changed`: the days on which an article was added, removed, or changed in any of its facts or constraints;
    of an article that was moved in time, both days. `counts`: the number of articles of each day now. `load`
    gives the articles as they are now, with their memberships as stored so far and yielded since.
    """
    calendar = _Calendar(counts, changed)
    days = calendar.changed
    while days:
        day_range = _DayRange(days[0], calendar, load, apart)
        yield day_range.recluster()
        days = days[bisect_left(days, day_range.end) :]


class _Calendar:
    """Which days have articles, which have changed, and how far back document frequencies reach."""

    def __init__(self, counts: Mapping[int, int], changed: Iterable[int]) -> None:
        self.changed = sorted(set(changed))
        self.days = sorted(day for day, count in counts.items() if count)
        self.counts = counts
        self._before = [0, *accumulate(counts[day] for day in self.days)]
        # Counted without the changed days, the reach is no shorter than before or after the change.
        unchanged = set(self.days).difference(self.changed)
        self._sure = [0, *accumulate(counts[day] if day in unchanged else 0 for day in self.days)]

    def first_counted(self, day: int, *, sure: bool = False) -> int:
        """Return the first day that counts for the document frequencies of a day; with `sure`, before the
        change as well as after it."""
        before = self._sure if sure else self._before
        index = bisect_left(self.days, day)
        start = bisect_left(before, before[index] - COUNTED_ARTICLES + 1) - 1
        first = self.days[start] if start >= 0 and self.days else day - COUNTED_DAYS
        return max(first, day - COUNTED_DAYS)

    def changed_within(self, first: int, end: int) -> bool:
        """Return whether a day from the first to before the end has changed."""
        return bisect_left(self.changed, first) < bisect_left(self.changed, end)

    def batches(self, first: int, end: int) -> Iterator[list[int]]:
        """Split the days with articles from the first to before the end into batches worth a query."""
        batch, size = [], 0
        for day in self.days[bisect_left(self.days, first) : bisect_left(self.days, end)]:
            batch.append(day)
            size += self.counts[day]
            if size >= BATCH:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch


class _DayRange:
    """A range of days that is clustered anew, up to before `end`, with the days before that matter to it."""

    def __init__(self, first: int, calendar: _Calendar, load: Load, apart: Apart | None) -> None:
        self._first, self._calendar, self._load = first, calendar, load
        self.end = max([first, *calendar.days[-1:], *calendar.changed[-1:]]) + 1
        self._clusterer = Clusterer(apart)
        self._members: dict[int, list[Member]] = {}
        self._old: dict[Key, Membership] = {}

    def recluster(self) -> list[Membership]:
        """Cluster from the first day on until the change has no more effect."""
        self._restore()
        for day, known in self._read(self._first, self.end):
            if self._is_over(day):
                self.end = day
                break
            self._members[day] = self._clusterer.add_day(day, [article for article, _ in known])
        members = [member for found in self._members.values() for member in found]
        changed = list(self._changed_memberships(members))
        # Without the reference cycles of members and clusters memory is free at once.
        for member in members:
            del member.cluster
        return changed

    def _restore(self) -> None:
        first = self._first
        # The vectors of the days that are compared need the frequencies of their own days.
        back, counted = first - LOOK_BACK, self._calendar.first_counted(first - COMPARED_DAYS)
        opener_of = _openers_on(first, self._old)
        # All days are read before the first is replayed, because a merge is found with the later ones.
        for day, known in list(self._read(min(back, counted), first)):
            if day < back:
                self._clusterer.count_day(day, [article for article, _ in known])
                continue
            if missing := [article.key for article, membership in known if membership is None]:
                raise ValueError(f"{missing[0]!r} was never clustered, yet its day is not among the changed")
            placed = [(article, membership) for article, membership in known if membership]
            self._members[day] = self._clusterer.replay_day(
                day, placed, first, opener_of, counted=day >= counted
            )

    def _read(self, first: int, end: int) -> Iterator[tuple[int, list[Known]]]:
        for days in self._calendar.batches(first, end):
            found = defaultdict(list)
            for known in self._load(days[0], days[-1] + 1):
                found[known.article.published_at // DAY].append(known)
                if known.membership:
                    self._old[known.article.key] = known.membership
            yield from ((day, found[day]) for day in days if day in found)

    def _is_over(self, day: int) -> bool:
        """Return whether everything from the morning of this day on must go as it went before the change."""
        back = day - LOOK_BACK
        counted = self._calendar.first_counted(day - COMPARED_DAYS, sure=True)
        if self._calendar.changed_within(min(back, counted), day + LOOK_BACK + 1):
            return False
        members = [member for past, found in self._members.items() if past >= back for member in found]
        oldest = day * DAY - CLUSTER_SPAN
        now = [(member.cluster.opener.key, member.cluster.first >= oldest) for member in members]
        then = self._clusters_before(members, day, oldest)
        if any(is_open != was_open for (_, is_open), (_, was_open) in zip(now, then, strict=True)):
            return False
        return len(set(now)) == len(set(then)) == len(set(zip(now, then, strict=True)))

    def _clusters_before(self, members: list[Member], day: int, oldest: int) -> list[tuple[Key, bool]]:
        """Return for each article the opener of its cluster on the morning of a day before the change, and
        whether that cluster could still be joined, because it began at the time `oldest` or later."""
        keys = [member.key for member in members]
        openers = list(map(_openers_on(day, self._old), keys))
        first: dict[Key, int] = {}
        for opener, member in zip(openers, members, strict=True):
            first.setdefault(opener, member.time)
        for opener in first.keys() - keys:
            first[opener] = oldest - 1  # it began before all of these
        return [(opener, first[opener] >= oldest) for opener in openers]

    def _changed_memberships(self, members: list[Member]) -> Iterator[Membership]:
        """Yield the memberships that are new or different, as nothing from the end on is clustered anew."""
        for member in members:
            new, old = member.membership(), self._old.get(member.key)
            # What articles of later days did stays done.
            if old and old.merge and old.merge.day >= self.end:
                new = new._replace(merge=old.merge)
            if old and old.transfer and old.transfer.day >= self.end:
                new = new._replace(transfer=old.transfer)
            if new != old:
                yield new


def _openers_on(morning: int, memberships: Mapping[Key, Membership]) -> Callable[[Key], Key]:
    """Return a function that gives the opener of the cluster in which an article was on a morning."""
    merged: dict[Key, Key] = {}

    def opener_of(key: Key) -> Key:
        membership = memberships[key]
        transfer = membership.transfer
        first = transfer.into if transfer and transfer.day < morning else membership.opener
        if first not in merged:
            opener = first
            while (found := memberships.get(opener)) and found.merge and found.merge.day < morning:
                opener = found.merge.into
            merged[first] = opener
        return merged[first]

    return opener_of
