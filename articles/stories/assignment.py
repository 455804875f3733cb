"""Placings and editors' decisions become stories (floor 2): ids are kept, so that no address dies."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field

from articles.caching.writing import chunked, writing
from articles.models import Article, Placing, Story, StoryAlias
from articles.models.bulk import reserve_ids
from articles.stories.aggregates import given_by, place_stories
from articles.stories.constraints import Decisions, obey
from articles.stories.identity import keep_ids

CHUNK = 1000  # articles settled in one transaction


# What of a story is its own, and not counted from its articles.
OWN_COLUMNS = ("heat_adjustment",)


@dataclass
class Moves:
    """What settling moves, for those who want to know, or to bring stories back under their old ids.

    `wishes`: the story in which an article shall count as having been, None: in none; `own`: what stories
    of the wishes had of their own, with their aliases. `made`: story before and after of each article that
    moved; `lost`: the same as `own`, of stories that went up in others.
    """

    wishes: Mapping[int, int | None] = field(default_factory=dict)
    own: Mapping[int, Mapping] = field(default_factory=dict)
    made: dict[int, tuple[int | None, int]] = field(default_factory=dict)
    lost: dict[int, dict] = field(default_factory=dict)

    def note(self, article: int, old: int | None, new: int) -> None:
        first = self.made.get(article, (old, new))[0]
        self.made[article] = (first, new)
        if first == new:
            del self.made[article]


def settle_some(decisions: Decisions, moves: Moves | None = None) -> int:
    """Settle some of the articles that wait, with all whose story that touches; returns how many waited."""
    with writing():
        waiting = list(Article.objects.waiting_for_grouping().values_list("pk", flat=True)[:CHUNK])
        return settle(waiting, decisions, moves) if waiting else 0


def settle_days(first: int, end: int, decisions: Decisions) -> int:
    """Settle some of the articles that wait, of the days from the first to before the end, with all whose
    story that touches; returns how many waited."""
    with writing():
        waiting = list(Placing.objects.waiting(first, end).values_list("pk", flat=True)[:CHUNK])
        return settle(waiting, decisions) if waiting else 0


def settle(waiting: list[int], decisions: Decisions, moves: Moves | None = None) -> int:
    """Settle these articles, with all whose story that touches; returns how many of all had waited.

    The caller holds the write lock.
    """
    stay, waited = _settle(waiting, decisions, moves or Moves())
    for part in chunked(sorted(stay)):
        rows = Article.objects.filter(pk__in=part, needs_grouping=True)
        waited += rows.update(needs_grouping=False)
    return waited


def _settle(waiting: list[int], decisions: Decisions, moves: Moves) -> tuple[Set[int], int]:
    """Settle these articles, with all whose story that touches; returns those that may wait still as they
    stay where they are, and how many of those that came into another story had waited, and do no more."""
    company = _Company(decisions)
    company.gather(waiting)
    absent = set(waiting) - company.members.keys()  # withdrawn, and maybe in a story still
    touched: set[int] = set()
    for part in chunked(sorted(absent)):
        touched.update(
            Article.objects.filter(pk__in=part, story__isnull=False).values_list("story", flat=True)
        )
    order = sorted(company.members, key=lambda pk: (company.members[pk].time, company.members[pk].key))
    automatic: dict[int, list[str]] = defaultdict(list)
    for pk in order:
        automatic[company.root_of[pk]].append(company.members[pk].key)
    old: dict[int, set[str]] = defaultdict(set)
    for pk, member in company.members.items():
        if story := moves.wishes.get(pk, member.story):
            old[story].add(member.key)
    stories = obey(list(automatic.values()), decisions)
    kept = keep_ids(old, stories)
    known = touched | old.keys() | set(kept.ids) | set(moves.wishes.values())
    known |= {member.story for member in company.members.values()}
    before = given_by(known - {None})
    _bring_back(set(kept.ids) & moves.own.keys(), moves)
    fresh = reserve_ids(Story, kept.ids.count(None))
    given = iter(fresh)
    ids = [story or next(given) for story in kept.ids]
    story_of = {key: story for story, keys in zip(ids, stories, strict=True) for key in keys}
    left = _left_behind(company.members.values(), old, story_of)
    _redirect(kept.redirects | left, moves)
    moved, waited, stay = {}, 0, absent
    for pk, member in company.members.items():
        story = story_of[member.key]
        if member.story != story:
            moved[pk] = story
            moves.note(pk, member.story, story)
            waited += member.waits
        elif member.waits:
            stay.add(pk)
    _take_along(company.members, moves)
    gone = kept.redirects.keys() | left.keys()
    now = (known | set(ids)) - gone - {None}
    place_stories(now, moved, set(fresh)).more_than(before)
    return stay, waited


class _Member:
    __slots__ = ("key", "story", "time", "waits")

    def __init__(self, key, time, story, waits) -> None:
        self.key, self.time, self.story, self.waits = key, time, story, waits


class _Company:
    """Articles whose stories depend on one another: by placings, the stories they were in, or decisions."""

    def __init__(self, decisions: Decisions) -> None:
        self.members: dict[int, _Member] = {}
        self.root_of: dict[int, int] = {}
        self._bundles = decisions.bundles
        self._stories: set[int] = set()

    def gather(self, articles: Iterable[int]) -> None:
        wanted = set(articles)
        while wanted:
            openers = _openers_of(_roots_of(wanted))
            found: set[int] = set()
            for part in chunked(sorted(openers)):
                for pk, opener in Placing.objects.in_stories_opened_by(part):
                    self.root_of[pk] = openers[opener]
                    found.add(pk)
            wanted = set(self._add(found)) - self.root_of.keys()

    def _add(self, ids: set[int]) -> Iterator[int]:
        """Note articles; yield those that were in a story with them or that editors put together."""
        stories, mates = set(), set()
        for part in chunked(sorted(ids - self.members.keys())):
            rows = Article.objects.filter(pk__in=part)
            columns = ("pk", "link_key", "published_at", "story", "needs_grouping")
            for pk, key, time, story, waits in rows.values_list(*columns):
                self.members[pk] = _Member(key, time, story, waits)
                stories.add(story)
                mates.update(self._bundles.get(key, ()))
        fresh = stories - self._stories - {None}
        self._stories |= fresh
        for part in chunked(sorted(fresh)):
            rows = Article.objects.told().filter(story__in=part, placing__isnull=False)
            yield from rows.values_list("pk", flat=True)
        for part in chunked(sorted(mates)):
            rows = Article.objects.told().filter(link_key__in=part, placing__isnull=False)
            yield from rows.values_list("pk", flat=True)


def _roots_of(articles: Iterable[int]) -> set[int]:
    """Return the openers of the stories that these articles are in now, merges followed."""
    roots, wanted = set(), set()
    for part in chunked(sorted(articles)):
        rows = Placing.objects.filter(pk__in=part).values_list("opener", "drawn_into")
        wanted.update(drawn_into or opener for opener, drawn_into in rows)
    while wanted:
        led_on: dict[int, int] = {}
        for part in chunked(sorted(wanted)):
            rows = Placing.objects.filter(pk__in=part, merged_into__isnull=False)
            led_on.update(rows.values_list("pk", "merged_into"))
        roots |= wanted - led_on.keys()
        wanted = set(led_on.values())
    return roots


def _openers_of(roots: Iterable[int]) -> dict[int, int]:
    """Return all openers whose stories went up in those of these roots, each with its root."""
    found = {root: root for root in roots}
    wanted = set(found)
    while wanted:
        came: dict[int, int] = {}
        for part in chunked(sorted(wanted)):
            rows = Placing.objects.filter(merged_into__in=part)
            came.update((pk, found[into]) for pk, into in rows.values_list("pk", "merged_into"))
        found |= came
        wanted = set(came)
    return found


def _left_behind(members: Iterable[_Member], old: Iterable[int], story_of: Mapping) -> dict[int, int]:
    """Return the stories that nobody counts as having been in any more, each with the heir of its reports."""
    heirs: dict[int, Counter[int]] = defaultdict(Counter)
    for member in members:
        if member.story and member.story not in old:
            heirs[member.story][story_of[member.key]] += 1
    return {
        story: max(counts, key=lambda heir: (counts[heir], -heir))
        for story, counts in heirs.items()
        if story not in counts
    }


def _redirect(redirects: Mapping[int, int], moves: Moves) -> None:
    """Let the addresses of stories that went up in others lead there; what was withdrawn goes along."""
    for old, heir in redirects.items():
        aliases = StoryAlias.objects.filter(story=old)
        for own in Story.objects.filter(pk=old).values(*OWN_COLUMNS):
            moves.lost[old] = {**own, "aliases": sorted(aliases.values_list("old_id", flat=True))}
        for article in Article.objects.filter(story=old).values_list("pk", flat=True):
            moves.note(article, old, heir)
        Article.objects.filter(story=old).update(story=heir)
        aliases.update(story=heir)
        StoryAlias.objects.update_or_create(old_id=old, defaults={"story_id": heir})
    for part in chunked(sorted(redirects)):
        Story.objects.filter(pk__in=part).delete()


def _bring_back(stories: Iterable[int], moves: Moves) -> None:
    """Make stories again that had gone up in others, with what was theirs."""
    there = set(Story.objects.filter(pk__in=stories).values_list("pk", flat=True))
    for story in set(stories) - there:
        own = dict(moves.own[story])
        aliases = own.pop("aliases")
        StoryAlias.objects.filter(old_id=story).delete()
        Story.objects.create(pk=story, **own)
        StoryAlias.objects.filter(old_id__in=aliases).update(story=story)


def _take_along(members: Mapping[int, _Member], moves: Moves) -> None:
    """Let withdrawn reports, which nobody settles, follow the wish for them where that story is there."""
    wanted = {pk: story for pk, story in moves.wishes.items() if story and pk not in members}
    there = set(Story.objects.filter(pk__in=set(wanted.values())).values_list("pk", flat=True))
    for part in chunked(sorted(wanted)):
        rows = Article.objects.filter(pk__in=part, placing=None).exclude(story=None)
        for pk, story in rows.values_list("pk", "story"):
            if wanted[pk] in there and story != wanted[pk]:
                moves.note(pk, story, wanted[pk])
                Article.objects.filter(pk=pk).update(story=wanted[pk])
