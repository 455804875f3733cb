"""Stories from articles (floor 2): for now the stored relations, joined in both directions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from articles.models import Article, RelatedEntry, Story, StoryAlias
from articles.models.bulk import let_others_write, parts, update_rows, writing
from articles.stories.placing import count_lists, mark_lists, place_stories

CHUNK = 1000  # articles grouped in one transaction


def group_waiting() -> int:
    """Group every article that waits, with all that is related; returns the number of stories touched."""
    touched: set[int] = set()
    while True:
        with writing():
            waiting = list(Article.objects.waiting_for_grouping().values_list("pk", flat=True)[:CHUNK])
            if waiting:
                stories = _assign(list(_components(waiting)))
                place_stories(stories)
                touched |= stories
                for part in parts(waiting):
                    Article.objects.filter(pk__in=part).update(needs_grouping=False)
            else:
                count_lists()
        if not waiting:
            return len(touched)
        let_others_write()


def _components(start: Iterable[int]) -> Iterator[set[int]]:
    """Yield the groups of articles joined by related lists, and by a story that has them now."""
    edges, frontier = defaultdict(set), set(start)
    reached, lists_seen, stories_seen = set(frontier), set(), set()
    while frontier:
        lists, stories = set(), set()
        for part in parts(frontier):
            rows = Article.objects.filter(pk__in=part).values_list("related_list", "story")
            for related, story in rows:
                lists.add(related)
                stories.add(story)
            lists.update(RelatedEntry.objects.filter(article__in=part).values_list("list", flat=True))
        lists -= lists_seen | {None}
        stories -= stories_seen | {None}
        lists_seen |= lists
        stories_seen |= stories
        found = set()
        for part in parts(lists):
            members = RelatedEntry.objects.filter(list__in=part).values_list("list", "article")
            users = Article.objects.filter(related_list__in=part).values_list("related_list", "pk")
            for related, article in [*members, *users]:
                edges[related].add(article)
                found.add(article)
        for part in parts(stories):
            # Members of a story whose relations changed may have to part, so all are looked at again.
            found.update(Article.objects.filter(story__in=part).values_list("pk", flat=True))
        frontier = found - reached
        reached |= found
    yield from _join(reached, edges.values())


def _join(members: Iterable[int], groups: Iterable[set[int]]) -> Iterator[set[int]]:
    parent = {member: member for member in members}

    def find(member: int) -> int:
        while parent[member] != member:
            parent[member] = parent[parent[member]]
            member = parent[member]
        return member

    for group in groups:
        first, *rest = group
        for member in rest:
            parent[find(member)] = find(first)
    joined = defaultdict(set)
    for member in parent:
        joined[find(member)].add(member)
    yield from sorted(joined.values(), key=min)


def _assign(components: list[set[int]]) -> set[int]:
    """Give each group its story: the one most of it was in, the older in doubt; returns all touched."""
    story_of = {}
    for part in parts(member for group in components for member in group):
        story_of.update(Article.objects.filter(pk__in=part).values_list("pk", "story"))
    before = {story for story in story_of.values() if story}
    claims = sorted(
        (-count, story, place)
        for place, group in enumerate(components)
        for story, count in Counter(story_of[member] for member in group if story_of[member]).items()
    )
    chosen: dict[int, int] = {}
    taken: set[int] = set()
    for _, story, place in claims:
        if place not in chosen and story not in taken:
            chosen[place] = story
            taken.add(story)
    fresh = [place for place in range(len(components)) if place not in chosen]
    created = Story.objects.bulk_create(Story() for _ in fresh)
    chosen |= {place: story.pk for place, story in zip(fresh, created, strict=True)}
    moved = [
        Article(pk=member, story_id=chosen[place])
        for place, group in enumerate(components)
        for member in sorted(group)
        if story_of[member] != chosen[place]
    ]
    update_rows(moved, ["story"])
    _retire(before - taken, story_of, {article.pk: article.story_id for article in moved})
    return set(chosen.values())


def _retire(gone: set[int], story_of: dict[int, int], moved: dict[int, int]) -> None:
    """Let the address of a story without articles lead to the one that took most of them."""
    for old in sorted(gone):
        heirs = Counter(moved[member] for member, story in story_of.items() if story == old)
        heir = min(heirs, key=lambda story: (-heirs[story], story))
        StoryAlias.objects.filter(story=old).update(story=heir)
        StoryAlias.objects.create(old_id=old, story_id=heir)
    for part in parts(sorted(gone)):
        mark_lists(part)
    Story.objects.filter(pk__in=gone).delete()
