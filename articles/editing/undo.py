"""Undoing an act (floor 2): what it changed is again what it was, by an act that can be undone in turn."""

from articles.caching.writing import chunked, writing
from articles.editing.articles import EditError
from articles.editing.audit import act
from articles.editing.snapshots import NOUNS, OWNED, bring_back, conflicts_with, made_anew
from articles.importing.upsert import merge_again
from articles.models import Article, Edit, EditTouch, Story
from articles.stories.assignment import Reassignments

MAX_NAMED = 5
_GROUPED_BY = {"title", "excerpt", "origin"}


def undo(edit: Edit, by=None, why: str = "") -> Edit:
    """Take back an act, bulk or single; returns the act that did it.

    Raises EditError where it was taken back before, or where something else has changed the same since: then
    that comes first. Nothing is changed then.
    """
    with writing():
        edit = Edit.objects.select_for_update(of=("self",)).select_related("undoes").get(pk=edit.pk)
        if edit.undone_by_id:
            raise EditError(f"this was taken back already, by act {edit.undone_by_id}")
        before, after = ({k: v for k, v in part.items() if k in NOUNS} for part in (edit.before, edit.after))
        if found := conflicts_with(after) or made_anew(before, after):
            raise EditError(_told(found))
        places = {int(pk): story for pk, story in edit.before.get("place", {}).items() if story}
        rows = {noun: [int(key) for key in keys] for noun, keys in before.items() if noun != "decision"}
        touched = EditTouch.objects.filter(edit=edit, noun=EditTouch.Noun.ARTICLE)
        rows["article"] = list(touched.values_list("number", flat=True))
        with act(Edit.Kind.UNDO, by, why, decides=True, **rows) as work:
            work.undoes = edit
            bring_back(before, after)
            again = _tell_again(edit, before)
            work.moves = _wishes(edit, places)
            grouped = {
                int(key) for key, values in before.get("article", {}).items() if _GROUPED_BY & values.keys()
            }
            if grouped or again or places or "decision" in before:
                work.regroup(changed=grouped | again)
            else:
                work.refresh()
        _mark(edit, work.edit)
    return work.edit


def _wishes(edit: Edit, places: dict[int, int]) -> Reassignments:
    """Bring reports back to the stories they were in, as far as those are there or went with the act."""
    own = {int(pk): values for pk, values in edit.before.get("lost", {}).items()}
    there = set()
    for keys in chunked(sorted(set(places.values()))):
        there.update(Story.objects.filter(pk__in=keys).values_list("pk", flat=True))
    return Reassignments({pk: story for pk, story in places.items() if story in there or story in own}, own)


def _tell_again(edit: Edit, before: dict) -> set[int]:
    """Let files decide again what an editor no longer owns, where they have changed since the act."""
    told = edit.before.get("told", {})
    released = [
        key for key, values in before.get("article", {}).items()
        if set(edit.after["article"][key].get(OWNED, ())) - set(values.get(OWNED, ()))
    ]  # fmt: skip
    stale = []
    for keys in chunked(map(int, released)):
        rows = Article.objects.filter(pk__in=keys).exclude(origin=Article.Origin.ADMIN)
        for pk, key, digest in rows.values_list("pk", "link_key", "digest"):
            if told.get(str(pk)) != digest:
                stale.append((pk, key))
    merge_again([key for _, key in stale])
    return {pk for pk, _ in stale}


def _told(conflicts) -> str:
    """Say what stands in the way of an undo, the first few by name."""
    told = []
    for noun, key, column in conflicts[:MAX_NAMED]:
        row = NOUNS[noun].model.objects.filter(pk=key).first()
        what = f"“{str(row)[:100]}”" if row is not None and noun != "decision" else f"{noun} {key}"
        told.append(f"{column or 'the row'} of {what}")
    more = len(conflicts) - len(told)
    named = ", ".join(told) + (f" and {more} more" if more > 0 else "")
    return f"changed since, so that has to be taken back first: {named}"


def _mark(edit: Edit, undoing: Edit | None) -> None:
    """Note that an act was taken back, or holds again; of an undo the act that it took back, and so on."""
    Edit.objects.filter(pk=edit.pk).update(undone_by=undoing)
    if edit.undoes_id:
        _mark(edit.undoes, None if undoing else edit)
