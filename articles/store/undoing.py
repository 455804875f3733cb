"""Undoing an import (floor 2): the files it changed become again what they were, by the import's own way."""

from collections.abc import Iterator
from itertools import groupby

from articles.models import ImportOutcome, ImportRun, Store
from articles.models.bulk import waiting_long, writing
from articles.store.applying import Change, apply_changes, read_packed
from articles.store.document import Memo
from articles.store.files import printable
from articles.store.importing import BATCH, PATIENCE, finish
from articles.store.pictures import choose_pictures
from articles.store.reporting import Entry, FileOutcome, ImportReport, Kind, record
from articles.store.taxonomy import NOTHING, apply_taxonomy, described_pictures
from articles.stories.grouping import group_waiting


class UndoError(ValueError):
    """An import that cannot be undone; the text is the reason."""


def undo_import(run: ImportRun, *, keeps_files: bool = False) -> ImportReport:
    """Take back what an import changed, as an import of its own, which can be undone in its turn.

    A file that another import changed since stays as it is and is reported as refused. Raises UndoError when
    there is nothing that this import changed.
    """
    if not run.outcomes.changing().exists() and not run.taxonomies:
        raise UndoError("this import changed nothing")
    undoing = ImportRun(undoes=run, paths=run.paths)
    report = ImportReport(0, keeps_files)
    memo = Memo()
    with waiting_long(PATIENCE):
        with writing():
            undoing.save()
            _restore_taxonomies(run, undoing, report)
        for store, outcomes in _batches(run):
            entries: list[Entry] = []
            with writing():
                changes = [change for each in outcomes if (change := _undone(each, entries, memo))]
                applied = apply_changes(store, changes, undoing, memo, {})
                record(undoing, entries, applied)
            report.note(outcome for _, outcome, _ in entries)
        group_waiting()
        finish(undoing, report)
    return report


def _batches(run: ImportRun) -> Iterator[tuple[Store, list[ImportOutcome]]]:
    """Yield what the run did by store, in parts; a file that it changed twice goes back to the first."""
    outcomes = run.outcomes.changing().exclude(document=None).order_by("document__store", "document", "pk")
    stores = {store.pk: store for store in Store.objects.all()}
    found = outcomes.values_list("document__store", "document", "pk")
    for store, group in groupby(list(found), key=lambda row: row[0]):
        ids = list({document: pk for _, document, pk in reversed(list(group))}.values())
        for start in range(0, len(ids), BATCH):
            rows = ImportOutcome.objects.filter(pk__in=ids[start : start + BATCH])
            yield stores[store], list(rows.select_related("document").order_by("pk"))


def _undone(outcome: ImportOutcome, entries: list[Entry], memo: Memo) -> Change | None:
    document = outcome.document
    path, shown = document.path, printable(document.path)
    if document.run_id != outcome.run_id:
        reason = f"was changed since, by import {document.run_id}"
        entries.append((path, FileOutcome(shown, Kind.REFUSED, outcome.link, reason=reason), ""))
        return None
    if outcome.previous is None or outcome.was_gone:
        entries.append((path, FileOutcome(shown, Kind.WITHDRAWN, outcome.link), ""))
        return Change(path)
    packed = bytes(outcome.previous)
    entries.append((path, FileOutcome(shown, Kind.UPDATED, outcome.link), outcome.previous_sha256))
    return Change(path, outcome.previous_sha256, packed, read_packed(packed, memo))


def _restore_taxonomies(run: ImportRun, undoing: ImportRun, report: ImportReport) -> None:
    for name, facts in run.taxonomies.items():
        store = Store.objects.get(name=name)
        if (store.taxonomy or NOTHING) != facts["after"]:
            shown = printable(name)
            report.note([FileOutcome(shown, Kind.REFUSED, reason="its topics were changed since")])
            continue
        apply_taxonomy(store, facts["before"], undoing)
        # So that the next import of the same files reads them again.
        Store.objects.filter(pk=store.pk).update(taxonomy_digest="")
    choose_pictures(described_pictures(), None)
