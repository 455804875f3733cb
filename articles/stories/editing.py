"""Editors' acts (floor 2): each is one transaction, and the stories follow at once."""

from collections.abc import Iterable

from articles.models import Article
from articles.models.bulk import writing
from articles.stories.grouping import group_waiting
from articles.stories.placing import refresh_stories


@writing()
def set_published(articles: Iterable[Article], value: bool) -> int:
    """Publish or unpublish articles by an editor's word; returns how many changed."""
    changed = [article for article in articles if article.is_published != value]
    for article in changed:
        article.is_published = value
        article.own("is_published")
        article.save(update_fields=["is_published", "edited_fields"])
    refresh_stories({article.story_id for article in changed if article.story_id})
    return len(changed)


@writing()
def save_edited(article: Article, fields: Iterable[str]) -> None:
    """Save an article that an editor changed in these fields; they are the editor's from now on."""
    article.own(*fields)
    article.save()
    group_waiting()
    refresh_stories({article.story_id} - {None})
