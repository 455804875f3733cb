"""Editors' acts (floor 2): each is one transaction, and the stories follow at once."""

from collections.abc import Iterable

from articles.models import Article, StaleDay
from articles.models.bulk import writing
from articles.models.grouping import day_of
from articles.stories.grouping import group_waiting
from articles.stories.placing import refresh_stories

# What decides which story an article belongs to; the rest only changes the story it is in.
_GROUPED_BY = {"title", "excerpt"}


@writing()
def set_published(articles: Iterable[Article], value: bool) -> int:
    """Publish or unpublish articles by an editor's word; returns how many changed."""
    changed = [article for article in articles if article.is_published != value]
    for article in changed:
        article.is_published = value
        _save(article, ["is_published"])
    refresh_stories({article.story_id for article in changed} - {None})
    return len(changed)


@writing()
def save_edited(article: Article, fields: Iterable[str]) -> None:
    """Save the columns of an article that an editor changed; they are the editor's from now on.

    Where an import is under way its grouping is not waited for: a changed title is grouped along with it.
    """
    fields = list(fields)
    _save(article, fields)
    if not _GROUPED_BY.isdisjoint(fields):
        is_quiet = not StaleDay.objects.exists()
        StaleDay.objects.mark([day_of(article.published_at)])
        if is_quiet:
            group_waiting()
            article.refresh_from_db(fields=["story"])
    refresh_stories({article.story_id} - {None})


def _save(article: Article, fields: list[str]) -> None:
    article.own(*fields)
    columns = [name for name in fields if not Article._meta.get_field(name).many_to_many]
    article.save(update_fields=[*columns, "edited_fields"])
