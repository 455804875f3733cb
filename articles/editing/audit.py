"""The audit log: an edit is one transaction and one row of the log, with the changed values before and after.

Values are plain, as JSON can hold them. An edit is previewed by making it and rolling it back.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, NamedTuple, cast

from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q

from articles.caching.writing import chunked, writing
from articles.editing.description import describe
from articles.models import (
    Article,
    ArticleImage,
    ArticleTopic,
    Decision,
    Edit,
    EditTarget,
    Image,
    Pin,
    Provider,
    Rendition,
    Source,
    StaleDay,
    Story,
    TakeDown,
    Topic,
)
from articles.models.grouping import day_of
from articles.stories.aggregates import refresh_stories
from articles.stories.assignment import (
    EDITOR_COLUMNS,
    Constraints,
    Contradiction,
    Reassignments,
    assign,
    current_constraints,
)
from articles.stories.grouping import group_waiting

Values = dict[str, Any]  # column or list name -> value, as JSON can hold it
Snapshot = dict[str, dict[str, Values | None]]  # model name -> primary key as text -> values; None: no row
StoryChange = tuple[dict | None, dict | None]  # summary before and after; None: there is no such story

MAX_SUMMARIZED = 20  # stories in the summary of one edit; a bulk edit may change many more
EDITED = "edited_fields"


class Tracked(NamedTuple):
    """A model, the columns that an edit may change, and its lists: name -> (model of the rows, columns)."""

    model: type[models.Model]
    columns: tuple[str, ...]
    lists: Mapping[str, tuple[type[models.Model], tuple[str, ...]]] = {}


TRACKED = {
    "article": Tracked(
        Article,
        ("title", "excerpt", "quality", "is_published", "is_removed", "embargo_until", "origin", EDITED),
        {
            "topics": (ArticleTopic, ("topic", "name")),
            "images": (ArticleImage, ("image", "width", "height", "is_cached", "title")),
        },
    ),
    "story": Tracked(Story, EDITOR_COLUMNS),
    "decision": Tracked(Decision, ("kind", "article", "other", "made_by", "made_at")),
    "topic": Tracked(
        Topic,
        ("slug", "name", "name_key", "short_name", "parent", "description", "keywords", "hashtags",
         "position", "image", "is_described", "is_hidden", "former_slugs", "merged_into", EDITED),
    ),
    "provider": Tracked(Provider, ("domain", "name", "logo", "is_described", "is_taken_down", EDITED)),
    "image": Tracked(
        Image,
        ("state", "reason", "is_edited", "next_try_at", "tries", "content_hash", "recipe", "etag",
         "last_modified"),
        {"renditions": (Rendition, ("shape", "width", "height", "size", "name"))},
    ),
    "source": Tracked(
        Source,
        ("url", "name", "site_url", "folder", "provider", "language", "is_active", "weight",
         "minimum_quality", "shown_excerpts", "shows_pictures", "store"),
        {"topics": (Source.topics.through, ("topic",))},
    ),
    # Passwords are in no log, and so in no undo either.
    "user": Tracked(
        User,
        ("username", "first_name", "last_name", "email", "is_active", "is_staff", "is_superuser"),
        {"groups": (User.groups.through, ("group",))},
    ),
    "pin": Tracked(Pin, ("article", "topic", "until", "made_by", "made_at")),
    "takedown": Tracked(
        TakeDown,
        ("what", "article", "image", "provider", "source", "reason", "made_by", "made_at"),
    ),
}  # fmt: skip


class EditError(ValueError):
    """An edit that makes no sense; the text is the reason. Nothing was changed."""


@contextmanager
def record_edit(
    kind: Edit.Kind,
    user: User | None,
    reason: str = "",
    /,
    *,
    with_decisions: bool = False,
    **rows: Iterable[int],
) -> Iterator["EditRecorder"]:
    """Run the block as one edit: in one transaction, logged if it changed anything.

    `rows` names the rows that the block may change: model name (see `TRACKED`) to primary keys. With
    `with_decisions` the decisions about the articles belong to the edit. Afterwards `recorder.edit` is the
    row of the log, or None if nothing changed.
    """
    with writing():
        recorder = EditRecorder(
            kind, user, reason, with_decisions, {name: set(keys) for name, keys in rows.items()}
        )
        yield recorder
        recorder.write_log()


class EditRecorder:
    """An edit in progress. Code that changes articles or stories calls `regroup` or `refresh` afterwards.

    `reassignments` collects which articles change their story.
    """

    def __init__(self, kind, user, reason: str, with_decisions: bool, rows: dict[str, set[int]]) -> None:
        self.kind, self.user, self.reason, self.rows = kind, user, reason, rows
        self.edit: Edit | None = None
        self.undoes: Edit | None = None
        self.reassignments = Reassignments()
        self.articles = rows.setdefault("article", set())
        self._documents = dict(self._values_of_articles("pk", "digest"))
        self._decisions = current_constraints() if with_decisions else None
        self._stories_before = self._stories()
        self._summary_before = _summarize(self._stories_before)
        self._before = self._snapshot()

    def _values_of_articles(self, *columns: str) -> Iterator[tuple]:
        for keys in chunked(sorted(self.articles)):
            yield from Article.objects.filter(pk__in=keys).values_list(*columns)

    def _stories(self) -> set[int]:
        return ({pk for (pk,) in self._values_of_articles("story")} | self.rows.get("story", set())) - {None}

    def _snapshot(self) -> Snapshot:
        rows = dict(self.rows)
        if self._decisions is not None:
            rows["decision"] = set()
            for keys in chunked(sorted(self.articles)):
                about = Decision.objects.filter(Q(article__in=keys) | Q(other__in=keys))
                rows["decision"].update(about.values_list("pk", flat=True))
        return {name: {**snapshot(name, keys)} for name, keys in rows.items()}

    def refresh(self) -> None:
        """Recount the stories of the changed rows."""
        refresh_stories(self._stories())

    def regroup(self, changed: Iterable[int] = ()) -> None:
        """Regroup the articles of this edit by the decisions as they are now.

        `changed`: articles with a new title or excerpt. If an import is running, its grouping is not waited
        for: the decisions apply at once, and the changed articles are grouped together with the import.
        """
        nothing_stale = not StaleDay.objects.exists()
        decisions = current_constraints()
        stale = set(changed) | _articles_decided_otherwise(self._decisions or decisions, decisions)
        days: set[int] = set()
        for keys in chunked(sorted(stale)):
            times = Article.objects.filter(pk__in=keys).values_list("published_at", flat=True)
            days.update(map(day_of, times))
        StaleDay.objects.mark(days)
        affected = sorted(self.articles | self.reassignments.wanted.keys())
        if nothing_stale:
            for keys in chunked(affected):
                Article.objects.live().filter(pk__in=keys).update(needs_grouping=True)
            group_waiting(self.reassignments)
        else:
            assign(affected, decisions, self.reassignments)
        self.refresh()

    def write_log(self) -> None:
        """Write the row of the log, unless nothing changed."""
        rows_before, rows_after = _differences(self._before, self._snapshot())
        if not rows_before:
            return
        # Besides the rows they get what helps an undo; see `Edit`.
        before: dict[str, Any] = {**rows_before}
        after: dict[str, Any] = {**rows_after}
        made, merged = self.reassignments.made, self.reassignments.merged
        edited = [key for key, row in rows_before.get("article", {}).items() if row and EDITED in row]
        if edited:
            before["documents"] = {key: self._documents[int(key)] for key in edited}
        if made:
            before["story_ids"] = {str(pk): old for pk, (old, _) in made.items()}
            after["story_ids"] = {str(pk): new for pk, (_, new) in made.items()}
        if merged:
            before["merged_stories"] = {str(pk): own for pk, own in merged.items()}
        stories = self._stories_before | self._stories() | merged.keys()
        stories.update(pk for pair in made.values() for pk in pair if pk is not None)
        models_by_name = {name: tracked.model for name, tracked in TRACKED.items()}
        # Stories that only received articles from others have no summary of before.
        summary = {"before": self._summary_before, "after": _summarize(stories)}
        self.edit = Edit.objects.create(
            kind=self.kind, made_by=self.user, reason=self.reason.strip()[:300], before=before, after=after,
            undoes=self.undoes, article_count=len(self.articles),
            is_public=any(story["public"] for side in summary.values() for story in side),
            summary={name: side[:MAX_SUMMARIZED] for name, side in summary.items()}
            | {"models": sorted(rows_after)},
            description=describe(rows_before, rows_after, models_by_name),
        )  # fmt: skip
        targets = self.rows | {"article": self.articles | made.keys(), "story": stories}
        rows = [
            EditTarget(edit=self.edit, model=name, object_id=pk)
            for name in EditTarget.Model.values
            for pk in targets.get(name, ())
        ]
        EditTarget.objects.bulk_create(rows, batch_size=1000)


def _articles_decided_otherwise(before: Constraints, now: Constraints) -> set[int]:
    """Return the articles that are kept apart from others than before."""
    # Constraints are of any hashable keys; these are of articles.
    links = [
        cast(str, key)
        for key in before.apart.keys() | now.apart.keys()
        if before.apart.get(key) != now.apart.get(key)
    ]
    found: set[int] = set()
    for keys in chunked(sorted(links)):
        found.update(Article.objects.filter(link_key__in=keys).values_list("pk", flat=True))
    return found


def _summarize(stories: Iterable[int]) -> list[dict]:
    """Return what the log shows of these stories, ordered by id."""
    return [
        {
            "story": story.pk,
            "title": story.lead.title if story.lead else "",
            "lead": story.lead_id,
            "public": story.is_public,
            "heat": story.heat,
            "rank": story.rank,
            "articles": story.article_count,
            "sources": story.provider_count,
        }
        for keys in chunked(sorted(stories))
        for story in Story.objects.filter(pk__in=keys).select_related("lead").order_by("pk")
    ]


def snapshot(name: str, keys: Iterable[int]) -> dict[str, Values]:
    """Return the tracked values of these rows by key; rows that do not exist are left out."""
    model, columns, lists = TRACKED[name]
    found: dict[str, Values] = {}
    for part in chunked(sorted(set(keys))):
        for key, *values in model._default_manager.filter(pk__in=part).order_by().values_list("pk", *columns):
            found[str(key)] = dict(zip(columns, map(_to_json, values), strict=True))
            found[str(key)] |= {list_name: [] for list_name in lists}
        for list_name, (entry, entry_columns) in lists.items():
            order = ["position"] if _has_positions(entry) else entry_columns
            entries = entry._default_manager.filter(**{f"{name}__in": part}).order_by(name, *order)
            for key, *values in entries.values_list(name, *entry_columns):
                found[str(key)][list_name].append(values)
    return found


def _to_json(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _differences(before: Snapshot, after: Snapshot) -> tuple[Snapshot, Snapshot]:
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


def replace_list(name: str, pk: int, list_name: str, entries: Iterable[Iterable]) -> None:
    """Replace one of the lists of a row, such as the topics of an article, by these entries."""
    model, columns = TRACKED[name].lists[list_name]
    model._default_manager.filter(**{name: pk}).delete()
    names = [attribute_name(model, column) for column in (name, *columns)]
    rows = [dict(zip(names, (pk, *entry), strict=True)) for entry in entries]
    if _has_positions(model):
        rows = [row | {"position": position} for position, row in enumerate(rows)]
    model._default_manager.bulk_create(model(**row) for row in rows)


def _has_positions(model: type[models.Model]) -> bool:
    """Return whether the rows of a list are in an order of their own, or none matters."""
    return any(field.name == "position" for field in model._meta.get_fields())


def attribute_name(model: type[models.Model], column: str) -> str:
    """Return the attribute that holds a column's plain value: `topic_id` for `topic`."""
    # `get_field` also finds relations that other models have to this one; none of those is tracked.
    return cast(models.Field, model._meta.get_field(column)).attname


class Effect(NamedTuple):
    """What an edit would do: the stories that change, and decisions that would newly contradict."""

    stories: list[StoryChange]
    contradictions: list[Contradiction]


@contextmanager
def rolled_back() -> Iterator[None]:
    """Roll back whatever the block does; pages rendered inside never reach a cache."""
    with writing():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def preview_effect(run: Callable[[], Edit | None]) -> Effect | None:
    """Return what an edit would do, or None if it would change nothing; raises what the edit raises."""
    with rolled_back():
        known = set(current_constraints().contradictions)
        edit = run()
        if edit is None:
            return None
        new = [each for each in current_constraints().contradictions if each not in known]
        return Effect(story_changes(edit), new)


def story_changes(edit: Edit) -> list[StoryChange]:
    """Return the stories that an edit changed, as its summary describes them, ordered by id."""
    before, after = (
        {each["story"]: each for each in edit.summary.get(side, ())} for side in ("before", "after")
    )
    changes = [(before.get(pk), after.get(pk)) for pk in sorted(before.keys() | after.keys())]
    return [(old, new) for old, new in changes if old != new]
