"""Edits of articles: publish, rate, remove, change, add; and of their topics, providers and pictures.

Every edit is one transaction and one row of the audit log, and can be undone. `user` is the editor, `reason`
an optional text. Functions return the row of the log, or None if nothing changed. They raise EditError for an
edit that makes no sense, and FieldError for a value that no imported file may hold either; nothing is changed
then.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from articles.caching.writing import chunked, update_rows, writing
from articles.editing.audit import TRACKED, EditError, record_edit, replace_list
from articles.frontmatter.fields import MAX_NUMBER, MAX_TOPICS, ArticleFields
from articles.images import process
from articles.importing.lookups import find_or_create_images, find_or_create_providers
from articles.importing.rows import free_permalink
from articles.models import Article, Edit, Image, Provider, TakeDown, Topic
from articles.models.article import EDITABLE_FIELDS

Kind = Edit.Kind
REMOVE = "articles.delete_article"  # the permission
LONGEST = timedelta(days=3650)  # that an embargo or a pin may last
# The fields that decide which story an article belongs to; others only change the story it is in.
GROUPING_FIELDS = {"title", "excerpt"}
_FORM_FIELDS = ("title", "excerpt", "quality", "is_published", "is_removed")
_FLAGS = (*_FORM_FIELDS[2:], "embargo_until")
_KINDS = {
    "title": Kind.RETITLE, "excerpt": Kind.RETITLE, "quality": Kind.QUALITY, "topics": Kind.TOPICS,
    "images": Kind.PICTURE, "embargo_until": Kind.EMBARGO,
}  # fmt: skip
# What an article's publisher may wish away, and the column that holds it.
TAKEN_COLUMNS = {TakeDown.What.ARTICLE: "is_removed", TakeDown.What.EXCERPT: "excerpt"}
_IMAGE_COLUMNS = TRACKED["article"].lists["images"][1]


def set_published(articles: Iterable[Article], value: bool, user=None, reason="") -> Edit | None:
    """Publish or unpublish articles; no import changes that again."""
    return _set_flags(Kind.PUBLISH if value else Kind.UNPUBLISH, articles, user, reason, is_published=value)


def set_quality(articles: Iterable[Article], value: int, user=None, reason="") -> Edit | None:
    """Set the quality of articles."""
    if not 0 <= value <= MAX_NUMBER:
        raise EditError(f"quality must be between 0 and {MAX_NUMBER:,}")
    return _set_flags(Kind.QUALITY, articles, user, reason, quality=value)


def change_quality(articles: Iterable[Article], step: int, user=None, reason="") -> Edit | None:
    """Raise or lower the quality of each article by `step`, within the allowed range."""
    return _set_flags(Kind.QUALITY, articles, user, reason, step)


def save_rows(rows: Mapping[int, Mapping[str, int]], user=None, reason="") -> Edit | None:
    """Save new values of `quality` and `is_published` of several articles, by primary key, as one edit."""
    kinds = {
        Kind.QUALITY if name == "quality" else Kind.PUBLISH if value else Kind.UNPUBLISH
        for values in rows.values()
        for name, value in values.items()
    }
    kind = kinds.pop() if len(kinds) == 1 else Kind.CHANGE
    return _set_flags(kind, [Article(pk=pk) for pk in rows], user, reason, rows=rows)


def remove(articles: Iterable[Article], user=None, reason="") -> Edit | None:
    """Take articles off the site: their addresses answer 410, and no import publishes them again."""
    return _set_flags(Kind.REMOVE, articles, user, reason, is_removed=True)


def restore(articles: Iterable[Article], user=None, reason="") -> Edit | None:
    """Put removed articles back."""
    articles = list(articles)
    refuse_taken_down([article.pk for article in articles], "is_removed")
    return _set_flags(Kind.RESTORE, articles, user, reason, is_removed=False)


def set_embargo(
    articles: Iterable[Article], until: datetime | None, user=None, reason="", *, publish=False
) -> Edit | None:
    """Let articles not be public before a time, None: no embargo; with `publish`, be public from then on."""
    if until:
        check_future(until)
    values = {"embargo_until": until} | ({"is_published": True} if publish else {})
    return _set_flags(Kind.EMBARGO, articles, user, reason, rows={each.pk: values for each in articles})


def check_future(until: datetime) -> None:
    """Raise EditError unless a time for which editors decide something is in the future, and near enough."""
    now = timezone.now()
    if until <= now:
        raise EditError("this time has passed: choose one in the future")
    if until > now + LONGEST:
        raise EditError(f"a time may be {LONGEST.days // 365} years ahead at most")


def _set_flags(
    kind: Edit.Kind, articles: Iterable[Article], user, reason: str, step: int = 0,
    rows: Mapping[int, Mapping[str, Any]] | None = None, **values: int,
) -> Edit | None:  # fmt: skip
    """Set these values, those of `rows`, or add `step` to the quality, of articles as they are now."""
    ids = [article.pk for article in articles]
    changed, columns = [], [*_FLAGS, "edited_fields"]
    with record_edit(kind, user, reason, article=ids) as recorder:
        for part in chunked(ids):
            for row in Article.objects.filter(pk__in=part).only(*columns).order_by("pk"):
                stepped = {"quality": min(max(row.quality + step, 0), MAX_NUMBER)}
                new = (rows or {}).get(row.pk) or values or stepped
                if all(
                    getattr(row, name) == value and (name not in EDITABLE_FIELDS or row.is_owned(name))
                    for name, value in new.items()
                ):
                    continue
                for name, value in new.items():
                    setattr(row, name, value)
                row.own(*new)
                changed.append((row.pk, *(getattr(row, name) for name in columns)))
        update_rows(Article, columns, changed)
        recorder.refresh()
    return recorder.edit


def mark_edited(article: Article, *fields: str) -> None:
    """Add these fields to the article's `edited_fields` as stored now. The caller saves the article."""
    article.refresh_from_db(fields=["edited_fields"])
    article.own(*fields)


