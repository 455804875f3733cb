"""Refreshing a file at its export: `heat`, and the copies of other articles in `related`."""

from collections.abc import Iterable, Mapping
from typing import cast

from articles.caching.writing import chunked
from articles.frontmatter.document import Memo, parse
from articles.frontmatter.emit import replace_block
from articles.frontmatter.fields import NO_HEAT, bounded_heat, encode_entities, read_copy
from articles.frontmatter.links import clean_link, link_key
from articles.models import Article

# Keys of a related entry that are refreshed, and the columns of the article that it is a copy of.
_COLUMNS = {
    "title": "title", "excerpt": "excerpt", "publishedDateTime": "published_at", "quality": "quality",
}  # fmt: skip


def refresh_file(article: Article, data: bytes, memo: Memo) -> bytes:
    """Return an article's file with the heat of its story, and with copies of others as these are now."""
    values = parse(data, memo).values
    heat = _heat_in_file(article)
    if values.get("heat", NO_HEAT) != heat:
        data = replace_block(data, "heat", heat)
    related = cast("list[Mapping]", values.get("related") or [])
    articles = _articles_of(related)
    refreshed = [_refresh_entry(entry, articles) for entry in related]
    return data if refreshed == related else replace_block(data, "related", refreshed)


def _heat_in_file(article: Article) -> int:
    """The store's rule: a published lead has its story's heat, an unpublished lead its quality, others -1."""
    story = article.story
    if story is None or story.lead_id != article.pk:
        return NO_HEAT
    return bounded_heat(story.heat) if story.is_public else article.quality


def _key_of(entry: Mapping) -> str:
    return link_key(clean_link(entry["webUrl"]))


def _articles_of(related: Iterable[Mapping]) -> dict[str, Article]:
    articles: dict[str, Article] = {}
    for keys in chunked({_key_of(entry) for entry in related}):
        rows = Article.objects.live().filter(link_key__in=keys)
        articles |= {article.link_key: article for article in rows.defer("related_list")}
    return articles


def _refresh_entry(entry: Mapping, articles: Mapping[str, Article]) -> Mapping:
    article = articles.get(_key_of(entry))
    if article is None:
        return entry
    fields = read_copy(entry)
    changed = {
        key: _encoded(getattr(article, column))
        for key, column in _COLUMNS.items()
        if getattr(fields, column) != getattr(article, column)
    }
    return {**entry, **changed} if changed else entry


def _encoded(value: object) -> object:
    return encode_entities(value) if isinstance(value, str) else value
