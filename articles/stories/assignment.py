"""Assignment: clusters and decisions become Story rows, which keep their ids, so that no address dies."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from articles.caching.writing import chunked, writing
from articles.models import Article, Placement, Story, StoryAlias
from articles.stories.aggregates import count_in_lists, update_stories
from articles.stories.clusters import Key
from articles.stories.constraints import Constraints, apply_constraints

BATCH = 1000  # articles assigned in one transaction

# The columns of a story that are not computed from its articles.
OWN_COLUMNS = ("heat_adjustment",)


@dataclass
class Reassignments:
    """Which articles change their story; also what it takes to bring merged stories back under their old ids.

    `wanted`: the story that an article shall count as having been in (None: in none). `own`: the own columns
    and the aliases of stories in `wanted` that may have to be created again. `made`: the story before and
    after of each article that changed it. `lost`: like `own`, of stories that merged into others.
    """

    wanted: Mapping[int, int | None] = field(default_factory=dict)
    own: Mapping[int, Mapping] = field(default_factory=dict)
    made: dict[int, tuple[int | None, int]] = field(default_factory=dict)
    lost: dict[int, dict] = field(default_factory=dict)

    def add(self, article: int, old: int | None, new: int) -> None:
        first = self.made.get(article, (old, new))[0]
        self.made[article] = (first, new)
        if first == new:
            del self.made[article]


def assign_waiting(constraints: Constraints, reassignments: Reassignments | None = None) -> int:
    """Assign some of the waiting articles, with all whose story depends on them; return how many waited."""
    with writing(changes_pages=False):
        waiting = list(Article.objects.waiting_for_grouping().values_list("pk", flat=True)[:BATCH])
        return assign(waiting, constraints, reassignments) if waiting else 0


def assign(
    waiting: Sequence[int], constraints: Constraints, reassignments: Reassignments | None = None
) -> int:
    """Assign these articles to stories, with all whose story depends on them; return how many had waited.

    The caller holds the write lock.
    """
    reassignments = reassignments or Reassignments()
    group = _ConnectedArticles(constraints)
    group.add(waiting)
    withdrawn = set(waiting) - group.members.keys()  # perhaps still in a story
    old: dict[int, set[Key]] = defaultdict(set)
    for pk, member in group.members.items():
        if story := reassignments.wanted.get(pk, member.story):
            old[story].add(member.key)
    clusters = apply_constraints(group.clusters(), constraints)
    inherited = inherit_ids(old, clusters)

    touched = _stories_of(withdrawn) | old.keys() | _without_none(inherited.ids)
    touched |= _without_none(reassignments.wanted.values())
    touched |= _without_none(member.story for member in group.members.values())
    before = count_in_lists(touched)
    _restore_stories(_without_none(inherited.ids) & reassignments.own.keys(), reassignments)
    created = iter(Story.objects.bulk_create(Story() for _ in range(inherited.ids.count(None))))
    ids = [story or next(created).pk for story in inherited.ids]
    story_of = {key: story for story, keys in zip(ids, clusters, strict=True) for key in keys}

    redirects = inherited.redirects | _left_behind(group.members.values(), old, story_of)
    _redirect(redirects, reassignments)
    moved = {
        pk: story_of[member.key]
        for pk, member in group.members.items()
        if member.story != story_of[member.key]
    }
    for pk, story in moved.items():
        reassignments.add(pk, group.members[pk].story, story)
    waited = _clear_waiting(group.members.keys() | withdrawn)
    _move_withdrawn(group.members, reassignments)
    update_stories((touched | set(ids)) - redirects.keys(), moved, before)
    return waited


def _without_none(stories: Iterable[int | None]) -> set[int]:
    return {story for story in stories if story is not None}


def _clear_waiting(articles: Iterable[int]) -> int:
    """Mark that these articles wait no more; return how many did."""
    waited = 0
    for pks in chunked(sorted(articles)):
        waited += Article.objects.filter(pk__in=pks, needs_grouping=True).update(needs_grouping=False)
    return waited


class InheritedIds(NamedTuple):
    """`ids`: the id of each new story, None where it needs a new one; `redirects`: old id to living id."""

    ids: list[int | None]
    redirects: dict[int, int]


def inherit_ids(old: Mapping[int, Set[Key]], new: Sequence[Sequence[Key]]) -> InheritedIds:
    """Give new stories the ids of old ones.

    An old story's heir is the new one with most of its articles; of equals, the first in the given order.
    Where several old stories have one heir they merged: the lowest id, which is the oldest, survives and the
    others redirect to it.
    """
    place_of: dict[Hashable, int] = {key: place for place, story in enumerate(new) for key in story}
    heirs: dict[int, list[int]] = defaultdict(list)
    for story in sorted(old):
        shares = Counter(place_of[key] for key in old[story] if key in place_of)
        if shares:
            heirs[min(shares, key=lambda place: (-shares[place], place))].append(story)
    ids: list[int | None] = [None] * len(new)
    redirects = {}
    for place, claims in heirs.items():
        ids[place] = claims[0]
        redirects.update(dict.fromkeys(claims[1:], claims[0]))
    return InheritedIds(ids, dict(sorted(redirects.items())))


class _Member(NamedTuple):
    key: Key
    time: datetime
    story: int | None


class _ConnectedArticles:
    """Articles whose stories depend on one another: by clusters, by earlier stories, by decisions."""

    def __init__(self, constraints: Constraints) -> None:
        self.members: dict[int, _Member] = {}
        self._root_of: dict[int, int] = {}
        self._together = constraints.together
        self._stories: set[int] = set()

    def add(self, articles: Iterable[int]) -> None:
        """Add articles with all that depend on them; those without a placement are left out."""
        wanted = set(articles)
        while wanted:
            roots = _openers_of(_roots_of(wanted))
            found: set[int] = set()
            for openers in chunked(sorted(roots)):
                placements = Placement.objects.filter(Q(opener__in=openers) | Q(transferred_to__in=openers))
                for pk, opener, other in placements.values_list("pk", "opener", "transferred_to"):
                    if (opener := other or opener) in roots:
                        self._root_of[pk] = roots[opener]
                        found.add(pk)
            wanted = set(self._add(found)) - self._root_of.keys()

    def _add(self, ids: set[int]) -> Iterator[int]:
        """Add these articles; yield those that were in a story with them or that editors put together."""
        stories: set[int] = set()
        partners: set[Key] = set()
        for pks in chunked(sorted(ids - self.members.keys())):
            rows = Article.objects.filter(pk__in=pks)
            for pk, key, time, story in rows.values_list("pk", "link_key", "published_at", "story"):
                self.members[pk] = member = _Member(key, time, story)
                if story is not None:
                    stories.add(story)
                partners.update(self._together.get(member.key, ()))
        placed = Article.objects.live().filter(placement__isnull=False)
        for numbers in chunked(sorted(stories - self._stories)):
            yield from placed.filter(story__in=numbers).values_list("pk", flat=True)
        for keys in chunked(sorted(partners)):
            yield from placed.filter(link_key__in=keys).values_list("pk", flat=True)
        self._stories |= stories

    def clusters(self) -> list[list[Key]]:
        """Return the clusters as keys in order of time."""
        found: dict[int, list[Key]] = defaultdict(list)
        for pk, member in sorted(self.members.items(), key=lambda item: (item[1].time, item[1].key)):
            found[self._root_of[pk]].append(member.key)
        return list(found.values())


def _roots_of(articles: Iterable[int]) -> set[int]:
    """Return the openers of the clusters that these articles are in now, with merges followed."""
    roots: set[int] = set()
    wanted: set[int] = set()
    for pks in chunked(sorted(articles)):
        joined = Placement.objects.filter(pk__in=pks).values_list("opener", "transferred_to")
        wanted.update(other or opener for opener, other in joined)
    while wanted:
        merged: dict[int, int] = {}
        for pks in chunked(sorted(wanted)):
            rows = Placement.objects.filter(pk__in=pks, merged_into__isnull=False)
            merged.update(rows.values_list("pk", "merged_into"))
        roots |= wanted - merged.keys()
        wanted = set(merged.values())
    return roots


def _openers_of(roots: Iterable[int]) -> dict[int, int]:
    """Return all openers whose clusters merged into those of these roots, each with its root."""
    found = {root: root for root in roots}
    wanted = set(found)
    while wanted:
        merged: dict[int, int] = {}
        for pks in chunked(sorted(wanted)):
            rows = Placement.objects.filter(merged_into__in=pks)
            merged.update((pk, found[into]) for pk, into in rows.values_list("pk", "merged_into"))
        found |= merged
        wanted = set(merged)
    return found


def _stories_of(articles: Iterable[int]) -> set[int]:
    found: set[int] = set()
    for pks in chunked(sorted(articles)):
        rows = Article.objects.filter(pk__in=pks, story__isnull=False)
        found.update(rows.values_list("story", flat=True))
    return found


def _left_behind(members: Iterable[_Member], old: Iterable[int], story_of: Mapping) -> dict[int, int]:
    """Return the stories that no article counts as having been in any more, each with its articles' heir."""
    heirs: dict[int, Counter[int]] = defaultdict(Counter)
    for member in members:
        if member.story and member.story not in old:
            heirs[member.story][story_of[member.key]] += 1
    return {
        story: max(counts, key=lambda heir: (counts[heir], -heir))
        for story, counts in heirs.items()
        if story not in counts
    }


