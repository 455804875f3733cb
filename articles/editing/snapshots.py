"""Rows as editors know them (floor 2): read as plain values, compared, and brought back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.db import models

from articles.caching.writing import chunked, update_rows
from articles.models import Article, ArticleImage, ArticleTopic, Decision, Image, Provider, Story, Topic
from articles.models.bulk import insert_rows
from articles.stories.assignment import OWN_COLUMNS

Values = dict[str, object]
Rows = dict[str, dict[str, Values | None]]  # noun -> key -> columns; None: there is no such row

OWNED = "edited_fields"


class Noun(NamedTuple):
    """A model, its columns that editors decide, and lists of rows of its own: name -> (model, columns)."""

    model: type[models.Model]
    columns: tuple[str, ...]
    lists: Mapping[str, tuple[type[models.Model], tuple[str, ...]]] = {}


NOUNS = {
    "article": Noun(
        Article,
        ("title", "excerpt", "quality", "is_published", "is_removed", "origin", OWNED),
        {
            "topics": (ArticleTopic, ("topic", "name")),
            "images": (ArticleImage, ("image", "width", "height", "is_cached", "title")),
        },
    ),
    "story": Noun(Story, OWN_COLUMNS),
    "decision": Noun(Decision, ("kind", "article", "other", "made_by", "made_at")),
    "topic": Noun(
        Topic,
        ("slug", "name", "name_key", "short_name", "parent", "description", "keywords", "hashtags",
         "position", "image", "is_described", OWNED),
    ),
    "provider": Noun(Provider, ("domain", "name", "logo", "is_described", OWNED)),
    "image": Noun(Image, ("state", "reason", "is_edited", "next_try_at", "tries")),
}  # fmt: skip


class Conflict(NamedTuple):
    """A value that is no longer what an act left."""

    noun: str
    key: str
    column: str


def read_rows(noun: str, keys: Iterable[int]) -> dict[str, Values]:
    """Return what editors decide of these rows, as JSON can hold it, by key; missing rows are left out."""
    kind = NOUNS[noun]
    found: dict[str, Values] = {}
    for part in chunked(sorted(set(keys))):
        rows = kind.model.objects.filter(pk__in=part).order_by().values_list("pk", *kind.columns)
        for key, *values in rows:
            found[str(key)] = dict(zip(kind.columns, map(_plain, values), strict=True))
        for name, (model, columns) in kind.lists.items():
            for key in part:
                if str(key) in found:
                    found[str(key)][name] = []
            entries = model.objects.filter(**{f"{noun}__in": part}).order_by(noun, "position")
            for key, *values in entries.values_list(noun, *columns):
                found[str(key)][name].append(values)
    return found


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def changes_between(before: Rows, after: Rows) -> tuple[Rows, Rows]:
    """Return of both only what differs: columns of rows in both, whole rows that came or went."""
    old: Rows = defaultdict(dict)
    new: Rows = defaultdict(dict)
    for noun in before:
        for key in before[noun].keys() | after[noun].keys():
            one, other = before[noun].get(key), after[noun].get(key)
            if one is None or other is None:
                old[noun][key], new[noun][key] = one, other
            elif names := [name for name in one if one[name] != other[name]]:
                old[noun][key] = {name: one[name] for name in names}
                new[noun][key] = {name: other[name] for name in names}
    return dict(old), dict(new)


def conflicts_with(rows: Rows) -> list[Conflict]:
    """Return where the archive is not as these rows say; who owns a field is settled field by field."""
    found = []
    for noun, wanted in rows.items():
        there = read_rows(noun, map(int, wanted))
        for key, values in wanted.items():
            now = there.get(key)
            if values is None or now is None:
                if (values is None) != (now is None):
                    found.append(Conflict(noun, key, ""))
            else:
                found += [
                    Conflict(noun, key, name)
                    for name, value in values.items()
                    if name != OWNED and now[name] != value
                ]
    return found


def made_anew(before: Rows, after: Rows) -> list[Conflict]:
    """Return which rows would be there twice if they came back: what they say was said anew since."""
    found = []
    for noun, wanted in before.items():
        fresh = {key: values for key, values in wanted.items() if after[noun][key] is None}
        if noun != "decision":
            found += [
                Conflict(noun, key, "") for key, values in fresh.items() if _is_taken(noun, key, values)
            ]
            continue
        said = {(values["kind"], values["article"], values["other"]) for values in fresh.values()}
        for part in chunked(sorted({article for _, article, _ in said})):
            rows = Decision.objects.filter(article__in=part)
            for key, *same in rows.values_list("pk", "kind", "article", "other"):
                if tuple(same) in said and str(key) not in wanted:
                    found.append(Conflict(noun, str(key), ""))
    return found


def _is_taken(noun: str, key: str, values: Values) -> bool:
    try:
        _model_of(noun, key, values).validate_constraints()
        _model_of(noun, key, values).validate_unique()
    except ValidationError:
        return True
    return False


def _model_of(noun: str, key: str, values: Values) -> models.Model:
    fields = (NOUNS[noun].model._meta.get_field(name) for name in NOUNS[noun].columns)
    return NOUNS[noun].model(pk=int(key), **{f.attname: _typed(f, values[f.name]) for f in fields})


def bring_back(before: Rows, after: Rows) -> None:
    """Make rows that are as `after` says what `before` says; the caller holds the write lock."""
    for noun, wanted in before.items():
        gone = [int(key) for key, values in wanted.items() if values is None]
        for part in chunked(gone):
            NOUNS[noun].model.objects.filter(pk__in=part).delete()
    for noun, wanted in before.items():
        fresh = {key: values for key, values in wanted.items() if after[noun][key] is None}
        _insert(noun, fresh)
        changed = {key: values for key, values in wanted.items() if values and key not in fresh}
        _update(noun, changed, after[noun])


def _insert(noun: str, rows: Mapping[str, Values]) -> None:
    for key, values in rows.items():
        _model_of(noun, key, values).save(force_insert=True)


def _update(noun: str, rows: Mapping[str, Values], after: Mapping[str, Values | None]) -> None:
    kind = NOUNS[noun]
    by_columns: dict[tuple[str, ...], list[tuple]] = defaultdict(list)
    owned = {}
    if any(OWNED in values for values in rows.values()):
        owned = {key: values[OWNED] for key, values in read_rows(noun, map(int, rows)).items()}
    for key, values in rows.items():
        columns = tuple(name for name in values if name in kind.columns)
        row = [int(key)]
        for name in columns:
            value = values[name]
            if name == OWNED:
                value = _disowned(owned[key], values[name], after[key][name])
            row.append(_typed(kind.model._meta.get_field(name), value))
        if columns:
            by_columns[columns].append(tuple(row))
        for name in kind.lists.keys() & values.keys():
            write_list(noun, int(key), name, values[name])
    for columns, changed in by_columns.items():
        update_rows(kind.model, columns, changed)


def _disowned(now: list[str], before: list[str], after: list[str]) -> list[str]:
    """Return which fields are owned when an act's part in it is turned back; what came since stays."""
    return sorted((set(now) - (set(after) - set(before))) | (set(before) - set(after)))


def write_list(noun: str, key: int, name: str, entries: Iterable[Iterable]) -> None:
    """Replace one of the lists that belong to a row."""
    model, columns = NOUNS[noun].lists[name]
    model.objects.filter(**{noun: key}).delete()
    rows = [(key, place, *values) for place, values in enumerate(entries)]
    insert_rows(model, [noun, "position", *columns], rows)


def _typed(field: models.Field, value: object) -> object:
    return field.to_python(value) if isinstance(field, models.DateTimeField) else value