def save_article(
    article: Article, fields: Iterable[str], user=None, reason="", **lists: Sequence
) -> Edit | None:
    """Save fields of an article that are already set on it, and mark them as edited.

    `lists` are new rows of `topics` or `images`. A changed title or excerpt regroups the article.
    """
    fields = list(fields)
    with record_edit(_kind_of(article, [*fields, *lists]), user, reason, article=[article.pk]) as recorder:
        for name, rows in lists.items():
            replace_list("article", article.pk, name, rows)
        mark_edited(article, *fields, *lists)
        article.save(update_fields=[*fields, "edited_fields"])
        if GROUPING_FIELDS.isdisjoint(fields):
            recorder.refresh()
        else:
            recorder.regroup(changed=[article.pk])
            article.refresh_from_db(fields=["story"])
    return recorder.edit


def _kind_of(article: Article, fields: Iterable[str]) -> Edit.Kind:
    kinds = {_KINDS.get(name, name) for name in fields}
    if kinds == {"is_published"}:
        return Kind.PUBLISH if article.is_published else Kind.UNPUBLISH
    if "is_removed" in kinds:
        return Kind.REMOVE if article.is_removed else Kind.RESTORE
    kind = kinds.pop() if len(kinds) == 1 else Kind.CHANGE
    return kind if isinstance(kind, Kind) else Kind.CHANGE


