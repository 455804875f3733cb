"""The import (floor 2): files in, rows out, in batches, with a report of what became of each file."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from articles.models import ImportOutcome, ImportRun, SourceDocument, Store
from articles.store.document import DocumentError, Memo, parse
from articles.store.fields import FieldError, read_article
from articles.store.files import (
    FileError,
    StoreFile,
    StorePath,
    has_utf8_name,
    open_store,
    printable,
    read_file,
)
from articles.store.rows import ReadFile, look_up, write_batch
from articles.store.taxonomy import import_taxonomy, keep_article_pictures
from articles.stories.grouping import group_waiting

BATCH = 1000  # files in one transaction: a fraction of a second, with the reading of the next between
Kind = ImportOutcome.Kind


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file. `path` is printable; `line` counts from 1."""

    path: str
    outcome: str
    link: str = ""
    field: str = ""
    line: int | None = None
    reason: str = ""

    def __str__(self):
        place = f"{self.path}:{self.line}" if self.line else self.path
        return f"{self.outcome}: {place}: {f'{self.field}: ' if self.field else ''}{self.reason}"


@dataclass
class ImportReport:
    """What an import did: counts by outcome, and an entry a file where `keeps_files` asks for it."""

    run: int = 0
    keeps_files: bool = False
    counts: dict[str, int] = field(default_factory=lambda: {kind.value: 0 for kind in Kind})
    files: list[FileOutcome] = field(default_factory=list)

    def note(self, outcome: FileOutcome) -> None:
        self.counts[outcome.outcome] += 1
        if self.keeps_files:
            self.files.append(outcome)

    def as_json(self) -> dict:
        """Return the report in the form that `--report` writes."""
        return {"run": self.run, "counts": self.counts, "files": [asdict(entry) for entry in self.files]}


def import_paths(
    paths: Iterable[Path | str],
    *,
    store_name: str = "",
    keeps_files: bool = False,
    on_start: Callable[[int], None] | None = None,
    on_file: Callable[[FileOutcome], None] | None = None,
) -> ImportReport:
    """Import files, folders and store roots; group what came; return what became of each file.

    `store_name` names the store instead of the folder's own name. `on_start` is told the number of files,
    `on_file` each file's outcome. A bad file is refused and reported, the rest is imported. Each batch of
    files is one transaction; what a stopped import left undone, the next one does.
    """
    paths = [str(path) for path in paths]
    run = ImportRun.objects.create(paths=[printable(path) for path in paths])
    importer = _Importer(run, ImportReport(run.pk, keeps_files), on_file)
    stores = list(importer.open_all(paths, store_name))
    if on_start:
        on_start(sum(len(store.files) for store in stores))
    for store in stores:
        importer.take(store)
    group_waiting()
    for name, count in importer.report.counts.items():
        setattr(run, name, count)
    run.finished_at = timezone.now()
    run.save()
    return importer.report


@dataclass
class _Importer:
    run: ImportRun
    report: ImportReport
    on_file: Callable[[FileOutcome], None] | None
    memo: Memo = field(default_factory=Memo)
    now: datetime = field(default_factory=timezone.now)

    def open_all(self, paths: Iterable[str], store_name: str) -> Iterator[StorePath]:
        for path in paths:
            try:
                yield open_store(Path(path), store_name)
            except FileError as error:
                self.finish([FileOutcome(printable(path), Kind.REFUSED, reason=str(error))])

    def take(self, opened: StorePath) -> None:
        """Import one path: first what a store says of topics and providers, then its articles."""
        store, _ = Store.objects.get_or_create(name=opened.name)
        if opened.root is not None:
            problems = import_taxonomy(store, opened.root)
            self.finish(
                [FileOutcome(printable(path), Kind.REFUSED, reason=reason) for path, reason in problems]
            )
        files = iter(opened.files)
        while batch := list(islice(files, BATCH)):
            self._take_batch(store, batch)
        if opened.root is not None:
            keep_article_pictures(store, opened.root)

    def _take_batch(self, store: Store, batch: list[StoreFile]) -> None:
        known = SourceDocument.objects.filter(store=store).only("path", "sha256")
        named = [file.path for file in batch if has_utf8_name(file.path)]
        hashes = {path: row.sha256 for path, row in look_up(known, "path", named).items()}
        taken: list[ReadFile] = []
        outcomes = [self._take_file(file, hashes, taken) for file in batch]
        with transaction.atomic():
            if taken:
                write_batch(store, taken, self.run)
            self._record(outcomes)
        self.finish(outcomes, recorded=True)

    def _take_file(self, file: StoreFile, hashes: dict[str, str], taken: list[ReadFile]) -> FileOutcome:
        """Read and check one file; what passes goes to `taken`."""
        shown = printable(file.path)
        try:
            if not has_utf8_name(file.path):
                raise FileError("the file's name is not UTF-8")
            content = read_file(file.full)
            digest = sha256(content).hexdigest()
            if hashes.get(file.path) == digest:
                return FileOutcome(shown, Kind.UNCHANGED)
            document = parse(content, self.memo)
            try:
                fields = read_article(document.values, self.now)
            except FieldError as error:
                line = document.line_of(error.field)
                return FileOutcome(shown, Kind.REFUSED, "", error.field, line, error.reason)
        except FileError as error:
            return FileOutcome(shown, Kind.REFUSED, reason=str(error))
        except DocumentError as error:
            return FileOutcome(
                shown, Kind.REFUSED, "", printable(error.field or ""), error.line, error.reason
            )
        taken.append(ReadFile(file.path, digest, content, fields))
        return FileOutcome(shown, Kind.UPDATED if file.path in hashes else Kind.CREATED, fields.url)

    def _record(self, outcomes: Iterable[FileOutcome]) -> None:
        ImportOutcome.objects.bulk_create(
            ImportOutcome(run=self.run, **asdict(entry))
            for entry in outcomes
            if entry.outcome != Kind.UNCHANGED
        )

    def finish(self, outcomes: Iterable[FileOutcome], *, recorded: bool = False) -> None:
        outcomes = list(outcomes)
        if not recorded:
            self._record(outcomes)
        for outcome in outcomes:
            self.report.note(outcome)
            if self.on_file:
                self.on_file(outcome)
