"""Edits of topics and providers, logged and undone like those of articles and stories."""

from collections.abc import Iterable

from articles.editing.audit import EditError, record_edit
from articles.models import Edit, Provider, Topic


def save_taxonomy(row: Topic | Provider, fields: Iterable[str], user=None, reason="") -> Edit | None:
    """Save a topic or provider, new or changed; no import overwrites the named fields from now on."""
    name, is_new = _name(row), row.pk is None
    row.edited_fields = sorted({*row.edited_fields, *fields})
    kind = Edit.Kind.ADD if is_new else Edit.Kind.CHANGE
    rows = {name: [] if is_new else [row.pk]}
    with record_edit(kind, user, reason, with_decisions=False, **rows) as recorder:
        row.save()
        recorder.rows[name].add(row.pk)
    return recorder.edit


def delete_taxonomy(row: Topic | Provider, user=None, reason="") -> Edit | None:
    """Delete a topic or provider; raises EditError if articles or subtopics use it."""
    if row.article_links.exists() if isinstance(row, Topic) else row.articles.exists():
        raise EditError(f"“{row}” is used by articles")
    if isinstance(row, Topic) and row.children.exists():
        raise EditError(f"“{row}” has subtopics")
    rows = {_name(row): [row.pk]}
    with record_edit(Edit.Kind.DELETE, user, reason, with_decisions=False, **rows) as recorder:
        row.delete()
    return recorder.edit


def _name(row: Topic | Provider) -> str:
    """Return the row's name in `snapshots.TRACKED`."""
    return "topic" if isinstance(row, Topic) else "provider"
