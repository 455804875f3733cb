"""Undoing an import (floor 2): the files it changed become again what they were, by the import's own way."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

from articles.caching.writing import lock_timeout, writing
from articles.frontmatter.document import Memo
from articles.frontmatter.errors import printable
from articles.importing.applying import Change, apply_changes, read_kept_file
from articles.importing.images import choose_pictures
from articles.importing.importer import BATCH, PATIENCE, finish
from articles.importing.report import Entry, FileOutcome, ImportReport, Kind, record
from articles.importing.taxonomy import NOTHING, apply_taxonomy, described_pictures
from articles.models import ImportOutcome, ImportRun, Pack, Store
from articles.stories.grouping import group_waiting


class UndoError(ValueError):
    """An import that cannot be undone; the text is the reason."""


def undo_import(run: ImportRun, *, keeps_files: bool = False) -> ImportReport:
    """Take back what an import changed, as an import of its own, which can be undone in its turn.

    What is not as the import left it stays as it is and is reported as refused; what is already as it was
    before is done, so an undoing that was stopped is taken up by undoing again, and imports are undone one
    after the other, the newest first. Where nothing is changed no import is noted, and the report's `run` is
    0. Raises UndoError when there is nothing that this import changed.
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
            entries: list[Entry] = []
            with writing():
                changes = [change for each in _done(run, documents) if (change := each.undone(entries))]
                applied = apply_changes(store, list(_filled(changes, memo)), undoing, memo, {})
                record(undoing, entries, applied)
            report.note(outcome for _, outcome, _ in entries)
        group_waiting()
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
class _Done:
    """What a run did to a file: its first and its last outcome, as a run may change a file twice."""

    first: ImportOutcome
    last: ImportOutcome

    @property
    def before(self) -> str:
        """The hash of the file that was there before the run; empty: none was."""
        return "" if self.first.was_gone else self.first.previous_sha256

    @property
    def after(self) -> str:
        """The hash of the file that the run left; empty: it withdrew it."""
        return "" if self.last.outcome == Kind.WITHDRAWN else self.last.sha256

    def undone(self, entries: list[Entry]) -> Change | None:
        """Return what undoes it, but for its fields, if anything is left to do; note that or what stands in
        the way."""
        document = self.first.document
        path, shown, link = document.path, printable(document.path), self.first.link
        before, now = self.before, "" if document.is_gone else document.sha256
        if now == before:
            entries.append((path, FileOutcome(shown, Kind.UNCHANGED, link), now))
            return None
        if now != self.after:
            reason = f"was changed since, by import {document.run_id}"
            entries.append((path, FileOutcome(shown, Kind.REFUSED, link, reason=reason), ""))
            return None
        if not before:
            entries.append((path, FileOutcome(shown, Kind.WITHDRAWN, link), ""))
            return Change(path)
        entries.append((path, FileOutcome(shown, Kind.UPDATED, link), before))
        return Change(path, before, self.first.previous)


def _filled(changes: list[Change], memo: Memo) -> Iterator[Change]:
    """Yield changes with the fields of the files that they put back."""
    yield from (change for change in changes if change.place is None)
    given = [(change.place, change) for change in changes if change.place]
    for change, content in Pack.objects.read(given, gone=[]):  # what an import replaced is never gone
        yield replace(change, fields=read_kept_file(content, memo))


def _done(run: ImportRun, documents: list[int]) -> Iterator[_Done]:
    """Yield what a run did to each of these documents; the caller holds the write lock."""
    outcomes = run.outcomes.changing().filter(document__in=documents).order_by("document", "pk")
    for _, group in groupby(outcomes.select_related("document"), key=lambda outcome: outcome.document_id):
        one_file = list(group)
        yield _Done(one_file[0], one_file[-1])


def _restore_taxonomies(run: ImportRun, undoing: ImportRun, report: ImportReport) -> None:
    for name, facts in run.taxonomies.items():
        store = Store.objects.get(name=name)
        now = store.taxonomy or NOTHING
        if now == facts["before"]:
            continue
        if now != facts["after"]:
            shown = printable(name)
            report.note([FileOutcome(shown, Kind.REFUSED, reason="its topics were changed since")])
            continue
        apply_taxonomy(store, facts["before"], undoing)
        # So that the next import of the same files reads them again.
        Store.objects.filter(pk=store.pk).update(taxonomy_digest="")
    if undoing.taxonomies:
        choose_pictures(described_pictures(), None)
