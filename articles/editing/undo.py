"""Undo an edit: what it changed becomes what it was, by an edit that can itself be undone."""

from collections.abc import Iterable, Sequence

from articles.caching.writing import chunked, writing
from articles.editing.articles import GROUPING_FIELDS
from articles.editing.audit import EditError, record_edit
from articles.editing.snapshots import EDITED, TRACKED, Conflict, find_conflicts, restore
from articles.importing.upsert import merge_again
from articles.models import Article, Edit, EditTarget, Story
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
        if conflicts := find_conflicts(before, after):
            raise EditError(_describe(conflicts))
        rows: dict[str, Iterable[int]]
        rows = {name: map(int, keys) for name, keys in before.items() if name != "decision"}
        targets = EditTarget.objects.filter(edit=edit, model=EditTarget.Model.ARTICLE)
        rows["article"] = targets.values_list("object_id", flat=True)
        with record_edit(Edit.Kind.UNDO, user, reason, with_decisions=True, **rows) as recorder:
            recorder.undoes = edit
            restore(before, after)
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


def _describe(conflicts: Sequence[Conflict]) -> str:
    """Return a message that names the first few conflicts."""
    named = []
    for name, key, column in conflicts[:MAX_NAMED]:
        row = TRACKED[name].model._default_manager.filter(pk=key).first() if name != "decision" else None
        what = f"“{str(row)[:100]}”" if row is not None else f"{name} {key}"
        named.append(f"{column} of {what}" if column else what)
    more = len(conflicts) - len(named)
    return (
        f"changed by a later edit, undo that first: {', '.join(named)}{f' and {more} more' if more else ''}"
    )


def _set_undone_by(edit: Edit, undoing: Edit | None) -> None:
    """Set or clear `undone_by` of an edit, and in turn of the edit that it undid, and so on."""
    Edit.objects.filter(pk=edit.pk).update(undone_by=undoing)
    if edit.undoes:
        _set_undone_by(edit.undoes, None if undoing else edit)
