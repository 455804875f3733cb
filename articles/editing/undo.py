"""Undo an edit: what it changed becomes what it was, by an edit that can itself be undone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import IntegrityError

from articles.caching.writing import chunked, update_rows, writing
from articles.editing.articles import GROUPING_FIELDS
from articles.editing.audit import (
    EDITED,
    TRACKED,
    EditError,
    Snapshot,
    Values,
    attribute_name,
    record_edit,
    replace_list,
    snapshot,
)
from articles.importing.upsert import merge_again
from articles.models import Article, Edit, EditTarget, Source, Story
from articles.stories.assignment import Reassignments

MAX_NAMED = 5  # conflicts named in a message


def undo(edit: Edit, user=None, reason="") -> Edit | None:
    """Undo an edit, single or bulk; returns the edit that did it, None if nothing was left to change.

    Raises EditError, and changes nothing, if the edit was undone before, or if a later edit changed the same
    values: that one must be undone first.
    """
    with writing():
        edit = Edit.objects.select_for_update(of=("self",)).select_related("undoes").get(pk=edit.pk)
        if edit.undone_by_id:
            raise EditError(f"already undone by edit {edit.undone_by_id}")
        before, after = (
            {k: v for k, v in side.items() if k in TRACKED} for side in (edit.before, edit.after)
        )
        _refuse_conflicts(list(_conflicts(after)))
        rows: dict[str, Iterable[int]]
        rows = {name: map(int, keys) for name, keys in before.items() if name != "decision"}
        targets = EditTarget.objects.filter(edit=edit, model=EditTarget.Model.ARTICLE)
        rows["article"] = targets.values_list("object_id", flat=True)
        with record_edit(Edit.Kind.UNDO, user, reason, with_decisions=True, **rows) as recorder:
            recorder.undoes = edit
            _restore(before, after)
            if "source" in before:
                Source.objects.apply_display(map(int, before["source"]))
            changed = _reapply_documents(edit)
            changed |= {int(key) for key, row in before.get("article", {}).items()
                        if not row.keys().isdisjoint({*GROUPING_FIELDS, "origin"})}  # fmt: skip
            recorder.reassignments = _earlier_stories(edit)
            if changed or "story_ids" in edit.before or "decision" in before:
                recorder.regroup(changed)
            else:
                recorder.refresh()
        _set_undone_by(edit, recorder.edit)
    return recorder.edit


def _conflicts(after: Snapshot) -> Iterator[tuple[str, str, str]]:
    """Yield what is no longer as an edit left it: model name, key, and the column ("": the whole row).

    `edited_fields` do not count: they are merged.
    """
    for name, wanted in after.items():
        current = snapshot(name, map(int, wanted))
        for key, values in wanted.items():
            now = current.get(key)
            if (values is None) != (now is None):
                yield name, key, ""
            elif values and now:
                changed = [column for column, value in values.items() if now[column] != value]
                yield from ((name, key, column) for column in changed if column != EDITED)


def _refuse_conflicts(conflicts: list[tuple[str, str, str]]) -> None:
    """Raise EditError with the first few conflicts, if there are any."""
    named = []
    for name, key, column in conflicts[:MAX_NAMED]:
        row = TRACKED[name].model._default_manager.filter(pk=key).first() if name != "decision" else None
        what = f"“{str(row)[:100]}”" if row is not None else f"{name} {key}"
        named.append(f"{column} of {what}" if column else what)
    if len(conflicts) > MAX_NAMED:
        named[-1] += f" and {len(conflicts) - MAX_NAMED} more"
    if named:
        raise EditError(f"changed by a later edit, undo that first: {', '.join(named)}")


def _restore(before: Snapshot, after: Snapshot) -> None:
    """Restore rows that are as `after` describes them to what `before` describes.

    Raises EditError if a row that the edit deleted, or a name that it changed, is in use again.
    """
    try:
        for name, wanted in before.items():
            for part in chunked(int(key) for key, values in wanted.items() if values is None):
                TRACKED[name].model._default_manager.filter(pk__in=part).delete()
        for name, wanted in before.items():
            _create(name, {key: row for key, row in wanted.items() if row and after[name][key] is None})
            _update(name, {key: row for key, row in wanted.items() if row and after[name][key]}, after[name])
        _poll_again(before.get("source", {}))
    except IntegrityError as error:
        raise EditError("changed by a later edit, which uses the same name or decides the same") from error


def _create(name: str, rows: Mapping[str, Values]) -> None:
    model, columns, lists = TRACKED[name]
    model._default_manager.bulk_create(
        (
            model(
                pk=int(key),
                **{attribute_name(model, column): row[column] for column in columns if column in row},
            )
            for key, row in rows.items()
        ),
        batch_size=500,
    )
    for key, row in rows.items():
        for list_name in lists.keys() & row.keys():
            replace_list(name, int(key), list_name, row[list_name])


def _poll_again(sources: Mapping[str, Values | None]) -> None:
    """Forget earlier polls of sources that got another address or are switched on again."""
    keys = [
        int(key) for key, row in sources.items() if row and not row.keys().isdisjoint({"url", "is_active"})
    ]
    for source in Source.objects.filter(pk__in=keys):
        source.save(update_fields=source.reset_polling())


def _update(name: str, rows: Mapping[str, Values], after: Mapping[str, Any]) -> None:
    model, all_columns, lists = TRACKED[name]
    current = snapshot(name, (int(key) for key, values in rows.items() if EDITED in values))
    by_columns: dict[tuple[str, ...], list[tuple]] = defaultdict(list)
    for key, values in rows.items():
        if EDITED in values:
            edited = _without_edit(current[key][EDITED], values[EDITED], after[key][EDITED])
            values = values | {EDITED: edited}
        for list_name in lists.keys() & values.keys():
            replace_list(name, int(key), list_name, values[list_name])
        if columns := tuple(column for column in all_columns if column in values):
            by_columns[columns].append((int(key), *(values[column] for column in columns)))
    for columns, changed in by_columns.items():
        update_rows(model, columns, changed)


def _without_edit(now: list[str], before: list[str], after: list[str]) -> list[str]:
    """Return the `edited_fields` of a row without an edit's part in it; later edits keep theirs."""
    return sorted((set(now) - (set(after) - set(before))) | (set(before) - set(after)))