def update_article(
    article: Article, fields: ArticleFields, user=None, reason="", **columns: object
) -> Edit | None:
    """Save everything that an editor may change of an article, as far as it differs from these fields.

    `columns` are new values of columns that no file has, such as `embargo_until`.
    """
    lists = {}
    if topic_names(article) != list(fields.topics):
        lists["topics"] = topic_rows(fields.topics)
    if image_urls(article) != [image.url for image in fields.images]:
        lists["images"] = _image_rows(fields, article)
    changed = [name for name in _FORM_FIELDS if getattr(article, name) != getattr(fields, name)]
    for name in changed:
        setattr(article, name, getattr(fields, name))
    for name in [name for name, value in columns.items() if getattr(article, name) != value]:
        setattr(article, name, columns[name])
        changed.append(name)
    refuse_taken_down([article.pk], *changed, *lists)
    return save_article(article, changed, user, reason, **lists) if changed or lists else None


def topic_names(article: Article) -> list[str]:
    """Return an article's topics, each by the name that the article's file has for it."""
    return [link.name or link.topic.name for link in article.topic_links.select_related("topic")]


def image_urls(article: Article) -> list[str]:
    """Return the addresses of an article's pictures, in order."""
    return [link.image.url for link in article.image_links.select_related("image")]


@writing()
def add_article(fields: ArticleFields, user=None, reason="") -> Article:
    """Store an article that comes from no file and group it; raises EditError if its link is known.

    Undoing this removes the article; adding it again restores it.
    """
    article = Article.objects.filter(link_key=fields.link_key).first()
    if article and article.origin != Article.Origin.WITHDRAWN:
        raise EditError(f"there is already an article with this link: “{article.title}”")
    topics, images = topic_rows(fields.topics), _image_rows(fields)
    domain = fields.provider.domain
    provider = find_or_create_providers({domain: fields.provider.name})[domain]
    if article is None:
        article = Article(
            link_key=fields.link_key, permalink=free_permalink(fields), title=fields.title, url=fields.url,
            published_at=fields.published_at, provider=provider, origin=Article.Origin.WITHDRAWN,
            is_removed=True,
        )  # fmt: skip
        article.save()
    with record_edit(Kind.ADD, user, reason, article=[article.pk]) as recorder:
        for name in (
            "url", "web_url", "original_url", "amp_url", "cdn_amp_url", "title", "excerpt", "published_at",
            "kind", "quality", "is_published",
        ):  # fmt: skip
            setattr(article, name, getattr(fields, name))
        article.provider, article.provider_name = provider, fields.provider.name
        article.is_removed, article.origin = False, Article.Origin.ADMIN
        article.own(*_FORM_FIELDS, "topics", "images")
        article.save()
        replace_list("article", article.pk, "topics", topics)
        replace_list("article", article.pk, "images", images)
        recorder.regroup(changed=[article.pk])
    article.refresh_from_db()
    return article


def set_topics(article: Article, names: Sequence[str], user=None, reason="") -> Edit | None:
    """Put an article into these topics, which must exist, in this order."""
    return save_article(article, [], user, reason, topics=topic_rows(names))


def topic_rows(names: Sequence[str]) -> list[tuple[int, str]]:
    """Return the rows that put an article into these topics; raises EditError if one does not exist."""
    if len(names) > MAX_TOPICS:
        raise EditError(f"an article can have {MAX_TOPICS} topics at most")
    keys = {Topic.key_of(name): name for name in names}
    topics = Topic.objects.filter(name_key__in=keys).only("name_key", "merged_into")
    found = {topic.name_key: topic.merged_into_id or topic.pk for topic in topics}
    if missing := [name for key, name in keys.items() if key not in found]:
        raise EditError(f"there is no topic “{missing[0]}”")
    rows: dict[int, str] = {}
    for key, name in keys.items():
        rows.setdefault(found[key], name)
    return list(rows.items())


def set_picture(article: Article, image: Image | None, user=None, reason="") -> Edit | None:
    """Show this picture with an article; None: show no picture."""
    rows = list(article.image_links.values_list(*_IMAGE_COLUMNS))
    first = [row for row in rows if image and row[0] == image.pk]
    if image and not first:
        known = image.article_links.values_list(*_IMAGE_COLUMNS)
        first = list(known[:1]) or [(image.pk, None, None, False, "")]
    rest = [row for row in rows if row not in first] if image else []
    return save_article(article, [], user, reason, images=first + rest)


