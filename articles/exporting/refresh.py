"""What the archive knows better than a file (floor 2): `heat`, and the copies of others in `related`."""

from collections.abc import Iterable, Mapping

from articles.caching.writing import chunked
from articles.frontmatter.document import Memo, parse
from articles.frontmatter.emit import replace_block
from articles.frontmatter.fields import NO_HEAT, ArticleFields, bounded_heat, encode_entities, read_copy
from articles.frontmatter.links import clean_link, link_key
from articles.models import Article

# Keys of a copy, and the columns whose values they take over.
_COPIED = {
    "title": "title", "excerpt": "excerpt", "publishedDateTime": "published_at", "quality": "quality",
}  # fmt: skip


def refreshed(article: Article, data: bytes, memo: Memo) -> bytes:
    """Return an article's file with the heat of its story, and with copies of others as these are now."""
    values = parse(data, memo).values
    heat = _heat(article)
    if values.get("heat", NO_HEAT) != heat:
        data = replace_block(data, "heat", heat)
    related = values.get("related") or []
    now = _articles_of(related)
    fresh = [_fresh(entry, now) for entry in related]
    return data if fresh == related else replace_block(data, "related", fresh)


def _heat(article: Article) -> int:
    """The store's rule: a published lead has its story's heat, an unpublished lead its quality, others -1."""
    story = article.story
    if story is None or story.lead_id != article.pk:
        return NO_HEAT
    return bounded_heat(story.heat) if story.is_public else article.quality


def _key(entry: Mapping) -> str:
    return link_key(clean_link(entry["webUrl"]))


def _articles_of(related: Iterable[Mapping]) -> dict[str, Article]:
    found = {}
    for part in chunked({_key(entry) for entry in related}):
        rows = Article.objects.told().filter(link_key__in=part)
        found |= {article.link_key: article for article in rows.defer("related_list")}
    return found


def _fresh(entry: Mapping, articles: Mapping[str, Article]) -> Mapping:
    article = articles.get(_key(entry))
    if article is None:
        return entry
    said: ArticleFields = read_copy(entry)
    changed = {
        key: _written(getattr(article, column))
        for key, column in _COPIED.items()
        if getattr(said, column) != getattr(article, column)
    }
    return {**entry, **changed} if changed else entry


def _written(value: object) -> object:
    return encode_entities(value) if isinstance(value, str) else value
