"""The archive's state without row numbers, so that two archives can be compared."""

import json
import sys
from hashlib import sha256

from articles.models import Article, Provider, RelatedEntry, SourceDocument, Story, Topic

_COLUMNS = (
    "url", "web_url", "original_url", "amp_url", "cdn_amp_url", "title", "excerpt", "published_at", "kind",
    "quality", "heat", "is_published", "is_removed", "origin", "provider_name", "edited_fields", "digest",
    "story_position", "needs_grouping",
)  # fmt: skip


def archive_state() -> dict:
    """Return what the archive holds, all but what is withdrawn: equal archives give equal states."""
    articles = list(Article.objects.live().select_related("provider"))
    keys = dict(Article.objects.values_list("pk", "link_key"))
    entries: dict[int, list[int]] = {}
    for row, member in RelatedEntry.objects.values_list("list", "article"):
        entries.setdefault(row, []).append(member)
    return {
        "articles": {article.link_key: _article(article, entries, keys) for article in articles},
        "stories": sorted(_stories(keys), key=lambda story: story["members"]),
        "topics": {topic["name_key"]: topic for topic in _topics()},
        "providers": {provider["domain"]: provider for provider in _providers()},
        "documents": {
            f"{store}/{path}": [digest, sha256(content).hexdigest(), key]
            for (store, path, digest, key), content in SourceDocument.objects.live().with_bytes(
                "store__name", "path", "sha256", "article__link_key"
            )
        },
    }


def _article(article, entries, keys):
    related = [pk for pk in entries.get(article.related_list_id, ()) if pk != article.pk]
    return {name: getattr(article, name) for name in _COLUMNS} | {
        # Which of two files of one name holds the plain address depends on which came first.
        "permalink": article.permalink.partition("-~")[0] if article.origin == Article.Origin.FILE else "",
        "provider": article.provider.domain,
        "topics": list(article.topic_links.values_list("topic__name_key", "name")),
        "images": list(
            article.image_links.values_list("image__url", "width", "height", "is_cached", "title")
        ),
        "related": sorted(keys[pk] for pk in related),
    }


def _stories(keys):
    members: dict[int, list[str]] = {}
    for story, key in Article.objects.live().values_list("story", "link_key"):
        members.setdefault(story, []).append(key)
    names = (
        "is_public", "heat", "rank", "published_at", "first_article_at", "last_article_at", "article_count",
        "provider_count", "folded_provider_count",
    )  # fmt: skip
    for story in Story.objects.filter(pk__in=members):
        yield {"members": sorted(members[story.pk]), "lead": keys.get(story.lead_id)} | (
            {name: getattr(story, name) for name in names if story.lead_id}
            | {"topics": sorted(story.topic_links.values_list("topic__name_key", "position", "rank"))}
        )
    yield from ({"members": sorted(members[None])} for _ in members if _ is None)


def _topics():
    shown = Topic.objects.filter(is_described=True) | Topic.objects.filter(article_links__isnull=False)
    for topic in shown.distinct().select_related("parent", "image"):
        names = (
            "name_key", "name", "short_name", "description", "keywords", "hashtags", "position",
            "story_count", "is_described",
        )  # fmt: skip
        yield {name: getattr(topic, name) for name in names} | {
            "parent": topic.parent and topic.parent.name_key,
            "image": topic.image and topic.image.url,
        }


def _providers():
    used = Provider.objects.filter(articles__in=Article.objects.live())
    shown = Provider.objects.filter(is_described=True) | used
    for provider in shown.distinct().select_related("logo"):
        names = ("domain", "name", "is_described", "article_count")
        yield {name: getattr(provider, name) for name in names} | {
            "logo": provider.logo and provider.logo.url
        }


def print_state() -> None:
    """Print the state as JSON, for comparing archives of two processes."""
    json.dump(archive_state(), sys.stdout, default=str, sort_keys=True, indent=1)


def differences_of(one, other, path="") -> list[str]:
    """Return where two states differ, a line each."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            line
            for key in sorted({*one, *other}, key=str)
            for line in differences_of(one.get(key), other.get(key), f"{path}/{key}")
        ]
    return [] if one == other else [f"{path}: {one!r} != {other!r}"]
