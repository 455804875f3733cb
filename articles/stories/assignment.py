"""Assignment: clusters and editors' decisions become stories, which keep their ids, so that no address dies.

Editors put pairs of articles together or apart. Articles that were put together stand for one another: what
is apart from one of them is apart from all. Where two articles were put apart although other decisions hold
them together, the decisions contradict each other: the pair is listed, and it is not applied until an editor
removes one of the decisions.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from django.db.models import Q

from articles.caching.writing import chunked, update_in, values_in, writing
from articles.models import Article, Decision, Placement, Story, StoryAlias
from articles.stories.aggregates import count_in_lists, update_stories
from articles.stories.clusters import Key, join_overlapping

BATCH = 1000  # articles assigned in one transaction

# The columns of a story that editors set; all others are computed from its articles.
EDITOR_COLUMNS = ("heat_adjustment",)


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


@dataclass
class Reassignments:
    """Which articles change their story; also what it takes to bring merged stories back under their old ids.

    `wanted`: the story that an article shall count as having been in (None: in none). `restorable`: the
    editors' columns and the aliases of stories in `wanted` that may have to be created again. `made`: the
    story before and after of each article that changed it. `merged`: like `restorable`, of stories that
    merged into others.
    """

    wanted: Mapping[int, int | None] = field(default_factory=dict)
    restorable: Mapping[int, Mapping] = field(default_factory=dict)
    made: dict[int, tuple[int | None, int]] = field(default_factory=dict)
    merged: dict[int, dict] = field(default_factory=dict)

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
    connected = _ConnectedArticles(constraints)
    connected.add(waiting)
    members = connected.members
    withdrawn = set(waiting) - members.keys()  # perhaps still in a story
    old: dict[int, set[Key]] = defaultdict(set)
    for pk, member in members.items():
        if story := reassignments.wanted.get(pk, member.story):
            old[story].add(member.link_key)
    clusters = apply_constraints(connected.clusters(), constraints)
    inherited = inherit_ids(old, clusters)

    withdrawn_from = (story for (story,) in values_in(Article.objects, "pk", withdrawn, "story"))
    present = (member.story for member in members.values())
    candidates = chain(old, inherited.ids, reassignments.wanted.values(), present, withdrawn_from)
    touched = {story for story in candidates if story is not None}
    before = count_in_lists(touched)
    _restore_stories(reassignments.restorable.keys() & inherited.ids, reassignments)
    created = iter(Story.objects.bulk_create(Story() for _ in range(inherited.ids.count(None))))
    ids = [story or next(created).pk for story in inherited.ids]
    story_of = {key: story for story, keys in zip(ids, clusters, strict=True) for key in keys}

    redirects = inherited.redirects | _heirs_of_emptied(members.values(), old, story_of)
    _redirect(redirects, reassignments)
    assigned = {pk: story_of[each.link_key] for pk, each in members.items()}
    changed = {pk: story for pk, story in assigned.items() if story != members[pk].story}
    for pk, story in changed.items():
        reassignments.add(pk, members[pk].story, story)
    waiting_articles = Article.objects.filter(needs_grouping=True)
    waited = update_in(waiting_articles, members.keys() | withdrawn, needs_grouping=False)
    _reassign_withdrawn(members, reassignments)
    update_stories((touched | set(ids)) - redirects.keys(), changed, before)
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
    index_of: dict[Hashable, int] = {key: index for index, story in enumerate(new) for key in story}
    heirs: dict[int, list[int]] = defaultdict(list)
    for story in sorted(old):
        shares = Counter(index_of[key] for key in old[story] if key in index_of)
        if shares:
            heirs[min(shares, key=lambda index: (-shares[index], index))].append(story)
    ids: list[int | None] = [None] * len(new)
    redirects = {}
    for index, claims in heirs.items():
        ids[index] = claims[0]
        redirects.update(dict.fromkeys(claims[1:], claims[0]))
    return InheritedIds(ids, dict(sorted(redirects.items())))


class _Member(NamedTuple):
    link_key: str
    published_at: datetime
    story: int | None


class _ConnectedArticles:
    """Articles whose stories depend on one another: by clusters, by earlier stories, by decisions."""

    def __init__(self, constraints: Constraints) -> None:
        self.members: dict[int, _Member] = {}
        self._openers: dict[int, int] = {}  # of the cluster that each article is in now
        self._together = constraints.together
        self._stories: set[int] = set()

    def add(self, articles: Iterable[int]) -> None:
        """Add articles with all that depend on them; those without a placement are left out."""
        wanted = set(articles)
        while wanted:
            current = _openers_merged_into(_current_openers(wanted))
            found: set[int] = set()
            for openers in chunked(sorted(current)):
                placements = Placement.objects.filter(Q(opener__in=openers) | Q(transferred_to__in=openers))
                for pk, opener, other in placements.values_list("pk", "opener", "transferred_to"):
                    if (opener := other or opener) in current:
                        self._openers[pk] = current[opener]
                        found.add(pk)
            wanted = set(self._add(found)) - self._openers.keys()

    def _add(self, ids: set[int]) -> Iterator[int]:
        """Add these articles; yield those that were in a story with them or that editors put together."""
        stories: set[int] = set()
        partners: set[Key] = set()
        new = ids - self.members.keys()
        for pk, *values in values_in(Article.objects, "pk", new, "pk", *_Member._fields):
            self.members[pk] = member = _Member(*values)
            partners.update(self._together.get(member.link_key, ()))
            if member.story is not None:
                stories.add(member.story)
        placed = Article.objects.live().filter(placement__isnull=False)
        yield from (pk for (pk,) in values_in(placed, "story", stories - self._stories, "pk"))
        yield from (pk for (pk,) in values_in(placed, "link_key", partners, "pk"))
        self._stories |= stories

    def clusters(self) -> list[list[Key]]:
        """Return the clusters as keys in order of time."""
        found: dict[int, list[Key]] = defaultdict(list)
        by_time = sorted(self.members.items(), key=lambda item: (item[1].published_at, item[1].link_key))
        for pk, member in by_time:
            found[self._openers[pk]].append(member.link_key)
        return list(found.values())


def _current_openers(articles: Iterable[int]) -> set[int]:
    """Return the openers of the clusters that these articles are in now, with merges followed."""
    rows = values_in(Placement.objects, "pk", articles, "opener", "transferred_to")
    wanted = {other or opener for opener, other in rows}
    found: set[int] = set()
    while wanted:
        placements = Placement.objects.filter(merged_into__isnull=False)
        merged = dict(values_in(placements, "pk", wanted, "pk", "merged_into"))
        found |= wanted - merged.keys()
        wanted = set(merged.values())
    return found


def _openers_merged_into(current: Iterable[int]) -> dict[int, int]:
    """Return all openers whose clusters merged into those of these openers, each with its current opener."""
    found = {opener: opener for opener in current}
    wanted = set(found)
    while wanted:
        rows = values_in(Placement.objects, "merged_into", wanted, "pk", "merged_into")
        merged = {pk: found[into] for pk, into in rows}
        found |= merged
        wanted = set(merged)
    return found


def _heirs_of_emptied(
    members: Iterable[_Member], old: Mapping[int, Set[Key]], story_of: Mapping[Key, int]
) -> dict[int, int]:
    """Return the stories that no article counts as having been in any more, each with its articles' heir."""
    heirs: dict[int, Counter[int]] = defaultdict(Counter)
    for member in members:
        if member.story and member.story not in old:
            heirs[member.story][story_of[member.link_key]] += 1
    return {story: min(counts, key=lambda heir: (-counts[heir], heir)) for story, counts in heirs.items()}


