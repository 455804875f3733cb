"""What became of each file of an import: reported to the caller, and stored, so that it can be undone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace

from articles.frontmatter.diff import differences, taxonomy_differences
from articles.frontmatter.document import printable
from articles.importing.files import StoreFiles
from articles.importing.upsert import Applied, FileChange
from articles.models import ImportOutcome, ImportRun

Kind = ImportOutcome.Kind


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of one file. `path` is printable; `line` counts from 1; `changes` as of `differences`."""

    path: str
    outcome: str
    link: str = ""
    field: str = ""
    line: int | None = None
    reason: str = ""
    changes: tuple[dict[str, str], ...] = ()

    def __str__(self):
        place = f"{self.path}:{self.line}" if self.line else self.path
        about = f"{f'{self.field}: ' if self.field else ''}{self.reason}"
        return f"{self.outcome}: {place}{f': {about}' if about else ''}"

    def lines(self) -> Iterable[str]:
        """Yield the outcome and its changes, a line each."""
        yield str(self)
        for change in self.changes:
            yield f"    {change['field']}: {change['old'] or '—'} → {change['new'] or '—'}"


@dataclass
class ImportReport:
    """What an import did: counts by outcome, and an entry a file where `keeps_files` asks for it.

    `described` is what a dry run would change of topics and providers; none of it is counted or stored.
    `stores` are those that were read, with the digest of their taxonomy where that was read anew.
    """

    run: int = 0
    keeps_files: bool = False
    counts: dict[str, int] = field(default_factory=lambda: {kind.value: 0 for kind in Kind})
    files: list[FileOutcome] = field(default_factory=list)
    described: list[FileOutcome] = field(default_factory=list)
    stores: list[tuple[StoreFiles, str | None]] = field(default_factory=list)
    on_file: Callable[[FileOutcome], None] | None = None

    @property
    def articles(self) -> int:
        """How many files were read as articles."""
        return sum(self.counts[kind] for kind in (Kind.CREATED, Kind.UPDATED, Kind.UNCHANGED))

    def add(self, outcomes: Iterable[FileOutcome]) -> None:
        """Count outcomes and pass them on."""
        for outcome in outcomes:
            self.counts[outcome.outcome] += 1
            if self.keeps_files:
                self.files.append(outcome)
            if self.on_file:
                self.on_file(outcome)

    def as_json(self) -> dict:
        """Return the report in the form that `--report` writes."""
        files = [
            {name: value for name, value in asdict(entry).items() if name != "changes" or value}
            for entry in self.files
        ]
        return {"run": self.run, "counts": self.counts, "files": files}


def taxonomy_changes(before: Mapping | None, now: Mapping) -> Iterable[FileOutcome]:
    """Yield each topic and provider that a store's files describe differently now, and what differs."""
    for kind, noun in (("topics", "topic"), ("providers", "organisation")):
        old, new = (before or {}).get(kind, {}), now[kind]
        for key in sorted(old.keys() | new.keys()):
            if changes := taxonomy_differences(old.get(key, {}), new.get(key, {})):
                yield FileOutcome(printable(key), noun, changes=tuple(changes))


def with_changes(outcome: FileOutcome, change: FileChange | None, applied: Applied) -> FileOutcome:
    """Return the outcome of a file as it turned out, with what differs from the file stored before.

    Of two imports of one file at the same time both find it new, and the second changes nothing.
    """
    if change is None:
        return outcome
    if change.path in applied.unchanged:
        return FileOutcome(outcome.path, Kind.UNCHANGED)
    before = applied.previous.get(change.path)
    if before is None or change.values is None or outcome.outcome != Kind.UPDATED:
        return outcome
    return replace(outcome, changes=tuple(differences(before.values, change.values)))


def record(
    run: ImportRun,
    entries: Iterable[tuple[FileOutcome, FileChange | None]],
    applied: Applied | None = None,
) -> None:
    """Store what became of files, with the files they replace; unchanged files are only counted."""
    rows = []
    for outcome, change in entries:
        if outcome.outcome == Kind.UNCHANGED:
            continue
        row = ImportOutcome(run=run, **asdict(outcome))
        if change and applied:
            row.sha256, row.document_id = change.sha256, applied.documents.get(change.path)
            if before := applied.previous.get(change.path):
                row.previous_sha256, row.previous_content = before.sha256, before.content
                row.was_withdrawn = before.is_withdrawn
        rows.append(row)
    ImportOutcome.objects.bulk_create(rows, batch_size=500)
