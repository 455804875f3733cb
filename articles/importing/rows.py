"""Articles' rows: what their documents say is written, fields that editors own stay."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from articles.caching.writing import chunked
from articles.importing.lookups import (
    find_or_create_images,
    find_or_create_providers,
    find_or_create_topics,
    look_up,
    refresh_provider_names,
    refresh_topic_names,
)
from articles.importing.merge import COPY_ORDER, MergedArticle
from articles.importing.permalinks import (
    HAVE_A_DOCUMENT,
    add_redirects,
    assign_stems,
    published_stems,
    stem_of_link,
)
from articles.importing.related import add_members, assign_related_lists, delete_unused
from articles.models import Article, ArticleImage, ArticleTopic, HandMade, Provider, StaleDay, Topic
from articles.models.grouping import day_of

# Columns that documents decide, beside those found through other tables.
_COLUMNS = (
    "url", "web_url", "original_url", "amp_url", "cdn_amp_url", "title", "excerpt", "published_at", "kind",
    "quality", "heat", "is_published",
)  # fmt: skip
_UPDATED = (
    *_COLUMNS, "stem", "origin", "is_removed", "provider", "provider_name", "needs_grouping", "digest",
    "related_list",
)  # fmt: skip
_ROWS = 500  # written in one statement

# What is stored of an editor's article while files describe it.
_HAND_MADE = (*_COLUMNS, "is_removed", "provider_name", "stem")

Merged = Mapping[str, MergedArticle | None]  # by link key; None: nothing describes the article any more


class KnownArticle(NamedTuple):
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


def find_known(keys: Iterable[str]) -> dict[str, KnownArticle]:
    """Return the stored articles of these link keys."""
    rows: dict[str, KnownArticle] = {}
    for part in chunked(sorted(keys)):
        found = Article.objects.filter(link_key__in=part).values_list(*KnownArticle._fields)
        rows.update((row[0], KnownArticle(*row)) for row in found)
    return rows


def write_articles(merged: Merged, known: Mapping[str, KnownArticle]) -> dict[str, int]:
    """Give articles what their documents say together; those that nothing describes are withdrawn.

    `known` are the stored ones of all articles that `merged` names. Changed articles wait for grouping, and
    so do their days where anything that grouping compares has changed. Returns the articles' ids by link key.
    """
    changed = {
        key: entry
        for key, entry in sorted(merged.items())
        if key not in known or known[key].digest != (entry.digest if entry else "")
    }
    ids = {key: row.pk for key, row in known.items()}
    if not changed:
        return ids
    articles = look_up(Article.objects.all(), "link_key", [key for key in changed if key in known])
    stored = list(articles.values())
    compared = {key: _compared_by(article) for key, article in articles.items()}
    providers = {article.provider_id for article in stored}
    lists = {article.related_list_id for article in stored}
    pages = published_stems(stored)
    _store_hand_made(changed, articles)
    restored = _restore_hand_made(changed, articles)
    changed |= dict.fromkeys(restored)
    _fill_all(changed, restored, articles)
    providers |= {article.provider_id for article in articles.values()}
    related = {
        key: [copy.link_key for copy in entry.related] if entry else () for key, entry in changed.items()
    }
    new_lists = assign_related_lists(related, articles)
    stems = {key: entry.stem for key, entry in changed.items() if entry and not entry.is_copy}
    assign_stems(articles, stems | {key: values["stem"] for key, values in restored.items()})
    StaleDay.objects.mark(_days_changed(compared, articles))
    new = [articles[key] for key in changed if not articles[key].pk]
    Article.objects.bulk_create(
        stored, _ROWS, update_conflicts=True, unique_fields=["pk"], update_fields=_UPDATED
    )
    Article.objects.bulk_create(new, _ROWS)
    ids |= {key: article.pk for key, article in articles.items()}
    add_redirects(pages, articles)
    add_members(new_lists, ids)
    delete_unused(lists - {article.related_list_id for article in stored})
    _link_topics(changed, articles, {article.pk for article in new})
    _link_images(changed, articles, {article.pk for article in new})
    refresh_provider_names(providers)
    for part in chunked(sorted(providers)):
        Provider.objects.filter(pk__in=part, needs_count=False).update(needs_count=True)
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


def _store_hand_made(merged: Merged, articles: Mapping[str, Article]) -> None:
    """Store what editors' articles are that files describe from now on."""
    described = [row for key, row in articles.items() if merged[key] and row.origin == Article.Origin.ADMIN]
    domains = dict(
        Provider.objects.filter(pk__in={row.provider_id for row in described}).values_list("pk", "domain")
    )
    HandMade.objects.bulk_create(
        [
            HandMade(article=row, values={name: getattr(row, name) for name in _HAND_MADE} | {
                "published_at": row.published_at.isoformat(), "domain": domains[row.provider_id],
            })
            for row in described
        ],
        update_conflicts=True,
        unique_fields=["article"],
        update_fields=["values"],
    )  # fmt: skip