def _redirect(redirects: Mapping[int, int], reassignments: Reassignments) -> None:
    """Delete merged stories; their addresses lead to the heir, and withdrawn articles go along."""
    for old, heir in redirects.items():
        aliases = StoryAlias.objects.filter(story=old)
        for own in Story.objects.filter(pk=old).values(*EDITOR_COLUMNS):
            reassignments.merged[old] = {**own, "aliases": sorted(aliases.values_list("old_id", flat=True))}
        articles = Article.objects.filter(story=old)
        for article in articles.values_list("pk", flat=True):
            reassignments.add(article, old, heir)
        articles.update(story=heir)
        aliases.update(story=heir)
        StoryAlias.objects.update_or_create(old_id=old, defaults={"story_id": heir})
    for pks in chunked(redirects):
        Story.objects.filter(pk__in=pks).delete()


def _restore_stories(stories: Set[int], reassignments: Reassignments) -> None:
    """Create stories again that had merged into others, with their editors' columns and aliases."""
    existing = Story.objects.filter(pk__in=stories).values_list("pk", flat=True)
    for story in stories - set(existing):
        own = dict(reassignments.restorable[story])
        aliases = own.pop("aliases")
        StoryAlias.objects.filter(old_id=story).delete()
        Story.objects.create(pk=story, **own)
        StoryAlias.objects.filter(old_id__in=aliases).update(story=story)


