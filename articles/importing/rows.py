"""Articles' rows: what their documents say is written, with permalinks; fields that editors own stay."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from django.db.models import CharField, Value, prefetch_related_objects
from django.db.models.functions import Concat
from django.utils.text import slugify

from articles.caching.writing import chunked, update_in, values_in
from articles.frontmatter.fields import NO_HEAT, ArticleFields
from articles.importing.lookups import (
    add_members,
    assign_related_lists,
    delete_unused_lists,
    find_or_create_images,
    find_or_create_providers,
    find_or_create_topics,
    refresh_provider_names,
    refresh_topic_names,
)
from articles.importing.merge import COPY_ORDER, MergedArticle
from articles.models import (
    Article,
    ArticleImage,
    ArticleTopic,
    EditorVersion,
    FormerPermalink,
    Provider,
    StaleDay,
    Topic,
)
from articles.models.grouping import day_of

# Origins of articles that have documents of their own, or an editor.
HAVE_A_DOCUMENT = (Article.Origin.FILE, Article.Origin.FEED)
HAVE_A_FILE = (*HAVE_A_DOCUMENT, Article.Origin.ADMIN)
# Columns of an article that its fields have, too.
_FIELDS = (
    "url", "web_url", "original_url", "amp_url", "cdn_amp_url", "title", "excerpt", "published_at", "kind",
    "quality", "heat", "is_published",
)  # fmt: skip
_COLUMNS = (*_FIELDS, "is_removed", "provider_name", "permalink")  # what an editor's version is made of
_UPDATED = (*_COLUMNS, "origin", "provider", "needs_grouping", "digest", "related_list")
_ROWS = 500  # written in one statement

Merged = Mapping[str, MergedArticle | None]  # by link key; None: nothing describes the article any more
Values = dict[str, Any]  # of an article's columns, and `domain`, which stands for its provider


class StoredArticle(NamedTuple):
    """What the import asks of a stored article."""

    link_key: str
    pk: int
    origin: str
    digest: str
    edited_fields: list
    published_at: datetime
    quality: int
    title: str
    excerpt: str
    url: str

    @property
    def copy_order(self) -> tuple:
        return tuple(getattr(self, name) for name in COPY_ORDER)


def find_stored(keys: Iterable[str]) -> dict[str, StoredArticle]:
    """Return the stored articles of these link keys."""
    rows = values_in(Article.objects, "link_key", keys, *StoredArticle._fields)
    return {row[0]: StoredArticle(*row) for row in rows}


def write_articles(merged: Merged, stored: Mapping[str, StoredArticle]) -> dict[str, int]:
    """Give articles what their documents say together; those that nothing describes are withdrawn.

    `stored` are the stored ones of all articles that `merged` names. Changed articles wait for grouping, and
    so do their days where anything that grouping compares has changed. Returns the articles' ids by link key.
    """
    changed = {
        key: entry
        for key, entry in sorted(merged.items())
        if key not in stored or stored[key].digest != (entry.digest if entry else "")
    }
    ids = {key: row.pk for key, row in stored.items()}
    if not changed:
        return ids
    articles = Article.objects.in_bulk([key for key in changed if key in stored], field_name="link_key")
    old = list(articles.values())
    compared = {key: _compared_by(article) for key, article in articles.items()}
    providers = {article.provider_id for article in old}
    lists = {article.related_list_id for article in old}
    pages = {article.link_key: article.permalink for article in old if article.is_published}
    _store_editor_versions(changed, articles)
    restored = _restore_editor_versions(changed, articles)
    changed |= dict.fromkeys(restored)
    permalinks = _fill(changed, restored, articles)
    providers |= {article.provider_id for article in articles.values()}
    related = {key: entry.related if entry else () for key, entry in changed.items()}
    new_lists = assign_related_lists(related, articles)
    _assign_permalinks(articles, permalinks)
    StaleDay.objects.mark(_days_changed(compared, articles))
    new = [articles[key] for key in changed if not articles[key].pk]
    Article.objects.bulk_create(
        old, _ROWS, update_conflicts=True, unique_fields=["pk"], update_fields=_UPDATED
    )
    Article.objects.bulk_create(new, _ROWS)
    ids |= {key: article.pk for key, article in articles.items()}
    _add_redirects(pages, articles)
    add_members(new_lists, ids)
    delete_unused_lists(lists - {article.related_list_id for article in old})
    _link_topics(changed, articles, old)
    _link_images(changed, articles, old)
    refresh_provider_names(providers)
    update_in(Provider.objects.filter(needs_count=False), providers, needs_count=True)
    return ids


def _compared_by(article: Article) -> tuple:
    """Return what grouping compares articles by, the time first."""
    is_withdrawn = article.origin == Article.Origin.WITHDRAWN
    return (
        article.published_at, article.title, article.excerpt, article.provider_id, article.related_list_id,
        is_withdrawn,
    )  # fmt: skip


def _days_changed(before: Mapping[str, tuple], articles: Mapping[str, Article]) -> set[int]:
    """Return the days that articles were added to, left, or on which they have changed for grouping."""
    pairs = [(before.get(key), _compared_by(article)) for key, article in articles.items()]
    moments = {values[0] for old, new in pairs if old != new for values in (old, new) if values}
    return set(map(day_of, moments))


def _store_editor_versions(merged: Merged, articles: Mapping[str, Article]) -> None:
    """Store what editors' articles are that files describe from now on."""
    described = [row for key, row in articles.items() if merged[key] and row.origin == Article.Origin.ADMIN]
    prefetch_related_objects(described, "provider")
    EditorVersion.objects.bulk_create(
        [
            EditorVersion(article=row, values={name: getattr(row, name) for name in _COLUMNS} | {
                "published_at": row.published_at.isoformat(), "domain": row.provider.domain,
            })
            for row in described
        ],
        update_conflicts=True,
        unique_fields=["article"],
        update_fields=["values"],
    )  # fmt: skip


