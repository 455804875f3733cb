"""Editors' acts on topics and providers (floor 2): logged and undone like all others."""

from collections.abc import Iterable

from django.db import models

from articles.editing.articles import EditError
from articles.editing.audit import act
from articles.models import Edit, Provider, Topic

_NOUNS = {Topic: "topic", Provider: "provider"}


def save_noun(row: models.Model, fields: Iterable[str], by=None, why: str = "") -> Edit | None:
    """Save a topic or provider whose fields an editor changed; they are the editor's from now on."""
    noun = _NOUNS[type(row)]
    row.edited_fields = sorted({*row.edited_fields, *fields})
    if row.pk is None:
        with act(Edit.Kind.ADD, by, why, **{noun: []}) as work:
            row.save()
            work.rows[noun].add(row.pk)
        return work.edit
    with act(Edit.Kind.CHANGE, by, why, **{noun: [row.pk]}) as work:
        row.save()
    return work.edit


def delete_noun(row: models.Model, by=None, why: str = "") -> Edit | None:
    """Delete a topic or provider that nothing needs; raises EditError where something does."""
    if row.article_links.exists() if isinstance(row, Topic) else row.articles.exists():
        raise EditError(f"“{row}” is still needed: articles have it")
    if isinstance(row, Topic) and row.children.exists():
        raise EditError(f"“{row}” is still needed: topics stand below it")
    with act(Edit.Kind.DELETE, by, why, **{_NOUNS[type(row)]: [row.pk]}) as work:
        row.delete()
    return work.edit
