"""The import of files: read in batches, checked, and written in transactions of a fraction of a second."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from articles.caching.writing import chunked, writing
from articles.frontmatter.document import DocumentError, Memo, parse, printable
from articles.frontmatter.fields import FieldError, read_article
from articles.importing.files import (
    FileError,
    StoreFiles,
    check_distinct_stores,
    clean_store_name,
    has_utf8_name,
    open_store,
    read_file,
)
from articles.importing.report import (
    FileOutcome,
    ImportReport,
    Kind,
    record,
    taxonomy_changes,
    with_changes,
)
from articles.importing.taxonomy import apply_taxonomy, digest_taxonomy, read_taxonomy
from articles.importing.upsert import FileChange, apply_changes
from articles.models import ImportRun, SourceDocument, Store

BATCH = 250  # files in one transaction

Entry = tuple[FileOutcome, FileChange | None]


def import_paths(
    paths: Iterable[Path | str],
    *,
    store_name: str = "",
    dry_run: bool = False,
    prune: bool = False,
    keeps_files: bool = False,
    on_start: Callable[[int], None] | None = None,
    on_file: Callable[[FileOutcome], None] | None = None,
) -> ImportReport:
    """Import files, folders and store roots; return what became of each file.

    `store_name` names the store instead of the folder's own name. `prune` withdraws the store's articles
    whose file is gone. `dry_run` does all of it and rolls every transaction back. `on_start` receives the
    number of files, `on_file` each file's outcome. A bad file is refused and reported, the rest is imported.
    What a stopped import left undone, the next one does. Grouping and images are the caller's next steps.
    Raises FileError, before anything is imported, for a `store_name` that no store can have, and
    for two folders that would be one store.
    """
    names = [str(path) for path in paths]
    store_name = clean_store_name(store_name) if store_name else ""
    stores, problems = [], []
    for name in names:
        try:
            stores.append(open_store(Path(name), store_name))
        except FileError as error:
            problems.append((name, str(error)))
    check_distinct_stores(stores)
    run = ImportRun(paths=[printable(path) for path in names])
    importer = _Importer(run, ImportReport(0, keeps_files, on_file=on_file), dry_run, prune)
    with importer.transaction():
        pass  # the run is there from the start
    importer.refuse(problems)
    if on_start:
        on_start(sum(len(store.files) for store in stores))
    for store in stores:
        importer.import_store(store)
    if not dry_run:
        finish(run, importer.report)
    return importer.report


def finish(run: ImportRun, report: ImportReport) -> None:
    """Store what a run did, and that it is done."""
    for name, count in report.counts.items():
        setattr(run, name, count)
    run.finished_at = timezone.now()
    with writing(changes_pages=False):
        run.save()
    report.run = run.pk


@dataclass
class _Importer:
    run: ImportRun
    report: ImportReport
    dry_run: bool
    prune: bool
    now: datetime = field(default_factory=timezone.now)
    # Times of new files are checked, those of stored ones were: what is remembered of the two is not mixed.
    memo: Memo = field(default_factory=Memo)
    memo_of_stored: Memo = field(default_factory=Memo)

    @contextmanager
    def transaction(self, *, changes_pages: bool = False) -> Iterator[None]:
        """A transaction with the run in it; rolled back at its end, and the run with it, in a dry run."""
        with writing(changes_pages=changes_pages):
            if not self.run.pk:
                self.run.save()
            yield
            if self.dry_run:
                transaction.set_rollback(True)
                self.run.pk = None

    def refuse(self, problems: Iterable[tuple[str, str]]) -> None:
        """Report paths that cannot be read at all, with the reasons."""
        outcomes = [FileOutcome(printable(path), Kind.REFUSED, reason=reason) for path, reason in problems]
        if outcomes:
            with self.transaction():
                record(self.run, [(outcome, None) for outcome in outcomes])
            self.report.add(outcomes)

    def import_store(self, opened: StoreFiles) -> None:
        """Import what a store says of topics and providers, and its articles.

        A folder that cannot be read to its end is reported; the other stores are imported.
        """
        try:
            digest = self._import_taxonomy(opened, opened.root) if opened.root else None
            before = self.report.articles
            for batch in chunked(opened.files, BATCH):
                stored = _stored_digests(opened.name, filter(has_utf8_name, batch))
                entries = [self._read(path, opened.files[path], stored.get(path)) for path in batch]
                self._write(opened, entries)
            if self.prune:
                self._withdraw_missing(opened, self.report.articles - before)
        except OSError as error:
            self.refuse([(opened.name, f"the rest of it cannot be read: {error.strerror or error}")])
        else:
            self.report.stores.append((opened, digest))

    def _import_taxonomy(self, opened: StoreFiles, root: Path) -> str | None:
        """Import topics and providers if their files have changed; return the digest to store with images.

        That is an empty one where a file was refused, so that each import reads it and reports it.
        """
        store = Store.objects.filter(name=opened.name).first()
        digest = digest_taxonomy(root)
        if store and store.taxonomy_digest == digest:
            return None
        taxonomy, problems = read_taxonomy(root)
        self.refuse(problems)
        with self.transaction(changes_pages=True):
            store, _ = Store.objects.get_or_create(name=opened.name)
            if self.dry_run:
                self.report.described += taxonomy_changes(store.taxonomy, taxonomy)
            apply_taxonomy(store, taxonomy, self.run)
        return "" if problems else digest

    def _read(self, path: str, full: str, stored: str | None) -> Entry:
        """Read and check one file; return its outcome, and what changes, if it is not as it is stored."""
        shown, document = printable(path), None
        try:
            if not has_utf8_name(path):
                raise FileError("the file's name is not UTF-8")
            content = read_file(full)
            digest = sha256(content).hexdigest()
            if digest == stored:
                return FileOutcome(shown, Kind.UNCHANGED), None
            document = parse(content, self.memo)
            fields = read_article(document.values, self.now)
        except FileError as error:
            return FileOutcome(shown, Kind.REFUSED, reason=str(error)), None
        except DocumentError as error:
            return FileOutcome(shown, Kind.REFUSED, "", error.field or "", error.line, error.reason), None
        except FieldError as error:
            line = document.line_of(error.field) if document else None
            return FileOutcome(shown, Kind.REFUSED, "", error.field, line, error.reason), None
        kind = Kind.CREATED if stored is None else Kind.UPDATED
        values = None if stored is None else document.values
        return FileOutcome(shown, kind, fields.url), FileChange(path, digest, content, fields, values)

    def _withdraw_missing(self, opened: StoreFiles, articles: int) -> None:
        """Withdraw what the store has no more; if no file is an article, the path is wrong: nothing then."""
        if not opened.is_folder or not articles:
            self.refuse([(opened.name, "nothing is withdrawn: there is no folder of articles here")])
            return
        documents = SourceDocument.objects.live().filter(store__name=opened.name).order_by("path")
        missing = [path for path in documents.values_list("path", flat=True) if path not in opened.files]
        for batch in chunked(missing, BATCH):
            entries = [(FileOutcome(printable(path), Kind.WITHDRAWN), FileChange(path)) for path in batch]
            self._write(opened, entries)

    def _write(self, opened: StoreFiles, entries: Sequence[Entry]) -> None:
        """Write a batch, unless nothing of it has changed, and report it."""
        if any(outcome.outcome != Kind.UNCHANGED for outcome, _ in entries):
            changes = [change for _, change in entries if change]
            with self.transaction(changes_pages=bool(changes)):
                store, _ = Store.objects.get_or_create(name=opened.name)
                applied = apply_changes(store, changes, self.run, self.memo_of_stored)
                entries = [(with_changes(outcome, change, applied), change) for outcome, change in entries]
                record(self.run, entries, applied)
        self.report.add(outcome for outcome, _ in entries)


def _stored_digests(store: str, paths: Iterable[str]) -> dict[str, str]:
    """Return the hashes of the stored files of these paths; a withdrawn file has an empty one."""
    rows = SourceDocument.objects.filter(store__name=store, path__in=list(paths))
    found = rows.values_list("path", "sha256", "is_withdrawn")
    return {path: "" if is_withdrawn else digest for path, digest, is_withdrawn in found}