def _redirect(redirects: Mapping[int, int], reassignments: Reassignments) -> None:
    """Delete merged stories; their addresses lead to the heir, and withdrawn articles go along."""
    for old, heir in redirects.items():
        aliases = StoryAlias.objects.filter(story=old)
        for own in Story.objects.filter(pk=old).values(*OWN_COLUMNS):
            reassignments.lost[old] = {**own, "aliases": sorted(aliases.values_list("old_id", flat=True))}
        for article in Article.objects.filter(story=old).values_list("pk", flat=True):
            reassignments.add(article, old, heir)
        Article.objects.filter(story=old).update(story=heir)
        aliases.update(story=heir)
        StoryAlias.objects.update_or_create(old_id=old, defaults={"story_id": heir})
    for pks in chunked(sorted(redirects)):
        Story.objects.filter(pk__in=pks).delete()


def _restore_stories(stories: Iterable[int], reassignments: Reassignments) -> None:
    """Create stories again that had merged into others, with their own columns and aliases."""
    existing = set(Story.objects.filter(pk__in=stories).values_list("pk", flat=True))
    for story in set(stories) - existing:
        own = dict(reassignments.own[story])
        aliases = own.pop("aliases")
        StoryAlias.objects.filter(old_id=story).delete()
        Story.objects.create(pk=story, **own)
        StoryAlias.objects.filter(old_id__in=aliases).update(story=story)


def _move_withdrawn(members: Mapping[int, _Member], reassignments: Reassignments) -> None:
    """Move withdrawn articles, which have no cluster, to the story wanted for them if it exists."""
    wanted = {pk: story for pk, story in reassignments.wanted.items() if story and pk not in members}
    existing = set(Story.objects.filter(pk__in=set(wanted.values())).values_list("pk", flat=True))
    for pks in chunked(sorted(wanted)):
        rows = Article.objects.filter(pk__in=pks, placement=None).exclude(story=None)
        for pk, story in rows.values_list("pk", "story"):
            if wanted[pk] in existing and story != wanted[pk]:
                reassignments.add(pk, story, wanted[pk])
                Article.objects.filter(pk=pk).update(story=wanted[pk])
