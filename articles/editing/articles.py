"""Editors' acts on reports (floor 2): each is one transaction, is logged, and can be undone.

`by` is the editor, `why` an optional reason. Every act returns the row of the log, or None where nothing
changed; an act that makes no sense raises EditError (or FieldError, for a value that no file may hold
either) and changes nothing. Acts on stories are in `deciding`.
"""

from collections.abc import Iterable, Iterator, Sequence

from articles.caching.writing import chunked, update_rows
from articles.editing.audit import act
from articles.editing.snapshots import write_list
from articles.frontmatter.fields import MAX_NUMBER, MAX_TOPICS
from articles.models import Article, ArticleImage, Edit, Image, Topic

Kind = Edit.Kind
# What decides which story an article belongs to; the rest only changes the story it is in.
GROUPED_BY = {"title", "excerpt"}
_SET = ("quality", "is_published", "is_removed")
_KINDS = {
    "title": Kind.WORDS, "excerpt": Kind.WORDS, "quality": Kind.QUALITY, "topics": Kind.TOPICS,
    "images": Kind.PICTURE,
}  # fmt: skip


class EditError(ValueError):
    """An act that makes no sense; the text is the reason."""


def set_published(articles: Iterable[Article], value: bool, by=None, why: str = "") -> Edit | None:
    """Publish or unpublish articles by an editor's word, which holds from now on."""
    kind = Kind.PUBLISH if value else Kind.UNPUBLISH
    return _set(kind, articles, lambda article: {"is_published": value}, by, why)


def set_quality(articles: Iterable[Article], value: int, by=None, why: str = "") -> Edit | None:
    """Give articles this quality."""
    if not 0 <= value <= MAX_NUMBER:
        raise EditError(f"quality is between 0 and {MAX_NUMBER:,}")
    return _set(Kind.QUALITY, articles, lambda article: {"quality": value}, by, why)


def change_quality(articles: Iterable[Article], step: int, by=None, why: str = "") -> Edit | None:
    """Raise or lower the quality of articles, each from where it is."""

    def changed(article: Article) -> dict:
        return {"quality": min(max(article.quality + step, 0), MAX_NUMBER)}

    return _set(Kind.QUALITY, articles, changed, by, why)


def withdraw(articles: Iterable[Article], by=None, why: str = "") -> Edit | None:
    """Take articles off the site: their addresses say that they are gone, and no import brings them back."""
    return _set(Kind.WITHDRAW, articles, lambda article: {"is_removed": True}, by, why)


def restore(articles: Iterable[Article], by=None, why: str = "") -> Edit | None:
    """Put withdrawn articles back."""
    return _set(Kind.RESTORE, articles, lambda article: {"is_removed": False}, by, why)


def _set(kind, articles: Iterable[Article], values_of, by, why: str) -> Edit | None:
    ids = [article.pk for article in articles]
    with act(kind, by, why, article=ids) as work:
        changed, columns = [], [*_SET, "edited_fields"]
        for row in current_rows(ids):
            values = values_of(row)
            if any(getattr(row, name) != value or not row.is_owned(name) for name, value in values.items()):
                for name, value in values.items():
                    setattr(row, name, value)
                row.own(*values)
                changed.append((row.pk, *(getattr(row, name) for name in columns)))
        update_rows(Article, columns, changed)
        work.refresh()
    return work.edit


def current_rows(ids: Iterable[int]) -> Iterator[Article]:
    """Yield articles as they are now that nobody else writes: what was read before may have changed."""
    for part in chunked(ids):
        yield from Article.objects.filter(pk__in=part).only(*_SET, "edited_fields").order_by("pk")


def note_owned(article: Article, *fields: str) -> None:
    """Note that an editor has decided these fields, beside those that are decided now. The caller saves."""
    article.refresh_from_db(fields=["edited_fields"])
    article.own(*fields)


def save_edited(
    article: Article, fields: Iterable[str], by=None, why: str = "", **lists: Sequence
) -> Edit | None:
    """Save what an editor changed of an article; it is the editor's from now on.

    `fields` are columns, set already; `lists` new rows of `topics` or `images`. Where an import is under way
    its grouping is not waited for: a changed title is grouped along with it.
    """
    fields = list(fields)
    with act(kind_of(article, [*fields, *lists]), by, why, article=[article.pk]) as work:
        for name, rows in lists.items():
            write_list("article", article.pk, name, rows)
        note_owned(article, *fields, *lists)
        article.save(update_fields=[*fields, "edited_fields"])
        if GROUPED_BY.isdisjoint(fields):
            work.refresh()
        else:
            work.regroup(changed=[article.pk])
            article.refresh_from_db(fields=["story"])
    return work.edit


def kind_of(article: Article, fields: Iterable[str]) -> Edit.Kind:
    """Return what an act that changes these fields is called."""
    kinds = {_KINDS.get(name, name) for name in fields}
    if kinds == {"is_published"}:
        return Kind.PUBLISH if article.is_published else Kind.UNPUBLISH
    if "is_removed" in kinds:
        return Kind.WITHDRAW if article.is_removed else Kind.RESTORE
    return kinds.pop() if len(kinds) == 1 else Kind.CHANGE


def set_topics(article: Article, names: Sequence[str], by=None, why: str = "") -> Edit | None:
    """Put an article into these topics, all of which must be there, in this order."""
    return save_edited(article, [], by, why, topics=topic_rows(names))


def topic_rows(names: Sequence[str]) -> list[tuple[int, str]]:
    """Return the rows that put an article into these topics; raises EditError where one is not there."""
    if len(names) > MAX_TOPICS:
        raise EditError(f"an article has {MAX_TOPICS} topics at most")
    keys = {Topic.key_of(name): name for name in names}
    found = {topic.name_key: topic for topic in Topic.objects.filter(name_key__in=keys).only("name_key")}
    if missing := [name for key, name in keys.items() if key not in found]:
        raise EditError(f"there is no topic “{missing[0]}”")
    return [(found[key].pk, name) for key, name in keys.items()]


def set_picture(article: Article, image: Image | None, by=None, why: str = "") -> Edit | None:
    """Let this picture stand first with an article; None: let it have none."""
    columns = ("image", "width", "height", "is_cached", "title")
    given = list(ArticleImage.objects.filter(article=article).values_list(*columns))
    first = [row for row in given if image and row[0] == image.pk]
    if image and not first:
        known = ArticleImage.objects.filter(image=image).values_list(*columns)
        first = list(known[:1]) or [(image.pk, None, None, False, "")]
    rest = [row for row in given if row not in first] if image else []
    return save_edited(article, [], by, why, images=first + rest)
