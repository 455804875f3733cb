"""Reports that an editor adds or changes by hand (floor 2), by the same rules as those of files."""

from articles.caching.writing import writing
from articles.editing.articles import EditError, save_edited, topic_rows
from articles.editing.audit import act
from articles.editing.snapshots import write_list
from articles.frontmatter.fields import ArticleFields
from articles.importing.lookups import find_images, find_providers
from articles.importing.permalinks import free_stem
from articles.models import Article, Edit

_COLUMNS = (
    "url", "web_url", "original_url", "amp_url", "cdn_amp_url", "title", "excerpt", "published_at", "kind",
    "quality",
)  # fmt: skip
_DECIDED = ("title", "excerpt", "quality", "is_published", "is_removed", "topics", "images")


@writing()
def add_article(fields: ArticleFields, by=None, why: str = "") -> Article:
    """Store a report that no file tells of, and let it join a story; raises EditError if its link is there.

    Undone, it is withdrawn; added again, it is put back.
    """
    article = Article.objects.filter(link_key=fields.link_key).first()
    if article and article.origin != Article.Origin.WITHDRAWN:
        raise EditError(f"this link is there already: “{article.title}”")
    topics, images = topic_rows(fields.topics), _image_rows(fields)
    provider = find_providers({fields.provider.domain: fields.provider.name})[fields.provider.domain]
    if article is None:
        article = Article(link_key=fields.link_key, stem=free_stem(fields), title=fields.title)
        article.url, article.published_at = fields.url, fields.published_at
        article.provider_id, article.origin, article.is_removed = provider, Article.Origin.WITHDRAWN, True
        article.save()
    with act(Edit.Kind.ADD, by, why, article=[article.pk]) as work:
        for name in _COLUMNS:
            setattr(article, name, getattr(fields, name))
        article.provider_id, article.provider_name = provider, fields.provider.name
        article.is_published, article.is_removed = fields.is_published, False
        article.origin = Article.Origin.ADMIN
        article.own(*_DECIDED)
        article.save()
        write_list("article", article.pk, "topics", topics)
        write_list("article", article.pk, "images", images)
        work.regroup(changed=[article.pk])
    article.refresh_from_db()
    return article


def change_article(article: Article, fields: ArticleFields, by=None, why: str = "") -> Edit | None:
    """Give a report what of these fields an editor decides, as far as it differs."""
    said = {
        "topics": [link.name or link.topic.name for link in article.topic_links.select_related("topic")],
        "images": [link.image.url for link in article.image_links.select_related("image")],
    }
    lists = {}
    if said["topics"] != list(fields.topics):
        lists["topics"] = topic_rows(fields.topics)
    if said["images"] != [image.url for image in fields.images]:
        lists["images"] = _image_rows(fields, article)
    changed = [name for name in _DECIDED[:5] if getattr(article, name) != getattr(fields, name)]
    if not changed and not lists:
        return None
    for name in changed:
        setattr(article, name, getattr(fields, name))
    return save_edited(article, changed, by, why, **lists)


def _image_rows(fields: ArticleFields, article: Article | None = None) -> list[tuple]:
    """Rows of an article's pictures; of those that it has, what its file says of them stays."""
    columns = ("image", "width", "height", "is_cached", "title")
    there = {row[0]: row for row in article.image_links.values_list(*columns)} if article else {}
    ids = find_images({image.url for image in fields.images})
    return [there.get(ids[each.url], (ids[each.url], None, None, False, "")) for each in fields.images]
