"""Articles as rows (floor 2): what files tell of them is written, what editors own stays."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256
from operator import attrgetter
from typing import NamedTuple

from django.utils.text import slugify

from articles.caching.writing import chunked, update_rows
from articles.frontmatter.fields import ArticleFields
from articles.importing.lookups import (
    find_images,
    find_providers,
    find_topics,
    look_up,
    refresh_provider_names,
    refresh_topic_names,
)
from articles.importing.merge import COPY_ORDER, Told
from articles.models import (
    Article,
    ArticleImage,
    ArticleTopic,
    FormerStem,
    HandMade,
    Provider,
    StaleDay,
    Topic,
)
from articles.models.bulk import insert_rows, reserve_ids
from articles.models.grouping import day_of

# Columns that a store decides, beside those found through other tables.
_COLUMNS = (
    "url", "web_url", "original_url", "amp_url", "cdn_amp_url", "title", "excerpt", "published_at", "kind",
    "quality", "heat", "is_published",
)  # fmt: skip
_UPDATED = (
    *_COLUMNS, "stem", "origin", "is_removed", "provider", "provider_name", "needs_grouping", "told",
    "related_list",
)  # fmt: skip

# Origins of articles that a document of their own tells of, or an editor; copies elsewhere say nothing then.
HAVE_A_DOCUMENT = (Article.Origin.FILE, Article.Origin.FEED)
HAVE_A_FILE = (*HAVE_A_DOCUMENT, Article.Origin.ADMIN)

# What is kept of an editor's article while files tell of it.
_HAND_MADE = (*_COLUMNS, "is_removed", "provider_name", "stem")

_WRITTEN = [field for field in Article._meta.concrete_fields if not field.primary_key]
_NAMES = [field.name for field in _WRITTEN]
_ATTNAMES = [field.attname for field in _WRITTEN]
_values_of = attrgetter(*_ATTNAMES)
_updated_of = attrgetter(*(Article._meta.get_field(name).attname for name in _UPDATED))
_told_by = attrgetter(*_COLUMNS)
_DEFAULTS = [field.get_default() for field in _WRITTEN]


class Known(NamedTuple):
    """What the import asks of an article that is there."""

    link_key: str
    pk: int
    origin: str
    told: str
    edited_fields: list
    published_at: object
    quality: int
    title: str
    excerpt: str
    url: str

    @property
    def copy_order(self) -> tuple:
        return tuple(getattr(self, name) for name in COPY_ORDER)


def find_known(keys: Iterable[str]) -> dict[str, Known]:
    """Return the articles of these link keys that are there."""
    rows: dict[str, Known] = {}
    for part in chunked(sorted(keys)):
        found = Article.objects.filter(link_key__in=part).values_list(*Known._fields)
        rows.update((row[0], Known(*row)) for row in found)
    return rows


class Row:
    """An article's columns, by their names in the database: a model instance would cost ten times as much."""

    def __init__(self, pk: int | None, values: Iterable) -> None:
        self.pk = pk
        self.__dict__.update(zip(_ATTNAMES, values, strict=True))

    def take(self, told: Mapping[str, object]) -> None:
        """Take the values of columns that no editor owns."""
        if self.edited_fields:
            told = {name: value for name, value in told.items() if not self.is_owned(name)}
        self.__dict__.update(told)

    def is_owned(self, field: str) -> bool:
        return field in self.edited_fields

    def compared_by(self) -> tuple:
        """The facts that grouping knows an article by, its time first; its related list is kept elsewhere."""
        is_gone = self.origin == Article.Origin.GONE
        return self.published_at, self.title, self.excerpt, self.provider_id, is_gone


def _find_rows(keys: Iterable[str]) -> dict[str, Row]:
    found = (
        Row(pk, values)
        for part in chunked(keys)
        for pk, *values in Article.objects.filter(link_key__in=part).values_list("pk", *_NAMES)
    )
    return {row.link_key: row for row in found}


def _new_row(key: str, told: Told) -> Row:
    row = Row(None, _DEFAULTS)
    row.link_key, row.edited_fields = key, []
    if told.is_copy:
        row.stem = stem_of_link(key, told.fields.url)
    return row


def ids_of(keys: Iterable[str], known: Mapping[str, Known]) -> dict[str, int]:
    """Return the ids of known articles, and those that new ones with these link keys will have."""
    fresh = sorted(set(keys) - known.keys())
    return {key: row.pk for key, row in known.items()} | dict(
        zip(fresh, reserve_ids(Article, len(fresh)), strict=True)
    )


