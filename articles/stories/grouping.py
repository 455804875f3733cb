"""Grouping: clusters the articles of waiting days, stores their placements, and lets the stories follow.

The work of a step is done before the write lock is taken. If another grouping or a change has meanwhile
touched a waiting day, the step is repeated, the last time under the lock.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import datetime

from django.db.models import QuerySet

from articles.caching.writing import chunked, update_in, values_in, writing
from articles.models import Article, Placement, RelatedEntry, StaleDay, Story
from articles.models.grouping import day_of, start_of
from articles.stories.aggregates import refresh_stories, request_recount
from articles.stories.assignment import Reassignments, assign_waiting, current_constraints
from articles.stories.clustering import LOOK_BACK
from articles.stories.clusters import ArticleFacts, Key, Match, Membership, Transfer
from articles.stories.reclustering import Known, recluster
from articles.stories.similarity import DAY

STEP = 2000  # articles clustered in one step, at least
ATTEMPTS = 4  # at a step; the last holds the write lock


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
        refresh_stories(Story.objects.with_news_due().values_list("pk", flat=True))
    return assigned


def mark_all(since: datetime | None = None) -> None:
    """Let every day be grouped anew, or every day from a moment on, and every story determined anew."""
    articles = Article.objects.live().for_export(since=since)
    with writing(changes_pages=False):
        moments = articles.order_by().values_list("published_at", flat=True)
        StaleDay.objects.mark(set(map(day_of, moments.iterator())))
        articles.update(needs_grouping=True)
        request_recount()


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
        self._ids: dict[Key, int] = {}
        self._days: dict[Key, int] = {}
        self._memberships: dict[Key, Membership] = {}  # those that changed
        self._chosen, counts = _choose_days(stale)
        # Articles of the next stale day and later are left to the next step.
        self._end = stale[len(self._chosen)] if len(self._chosen) < len(stale) else None
        for memberships in recluster(self._chosen, counts, self._load, current_constraints().apart):
            self._memberships.update((membership.key, membership) for membership in memberships)

    def _load(self, first: int, end: int) -> list[Known]:
        """Return the articles of the days from the first to before the end, with their memberships."""
        end = end if self._end is None else min(end, self._end)
        rows = list(_articles_of_days(first, end).values_list(*_COLUMNS))
        related: dict[int, set[Key]] = _related_keys({row[6] for row in rows if row[6]})
        known = []
        for pk, key, title, excerpt, moment, provider, related_list, *placement in rows:
            seconds = math.floor(moment.timestamp())
            day = seconds // DAY
            keys = related.get(related_list, set())
            facts = ArticleFacts(key, title, excerpt, seconds, provider, related=keys)
            self._ids[key], self._days[key] = pk, day
            membership = self._membership(key, *placement) if placement[0] == day else None
            known.append(Known(facts, self._memberships.get(key, membership)))
        return known

    def _membership(
        self, key: Key, _day: int, match: list | None, opener: int, opener_key: Key, into: int | None,
        into_key: Key | None, merge: list | None, to: int | None, to_key: Key | None, transfer: list | None,
    ) -> Membership:  # fmt: skip
        for known, pk in ((opener_key, opener), (into_key, into), (to_key, to)):
            if known is not None and pk is not None:
                self._ids[known] = pk
        joined = Match.from_json(match) if match else None
        return Membership(key, opener_key, joined, _transfer(into_key, merge), _transfer(to_key, transfer))

    def store(self) -> None:
        """Write the placements, and let the stories of the articles that changed cluster be determined anew;
        the caller holds the write lock."""
        days_of = {self._ids[key]: day for key, day in self._days.items()}
        placed = values_in(Placement.objects, "day", self._chosen, "pk", "day")
        # These days have the articles of outdated placements no more.
        for pks in chunked([pk for pk, day in placed if days_of.get(pk) != day]):
            Placement.objects.filter(pk__in=pks).delete()
        columns = ["day", "opener", "match", "merged_into", "merge", "transferred_to", "transfer"]
        Placement.objects.bulk_create(
            map(self._placement, self._memberships.values()),
            update_conflicts=True, unique_fields=["article"], update_fields=columns,
        )  # fmt: skip
        grouped = Article.objects.filter(needs_grouping=False)
        update_in(grouped, [self._ids[key] for key in self._memberships], needs_grouping=True)
        for days in chunked(self._chosen):
            StaleDay.objects.filter(day__in=days).delete()

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
    for day in stale:
        counts[day] = _articles_of_days(day, day + 1).count()
        size += counts[day]
        if size >= max(STEP, before // 2):
            break
    chosen = list(counts)
    end = stale[len(chosen)] if len(chosen) < len(stale) else math.inf
    return chosen, {day: count for day, count in (placed | counts).items() if day < end}


def _articles_of_days(first: int, end: int) -> QuerySet[Article]:
    """Return the articles of the days from the first to before the end, in no order."""
    articles = Article.objects.live().order_by()
    return articles.filter(published_at__gte=start_of(first), published_at__lt=start_of(end))


def _related_keys(lists: Iterable[int]) -> dict[int, set[Key]]:
    """Return the link keys of the articles in these lists of related articles, by list."""
    found: dict[int, set[Key]] = defaultdict(set)
    for related_list, key in values_in(RelatedEntry.objects, "list", lists, "list", "article__link_key"):
        found[related_list].add(key)
    return found


def _transfer(into: Key | None, stored: list | None) -> Transfer | None:
    return Transfer(into, stored[0], Match.from_json(stored[1])) if stored and into is not None else None
