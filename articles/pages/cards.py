"""Story cards and lines (floor 3): rows to the plain dicts that templates show."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from articles.models import Article, Provider, Story, StoryTopic
from articles.models.story import story_url
from articles.pages.pictures import initials_and_hue, logos_of, pictures_of
from articles.stories.placing import LINES_ON_CARD

MORE_ON_CARD = 12


def when(moment: datetime, now: datetime) -> dict:
    """Return a time as machines, careful readers and hurried readers want it; all in UTC."""
    return {
        "iso": moment.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "exact": f"{moment:%A}, {moment.day} {moment:%B %Y, %H:%M} UTC",
        "ago": ago(moment, now),
    }


def ago(moment: datetime, now: datetime) -> str:
    """Say how long ago in one word or two; a date once it is over a week."""
    past = now - moment
    if past < timedelta(minutes=1):
        return _("now")
    if past < timedelta(hours=1):
        return _("%d min ago") % (past.seconds // 60)
    if past < timedelta(days=1):
        return _("%d h ago") % (past.seconds // 3600)
    if past < timedelta(days=7):
        return ngettext("%d day ago", "%d days ago", past.days) % past.days
    return f"{moment.day} {moment:%b %Y}"


def provider_dict(provider: Provider, logos: dict[int, str]) -> dict:
    return {
        "name": provider.name,
        "domain": provider.domain,
        "url": provider.get_absolute_url(),
        "logo": logos.get(provider.logo_id, ""),
        **initials_and_hue(provider.name, provider.domain),
    }


def reports_text(reports: int, sources: int) -> str:
    """Say how many reports a story has, and from how many independent sources."""
    text = ngettext("%d report", "%d reports", reports) % reports
    if reports == 1:
        return text
    return text + ", " + ngettext("%d independent source", "%d independent sources", sources) % sources


class Lines:
    """Makes lines of articles; knows the logos of all their providers."""

    def __init__(self, articles: Sequence[Article], now: datetime):
        self.now = now
        self.logos = logos_of({article.provider for article in articles})

    def provider(self, article: Article) -> dict:
        return provider_dict(article.provider, self.logos)

    def line(self, article: Article, *, full: bool = False) -> dict:
        return {
            "title": article.title,
            "link": article.url,
            "kind": article.kind,
            "provider": self.provider(article),
            "when": when(article.published_at, self.now),
            "excerpt": article.excerpt if full else "",
            "permalink": article.get_absolute_url() if article.is_public else "",
            "story_url": story_url(article.story_id, article.story.lead.title)
            if full and article.story_id and article.story.lead
            else "",
        }


def cards(stories: Sequence[Story]) -> list[dict]:
    """Return cards of these stories, in their order, in five queries however many they are."""
    now, ids = timezone.now(), [story.pk for story in stories]
    coverage: dict[int, list[Article]] = defaultdict(list)
    articles = list(Article.objects.on_cards(ids, LINES_ON_CARD + MORE_ON_CARD))
    for article in articles:
        coverage[article.story_id].append(article)
    topics: dict[int, list[dict]] = defaultdict(list)
    for link in StoryTopic.objects.for_cards(ids):
        topics[link.story_id].append({"name": link.topic.name, "url": link.topic.get_absolute_url()})
    lines = Lines(articles, now)
    leads = [coverage[story.pk][0] for story in stories if coverage[story.pk]]
    pictures = pictures_of(leads)
    shown = [story for story in stories if coverage[story.pk]]
    return [
        _card(story, coverage[story.pk], topics[story.pk], pictures, lines, first=place == 0)
        for place, story in enumerate(shown)
    ]


def _card(story, articles, topics, pictures, lines, *, first: bool) -> dict:
    lead, *others = articles
    listed = [lines.line(article) for article in others]
    more_count = max(story.article_count - 1 - LINES_ON_CARD, 0)
    more_text = ngettext("%(n)d more from %(m)s", "%(n)d more from %(m)s", more_count) % {
        "n": more_count,
        "m": ngettext("%d provider", "%d providers", story.more_provider_count) % story.more_provider_count,
    }
    return {
        "id": story.pk,
        "first": first,
        "title": lead.title,
        "link": lead.url,
        "permalink": lead.get_absolute_url(),
        "url": story_url(story.pk, lead.title),
        "excerpt": lead.excerpt,
        "kind": lead.kind,
        "provider": lines.provider(lead),
        "when": when(lead.published_at, lines.now),
        "heat": story.heat,
        "reports": story.article_count,
        "sources": story.source_count,
        "reports_text": reports_text(story.article_count, story.source_count),
        "topics": topics,
        "image": pictures.get(lead.pk),
        "lines": listed[:LINES_ON_CARD],
        "more": listed[LINES_ON_CARD:],
        "more_count": more_count,
        "more_text": more_text if more_count else "",
    }


def topic_tree(topics: Iterable, marks: Mapping[int, dict] | None = None) -> list[dict]:
    """Return topics as a tree of dicts: those without a parent, each with its children.

    `marks` are small pictures by topic, for pages that show them.
    """
    nodes, roots = {}, []
    topics = list(topics)
    for topic in topics:
        url = reverse("articles:topic_detail", args=[topic.slug])
        nodes[topic.pk] = {"name": topic.name, "url": url, "count": topic.story_count, "children": []}
        nodes[topic.pk]["mark"] = marks.get(topic.pk) if marks else None
    for topic in topics:
        parent = nodes.get(topic.parent_id)
        (parent["children"] if parent else roots).append(nodes[topic.pk])
    return roots