def write_articles(
    told: Mapping[str, Told | None],
    known: Mapping[str, Known],
    ids: Mapping[str, int],
    lists: Mapping[int, int | None],
) -> None:
    """Make articles what they are told to be; None: nobody tells of them any more, so they are withdrawn.

    `lists`: the related lists of articles that get others, by the articles' ids. Touched articles wait for
    grouping, and so do the days of those that are compared by other facts now.
    """
    changed = {
        key: entry
        for key, entry in sorted(told.items())
        if key not in known or known[key].told != (entry.digest if entry else "")
    }
    own = {ids[key] for key in changed}
    update_rows(Article, ["related_list"], [each for each in lists.items() if each[0] not in own])
    if not changed:
        return
    rows = _find_rows(key for key in changed if key in known)
    touched = {row.provider_id for row in rows.values()}
    before = {key: row.compared_by() for key, row in rows.items()}
    pages = {key: row.stem for key, row in rows.items() if row.is_published}
    _keep_hand_made(changed, rows)
    again = _hand_made_again(changed, rows)
    changed |= dict.fromkeys(again)
    _fill_all(changed, again, rows)
    touched |= {row.provider_id for row in rows.values()}
    StaleDay.objects.mark(_days_touched(before, rows))
    stems = {key: entry.stem for key, entry in changed.items() if entry and not entry.is_copy}
    _give_stems(rows, stems | {key: values["stem"] for key, values in again.items()})
    _lead_on(pages, rows)
    fresh = [key for key in changed if not rows[key].pk]
    for key, row in rows.items():
        row.related_list_id = lists.get(ids[key], row.related_list_id)
    update_rows(Article, _UPDATED, [(row.pk, *_updated_of(row)) for row in rows.values() if row.pk])
    for key in fresh:
        rows[key].pk = ids[key]
    insert_rows(Article, ["id", *_NAMES], [(ids[key], *_values_of(rows[key])) for key in fresh])
    _link_topics(changed, rows, fresh=set(fresh))
    _link_images(changed, rows, fresh=set(fresh))
    refresh_provider_names(touched)
    for part in chunked(sorted(touched)):
        Provider.objects.filter(pk__in=part, needs_count=False).update(needs_count=True)


def _days_touched(before: Mapping[str, tuple], rows: Mapping[str, Row]) -> set[int]:
    """Return the days that articles came to, left, or on which they are other ones for grouping."""
    touched = [(before.get(key), row.compared_by()) for key, row in rows.items()]
    moments = {facts[0] for old, new in touched if old != new for facts in (old, new) if facts}
    return set(map(day_of, moments))


def _keep_hand_made(told: Mapping[str, Told | None], rows: Mapping[str, Row]) -> None:
    """Keep what editors' articles are of which files tell from now on."""
    taken = [row for key, row in rows.items() if told[key] and row.origin == Article.Origin.ADMIN]
    domains = dict(
        Provider.objects.filter(pk__in={row.provider_id for row in taken}).values_list("pk", "domain")
    )
    kept = [
        (row.pk, {name: getattr(row, name) for name in _HAND_MADE}
         | {"published_at": row.published_at.isoformat(), "domain": domains[row.provider_id]})
        for row in taken
    ]  # fmt: skip
    insert_rows(HandMade, ["article", "values"], kept, unique=["article"], update=["values"])


def _hand_made_again(told: Mapping[str, Told | None], rows: Mapping[str, Row]) -> dict[str, dict]:
    """Return what editors' articles were, and are again, that have lost their last file; by link key.

    Of such articles copies in others' files say nothing.
    """
    left = {
        row.pk: key
        for key, row in rows.items()
        if row.origin in HAVE_A_DOCUMENT and (told[key] is None or told[key].is_copy)
    }
    again = {}
    for part in chunked(left):
        found = HandMade.objects.filter(article__in=part)
        for pk, values in found.values_list("pk", "values"):
            again[left[pk]] = values | {"published_at": datetime.fromisoformat(values["published_at"])}
        found.delete()
    return again


def _fill_all(told: Mapping[str, Told | None], again: Mapping[str, Mapping], rows: dict[str, Row]) -> None:
    """Make rows what is told of them, or what editors wrote; those that are not there are made."""
    named = [entry.fields.provider for entry in told.values() if entry]
    names = {values["domain"]: values["provider_name"] for values in again.values()}
    providers = find_providers(names | {provider.domain: provider.name for provider in named})
    for key, entry in told.items():
        row = rows.get(key)
        if row is None:
            row = rows[key] = _new_row(key, entry)
        _fill(row, entry, providers)
        if key in again:
            _give_back(row, again[key], providers)


def _give_back(row: Row, values: Mapping[str, object], providers: Mapping[str, int]) -> None:
    row.take({name: values[name] for name in (*_COLUMNS, "is_removed")})
    row.origin = Article.Origin.ADMIN.value
    row.provider_id = providers[values["domain"]]
    row.provider_name = values["provider_name"]


def _fill(row: Row, told: Told | None, providers: Mapping[str, int]) -> None:
    row.needs_grouping = True
    row.told = told.digest if told else ""
    if told is None:
        row.origin = Article.Origin.GONE.value
        row.take({"is_removed": True})
        return
    fields = told.fields
    row.take(dict(zip(_COLUMNS, _told_by(fields), strict=True)))
    row.origin = _origin_of(told).value
    if told.is_copy:
        # A copy does not say whether the article is published, so it is not.
        row.take({"is_published": False})
        row.heat = -1
    row.take({"is_removed": told.is_removed})
    row.provider_id = providers[fields.provider.domain]
    row.provider_name = fields.provider.name


