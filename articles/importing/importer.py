"""The import (floor 2): files in, rows out, in batches, with a report of what became of each file."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from articles.caching.writing import chunked, lock_timeout, writing
from articles.frontmatter.diff import differences
from articles.frontmatter.document import Document, Memo
from articles.frontmatter.errors import DocumentError, printable
from articles.frontmatter.fields import FieldError
from articles.images.process import Keeping
from articles.importing.applying import Change, Kept, apply_changes, read_kept
from articles.importing.files import (
    FileError,
    StoreFile,
    StorePath,
    check_apart,
    has_utf8_name,
    named_store,
    open_store,
)
from articles.importing.images import choose_pictures, keep_article_pictures, start_pictures
from articles.importing.loading import CHUNK, Loaded, Loading
from articles.importing.readers import Readers
from articles.importing.report import (
    Entry,
    FileOutcome,
    ImportReport,
    Kind,
    described_anew,
    record,
    settled,
)
from articles.importing.taxonomy import apply_taxonomy, described_pictures, digest_taxonomy, read_taxonomy
from articles.models import ImportRun, SourceDocument, Store
from articles.models.bulk import collecting_less_garbage
from articles.stories.grouping import group_waiting

# Files in the first transaction, for the writing to begin soon, and in each later one: a fraction of a
# second, with the reading of the next between. What is read together is packed together: a pack of two
# batches would be kept twice.
FIRST_BATCH, BATCH = 2 * CHUNK, 6 * CHUNK
PATIENCE = 300  # seconds that an import waits for a database that another program has locked


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
    """Import files, folders and store roots; group what came; return what became of each file.

    `store_name` names the store instead of the folder's own name. `prune` withdraws the store's articles
    whose file is gone. `dry_run` does all of it and rolls every transaction back. `on_start` is told the
    number of files, `on_file` each file's outcome. A bad file is refused and reported, the rest is imported.
    Each batch of files is one transaction; what a stopped import left undone, the next one does.
    Raises FileError, before anything is imported, for a `store_name` that no store can have, and
    for two folders that would be one store.
    """
    paths = [str(path) for path in paths]
    store_name = named_store(store_name) if store_name else ""
    run = ImportRun(paths=[printable(path) for path in paths])
    importer = _Importer(run, ImportReport(0, keeps_files, on_file=on_file), dry_run, prune)
    with lock_timeout(PATIENCE), collecting_less_garbage():
        importer.run_through(paths, store_name, on_start)
        if not dry_run:
            finish(run, importer.report)
    return importer.report


def finish(run: ImportRun, report: ImportReport) -> None:
    """Note on a run that it is done, and what it did."""
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
    memo: Memo = field(default_factory=Memo)
    memo_ahead: Memo = field(default_factory=Memo)  # of files whose times are judged; kept ones' were before
    now: datetime = field(default_factory=timezone.now)
    described: dict[str, str] = field(default_factory=dict)  # stores whose topics and providers are taken
    readers: Readers = field(init=False)
    keeping: Keeping = field(init=False)

    def __post_init__(self) -> None:
        self.readers = Readers(self.now)

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

    def run_through(
        self, paths: Iterable[str], store_name: str, on_start: Callable[[int], None] | None
    ) -> None:
        """Import these paths, and group what came of them."""
        stores, problems = _open_all(paths, store_name)
        check_apart(stores)
        with self.transaction():
            pass  # the run is there from the start
        self.refuse(problems)
        if on_start:
            on_start(sum(len(store.files) for store in stores))
        with self.readers, Keeping(benches=1) as self.keeping:
            taken = []
            for store in stores:
                with self._of_one(store):
                    self.take(store)
                    taken.append(store)
            if not self.dry_run:
                left = list(taken)
                group_waiting()
                self._choose_pictures(left)
                self._keep_article_pictures(taken)

    @contextmanager
    def _of_one(self, store: StorePath) -> Iterator[None]:
        """Report what one store's folder has to say, and go on; what the database has to say ends all."""
        try:
            yield
        except OSError as error:
            self.refuse([(store.name, f"the rest of it cannot be taken: {error.strerror or error}")])

    def refuse(self, problems: Iterable[tuple[str, str]]) -> None:
        """Report paths that cannot be taken at all, with the reasons."""
        outcomes = [FileOutcome(printable(path), Kind.REFUSED, reason=reason) for path, reason in problems]
        if outcomes:
            with self.transaction():
                record(self.run, [(outcome.path, outcome, "") for outcome in outcomes])
            self.report.note(outcomes)

    def take(self, opened: StorePath) -> None:
        """Import one path: what a store says of topics and providers, and its articles."""
        reader = _Reader(self._store(opened), self.memo)
        files = Loading(reader.digests_of, self.readers, self.memo_ahead, self.now).load(opened.files)
        if opened.root is not None:
            self._take_taxonomy(opened)
        before = self.report.taken
        self._take_files(opened, reader, files)
        if self.prune:
            self._withdraw_missing(opened, self.report.taken - before)

    def _store(self, opened: StorePath) -> Store:
        return Store.objects.filter(name=opened.name).first() or Store(name=opened.name)

    def _take_taxonomy(self, opened: StorePath) -> None:
        """Take what a store says of topics and providers, if it is not as it was, and note the hash to keep.

        That is an empty one where a file was refused, so that each import reads it and says so.
        """
        digest = digest_taxonomy(opened.root)
        if self._store(opened).taxonomy_digest == digest:
            return
        facts, problems = read_taxonomy(opened.root)
        self.refuse(problems)
        with self.transaction(changes_pages=True):
            store, _ = Store.objects.get_or_create(name=opened.name)
            if self.dry_run:
                self.report.described += described_anew(store.taxonomy, facts)
            apply_taxonomy(store, facts, self.run)
        self.described[opened.name] = "" if problems else digest

    def _start_pictures(self, opened: StorePath) -> None:
        """Start on logos and topic pictures, which are made in a process of their own."""
        if opened.name in self.described and not self.dry_run:
            with self._of_one(opened):
                start_pictures(described_pictures(), opened.root, self.keeping)

    def _choose_pictures(self, stores: list[StorePath]) -> None:
        """Let logos and topic pictures be shown that were made of what these stores hold; none of them is
        left."""
        self.keeping.finish()
        while stores:
            store = stores.pop(0)
            with self._of_one(store):
                if store.name in self.described:
                    choose_pictures(described_pictures(), store.root)
                    # Last, so that an import stopped before this point reads all of it again.
                    digest = self.described[store.name]
                    Store.objects.filter(name=store.name).update(taxonomy_digest=digest)

    def _keep_article_pictures(self, stores: Iterable[StorePath]) -> None:
        """Make our files of article pictures that these stores hold."""
        for store in stores:
            with self._of_one(store):
                if store.root is not None:
                    keep_article_pictures(self._store(store), store.root)

    def _take_files(self, opened: StorePath, reader: "_Reader", files: Iterable[Loaded]) -> None:
        batch = FIRST_BATCH
        for loaded in files:
            reader.take(loaded)
            if len(reader.entries) == batch:
                self._write(opened, *reader.taken())
                batch = BATCH
        self._start_pictures(opened)  # not before, as the reader would have to wait
        self._write(opened, *reader.taken())

    def _withdraw_missing(self, opened: StorePath, taken: int) -> None:
        """Withdraw what the store has no more; if no article was `taken`, the path is wrong: nothing then."""
        if not opened.is_folder or not taken:
            self.refuse([(opened.name, "nothing is withdrawn: there is no folder of articles here")])
            return
        there = {file.path for file in opened.files}
        kept = SourceDocument.objects.live().filter(store__name=opened.name).order_by("path")
        gone = [path for path in kept.values_list("path", flat=True).iterator() if path not in there]
        for start in range(0, len(gone), BATCH):
            changes = [Change(path) for path in gone[start : start + BATCH]]
            entries = [
                (change.path, FileOutcome(printable(change.path), Kind.WITHDRAWN), "") for change in changes
            ]
            self._write(opened, changes, entries, {})

    def _write(
        self, opened: StorePath, changes: list[Change], entries: list[Entry], seen: dict[str, Kept]
    ) -> None:
        if changes or any(outcome.outcome != Kind.UNCHANGED for _, outcome, _ in entries):
            with self.transaction(changes_pages=bool(changes)):
                store, _ = Store.objects.get_or_create(name=opened.name)
                applied = apply_changes(store, changes, self.run, self.memo, seen)
                entries = settled(entries, applied)
                record(self.run, entries, applied)
        self.report.note(outcome for _, outcome, _ in entries)


