"""Grouping: clusters the articles of waiting days, stores their placements, and lets the stories follow.

The work of a step is done before the write lock is taken. If another grouping or a change has meanwhile
touched a waiting day, the step is repeated, the last time under the lock.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import datetime

from articles.caching.writing import chunked, writing
from articles.models import Article, Decision, Placement, RelatedEntry, StaleDay
from articles.models.grouping import day_of, start_of
from articles.stories.aggregates import recount_lists, refresh_due_stories, request_recount
from articles.stories.assignment import Reassignments, assign_waiting
from articles.stories.clustering import LOOK_BACK
from articles.stories.clusters import ArticleFacts, Key, Match, Membership, Move
from articles.stories.constraints import Constraints, build_constraints
from articles.stories.reclustering import Change, Known, recluster
from articles.stories.similarity import DAY

STEP = 2000  # articles clustered in one step, at least
ATTEMPTS = 4  # at a step; the last holds the write lock
_COUNTED_TOGETHER = 30  # days


def group_waiting(reassignments: Reassignments | None = None) -> int:
    """Group all that waits: stale days, and articles whose story has to be determined anew.

    Returns the number of articles assigned to stories; `reassignments` records those that changed theirs. The
    next call completes what an interrupted one left.
    """
    while _cluster_some_days():
        pass
    assigned = 0
    while count := assign_waiting(current_constraints(), reassignments):
        assigned += count
    with writing(changes_pages=False):
        refresh_due_stories()
        recount_lists()
    return assigned


def mark_all(since: datetime | None = None) -> None:
    """Let every day be grouped anew, or every day from a moment on, and every story determined anew."""
    articles = Article.objects.live().for_export(since=since)
    with writing(changes_pages=False):
        moments = articles.order_by().values_list("published_at", flat=True)
        StaleDay.objects.mark(set(map(day_of, moments.iterator())))
        articles.update(needs_grouping=True)
        request_recount()


def current_constraints() -> Constraints:
    """Return what editors decided about pairs of articles, with the contradictions in it."""
    kinds = Decision.Kind
    return build_constraints(Decision.objects.pairs(kinds.TOGETHER), Decision.objects.pairs(kinds.APART))


def _cluster_some_days() -> bool:
    """Cluster the articles of the earliest stale days; return False if there are none."""
    for attempt in range(1, ATTEMPTS + 1):
        with writing(changes_pages=False) if attempt == ATTEMPTS else nullcontext():
            stale = _stale_days()
            if not stale:
                return False
            step = _Step(sorted(stale))
            with writing(changes_pages=False):
                if attempt == ATTEMPTS or _stale_days() == stale:
                    step.store()
                    break
    return True


def _stale_days() -> dict[int, int]:
    """Return the stale days with the ids of their rows; a day marked again has another id."""
    return dict(StaleDay.objects.values_list("day", "pk"))


class _Step:
    """The first of the stale days, clustered anew; `store` writes the result."""

    def __init__(self, stale: list[int]) -> None:
        self._stale = stale
        self._ids: dict[Key, int] = {}
        self._days: dict[Key, int] = {}
        self._memberships: dict[Key, Membership] = {}  # those that changed
        self._chosen, counts = _choose_days(stale)
        # Articles of the next stale day and later are left to the next step.
        self._end = stale[len(self._chosen)] if len(self._chosen) < len(stale) else None
        for change in recluster(self._chosen, counts, self._load, current_constraints().apart):
            self._note(change)

    def _note(self, change: Change) -> None:
        self._memberships.update((membership.key, membership) for membership in change.memberships)

    def _load(self, first: int, end: int) -> list[Known]:
        """Return the articles of the days from the first to before the end, with their memberships."""
        end = end if self._end is None else min(end, self._end)
        articles = Article.objects.live().filter(
            published_at__gte=start_of(first), published_at__lt=start_of(end)
        )
        rows = list(articles.order_by().values_list(*_COLUMNS))
        related = _related_keys({row[6] for row in rows if row[6]})
        known = []
        for pk, key, title, excerpt, moment, provider, related_list, *placement in rows:
            seconds = math.floor(moment.timestamp())
            day = seconds // DAY
            facts = ArticleFacts(
                key, title, excerpt, seconds, provider, related=related.get(related_list, frozenset())
            )
            self._ids[key], self._days[key] = pk, day
            membership = self._membership(key, *placement) if placement[0] == day else None
            known.append(Known(facts, self._memberships.get(key, membership)))
        return known

    def _membership(
        self, key: Key, _day: int, match: list | None, opener: int, opener_key: Key, into: int | None,
        into_key: Key | None, merge: list | None, to: int | None, to_key: Key | None, taken: list | None,
    ) -> Membership:  # fmt: skip
        for known, pk in ((opener_key, opener), (into_key, into), (to_key, to)):
            if known is not None and pk is not None:
                self._ids[known] = pk
        return Membership(
            key,
            opener_key,
            Match.from_json(match) if match else None,
            _move(into_key, merge),
            _move(to_key, taken),
        )

    def store(self) -> None:
        """Write the placements, and let the stories of the articles that changed cluster be determined anew;
        the caller holds the write lock."""
        self._delete_outdated()
        columns = ["day", "opener", "match", "merged_into", "merge", "transferred_to", "transfer"]
        Placement.objects.bulk_create(
            map(self._placement, self._memberships.values()),
            update_conflicts=True, unique_fields=["article"], update_fields=columns,
        )  # fmt: skip
        for pks in chunked(sorted(self._ids[key] for key in self._memberships)):
            Article.objects.filter(pk__in=pks, needs_grouping=False).update(needs_grouping=True)
        for days in chunked(self._chosen):
            StaleDay.objects.filter(day__in=days).delete()

    def _delete_outdated(self) -> None:
        """Delete the placements of articles that these days have no more."""
        days_of = {self._ids[key]: day for key, day in self._days.items()}
        for days in chunked(self._chosen):
            placed = Placement.objects.filter(day__in=days).values_list("pk", "day")
            outdated = [pk for pk, day in placed if days_of.get(pk) != day]
            for pks in chunked(outdated):
                Placement.objects.filter(pk__in=pks).delete()

    def _placement(self, membership: Membership) -> Placement:
        key, opener, match, merge, transfer = membership
        ids = self._ids
        return Placement(
            article_id=ids[key],
            day=self._days[key],
            opener_id=ids[opener],
            match=match,
            merged_into_id=merge and ids[merge.into],
            merge=merge and [merge.day, merge.match],
            transferred_to_id=transfer and ids[transfer.into],
            transfer=transfer and [transfer.day, transfer.match],
        )


_COLUMNS = (
    "pk", "link_key", "title", "excerpt", "published_at", "provider", "related_list",
    "placement__day", "placement__match", "placement__opener", "placement__opener__link_key",
    "placement__merged_into", "placement__merged_into__link_key", "placement__merge",
    "placement__transferred_to", "placement__transferred_to__link_key", "placement__transfer",
)  # fmt: skip


def _choose_days(stale: list[int]) -> tuple[list[int], dict[int, int]]:
    """Return the first of the stale days, and the number of articles of each day up to the last of them.

    A step takes enough articles to be worth the loading of the days before them.
    """
    placed = Placement.objects.per_day()
    before = sum(count for day, count in placed.items() if stale[0] - LOOK_BACK <= day < stale[0])
    counts: dict[int, int] = {}
    size = 0
    for day, count in _count_articles(stale):
        counts[day] = count
        size += count
        if size >= max(STEP, before // 2):
            break
    chosen = list(counts)
    end = stale[len(chosen)] if len(chosen) < len(stale) else math.inf
    return chosen, {day: count for day, count in (placed | counts).items() if day < end}


def _count_articles(days: list[int]) -> Iterator[tuple[int, int]]:
    """Yield each of these days with its number of articles, in one query for days close together."""
    start = 0
    while start < len(days):
        first = days[start]
        near = [day for day in days[start : start + _COUNTED_TOGETHER] if day < first + 2 * _COUNTED_TOGETHER]
        articles = Article.objects.live().filter(
            published_at__gte=start_of(first), published_at__lt=start_of(near[-1] + 1)
        )
        found = Counter(map(day_of, articles.order_by().values_list("published_at", flat=True).iterator()))
        yield from ((day, found[day]) for day in near)
        start += len(near)


def _related_keys(lists: Iterable[int]) -> dict[int, frozenset[str]]:
    """Return the link keys of the articles in these lists of related articles, by list."""
    found: dict[int, set[str]] = {}
    for some in chunked(sorted(lists)):
        rows = RelatedEntry.objects.filter(list__in=some).order_by().values_list("list", "article__link_key")
        for row, key in rows:
            found.setdefault(row, set()).add(key)
    return {row: frozenset(keys) for row, keys in found.items()}


def _move(into: Key | None, stored: list | None) -> Move | None:
    return Move(into, stored[0], Match.from_json(stored[1])) if stored and into is not None else None
