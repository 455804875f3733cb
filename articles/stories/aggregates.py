"""Aggregates: what a story stores that is computed from its articles: lead, heat, rank, counts, lists."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from django.db.models import Count, Model, QuerySet
from django.utils import timezone

from articles.caching.version import bump
from articles.caching.writing import chunked, update_rows, values_in
from articles.models import Article, ArticleTopic, Decision, Provider, Story, StoryTopic, Topic
from articles.stories import ranking
from articles.stories.ranking import RankedArticle

LINES_ON_CARD = 4


class _Computed(NamedTuple):
    """The columns of a story that follow from its articles."""

    lead: int | None = None
    is_public: bool = False
    is_reviewed: bool = False
    heat: int = 0
    rank: float = 0.0
    published_at: datetime | None = None
    embargo_until: datetime | None = None
    first_article_at: datetime | None = None
    last_article_at: datetime | None = None
    article_count: int = 0
    provider_count: int = 0
    folded_provider_count: int = 0
    next_article_at: datetime | None = None


class ListCounts(NamedTuple):
    """What some stories add to lists: public stories by topic, shown articles by provider (ids to numbers).

    Lists are counted by differences: to count a whole list takes longer the larger the archive is.
    """

    topics: Counter[int]
    providers: Counter[int]


def refresh_stories(ids: Iterable[int]) -> None:
    """Compute these stories anew after a change of their articles; the caller holds a transaction."""
    stories = set(ids)
    update_stories(stories, {}, count_in_lists(stories))
    recount_lists()


def update_stories(ids: Collection[int], moved: Mapping[int, int], before: ListCounts) -> None:
    """Compute and write these stories from their articles; the caller holds a transaction.

    `moved` gives the story of each article that changes it, which is written too. `before`: what these
    stories, and others that are gone now, added to lists before the change (`count_in_lists`).
    """
    for some in chunked(sorted(ids)):
        _update_some(list(some), moved)
    after = count_in_lists(ids)
    _add_to_lists(Topic, "story_count", after.topics, before.topics)
    _add_to_lists(Provider, "article_count", after.providers, before.providers)
    if ids or before.topics or before.providers:
        bump()


def count_in_lists(stories: Iterable[int]) -> ListCounts:
    """Return what these stories add to lists now; lists with an article dated ahead are to be recounted."""
    counts = ListCounts(Counter(), Counter())
    for some in chunked(sorted(stories)):
        shown = Article.objects.filter(story__in=some, story__is_public=True, story_position__isnull=False)
        counts.topics.update(_count_by("topic", StoryTopic.objects.filter(story__in=some, is_public=True)))
        counts.providers.update(_count_by("provider", shown))
        dated_ahead = Story.objects.filter(pk__in=some, next_article_at__isnull=False)
        if ids := list(dated_ahead.values_list("pk", flat=True)):
            topics = StoryTopic.objects.filter(story__in=ids).values("topic")
            Topic.objects.filter(needs_count=False, pk__in=topics).update(needs_count=True)
            providers = Article.objects.filter(story__in=ids).values("provider")
            Provider.objects.filter(needs_count=False, pk__in=providers).update(needs_count=True)
    return counts


def _count_by(column: str, rows: QuerySet) -> dict[int, int]:
    return dict(rows.order_by().values_list(column).annotate(n=Count("pk")))


def _add_to_lists(model: type[Model], column: str, after: Counter[int], before: Counter[int]) -> None:
    change = after.copy()
    change.subtract(before)
    for pks in chunked(sorted(pk for pk, count in change.items() if count)):
        # Locked, because an editor's action may change the same counts.
        rows = model._default_manager.select_for_update().filter(pk__in=pks).order_by("pk")
        known = rows.values_list("pk", column)
        update_rows(model, [column], [(pk, max(count + change[pk], 0)) for pk, count in known])


def request_recount() -> None:
    """Let all lists be recounted."""
    for model in (Topic, Provider):
        model.objects.filter(needs_count=False).update(needs_count=True)


def recount_lists() -> None:
    """Count the public stories of topics and the shown articles of providers that are marked for it."""
    for model, column, rows, name in (
        (Topic, "story_count", StoryTopic.objects.public(), "topic"),
        (Provider, "article_count", Article.objects.in_public_stories(), "provider"),
    ):
        for pks in chunked(model.objects.filter(needs_count=True).values_list("pk", flat=True)):
            counts = _count_by(name, rows.filter(**{f"{name}__in": pks}))
            update_rows(model, [column, "needs_count"], [(pk, counts.get(pk, 0), False) for pk in pks])
            bump()


def _update_some(ids: Collection[int], moved: Mapping[int, int]) -> None:
    articles, stored = _articles_of(ids, moved)
    leads = {stored[article][0]: article for article in Decision.objects.leads_among(stored)}
    now = timezone.now()
    positions: dict[int, int] = {}
    computed: dict[int, _Computed] = {}
    changed = []
    columns = _Computed._fields
    rows = Story.objects.filter(pk__in=ids).order_by().values_list("pk", "heat_adjustment", *columns)
    for story, adjustment, *before in rows:
        found = articles[story]
        due = [article for article in found if article.visible_from <= now]
        ahead = min((each.visible_from for each in found if each.visible_from > now), default=None)
        # A story that visitors do not see yet is computed for the time from which they do.
        is_hidden = not any(article.is_shown and article.can_lead for article in due)
        values = _compute(found if is_hidden else due, leads.get(story), adjustment, positions)
        reviewed = {article.id for article in found if article.is_reviewed}
        # An editor may have taken the lead away from a story that visitors do not see.
        is_reviewed = values.lead in reviewed or (not values.is_public and bool(reviewed))
        computed[story] = values._replace(next_article_at=ahead, is_reviewed=is_reviewed)
        if computed[story] != tuple(before):
            changed.append((story, *computed[story]))
    update_rows(Story, columns, changed)
    shifted = [
        (pk, story, positions.get(pk))
        for pk, (story, position) in stored.items()
        if pk in moved or position != positions.get(pk)
    ]
    update_rows(Article, ["story", "story_position"], shifted)
    _write_topics(computed)


def _articles_of(
    ids: Collection[int], moved: Mapping[int, int]
) -> tuple[dict[int, list[RankedArticle]], dict[int, tuple[int, int | None]]]:
    """Return the articles of these stories by story, once others have `moved`; and of all of them, withdrawn
    ones included, the story and the stored position by id."""
    articles: dict[int, list[RankedArticle]] = defaultdict(list)
    stored: dict[int, tuple[int, int | None]] = {}
    columns = ("pk", "story", "story_position", "origin", *RankedArticle._fields[1:])
    unordered, wanted = Article.objects.order_by(), set(ids)
    rows = [row for row in values_in(unordered, "story", ids, *columns) if row[0] not in moved]
    arriving = [pk for pk, story in moved.items() if story in wanted]
    for pk, story, position, origin, *facts in chain(rows, values_in(unordered, "pk", arriving, *columns)):
        stored[pk] = moved.get(pk, story), position
        if origin != Article.Origin.WITHDRAWN:
            articles[stored[pk][0]].append(RankedArticle(pk, *facts))
    return articles, stored


def _write_topics(stories: Mapping[int, _Computed]) -> None:
    """Write the entries of stories in the lists of their lead's topics."""
    StoryTopic.objects.filter(story__in=stories.keys()).delete()
    story_of = {computed.lead: story for story, computed in stories.items() if computed.lead}
    entries = []
    links = ArticleTopic.objects.filter(article__in=story_of.keys()).order_by()
    for lead, topic, position in links.values_list("article", "topic", "position"):
        story = story_of[lead]
        values = stories[story]
        entries.append(
            StoryTopic(
                story_id=story, topic_id=topic, position=position, is_public=values.is_public,
                heat=values.heat, rank=values.rank, published_at=values.published_at,
                embargo_until=values.embargo_until,
            )
        )  # fmt: skip
    StoryTopic.objects.bulk_create(entries)


