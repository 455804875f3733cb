"""Snapshots of the rows that editors change: plain values that can be stored, compared and restored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple, cast

from django.core.exceptions import ValidationError
from django.db import models

from articles.caching.writing import chunked, update_rows
from articles.models import Article, ArticleImage, ArticleTopic, Decision, Image, Provider, Story, Topic
from articles.stories.assignment import OWN_COLUMNS

Values = dict[str, Any]  # column or list name -> value, as JSON can hold it
Snapshot = dict[str, dict[str, Values | None]]  # model name -> primary key as text -> values; None: no row

EDITED = "edited_fields"


class Tracked(NamedTuple):
    """A model, the columns that an edit may change, and its lists: name -> (model of the rows, columns)."""

    model: type[models.Model]
    columns: tuple[str, ...]
    lists: Mapping[str, tuple[type[models.Model], tuple[str, ...]]] = {}


TRACKED = {
    "article": Tracked(
        Article,
        ("title", "excerpt", "quality", "is_published", "is_removed", "origin", EDITED),
        {
            "topics": (ArticleTopic, ("topic", "name")),
            "images": (ArticleImage, ("image", "width", "height", "is_cached", "title")),
        },
    ),
    "story": Tracked(Story, OWN_COLUMNS),
    "decision": Tracked(Decision, ("kind", "article", "other", "made_by", "made_at")),
    "topic": Tracked(
        Topic,
        ("slug", "name", "name_key", "short_name", "parent", "description", "keywords", "hashtags",
         "position", "image", "is_described", EDITED),
    ),
    "provider": Tracked(Provider, ("domain", "name", "logo", "is_described", EDITED)),
    "image": Tracked(Image, ("state", "reason", "is_edited", "next_try_at", "tries")),
}  # fmt: skip


class Conflict(NamedTuple):
    """A row, or one of its columns, that is no longer as an edit left it."""

    name: str
    key: str
    column: str = ""


def snapshot(name: str, keys: Iterable[int]) -> dict[str, Values]:
    """Return the tracked values of these rows by key; rows that do not exist are left out."""
    tracked = TRACKED[name]
    found: dict[str, Values] = {}
    for part in chunked(sorted(set(keys))):
        rows = tracked.model._default_manager.filter(pk__in=part).order_by()
        for key, *values in rows.values_list("pk", *tracked.columns):
            found[str(key)] = dict(zip(tracked.columns, map(_to_json, values), strict=True))
            found[str(key)] |= {list_name: [] for list_name in tracked.lists}
        for list_name, (model, columns) in tracked.lists.items():
            entries = model._default_manager.filter(**{f"{name}__in": part}).order_by(name, "position")
            for key, *values in entries.values_list(name, *columns):
                found[str(key)][list_name].append(values)
    return found


def compare(before: Snapshot, after: Snapshot) -> tuple[Snapshot, Snapshot]:
    """Return only what differs: changed columns, and whole rows that were created or deleted."""
    old: Snapshot = defaultdict(dict)
    new: Snapshot = defaultdict(dict)
    for name in before:
        for key in before[name].keys() | after[name].keys():
            one, other = before[name].get(key), after[name].get(key)
            if one is None or other is None:
                old[name][key], new[name][key] = one, other
            elif columns := [column for column in one if one[column] != other[column]]:
                old[name][key] = {column: one[column] for column in columns}
                new[name][key] = {column: other[column] for column in columns}
    return dict(old), dict(new)


def find_conflicts(before: Snapshot, after: Snapshot) -> list[Conflict]:
    """Return what keeps an edit from being undone.

    Either a row is no longer as the edit left it (`edited_fields` apart, which is merged), or a row that the
    edit deleted would now exist twice.
    """
    found = []
    for name, wanted in after.items():
        current = snapshot(name, map(int, wanted))
        for key, values in wanted.items():
            now = current.get(key)
            if (values is None) != (now is None):
                found.append(Conflict(name, key))
            elif values and now:
                changed = [column for column, value in values.items() if now[column] != value]
                found += [Conflict(name, key, column) for column in changed if column != EDITED]
    return found or _find_duplicates(before, after)


def _find_duplicates(before: Snapshot, after: Snapshot) -> list[Conflict]:
    found = []
    for name, wanted in before.items():
        deleted = {key: values for key, values in wanted.items() if values and after[name][key] is None}
        if name != "decision":
            found += [
                Conflict(name, key) for key, values in deleted.items() if _exists_again(name, key, values)
            ]
            continue
        columns = ("kind", "article", "other")
        decided = {tuple(values[column] for column in columns) for values in deleted.values()}
        for part in chunked(sorted({article for _, article, _ in decided})):
            for key, *same in Decision.objects.filter(article__in=part).values_list("pk", *columns):
                if tuple(same) in decided and str(key) not in wanted:
                    found.append(Conflict(name, str(key)))
    return found


def _exists_again(name: str, key: str, values: Values) -> bool:
    row = _instance(name, key, values)
    try:
        row.validate_constraints()
        row.validate_unique()
    except ValidationError:
        return True
    return False


def restore(before: Snapshot, after: Snapshot) -> None:
    """Restore rows that are as `after` describes them to what `before` describes.

    The caller holds the write lock and has looked for conflicts.
    """
    for name, wanted in before.items():
        for part in chunked(int(key) for key, values in wanted.items() if values is None):
            TRACKED[name].model._default_manager.filter(pk__in=part).delete()
    for name, wanted in before.items():
        deleted = {key: values for key, values in wanted.items() if after[name][key] is None and values}
        created = [_instance(name, key, values) for key, values in deleted.items()]
        TRACKED[name].model._default_manager.bulk_create(created, batch_size=500)
        changed = {key: values for key, values in wanted.items() if values and key not in deleted}
        _update(name, changed, {key: values for key, values in after[name].items() if values is not None})


def _instance(name: str, key: str, values: Values) -> models.Model:
    model = TRACKED[name].model
    fields = [_column(model, column) for column in TRACKED[name].columns]
    return model(pk=int(key), **{f.attname: _to_python(f, values[f.name]) for f in fields})


def _update(name: str, rows: Mapping[str, Values], after: Mapping[str, Values]) -> None:
    tracked = TRACKED[name]
    current = snapshot(name, (int(key) for key, values in rows.items() if EDITED in values))
    by_columns: dict[tuple[str, ...], list[tuple]] = defaultdict(list)
    for key, values in rows.items():
        if EDITED in values:
            edited = _without_edit(current[key][EDITED], values[EDITED], after[key][EDITED])
            values = values | {EDITED: edited}
        for list_name in tracked.lists.keys() & values.keys():
            replace_list(name, int(key), list_name, values[list_name])
        if columns := tuple(column for column in tracked.columns if column in values):
            fields = [_column(tracked.model, column) for column in columns]
            by_columns[columns].append((int(key), *(_to_python(f, values[f.name]) for f in fields)))
    for columns, changed in by_columns.items():
        update_rows(tracked.model, columns, changed)


def _without_edit(now: list[str], before: list[str], after: list[str]) -> list[str]:
    """Return the `edited_fields` of a row without an edit's part in it; later edits keep theirs."""
    return sorted((set(now) - (set(after) - set(before))) | (set(before) - set(after)))


def replace_list(name: str, pk: int, list_name: str, entries: Iterable[Iterable]) -> None:
    """Replace one of the lists of a row, such as the topics of an article, by these entries."""
    model, columns = TRACKED[name].lists[list_name]
    model._default_manager.filter(**{name: pk}).delete()
    names = [_column(model, column).attname for column in (name, "position", *columns)]
    rows = [dict(zip(names, (pk, position, *entry), strict=True)) for position, entry in enumerate(entries)]
    model._default_manager.bulk_create(model(**row) for row in rows)


def _column(model: type[models.Model], name: str) -> models.Field:
    # `get_field` also finds relations that other models have to this one; none of those is tracked.
    return cast(models.Field, model._meta.get_field(name))


def _to_json(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _to_python(field: models.Field, value: object) -> object:
    return field.to_python(value) if isinstance(field, models.DateTimeField) else value