def _restore_editor_versions(merged: Merged, articles: Mapping[str, Article]) -> dict[str, Values]:
    """Return what editors' articles were, and are again, that have lost their last file; by link key.

    Copies in others' files do not count for such articles.
    """
    orphans = {
        row.pk: key
        for key, row in articles.items()
        if row.origin in HAVE_A_DOCUMENT and ((entry := merged[key]) is None or entry.is_copy)
    }
    found = EditorVersion.objects.in_bulk(orphans)
    EditorVersion.objects.filter(pk__in=found).delete()
    return {
        orphans[pk]: version.values | {
            "published_at": datetime.fromisoformat(version.values["published_at"]),
            "origin": Article.Origin.ADMIN,
        }
        for pk, version in found.items()
    }  # fmt: skip


def _fill(merged: Merged, restored: Mapping[str, Values], articles: dict[str, Article]) -> dict[str, str]:
    """Fill articles with what their documents or editors say; missing ones are added to `articles`.

    Fields that editors own stay. Returns the permalinks that files and editors give, by link key.
    """
    values = {key: restored.get(key) or _values_of(entry) for key, entry in merged.items()}
    names = {each["domain"]: each["provider_name"] for each in values.values() if "domain" in each}
    providers = find_or_create_providers(names)
    permalinks = {}
    for key, entry in merged.items():
        article = articles.get(key)
        if article is None:
            article = articles[key] = Article(link_key=key)
            if entry and entry.is_copy:
                article.permalink = permalink_of_link(key, entry.fields.url)
        article.needs_grouping, article.digest = True, entry.digest if entry else ""
        for name, value in values[key].items():
            if name == "domain":
                article.provider = providers[value]
            elif name == "permalink":
                permalinks[key] = value
            elif name not in article.edited_fields:
                setattr(article, name, value)
    return permalinks


def _values_of(merged: MergedArticle | None) -> Values:
    if merged is None:
        return {"origin": Article.Origin.WITHDRAWN, "is_removed": True}
    fields = merged.fields
    values = {name: getattr(fields, name) for name in _FIELDS} | {"is_removed": merged.is_removed}
    values |= {"domain": fields.provider.domain, "provider_name": fields.provider.name}
    if merged.is_copy:  # a copy does not say whether the article is published, nor its own heat
        return values | {"is_published": False, "heat": NO_HEAT, "origin": Article.Origin.COPY}
    origin = Article.Origin.FEED if merged.is_polled else Article.Origin.FILE
    return values | {"permalink": merged.permalink, "origin": origin}


def permalink_of_link(key: str, url: str) -> str:
    """Return a permalink made of the link alone, so that it does not depend on the order of import."""
    words = slugify(re.split(r"[?#]", url)[0].rstrip("/").rsplit("/", 1)[-1])[:80].strip("-_")
    return f"{words or 'article'}-~{sha256(key.encode()).hexdigest()[:12]}"