def _compute(
    articles: list[RankedArticle], chosen_lead: int | None, adjustment: int, positions: dict[int, int]
) -> _Computed:
    """Compute a story from its articles; adds the positions of those that visitors see to `positions`."""
    shown = ranking.best_first(article for article in articles if article.is_shown)
    lead = ranking.choose_lead(shown, chosen_lead)
    if lead is None:
        return _compute_hidden(articles, adjustment)
    ordered = [lead] + [article for article in shown if article.id != lead.id]
    positions.update((article.id, position) for position, article in enumerate(ordered))
    providers = ranking.count_independent(ordered)
    heat = ranking.heat(lead.quality, providers, adjustment)
    return _Computed(
        lead=lead.id,
        is_public=lead.can_lead,
        heat=heat,
        rank=ranking.rank(heat, lead.published_at),
        published_at=lead.published_at,
        embargo_until=lead.embargo_until,
        first_article_at=min(article.published_at for article in ordered),
        last_article_at=max(article.published_at for article in ordered),
        article_count=len(ordered),
        provider_count=providers,
        folded_provider_count=len({article.provider for article in ordered[1 + LINES_ON_CARD :]}),
    )


def _compute_hidden(articles: list[RankedArticle], adjustment: int) -> _Computed:
    """Compute a story whose articles an editor unpublished: editors still find it by its best article."""
    kept = [each for each in articles if not each.is_removed and not each.provider__is_taken_down]
    if not kept:
        return _Computed()
    lead = ranking.best_first(kept)[0]
    heat = ranking.heat(lead.quality, 0, adjustment)
    return _Computed(
        lead=lead.id,
        heat=heat,
        rank=ranking.rank(heat, lead.published_at),
        published_at=lead.published_at,
        first_article_at=min(article.published_at for article in kept),
        last_article_at=max(article.published_at for article in kept),
    )