def _earlier_stories(edit: Edit) -> Reassignments:
    """Return the wish to bring articles back to the stories they were in, merged stories included."""
    merged = {int(pk): values for pk, values in edit.before.get("merged_stories", {}).items()}
    stories = {int(pk): story for pk, story in edit.before.get("story_ids", {}).items() if story}
    existing = set(merged)
    for keys in chunked(sorted(set(stories.values()))):
        existing.update(Story.objects.filter(pk__in=keys).values_list("pk", flat=True))
    return Reassignments({pk: story for pk, story in stories.items() if story in existing}, merged)


def _reapply_documents(edit: Edit) -> set[int]:
    """Apply files that changed since the edit to fields that are no longer an editor's.

    Returns the ids of the articles that got new values.
    """
    documents = edit.before.get("documents", {})
    released = [
        int(key) for key, row in edit.before.get("article", {}).items()
        if set(edit.after["article"][key].get(EDITED, ())) - set(row.get(EDITED, ()))
    ]  # fmt: skip
    stale = {}
    for keys in chunked(released):
        rows = Article.objects.filter(pk__in=keys).exclude(origin=Article.Origin.ADMIN)
        for pk, link_key, digest in rows.values_list("pk", "link_key", "digest"):
            if documents.get(str(pk)) != digest:
                stale[pk] = link_key
    merge_again(list(stale.values()))
    return set(stale)


def _set_undone_by(edit: Edit, undoing: Edit | None) -> None:
    """Set or clear `undone_by` of an edit, and in turn of the edit that it undid, and so on."""
    Edit.objects.filter(pk=edit.pk).update(undone_by=undoing)
    if edit.undoes:
        _set_undone_by(edit.undoes, None if undoing else edit)
