"""Placings and editors' decisions become stories (floor 2): ids are kept, so that no address dies."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from articles.models import Article, Placing, Story, StoryAlias
from articles.models.bulk import insert_rows, parts, update_rows, writing
from articles.stories.decisions import Decisions, obey
from articles.stories.identity import keep_ids
from articles.stories.placing import mark_lists, place_stories

CHUNK = 1000  # articles settled in one transaction


def settle_some(decisions: Decisions) -> int:
    """Settle some of the articles that wait, with all whose story that touches; returns how many waited."""
    with writing():
        waiting = list(Article.objects.waiting_for_grouping().values_list("pk", flat=True)[:CHUNK])
        if waiting:
            _settle(waiting, decisions)
            for part in parts(waiting):
                Article.objects.filter(pk__in=part).update(needs_grouping=False)
        return len(waiting)


def _settle(waiting: list[int], decisions: Decisions) -> None:
    touched: set[int] = set()
    for part in parts(waiting):
        touched.update(
            Article.objects.filter(pk__in=part, story__isnull=False).values_list("story", flat=True)
        )
    company = _Company(decisions)
    company.gather(waiting)
    order = sorted(company.members, key=lambda pk: (company.members[pk].time, company.members[pk].key))
    automatic: dict[int, list[str]] = defaultdict(list)
    for pk in order:
        automatic[company.root_of[pk]].append(company.members[pk].key)
    old: dict[int, set[str]] = defaultdict(set)
    for member in company.members.values():
        if member.story:
            old[member.story].add(member.key)
    stories = obey(list(automatic.values()), decisions)
    kept = keep_ids(old, stories)
    _redirect(kept.redirects)
    fresh = iter(_new_stories(kept.ids.count(None)))
    ids = [story or next(fresh) for story in kept.ids]
    story_of = {key: story for story, keys in zip(ids, stories, strict=True) for key in keys}
    moved = [
        (pk, story_of[member.key])
        for pk, member in company.members.items()
        if member.story != story_of[member.key]
    ]
    update_rows(Article, ["story"], moved)
    place_stories((touched | set(ids) | set(old)) - kept.redirects.keys())


def _new_stories(count: int) -> list[int]:
    """Make so many empty stories; returns their ids in order."""
    columns = [field for field in Story._meta.concrete_fields if not field.primary_key]
    empty = [field.get_default() for field in columns]
    names = [field.name for field in columns]
    return sorted(pk for (pk,) in insert_rows(Story, names, [empty] * count, returning=["id"]))


class _Member:
    __slots__ = ("key", "story", "time")

    def __init__(self, key, time, story) -> None:
        self.key, self.time, self.story = key, time, story


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
            for part in parts(sorted(openers)):
                for pk, opener in Placing.objects.filter(opener__in=part).values_list("pk", "opener"):
                    self.root_of[pk] = openers[opener]
                    found.add(pk)
            wanted = set(self._add(found)) - self.root_of.keys()

    def _add(self, ids: set[int]) -> Iterator[int]:
        """Note articles; yield those that were in a story with them or that editors put together."""
        stories, mates = set(), set()
        for part in parts(sorted(ids - self.members.keys())):
            rows = Article.objects.filter(pk__in=part)
            for pk, key, time, story in rows.values_list("pk", "link_key", "published_at", "story"):
                self.members[pk] = _Member(key, time, story)
                stories.add(story)
                mates.update(self._bundles.get(key, ()))
        fresh = stories - self._stories - {None}
        self._stories |= fresh
        for part in parts(sorted(fresh)):
            rows = Article.objects.told().filter(story__in=part, placing__isnull=False)
            yield from rows.values_list("pk", flat=True)
        for part in parts(sorted(mates)):
            rows = Article.objects.told().filter(link_key__in=part, placing__isnull=False)
            yield from rows.values_list("pk", flat=True)


def _roots_of(articles: Iterable[int]) -> set[int]:
    """Return the openers of the stories that these articles are in now, merges followed."""
    roots, wanted = set(), set()
    for part in parts(sorted(articles)):
        wanted.update(Placing.objects.filter(pk__in=part).values_list("opener", flat=True))
    while wanted:
        led_on: dict[int, int] = {}
        for part in parts(sorted(wanted)):
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
        for part in parts(sorted(wanted)):
            rows = Placing.objects.filter(merged_into__in=part)
            came.update((pk, found[into]) for pk, into in rows.values_list("pk", "merged_into"))
        found |= came
        wanted = set(came)
    return found


def _redirect(redirects: Mapping[int, int]) -> None:
    """Let the addresses of stories that went up in others lead there; what was withdrawn goes along."""
    for part in parts(sorted(redirects)):
        mark_lists(part)
    for old, heir in redirects.items():
        Article.objects.filter(story=old).update(story=heir)
        StoryAlias.objects.filter(story=old).update(story=heir)
        StoryAlias.objects.create(old_id=old, story_id=heir)
    for part in parts(sorted(redirects)):
        Story.objects.filter(pk__in=part).delete()