def free_permalink(fields: ArticleFields) -> str:
    """Return a permalink for an article without a file: its day and title, with a suffix if in use."""
    permalink = f"{fields.published_at:%Y-%m-%d}-{slugify(fields.title)[:80].strip('-') or 'article'}"
    is_used = any(model.objects.filter(permalink=permalink).exists() for model in (Article, FormerPermalink))
    return _suffixed(permalink, fields.link_key) if is_used else permalink


def _suffixed(permalink: str, key: str) -> str:
    return f"{permalink[:240]}-~{sha256(key.encode()).hexdigest()[:8]}"


def _assign_permalinks(articles: Mapping[str, Article], permalinks: Mapping[str, str]) -> None:
    """Give articles the permalinks of files or editors, with a suffix where another such article has it.

    `articles` by link key are not saved yet. An article outside the batch that has to give way is saved.
    """
    wanted: dict[str, list[Article]] = defaultdict(list)
    for key, permalink in permalinks.items():
        if articles[key].permalink not in (permalink, _suffixed(permalink, key)):
            wanted[permalink].append(articles[key])
    # Permalinks are unique, and two articles may exchange theirs: those that change are freed first.
    leaving = [article.pk for group in wanted.values() for article in group if article.pk]
    Article.objects.filter(pk__in=leaving).update(
        permalink=Concat(Value("~"), "pk", output_field=CharField())
    )
    holders = Article.objects.only("permalink", "link_key", "origin").in_bulk(wanted, field_name="permalink")
    for permalink, group in wanted.items():
        holder = holders.get(permalink)
        # The article of a file or an editor keeps its permalink; others give way.
        in_batch = holder and holder.link_key in articles
        if holder and not (holder.link_key in permalinks if in_batch else holder.origin in HAVE_A_FILE):
            holder.permalink = _suffixed(permalink, holder.link_key)
            holder.save(update_fields=["permalink"])
            if in_batch:
                articles[holder.link_key].permalink = holder.permalink
            holder = None
        for article in group:
            article.permalink = _suffixed(permalink, article.link_key) if holder else permalink
            holder = article


def _add_redirects(previous: Mapping[str, str], articles: Mapping[str, Article]) -> None:
    """Let the permalinks that published articles had redirect to those that they have now."""
    FormerPermalink.objects.bulk_create(
        [
            FormerPermalink(permalink=permalink, article=articles[key])
            for key, permalink in previous.items()
            if articles[key].permalink != permalink
        ],
        update_conflicts=True,
        unique_fields=["permalink"],
        update_fields=["article"],
    )


def _link_topics(merged: Merged, articles: Mapping[str, Article], old: Iterable[Article]) -> None:
    names = {
        articles[key]: entry.topics if entry else ()
        for key, entry in merged.items()
        if not articles[key].is_owned("topics")
    }
    topics = find_or_create_topics({name for each in names.values() for name in each})
    touched = {topic.pk for topic in topics.values()} | _unlink(
        ArticleTopic, "topic", names.keys() & set(old)
    )
    ArticleTopic.objects.bulk_create(
        [
            ArticleTopic(article=article, topic=topics[Topic.key_of(name)], position=position, name=name)
            for article, each in names.items()
            for position, name in enumerate(each)
        ],
        _ROWS,
    )
    refresh_topic_names(touched)


def _link_images(merged: Merged, articles: Mapping[str, Article], old: Iterable[Article]) -> None:
    fields = {
        articles[key]: entry.fields.images if entry else ()
        for key, entry in merged.items()
        if not articles[key].is_owned("images")
    }
    images = find_or_create_images({image.url for each in fields.values() for image in each})
    _unlink(ArticleImage, "image", fields.keys() & set(old))
    ArticleImage.objects.bulk_create(
        [
            ArticleImage(
                article=article, image=images[each.url], position=position, width=each.width,
                height=each.height, is_cached=each.is_cached, title=each.title,
            )
            for article, entries in fields.items()
            for position, each in enumerate(entries)
        ],
        _ROWS,
    )  # fmt: skip


def _unlink(model: type[ArticleTopic | ArticleImage], column: str, articles: Iterable[Article]) -> set[int]:
    """Delete these articles' links; returns the ids of what they linked to."""
    linked: set[int] = set()
    for part in chunked(sorted(article.pk for article in articles)):
        links = model.objects.filter(article__in=part)
        linked.update(links.order_by().values_list(column, flat=True))
        links.delete()
    return linked
