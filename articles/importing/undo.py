"""Undoing an import: the files that it changed become again what they were, by the way of an import."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import cast

from articles.caching.writing import lock_timeout, writing
from articles.frontmatter.document import Memo, printable
from articles.importing.images import choose_pictures
from articles.importing.importer import BATCH, PATIENCE, Entry, finish
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
    with lock_timeout(PATIENCE):
        with writing(changes_pages=bool(run.taxonomies)):
            undoing.save()
            _restore_taxonomies(run, undoing, report)
        for store, documents in _batches(run):
            with writing():
                entries = [effect.undone(memo) for effect in _effects(run, documents)]
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
    changed = run.outcomes.changing().exclude(document=None).order_by("document__store", "document")
    stores = {store.pk: store for store in Store.objects.all()}
    found = list(changed.values_list("document__store", "document").distinct())
    for store, group in groupby(found, key=lambda row: row[0]):
        ids = [document for _, document in group]
        for start in range(0, len(ids), BATCH):
            yield stores[store], ids[start : start + BATCH]


@dataclass(frozen=True, slots=True)
class _Effect:
    """What a run did to a file: its first and its last outcome, as a run may change a file twice."""

    first: ImportOutcome
    last: ImportOutcome

    @property
    def before(self) -> str:
        """The hash of the file stored before the run; empty: none was."""
        return "" if self.first.was_withdrawn else self.first.previous_sha256

    @property
    def after(self) -> str:
        """The hash of the file that the run stored; empty: it withdrew it."""
        return "" if self.last.outcome == Kind.WITHDRAWN else self.last.sha256

    def undone(self, memo: Memo) -> Entry:
        """Return the outcome of undoing it, and the change that does it, if there is anything to do."""
        document = cast("SourceDocument", self.first.document)  # `_effects` asks for outcomes of documents
        path, shown, link = document.path, printable(document.path), self.first.link
        now = "" if document.is_withdrawn else document.sha256
        if now == self.before:
            return FileOutcome(shown, Kind.UNCHANGED, link), None
        if now != self.after:
            reason = f"was changed since, by import {document.run_id}"
            return FileOutcome(shown, Kind.REFUSED, link, reason=reason), None
        if not self.before:
            return FileOutcome(shown, Kind.WITHDRAWN, link), FileChange(path)
        content = decompress(cast("bytes", self.first.previous_content))
        change = FileChange(path, self.before, content, read_stored_file(content, memo))
        return FileOutcome(shown, Kind.UPDATED, link), change


def _effects(run: ImportRun, documents: list[int]) -> Iterator[_Effect]:
    """Yield what a run did to each of these documents; the caller holds the write lock."""
    outcomes = run.outcomes.changing().filter(document__in=documents).order_by("document", "pk")
    outcomes = outcomes.select_related("document").defer("document__content")
    for _, group in groupby(outcomes, key=lambda outcome: outcome.document_id):
        of_one_file = list(group)
        yield _Effect(of_one_file[0], of_one_file[-1])


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