def _restore_hand_made(merged: Merged, articles: Mapping[str, Article]) -> dict[str, dict]:
    """Return what editors' articles were, and are again, that have lost their last file; by link key.

    Copies in others' files do not count for such articles.
    """
    orphans = {
        row.pk: key
        for key, row in articles.items()
        if row.origin in HAVE_A_DOCUMENT and ((entry := merged[key]) is None or entry.is_copy)
    }
    restored = {}
    for part in chunked(orphans):
        found = HandMade.objects.filter(article__in=part)
        for pk, values in found.values_list("pk", "values"):
            restored[orphans[pk]] = values | {"published_at": datetime.fromisoformat(values["published_at"])}
        found.delete()
    return restored


def _fill_all(merged: Merged, restored: Mapping[str, Mapping], articles: dict[str, Article]) -> None:
    """Fill articles with what their documents or editors say; missing ones are added to `articles`."""
    named = [entry.fields.provider for entry in merged.values() if entry]
    names = {values["domain"]: values["provider_name"] for values in restored.values()}
    providers = find_or_create_providers(names | {provider.domain: provider.name for provider in named})
    for key, entry in merged.items():
        article = articles.get(key)
        if article is None:
            article = articles[key] = Article(link_key=key)
            if entry and entry.is_copy:
                article.stem = stem_of_link(key, entry.fields.url)
        _fill(article, entry, providers)
        if key in restored:
            values = restored[key]
            _assign(article, {name: values[name] for name in (*_COLUMNS, "is_removed")})
            article.origin = Article.Origin.ADMIN
            article.provider_id = providers[values["domain"]]
            article.provider_name = values["provider_name"]


def _fill(article: Article, merged: MergedArticle | None, providers: Mapping[str, int]) -> None:
    article.needs_grouping = True
    article.digest = merged.digest if merged else ""
    if merged is None:
        article.origin = Article.Origin.WITHDRAWN
        _assign(article, {"is_removed": True})
        return
    fields = merged.fields
    values = {name: getattr(fields, name) for name in _COLUMNS} | {"is_removed": merged.is_removed}
    if merged.is_copy:  # a copy does not say whether the article is published, nor its own heat
        values |= {"is_published": False, "heat": -1}
    _assign(article, values)
    article.origin = _origin_of(merged)
    article.provider_id = providers[fields.provider.domain]
    article.provider_name = fields.provider.name


def _assign(article: Article, values: Mapping[str, object]) -> None:
    """Set columns that no editor owns."""
    for name, value in values.items():
        if name not in article.edited_fields:
            setattr(article, name, value)


def _origin_of(merged: MergedArticle) -> Article.Origin:
    if merged.is_copy:
        return Article.Origin.COPY
    return Article.Origin.FEED if merged.is_polled else Article.Origin.FILE


def _link_topics(merged: Merged, articles: Mapping[str, Article], new: set[int]) -> None:
    names = {
        key: entry.topics if entry else ()
        for key, entry in merged.items()
        if not articles[key].is_owned("topics")
    }
    topics = find_or_create_topics({name for each in names.values() for name in each})
    touched = {topic.pk for topic in topics.values()}
    touched |= _unlink(ArticleTopic, "topic", {articles[key].pk for key in names} - new)
    ArticleTopic.objects.bulk_create(
        [
            ArticleTopic(
                article=articles[key], topic=topics[Topic.key_of(name)], position=position, name=name
            )
            for key, each in names.items()
            for position, name in enumerate(each)
        ],
        _ROWS,
    )
    refresh_topic_names(touched)


def _link_images(merged: Merged, articles: Mapping[str, Article], new: set[int]) -> None:
    images = {
        key: entry.fields.images if entry else ()
        for key, entry in merged.items()
        if not articles[key].is_owned("images")
    }
    ids = find_or_create_images({image.url for each in images.values() for image in each})
    _unlink(ArticleImage, "image", {articles[key].pk for key in images} - new)
    ArticleImage.objects.bulk_create(
        [
            ArticleImage(
                article=articles[key], image_id=ids[image.url], position=position, width=image.width,
                height=image.height, is_cached=image.is_cached, title=image.title,
            )
            for key, each in images.items()
            for position, image in enumerate(each)
        ],
        _ROWS,
    )  # fmt: skip


def _unlink(model: type[ArticleTopic | ArticleImage], column: str, articles: Iterable[int]) -> set[int]:
    """Delete these articles' links; returns the ids of what they linked to."""
    linked: set[int] = set()
    for part in chunked(sorted(articles)):
        links = model.objects.filter(article__in=part)
        linked.update(links.order_by().values_list(column, flat=True))
        links.delete()
    return linked
