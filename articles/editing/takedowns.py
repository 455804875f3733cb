"""Take-downs: what a publisher wishes not to be shown is hidden by one edit, with a reason, and listed.

Nothing brings it back but the undo: editors own what hides it, and imports and polls pass that over.
"""

from typing import Any
from urllib.parse import urlsplit

from articles.caching.writing import chunked, writing
from articles.editing.articles import TAKEN_COLUMNS, mark_edited
from articles.editing.audit import EditError, EditRecorder, record_edit
from articles.editing.undo import undo
from articles.images import process
from articles.models import Article, Edit, Image, Provider, Source, SourceDocument, TakeDown

What = TakeDown.What
Row = Article | Image | Provider | Source
COLUMNS = {What.ARTICLE: "article", What.EXCERPT: "article", What.PICTURE: "image",
           What.PROVIDER: "provider", What.SOURCE: "source"}  # fmt: skip


def take_down(what: str, row: Row, user=None, reason="") -> Edit:
    """Hide an article, its excerpt, a picture, or all of a provider or source; raises EditError."""
    reason = reason.strip()[:300]
    if not reason:
        raise EditError("give the reason: who wishes it, and why")
    kind = What(what)
    name = COLUMNS[kind]
    with writing():
        if TakeDown.objects.filter(what=kind, **{name: row.pk}).exists():
            raise EditError(f"“{row}” is taken down already")
        articles = _articles_of(kind, row)
        rows: dict[str, Any] = {"article": articles} | ({name: [row.pk]} if name != "article" else {})
        rows |= {"source": _feeds_of(row)} if isinstance(row, Provider) else {}
        with record_edit(Edit.Kind.TAKE_DOWN, user, reason, takedown=[], **rows) as recorder:
            made = TakeDown.objects.create(what=kind, reason=reason, made_by=user, **{name: row})
            recorder.rows["takedown"].add(made.pk)
            _hide(kind, row, articles, recorder)
    if recorder.edit is None:
        raise RuntimeError("a take-down always changes something")
    return recorder.edit


def bring_back(taken: TakeDown, user=None, reason="") -> Edit | None:
    """Undo a take-down; raises EditError if a later edit changed the same."""
    edits = Edit.objects.filter(kind=Edit.Kind.TAKE_DOWN, after__takedown__has_key=str(taken.pk))
    edit = edits.first()
    if edit is None:
        raise EditError("its edit is not in the log any more")
    return undo(edit, user, reason)


def reach(what: str, row: Row) -> str:
    """Say what a take-down would hide."""
    if isinstance(row, Image):
        count = row.article_links.count()
        return f"the picture of {count} article{'' if count == 1 else 's'}"
    count = len(_articles_of(What(what), row))
    return f"{count} article{'' if count == 1 else 's'}"


def _articles_of(kind: TakeDown.What, row: Row) -> list[int]:
    """Return the articles that a take-down hides; all of a source but those that something else describes."""
    if isinstance(row, Article):
        return [row.pk]
    if isinstance(row, Provider):
        return list(row.articles.values_list("pk", flat=True))
    if isinstance(row, Source):
        own = SourceDocument.objects.filter(store=row.store).exclude(store=None)
        return list(own.filter(article__isnull=False).values_list("article", flat=True).distinct())
    return []


def _feeds_of(provider: Provider) -> list[int]:
    """Return the sources that are polled for a provider: those that name it, and those of its own site."""
    unnamed = Source.objects.filter(provider=None).values_list("pk", "url", "site_url")
    own = [pk for pk, *urls in unnamed if any(_is_of(url, provider.domain) for url in urls)]
    return [*provider.sources.values_list("pk", flat=True), *own]


def _is_of(url: str, domain: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == domain or host.endswith(f".{domain}")


def _hide(kind: TakeDown.What, row: Row, articles: list[int], recorder: EditRecorder) -> None:
    if isinstance(row, Article):
        column = TAKEN_COLUMNS[kind]
        mark_edited(row, column)
        setattr(row, column, True if kind == What.ARTICLE else "")
        row.save(update_fields=[column, "edited_fields"])
        if kind == What.EXCERPT:
            recorder.regroup(changed=[row.pk])
            return
    elif isinstance(row, Image):
        process.hide([row])
    elif isinstance(row, Provider):
        Provider.objects.filter(pk=row.pk).update(is_taken_down=True)
        Source.objects.filter(pk__in=_feeds_of(row)).update(is_active=False)
    else:
        Source.objects.filter(pk=row.pk).update(is_active=False)
        for keys in chunked(articles):
            for article in Article.objects.filter(pk__in=keys):
                article.own("is_removed")
                article.is_removed = True
                article.save(update_fields=["is_removed", "edited_fields"])
    recorder.refresh()
