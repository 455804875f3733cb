"""Undoing an import: the files that it changed become again what they were, by the way of an import."""

from collections.abc import Iterator
from itertools import groupby
from typing import cast

from articles.caching.writing import chunked, writing
from articles.frontmatter.document import Memo, printable
from articles.importing.images import choose_pictures
from articles.importing.importer import BATCH, Entry, finish
from articles.importing.report import FileOutcome, ImportReport, Kind, record
from articles.importing.taxonomy import apply_taxonomy
from articles.importing.upsert import FileChange, apply_changes, read_stored_file
from articles.models import ImportOutcome, ImportRun, SourceDocument, Store
from articles.models.document import NO_TAXONOMY, decompress


class UndoError(ValueError):
    """An import that cannot be undone; the text is the reason."""


def undo_import(run: ImportRun, *, keeps_files: bool = False) -> ImportReport:
    """Revert what an import changed, as an import of its own, which can be undone in its turn.

    What is not as the import left it stays as it is and is reported as refused; what is already as it was
    before needs nothing, so an undoing that was stopped is completed by undoing again, and imports are undone
    one after the other, the newest first. Where nothing is changed no import is stored, and the report's
    `run` is 0. Grouping is the caller's next step. Raises UndoError when this import changed nothing.
    """
    if not run.outcomes.changing().exists() and not run.taxonomies:
        raise UndoError("this import changed nothing")
    undoing = ImportRun(undoes=run, paths=run.paths)
    report = ImportReport(0, keeps_files)
    memo = Memo()
    with writing(changes_pages=bool(run.taxonomies)):
        undoing.save()
        _restore_taxonomies(run, undoing, report)
    for store, documents in _batches(run):
        with writing():
            entries = list(_undo_files(run, documents, memo))
            applied = apply_changes(store, [change for _, change in entries if change], undoing, memo)
            record(undoing, entries, applied)
        report.add(outcome for outcome, _ in entries)
    if undoing.outcomes.changing().exists() or undoing.taxonomies:
        finish(undoing, report)
    else:
        with writing(changes_pages=False):
            undoing.delete()
    return report


def _batches(run: ImportRun) -> Iterator[tuple[Store, list[int]]]:
    """Yield the ids of the documents that the run changed by store, in parts."""
    changed = run.outcomes.changing().exclude(document=None)
    for store in Store.objects.filter(documents__outcomes__run=run).distinct().order_by("pk"):
        documents = changed.filter(document__store=store).order_by("document")
        for batch in chunked(documents.values_list("document", flat=True).distinct(), BATCH):
            yield store, batch


def _undo_files(run: ImportRun, documents: list[int], memo: Memo) -> Iterator[Entry]:
    """Yield the outcome of undoing what a run did to each of these documents, and the change that does it.

    The caller holds the write lock.
    """
    outcomes = run.outcomes.changing().filter(document__in=documents).order_by("document", "pk")
    outcomes = outcomes.select_related("document").defer("document__content")
    for _, group in groupby(outcomes, key=lambda outcome: outcome.document_id):
        first, *later = group
        yield _undo_file(first, later[-1] if later else first, memo)


def _undo_file(first: ImportOutcome, last: ImportOutcome, memo: Memo) -> Entry:
    """Undo what a run did to a file, from its first to its last outcome, as a run may change a file twice."""
    document = cast("SourceDocument", first.document)  # only outcomes of documents are asked for
    path, shown, link = document.path, printable(document.path), first.link
    # Hashes of files; empty: there was none, or it was withdrawn.
    before = "" if first.was_withdrawn else first.previous_sha256
    after = "" if last.outcome == Kind.WITHDRAWN else last.sha256
    now = "" if document.is_withdrawn else document.sha256
    if now == before:
        return FileOutcome(shown, Kind.UNCHANGED, link), None
    if now != after:
        reason = f"was changed since, by import {document.run_id}"
        return FileOutcome(shown, Kind.REFUSED, link, reason=reason), None
    if not before:
        return FileOutcome(shown, Kind.WITHDRAWN, link), FileChange(path)
    content = decompress(cast("bytes", first.previous_content))
    change = FileChange(path, before, content, read_stored_file(content, memo))
    return FileOutcome(shown, Kind.UPDATED, link), change


def _restore_taxonomies(run: ImportRun, undoing: ImportRun, report: ImportReport) -> None:
    for name, versions in run.taxonomies.items():
        store = Store.objects.get(name=name)
        now = store.taxonomy or NO_TAXONOMY
        if now == versions["before"]:
            continue
        if now != versions["after"]:
            shown = printable(name)
            report.add([FileOutcome(shown, Kind.REFUSED, reason="its topics were changed since")])
            continue
        apply_taxonomy(store, versions["before"], undoing)
        # So that the next import of the same files reads them again.
        Store.objects.filter(pk=store.pk).update(taxonomy_digest="")
    if undoing.taxonomies:
        choose_pictures(None)