def _open_all(paths: Iterable[str], store_name: str) -> tuple[list[StorePath], list[tuple[str, str]]]:
    """Return what there is to import, and the paths that cannot be taken with the reasons."""
    stores, problems = [], []
    for path in paths:
        try:
            stores.append(open_store(Path(path), store_name))
        except FileError as error:
            problems.append((path, str(error)))
    return stores, problems


@dataclass
class _Reader:
    """Checks the files of a batch; those that passed and are news are in `changes`."""

    store: Store
    memo: Memo
    entries: list[Entry] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)  # of files that are known otherwise

    def digests_of(self, files: Sequence[StoreFile]) -> dict[str, str]:
        """Return the hashes of what is kept of these files; a file that was withdrawn has an empty one."""
        found: dict[str, str] = {}
        for part in chunked(file.path for file in files if has_utf8_name(file.path)):
            rows = SourceDocument.objects.filter(store=self.store.pk, path__in=part)
            for path, digest, is_gone in rows.values_list("path", "sha256", "is_gone"):
                found[path] = "" if is_gone else digest
        return found

    def taken(self) -> tuple[list[Change], list[Entry], dict[str, Kept]]:
        """Return the changes and entries of the batch, and what is kept of its files; begin the next."""
        seen = read_kept(self.store, self.documents, self.memo)
        taken = self.changes, [self._compared(seen, *entry) for entry in self.entries], seen
        self.entries, self.changes, self.documents = [], [], {}
        return taken

    def take(self, loaded: Loaded) -> None:
        path = loaded.file.path
        self.entries.append((path, self._judged(path, loaded), loaded.digest))

    def _judged(self, path: str, loaded: Loaded) -> FileOutcome:
        shown, error = printable(path), loaded.error
        if isinstance(error, DocumentError):
            return FileOutcome(shown, Kind.REFUSED, "", error.field or "", error.line, error.reason)
        if isinstance(error, FieldError):
            line = loaded.document.line_of(error.field)
            return FileOutcome(shown, Kind.REFUSED, "", error.field, line, error.reason)
        if error:
            return FileOutcome(shown, Kind.REFUSED, reason=str(error))
        if loaded.fields is None:
            return FileOutcome(shown, Kind.UNCHANGED)
        self.changes.append(Change(path, loaded.digest, loaded.place, loaded.fields, loaded.told))
        if loaded.document is None:
            return FileOutcome(shown, Kind.CREATED, loaded.fields.url)
        self.documents[path] = loaded.document
        return FileOutcome(shown, Kind.UPDATED, loaded.fields.url)

    def _compared(self, seen: Mapping[str, Kept], path: str, outcome: FileOutcome, digest: str) -> Entry:
        """Return the entry of a file with what differs from what is kept of it."""
        if path in self.documents:
            changes = differences(seen[path].values, self.documents[path].values)
            outcome = replace(outcome, changes=tuple(changes))
        return path, outcome, digest