def _reassign_withdrawn(members: Mapping[int, _Member], reassignments: Reassignments) -> None:
    """Put withdrawn articles, which have no cluster, into the story wanted for them if it exists."""
    wanted = {pk: story for pk, story in reassignments.wanted.items() if story and pk not in members}
    existing = set(Story.objects.filter(pk__in=set(wanted.values())).values_list("pk", flat=True))
    articles = Article.objects.filter(placement=None).exclude(story=None)
    for pk, story in list(values_in(articles, "pk", wanted, "pk", "story")):
        if wanted[pk] in existing and story != wanted[pk]:
            reassignments.add(pk, story, wanted[pk])
            Article.objects.filter(pk=pk).update(story=wanted[pk])


# Editors' decisions


def current_constraints() -> Constraints:
    """Return what editors decided about pairs of articles, with the contradictions in it."""
    kinds = Decision.Kind
    return build_constraints(Decision.objects.pairs(kinds.TOGETHER), Decision.objects.pairs(kinds.APART))


def build_constraints(together: Iterable[tuple[Key, Key]], apart: Iterable[tuple[Key, Key]]) -> Constraints:
    """Return the constraints that follow from pairs of keys, in any order of the pairs and in them."""
    pairs = list(together)
    bundles = {key: tuple(sorted(bundle)) for bundle in join_overlapping(pairs) for key in bundle}
    barred: dict[Key, set[Key]] = defaultdict(set)
    contradictions = []
    for one, other in sorted({(min(pair), max(pair)) for pair in apart}):
        ones, others = bundles.get(one, (one,)), bundles.get(other, (other,))
        if ones == others:
            contradictions.append(Contradiction((one, other), _shortest_chain(pairs, one, other)))
            continue
        for key in ones:
            barred[key].update(others)
        for key in others:
            barred[key].update(ones)
    return Constraints(bundles, dict(barred), tuple(contradictions))


def _shortest_chain(pairs: Iterable[tuple[Key, Key]], start: Key, end: Key) -> tuple[Key, ...]:
    """Return a shortest chain from start to end (breadth first)."""
    neighbours: dict[Key, set[Key]] = defaultdict(set)
    for one, other in pairs:
        neighbours[one].add(other)
        neighbours[other].add(one)
    before, waiting = {start: start}, deque([start])
    while waiting and end not in before:
        key = waiting.popleft()
        for other in sorted(neighbours[key]):
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
    index_of = {key: index for index, cluster in enumerate(clusters) for key in cluster}
    bundles = dict.fromkeys(constraints.together[key] for key in index_of if key in constraints.together)
    present = [[key for key in bundle if key in index_of] for bundle in bundles]
    joined = join_overlapping([*clusters, *present])
    return list(chain.from_iterable(_divide(keys, index_of, constraints) for keys in joined))


def _divide(keys: list[Key], index_of: Mapping[Key, int], constraints: Constraints) -> Iterator[list[Key]]:
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
                outside[next(index_of[key] for key in unit if key in present)].append(unit)
        yield [key for key in keys if key in inside]
        waiting.extend(outside.values())
