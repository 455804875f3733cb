"""Stories from articles (floor 2): for now the stored relations, joined in both directions."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.db.models import Count

from articles.models import (
    Article,
    ArticleTopic,
    Provider,
    RelatedEntry,
    Story,
    StoryAlias,
    StoryTopic,
    Topic,
)
from articles.stories import ranking

LINES_ON_CARD = 4
_LOOK_UP = 500
_COMPUTED = (
    "lead", "is_public", "heat", "rank", "published_at", "first_report_at", "last_report_at", "article_count",
    "source_count", "more_provider_count",
)  # fmt: skip


def group_waiting() -> int:
    """Group every article that waits, with all that is related; returns the number of stories touched."""
    with transaction.atomic():
        waiting = list(Article.objects.waiting_for_grouping().values_list("pk", flat=True))
        if not waiting:
            return 0
        components = list(_components(waiting))
        stories = _assign(components)
        refresh_stories(stories)
        for part in _parts(waiting):
            Article.objects.filter(pk__in=part).update(needs_grouping=False)
        return len(stories)


def _parts(ids: Iterable[int]) -> Iterator[list[int]]:
    ids = list(ids)
    for start in range(0, len(ids), _LOOK_UP):
        yield ids[start : start + _LOOK_UP]


def _components(start: Iterable[int]) -> Iterator[set[int]]:
    """Yield the groups of articles joined by related lists, and by a story that has them now."""
    edges, frontier = defaultdict(set), set(start)
    reached, lists_seen, stories_seen = set(frontier), set(), set()
    while frontier:
        lists, stories = set(), set()
        for part in _parts(frontier):
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
        for part in _parts(lists):
            members = RelatedEntry.objects.filter(list__in=part).values_list("list", "article")
            users = Article.objects.filter(related_list__in=part).values_list("related_list", "pk")
            for related, article in [*members, *users]:
                edges[related].add(article)
                found.add(article)
        for part in _parts(stories):
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
    for part in _parts(member for group in components for member in group):
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
    Article.objects.bulk_update(moved, ["story"], batch_size=400)
    _retire(before - taken, story_of, {article.pk: article.story_id for article in moved})
    return set(chosen.values())


def _retire(gone: set[int], story_of: dict[int, int], moved: dict[int, int]) -> None:
    """Let the address of a story without articles lead to the one that took most of them."""
    for old in sorted(gone):
        heirs = Counter(moved[member] for member, story in story_of.items() if story == old)
        heir = min(heirs, key=lambda story: (-heirs[story], story))
        StoryAlias.objects.filter(story=old).update(story=heir)
        StoryAlias.objects.create(old_id=old, story_id=heir)
    Story.objects.filter(pk__in=gone).delete()


def refresh_stories(ids: Iterable[int]) -> None:
    """Count lead, heat, rank, coverage and topics of these stories anew from their articles."""
    ids = sorted(ids)
    counted: set[int] = set()
    for part in _parts(ids):
        counted |= _refresh_part(part)
    topics = (
        set(Topic.objects.filter(story_links__story__in=ids).values_list("pk", flat=True))
        if len(ids) <= _LOOK_UP
        else set(Topic.objects.values_list("pk", flat=True))
    )
    _count_topics(topics | counted)
    _count_providers(ids)


def _refresh_part(ids: list[int]) -> set[int]:
    members: dict[int, list[ranking.Report]] = defaultdict(list)
    for article in Article.objects.filter(story__in=ids).iterator(chunk_size=2000):
        members[article.story_id].append(_report(article))
    stories = list(Story.objects.filter(pk__in=ids))
    positions: dict[int, int] = {}
    for story in stories:
        _count(story, members[story.pk], positions)
    Story.objects.bulk_update(stories, _COMPUTED, batch_size=200)
    _place(ids, positions)
    return _list_in_topics(stories)


def _report(article: Article) -> ranking.Report:
    hidden = article.is_removed or (article.is_owned("is_published") and not article.is_published)
    return ranking.Report(
        id=article.pk,
        link_key=article.link_key,
        quality=article.quality,
        published_at=article.published_at,
        provider=article.provider_id,
        title=article.title,
        excerpt=article.excerpt,
        can_lead=article.is_published and not article.is_removed,
        is_shown=not hidden,
    )


def _count(story: Story, reports: list[ranking.Report], positions: dict[int, int]) -> None:
    shown = ranking.best_first(report for report in reports if report.is_shown)
    lead = ranking.choose_lead(shown, story.chosen_lead_id)
    story.lead_id = lead.id if lead else None
    story.is_public = bool(lead and lead.can_lead)
    if lead is None:
        story.article_count = story.source_count = story.more_provider_count = 0
        return
    ordered = [lead] + [report for report in shown if report.id != lead.id]
    positions.update((report.id, place) for place, report in enumerate(ordered))
    story.article_count = len(ordered)
    story.source_count = ranking.count_independent(ordered)
    story.more_provider_count = len({report.provider for report in ordered[1 + LINES_ON_CARD :]})
    story.heat = ranking.heat(lead.quality, story.source_count, story.heat_adjustment)
    story.rank = ranking.rank(story.heat, lead.published_at)
    story.published_at = lead.published_at
    story.first_report_at = min(report.published_at for report in ordered)
    story.last_report_at = max(report.published_at for report in ordered)


def _place(stories: list[int], positions: dict[int, int]) -> None:
    rows = Article.objects.filter(story__in=stories).values_list("pk", "story_position")
    changed = [
        Article(pk=pk, story_position=positions.get(pk)) for pk, old in rows if old != positions.get(pk)
    ]
    Article.objects.bulk_update(changed, ["story_position"], batch_size=400)


def _list_in_topics(stories: list[Story]) -> set[int]:
    """Put stories into the lists of their lead's topics; returns the topics whose lists changed."""
    ids = [story.pk for story in stories]
    before = set(StoryTopic.objects.filter(story__in=ids).values_list("topic", flat=True))
    StoryTopic.objects.filter(story__in=ids).delete()
    leads = {story.lead_id: story for story in stories if story.lead_id}
    links = ArticleTopic.objects.filter(article__in=list(leads)).values_list("article", "topic", "position")
    rows = [
        StoryTopic(
            story=leads[article], topic_id=topic, position=position, is_public=leads[article].is_public,
            heat=leads[article].heat, rank=leads[article].rank, published_at=leads[article].published_at,
        )
        for article, topic, position in links
    ]  # fmt: skip
    StoryTopic.objects.bulk_create(rows)
    return before | {row.topic_id for row in rows}


def _count_topics(ids: Iterable[int]) -> None:
    found = (
        StoryTopic.objects.filter(topic__in=list(ids), is_public=True).values("topic").annotate(n=Count("pk"))
    )
    counts = {row["topic"]: row["n"] for row in found.order_by()}
    Topic.objects.bulk_update((Topic(pk=pk, story_count=counts.get(pk, 0)) for pk in ids), ["story_count"])


def _count_providers(stories: list[int]) -> None:
    ids: set[int] = set()
    for part in _parts(stories):
        ids.update(Article.objects.filter(story__in=part).values_list("provider", flat=True))
    for part in _parts(sorted(ids)):
        shown = Article.objects.filter(provider__in=part, story__is_public=True, story_position__isnull=False)
        counts = dict(shown.order_by().values_list("provider").annotate(n=Count("pk")))
        Provider.objects.bulk_update(
            (Provider(pk=pk, report_count=counts.get(pk, 0)) for pk in part), ["report_count"]
        )
