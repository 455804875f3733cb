"""What readers see of a story (floor 2): lead, heat, rank, coverage and lists, counted from its articles."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count

from articles.models import Article, ArticleTopic, Decision, Provider, Story, StoryTopic, Topic
from articles.models.bulk import insert_rows, parts, update_rows
from articles.stories import ranking

LINES_ON_CARD = 4
_COMPUTED = (
    "lead", "is_public", "is_decided", "heat", "rank", "published_at", "first_report_at", "last_report_at",
    "article_count", "source_count", "more_provider_count",
)  # fmt: skip


def refresh_stories(ids: Iterable[int]) -> None:
    """Count all that depends on these stories' articles anew; the caller holds a transaction."""
    place_stories(ids)
    count_lists()


def place_stories(ids: Iterable[int]) -> None:
    """Count lead, heat, rank, coverage and topics of these stories anew from their articles.

    The lists in which they stood or stand are marked, and `count_lists` counts them later.
    """
    for part in parts(sorted(ids)):
        mark_lists(part)
        _place_part(part)
        mark_lists(part)


def mark_lists(stories: list[int]) -> None:
    """Note that the lists of these stories' topics and providers have to be counted."""
    links = StoryTopic.objects.filter(story__in=stories)
    Topic.objects.filter(needs_count=False, story_links__in=links).update(needs_count=True)
    reports = Article.objects.filter(story__in=stories)
    Provider.objects.filter(needs_count=False, articles__in=reports).update(needs_count=True)


def count_lists() -> None:
    """Count the public stories of topics and the reports shown of providers whose lists have changed."""
    for part in parts(Topic.objects.filter(needs_count=True).values_list("pk", flat=True)):
        listed = StoryTopic.objects.filter(topic__in=part, is_public=True).order_by()
        counts = dict(listed.values_list("topic").annotate(n=Count("pk")))
        rows = [Topic(pk=pk, story_count=counts.get(pk, 0), needs_count=False) for pk in part]
        update_rows(rows, ["story_count", "needs_count"])
    for part in parts(Provider.objects.filter(needs_count=True).values_list("pk", flat=True)):
        shown = Article.objects.filter(provider__in=part, story__is_public=True, story_position__isnull=False)
        counts = dict(shown.order_by().values_list("provider").annotate(n=Count("pk")))
        rows = [Provider(pk=pk, report_count=counts.get(pk, 0), needs_count=False) for pk in part]
        update_rows(rows, ["report_count", "needs_count"])


def _place_part(ids: list[int]) -> None:
    members: dict[int, list[ranking.Report]] = defaultdict(list)
    placed: dict[int, int | None] = {}
    decided: dict[int, set[int]] = defaultdict(set)
    rows = Article.objects.filter(story__in=ids)
    for story, position, origin, *facts in rows.values_list("story", "story_position", "origin", *_REPORTED):
        report = _report(*facts)
        placed[report.id] = position
        if origin != Article.Origin.GONE:
            members[story].append(report)
            if "is_published" in facts[-1]:
                decided[story].add(report.id)
    stories = list(Story.objects.filter(pk__in=ids))
    chosen = Decision.objects.leads_of(ids)
    positions: dict[int, int] = {}
    for story in stories:
        _count(story, members[story.pk], chosen.get(story.pk), positions)
        # Of a story that readers do not see, an editor may have taken the lead away.
        by_editor = decided[story.pk]
        story.is_decided = story.lead_id in by_editor or bool(by_editor and not story.is_public)
    update_rows(stories, _COMPUTED)
    moved = [pk for pk, position in placed.items() if position != positions.get(pk)]
    update_rows([Article(pk=pk, story_position=positions.get(pk)) for pk in moved], ["story_position"])
    _list_in_topics(stories)


_REPORTED = (
    "pk", "link_key", "quality", "published_at", "provider", "title", "excerpt", "is_published", "is_removed",
    "edited_fields",
)  # fmt: skip


def _report(pk, link_key, quality, published_at, provider, title, excerpt, is_published, is_removed, edited):
    hidden = is_removed or ("is_published" in edited and not is_published)
    return ranking.Report(
        id=pk,
        link_key=link_key,
        quality=quality,
        published_at=published_at,
        provider=provider,
        title=title,
        excerpt=excerpt,
        can_lead=is_published and not is_removed,
        is_shown=not hidden,
    )


def _count(
    story: Story, reports: list[ranking.Report], chosen_lead: int | None, positions: dict[int, int]
) -> None:
    shown = ranking.best_first(report for report in reports if report.is_shown)
    lead = ranking.choose_lead(shown, chosen_lead)
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


def _list_in_topics(stories: list[Story]) -> None:
    """Put stories into the lists of their lead's topics."""
    ids = [story.pk for story in stories]
    StoryTopic.objects.filter(story__in=ids).delete()
    facts = {
        story.lead_id: (story.pk, story.is_public, story.heat, story.rank, story.published_at)
        for story in stories
        if story.lead_id
    }
    links = ArticleTopic.objects.filter(article__in=facts).order_by()
    insert_rows(
        StoryTopic,
        ["story", "is_public", "heat", "rank", "published_at", "topic", "position"],
        [(*facts[article], *link) for article, *link in links.values_list("article", "topic", "position")],
    )
