"""The front page: the best stories of all topics, then the best of each topic."""

from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.caching.version import cached
from articles.models import Article, Story, StoryTopic
from articles.pages.cards import article_lines, pinned_first, provider_contexts, story_briefs
from articles.pages.context import feed_links, leading_topics, render_page, topic_tree, topics_in_order
from articles.pages.filters import active_providers
from articles.pages.meta import card_list_meta
from articles.pages.pagination import page_of

PAGE, LATEST, ACTIVE = 20, 10, 8
SECTIONS, IN_SECTION = 12, 4


@require_safe
def front(request):
    """The best stories of all topics, then the best of each topic."""
    if after := request.GET.get("after", ""):
        page = page_of(Story.objects.public(), "hot", after, PAGE)
    else:
        page = cached("first page", lambda: page_of(Story.objects.public(), "hot", "", PAGE))
    ids = [row.story for row in page.rows]
    cards = pinned_first(None, ids, is_first=page.is_first)
    description = _("The news of the day, told once: every story with all who report it.")
    return render_page(
        request,
        "pages/front.html",
        "",
        description=description,
        cards=cards,
        **card_list_meta(request, "", description, cards),
        sections=_sections({card["id"] for card in cards}) if page.is_first else [],
        feeds=feed_links(request.path, _("Top stories")),
        # Called by the template where its cache holds no side column of this site version.
        latest=_latest_articles,
        topics=lambda: topic_tree([topic for topic in topics_in_order() if topic.story_count]),
        providers=lambda: provider_contexts(active_providers()[:ACTIVE]),
        **page.links(request),
    )


def _latest_articles() -> list[dict]:
    articles = Article.objects.public().for_listing().newest_first()[:LATEST]
    return article_lines(articles, has_logos=False)


def _sections(above: set[int]) -> list[dict]:
    """The hottest stories of each leading topic that do not stand above, each story once."""
    topics = leading_topics()[:SECTIONS]
    numbers = [topic.pk for topic in topics]
    best = cached("sections", lambda: StoryTopic.objects.best_of_each(numbers, PAGE + IN_SECTION))
    seen, chosen = set(above), {}
    for topic in topics:
        chosen[topic.pk] = [story for story in best[topic.pk] if story not in seen][:IN_SECTION]
        seen.update(chosen[topic.pk])
    briefs = story_briefs([story for stories in chosen.values() for story in stories])
    return [
        {
            "name": topic.name,
            "url": topic.get_absolute_url(),
            "count": topic.story_count,
            "stories": [briefs[story] for story in chosen[topic.pk] if story in briefs],
        }
        for topic in topics
        if chosen[topic.pk]
    ]