def _image_rows(fields: ArticleFields, article: Article | None = None) -> list[tuple]:
    """Return the rows of an article's pictures; those it already has keep what its file says of them."""
    known = {row[0]: row for row in article.image_links.values_list(*_IMAGE_COLUMNS)} if article else {}
    images = find_or_create_images([image.url for image in fields.images])
    ids = [images[each.url].pk for each in fields.images]
    return [known.get(pk, (pk, None, None, False, "")) for pk in ids]


def refuse_taken_down(ids: Iterable[int], *columns: str) -> None:
    """Raise EditError if these columns of these articles were taken down at their publisher's wish."""
    whats = [what for what, column in TAKEN_COLUMNS.items() if column in columns]
    for keys in chunked(ids) if whats else ():
        taken = TakeDown.objects.filter(what__in=whats, article__in=keys).select_related("article")
        if found := taken.first():
            raise EditError(f"“{found.article}” was taken down: undo that in the list “Taken down” first")


def hide_images(images: Iterable[Image], user=None, reason="") -> Edit | None:
    """Show these pictures nowhere, whatever an import or a fetch brings."""
    images = list(images)
    with record_edit(Kind.PICTURE, user, reason, image=[image.pk for image in images]) as recorder:
        process.hide(images)
    return recorder.edit


def upload_picture(image: Image, processed: process.Processed, user=None, reason="") -> Edit | None:
    """Show an editor's own file in place of this picture, whatever an import or a fetch brings."""
    with record_edit(Edit.Kind.PICTURE, user, reason, image=[image.pk]) as recorder:
        image.is_edited = True
        process.save_processed(image, processed)
    return recorder.edit


def fetch_images_again(images: Iterable[Image], user=None) -> list[int]:
    """Give up what editors chose for these pictures, so that the next fetch asks their hosts; returns ids.

    Once a host has answered this cannot be undone: a picture is what its host says.
    """
    images = list(images)
    with record_edit(Edit.Kind.PICTURE, user, "to be fetched again", image=[image.pk for image in images]):
        return process.reset(images)


def save_taxonomy(row: Topic | Provider, fields: Iterable[str], user=None, reason="") -> Edit | None:
    """Save a topic or provider, new or changed; no import overwrites the named fields from now on."""
    kind, keys = (Kind.CHANGE, [row.pk]) if row.pk else (Kind.ADD, [])
    row.edited_fields = sorted({*row.edited_fields, *fields})
    if isinstance(row, Topic) and row.pk:
        former = set(Topic.objects.filter(pk=row.pk).values_list("slug", flat=True))
        row.former_slugs = sorted({*row.former_slugs, *former} - {row.slug})
    with record_edit(kind, user, reason, with_decisions=False, **{_name(row): keys}) as recorder:
        row.save()
        recorder.rows[_name(row)].add(row.pk)
    return recorder.edit


def delete_taxonomy(row: Topic | Provider, user=None, reason="") -> Edit | None:
    """Delete a topic or provider; raises EditError if articles or subtopics use it."""
    if row.article_links.exists() if isinstance(row, Topic) else row.articles.exists():
        raise EditError(f"“{row}” is used by articles")
    if isinstance(row, Topic) and row.children.exists():
        raise EditError(f"“{row}” has subtopics")
    if isinstance(row, Topic) and row.merged.exists():
        raise EditError(f"other topics were merged into “{row}”")
    rows = {_name(row): [row.pk]}
    with record_edit(Kind.DELETE, user, reason, with_decisions=False, **rows) as recorder:
        row.delete()
    return recorder.edit


def _name(row: Topic | Provider) -> str:
    """Return the row's name in `audit.TRACKED`."""
    return "topic" if isinstance(row, Topic) else "provider"