def _origin_of(told: Told) -> Article.Origin:
    if told.is_copy:
        return Article.Origin.COPY
    return Article.Origin.FEED if told.is_polled else Article.Origin.FILE


def stem_of_link(key: str, url: str) -> str:
    """A permalink made of the link alone, so that it does not depend on who told of the article first."""
    words = slugify(re.split(r"[?#]", url)[0].rstrip("/").rsplit("/", 1)[-1])[:80].strip("-_")
    return f"{words or 'article'}-~{sha256(key.encode()).hexdigest()[:12]}"


def free_stem(fields: ArticleFields) -> str:
    """Return a permalink for an article that no file gives one: its day and its title, or what is free."""
    stem = f"{fields.published_at:%Y-%m-%d}-{slugify(fields.title)[:80].strip('-') or 'article'}"
    taken = any(model.objects.filter(stem=stem).exists() for model in (Article, FormerStem))
    return _suffixed(stem, fields.link_key) if taken else stem


def _give_stems(rows: Mapping[str, Row], stems: Mapping[str, str]) -> None:
    """Give each article its file's or editor's stem as permalink; never one that another such holds."""
    wanted: dict[str, list[str]] = {}
    for key, stem in stems.items():
        if rows[key].stem not in (stem, _suffixed(stem, key)):
            wanted.setdefault(stem, []).append(key)
    if not wanted:
        return
    holders = look_up(Article.objects.only("stem", "link_key", "origin"), "stem", sorted(wanted))
    leaving = {key for keys in wanted.values() for key in keys}
    left = {key: rows[key].stem for key in leaving if rows[key].pk}
    moved = []
    for stem, keys in wanted.items():
        holder = holders.get(stem)
        if holder and holder.link_key not in leaving and _keeps_stem(holder, rows, stems):
            taken = True
        else:
            taken = False
            if holder and holder.link_key not in leaving:
                holder.stem = _suffixed(stem, holder.link_key)
                moved.append((holder.pk, holder.stem))
                if holder.link_key in rows:
                    rows[holder.link_key].stem = holder.stem
        for key in keys:
            rows[key].stem = _suffixed(stem, key) if taken else stem
            taken = True
    # Two articles may change places, so those whose place is wanted first step aside.
    taken_now = {rows[key].stem for key in leaving}
    aside = [(rows[key].pk, f"~{rows[key].pk}") for key, stem in left.items() if stem in taken_now]
    update_rows(Article, ["stem"], aside)
    update_rows(Article, ["stem"], moved)


def _lead_on(pages: Mapping[str, str], rows: Mapping[str, Row]) -> None:
    """Let permalinks at which articles had their pages lead to where these are now."""
    left = [(stem, rows[key].pk) for key, stem in pages.items() if rows[key].stem != stem]
    insert_rows(FormerStem, ["stem", "article"], left, unique=["stem"], update=["article"])


def _keeps_stem(holder: Article, rows: Mapping[str, Row], stems: Mapping[str, str]) -> bool:
    """A file's or an editor's article keeps its permalink; one without a file gives way to one with."""
    if holder.link_key in rows:
        return holder.link_key in stems
    return holder.origin in HAVE_A_FILE


def _suffixed(stem: str, key: str) -> str:
    return f"{stem[:240]}-~{sha256(key.encode()).hexdigest()[:8]}"


def _link_topics(told: Mapping[str, Told | None], rows: Mapping[str, Row], fresh: set[str]) -> None:
    names = {
        key: entry.topics if entry else () for key, entry in told.items() if not rows[key].is_owned("topics")
    }
    topics = find_topics({name for given in names.values() for name in given})
    touched = {topic.pk for topic in topics.values()}
    touched |= _clear(ArticleTopic, "topic", [rows[key].pk for key in names if key not in fresh])
    insert_rows(
        ArticleTopic,
        ["article", "topic", "position", "name"],
        [
            (rows[key].pk, topics[Topic.key_of(name)].pk, place, name)
            for key, given in names.items()
            for place, name in enumerate(given)
        ],
    )
    refresh_topic_names(touched)


def _link_images(told: Mapping[str, Told | None], rows: Mapping[str, Row], fresh: set[str]) -> None:
    given = {
        key: entry.fields.images if entry else ()
        for key, entry in told.items()
        if not rows[key].is_owned("images")
    }
    images = find_images({image.url for pictures in given.values() for image in pictures})
    _clear(ArticleImage, "image", [rows[key].pk for key in given if key not in fresh])
    insert_rows(
        ArticleImage,
        ["article", "image", "position", "width", "height", "is_cached", "title"],
        [
            (
                rows[key].pk,
                images[each.url],
                place,
                each.width,
                each.height,
                each.is_cached,
                each.title,
            )
            for key, pictures in given.items()
            for place, each in enumerate(pictures)
        ],
    )


def _clear(model, column: str, articles: Iterable[int]) -> set[int]:
    """Delete these articles' links; returns what they led to."""
    led_to: set[int] = set()
    for part in chunked(articles):
        links = model.objects.filter(article__in=part)
        led_to.update(links.order_by().values_list(column, flat=True))
        links.delete()
    return led_to
