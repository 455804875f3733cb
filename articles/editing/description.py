"""An edit in words, for the log: “Article: title — quality 50 → 70”."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from django.contrib.auth.models import Group
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from articles.models import Article, Decision, Topic

MAX_ROWS = 50  # rows of an edit that its description names
MAX_VALUE, MAX_NAME = 80, 120  # characters shown of a value, and of the name of a row
NOTHING = "—"
_HIDDEN = {
    "edited_fields", "name_key", "is_described", "next_try_at", "tries", "content_hash", "recipe", "etag",
    "last_modified", "fetched_at", "store", "made_at", "made_by", "is_edited", "email",
}  # fmt: skip
_LISTS = {"images": "pictures", "renditions": "files", "groups": "roles"}
_NAMES = ("title", "name", "username", "url")  # what names a row that is gone
Rows = Mapping[str, Mapping[str, Mapping[str, Any] | None]]
Models = Mapping[str, type[models.Model]]  # by the names of an edit's rows


class Change(NamedTuple):
    """A changed value: what kind of row, which one, what of it, before and after."""

    model: str
    row: str
    name: str
    old: str
    new: str


def describe(before: Rows, after: Rows, tracked: Models) -> str:
    """Return an edit in words, a line for each of its first rows."""
    lines: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in changes(before, after, tracked, MAX_ROWS):
        words = f"{each.name} {each.old} → {each.new}" if each.old != each.new else f"{each.name} changed"
        if not each.name:  # the whole row
            words = "added" if each.old == NOTHING else "deleted"
        lines[each.model, each.row].append(words)
    texts = [f"{model}: {row} — {', '.join(parts)}" for (model, row), parts in lines.items()]
    more = sum(len(rows) for name, rows in after.items() if name in tracked) - MAX_ROWS
    return "\n".join([*texts, *([f"and {more} more"] if more > 0 else [])])


def changes(before: Rows, after: Rows, tracked: Models, limit: int) -> list[Change]:
    """Return the changed values of an edit's first rows; of an added or deleted row only that."""
    found = _decisions(before.get("decision", {}), after.get("decision", {}), limit)
    # What few rows changed of says most: the topics that were merged, then their articles.
    for name, model in sorted(tracked.items(), key=lambda entry: len(after.get(entry[0], {}))):
        keys = list(after.get(name, {}))[:limit] if name != "decision" else []
        rows = model._default_manager.in_bulk([int(key) for key in keys]) if keys else {}
        for key in keys:
            old, new = before.get(name, {}).get(key), after[name][key]
            row = str(rows[int(key)]) if int(key) in rows else _name_of(old or new or {}, key)
            label = str(model._meta.verbose_name).capitalize()
            if old is None or new is None:
                sides = [NOTHING if side is None else "there" for side in (old, new)]
                found.append(Change(label, row[:MAX_NAME], "", *sides))
                continue
            for column in (column for column in new if column not in _HIDDEN):
                texts = [_text(model, column, side.get(column)) for side in (old, new)]
                found.append(Change(label, row[:MAX_NAME], label_of(model, column), *texts))
    return found


def label_of(model: type[models.Model], column: str) -> str:
    """Return what people call a column or list of a model."""
    try:
        field = model._meta.get_field(column)
    except FieldDoesNotExist:
        return _LISTS.get(column, column)
    name = getattr(field, "verbose_name", None) if isinstance(field, models.Field) else None
    return _LISTS.get(column) or str(name or column).removeprefix("is ").replace("_", " ")


def _name_of(values: Mapping[str, Any], key: str) -> str:
    return next((str(values[name]) for name in _NAMES if values.get(name)), key)


def _text(model: type[models.Model], column: str, value: Any) -> str:
    if value in (None, "", []):
        return NOTHING
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return _list_text(column, value)
    field = cast(models.Field, model._meta.get_field(column))
    if field.is_relation:
        related = cast(type[models.Model], field.related_model)
        row = related._default_manager.filter(pk=value).first()
        return str(row)[:MAX_VALUE] if row is not None else str(value)
    text = str(dict(field.flatchoices).get(value, value))
    return text if len(text) <= MAX_VALUE else f"{text[: MAX_VALUE - 1]}…"


def _list_text(column: str, entries: list) -> str:
    if column in ("topics", "groups"):
        model = Topic if column == "topics" else Group
        rows = model._default_manager.filter(pk__in=[each[0] for each in entries])
        names = {row.pk: str(row) for row in rows}
        return ", ".join(names.get(each[0], str(each[-1])) for each in entries)
    if entries and isinstance(entries[0], list):
        return f"{len(entries)}"
    return ", ".join(map(str, entries))[:MAX_VALUE]


def _decisions(before: Mapping, after: Mapping, limit: int) -> list[Change]:
    """Return created and deleted decisions, with the titles of the articles they are about."""
    return list(_decision_changes(before, after, sorted(before.keys() | after.keys(), key=int)[:limit]))


def _decision_changes(before: Mapping, after: Mapping, keys: list[str]) -> Iterator[Change]:
    rows: dict[str, Any] = {key: before.get(key) or after.get(key) for key in keys}
    articles = {row[side] for row in rows.values() for side in ("article", "other")} - {None}
    titles = {row.pk: row.title for row in Article.objects.filter(pk__in=sorted(articles)).only("title")}
    for key, row in rows.items():
        sides = [row[side] for side in ("article", "other") if row[side]]
        pair = " / ".join(titles.get(pk, f"article {pk}")[:MAX_VALUE] for pk in sides)
        label = str(Decision.Kind(row["kind"]).label)
        old, new = (label if side.get(key) else NOTHING for side in (before, after))
        yield Change("Articles", pair, "decision", old, new)
