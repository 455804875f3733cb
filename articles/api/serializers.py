"""Rows as dicts of the API, in a number of queries that does not grow with the rows."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from articles.models import Article, Provider, Story, StoryTopic, Topic
from articles.models.story import story_url
from articles.pages.cards import logos_of, pictures_of
from articles.pages.context import topic_links, topics_in_order
from articles.pages.meta import absolute


class Serializer:
    """Serializes articles and stories for one request; their logos, topics and pictures are loaded once."""

    def __init__(self, request, articles: Sequence[Article]):
        self.absolute = partial(absolute, request)
        self.logos = logos_of({article.provider for article in articles})
        self.pictures = pictures_of(articles)
        self.topics: dict[int, list[str]] = defaultdict(list)
        for article, name in Article.objects.topic_names([article.pk for article in articles]):
            self.topics[article].append(name)

    def article(self, article: Article, story: int | None) -> dict:
        """Return an article as `ArticleShape`; `story` is the number of its public story."""
        picture = self.pictures.get(article.pk)
        images = [
            {"url": self.absolute(picture["src"]), "width": picture["width"], "height": picture["height"],
             "title": picture["alt"]}
        ] if picture else []  # fmt: skip
        return {
            "id": article.pk,
            "url": self.absolute(article.get_absolute_url()) if article.is_public else None,
            "title": article.title,
            "excerpt": article.shown_excerpt,
            "publishedDateTime": article.published_at,
            "webUrl": article.web_url or article.url,
            "originalUrl": article.original_url,
            "ampWebUrl": article.amp_url,
            "cdnAmpWebUrl": article.cdn_amp_url,
            "type": article.kind,
            "quality": article.quality,
            "provider": _provider(self.absolute, article.provider, self.logos),
            "topics": self.topics[article.pk],
            "images": images,
            "story": story,
        }

    def story(self, story: Story, lead: Article, topics: list[str]) -> dict:
        """Return a story as `StoryShape`."""
        return {
            "id": story.pk,
            "url": self.absolute(story_url(story.pk, lead.title)),
            "heat": story.heat,
            "rank": story.rank,
            "publishedDateTime": story.published_at,
            "firstReportDateTime": story.first_article_at,
            "lastReportDateTime": story.last_article_at,
            "articleCount": story.article_count,
            "sourceCount": story.provider_count,
            "topics": topics,
            "lead": self.article(lead, story.pk),
        }


def serialize_articles(request, articles: Sequence[Article]) -> list[dict]:
    """Return articles, each with the number of its story if that is public."""
    serializer = Serializer(request, articles)
    return [serializer.article(a, a.story_id if a.story and a.story.is_public else None) for a in articles]


def serialize_stories(request, ids: Sequence[int]) -> list[dict]:
    """Return these stories in this order, as far as they are public."""
    found = Story.objects.led(ids)
    stories = [found[number] for number in ids if number in found]
    serializer = Serializer(request, [story.required_lead for story in stories])
    names: dict[int, list[str]] = defaultdict(list)
    links = topic_links()
    for story, topic in StoryTopic.objects.for_cards(list(found)):
        if topic in links:
            names[story].append(links[topic]["name"])
    return [serializer.story(story, story.required_lead, names[story.pk]) for story in stories]


def serialize_story(request, story: Story) -> dict:
    """Return a story with all its articles, best first."""
    [summary] = serialize_stories(request, [story.pk])
    members = list(Article.objects.in_public_stories().filter(story=story).for_page().coverage_order())
    others = [article for article in members if article.pk != story.lead_id]
    serializer = Serializer(request, others)
    return {**summary, "related": [serializer.article(article, story.pk) for article in others]}


def serialize_topic(request, topic: Topic) -> dict:
    """Return a topic as `TopicShape`."""
    slugs: dict[int | None, str] = {other.pk: other.slug for other in topics_in_order()}
    return {
        "name": topic.name, "slug": topic.slug, "shortname": topic.short_name,
        "description": topic.description,
        "parent": slugs.get(topic.parent_id), "keywords": [str(word) for word in topic.keywords],
        "hashtags": [str(word) for word in topic.hashtags], "storyCount": topic.story_count,
        "url": absolute(request, topic.get_absolute_url()),
    }  # fmt: skip


def serialize_providers(request, rows: Sequence[Provider]) -> list[dict]:
    """Return providers as `ProviderDetail`."""
    logos, to_absolute = logos_of(rows), partial(absolute, request)
    return [_provider(to_absolute, row, logos) | {"reportCount": row.article_count} for row in rows]


def _provider(to_absolute: Callable[[str], str], provider: Provider, logos: Mapping[int, str]) -> dict:
    """Return a provider as `ProviderShape`."""
    logo = logos.get(provider.logo_id) if provider.logo_id else None
    return {
        "name": provider.name,
        "domain": provider.domain,
        "url": to_absolute(provider.get_absolute_url()),
        "images": [{"url": to_absolute(logo)}] if logo else [],
    }
