"""What became of each file of an import (floor 2): told to the caller, and kept, to be undone."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields

from articles.frontmatter.diff import taxonomy_differences
from articles.frontmatter.errors import printable
from articles.importing.applying import Applied
from articles.models import ImportOutcome, ImportRun
from articles.models.bulk import insert_rows

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

    `described` is what a dry run would change of topics and organisations; none of it is counted or kept.
    """

    run: int = 0
    keeps_files: bool = False
    counts: dict[str, int] = field(default_factory=lambda: {kind.value: 0 for kind in Kind})
    files: list[FileOutcome] = field(default_factory=list)
    described: list[FileOutcome] = field(default_factory=list)
    on_file: Callable[[FileOutcome], None] | None = None

    @property
    def taken(self) -> int:
        """How many files were read as articles."""
        return sum(self.counts[kind] for kind in (Kind.CREATED, Kind.UPDATED, Kind.UNCHANGED))

    def note(self, outcomes: Iterable[FileOutcome]) -> None:
        """Count outcomes and pass them on."""
        for outcome in outcomes:
            self.counts[outcome.outcome] += 1
            if self.keeps_files:
                self.files.append(outcome)
            if self.on_file:
                self.on_file(outcome)

    def as_json(self) -> dict:
        """Return the report in the form that `--report` writes."""
        files = [asdict(entry) for entry in self.files]
        for entry in files:
            if not entry["changes"]:
                del entry["changes"]
        return {"run": self.run, "counts": self.counts, "files": files}


def described_anew(before: Mapping | None, now: Mapping) -> Iterable[FileOutcome]:
    """Yield each topic and organisation of which a store's files say something else now, and what differs."""
    for kind, noun in (("topics", "topic"), ("providers", "organisation")):
        said, says = (before or {}).get(kind, {}), now[kind]
        for key in sorted(said.keys() | says.keys()):
            if changes := taxonomy_differences(said.get(key, {}), says.get(key, {})):
                yield FileOutcome(printable(key), noun, changes=tuple(changes))


_OUTCOME = [each.name for each in fields(FileOutcome)]
_KEPT = ["previous_pack", "previous_start", "previous_size", "previous_sha256", "was_gone"]
_NOTHING_KEPT = (None, None, None, "", False)
Entry = tuple[str, FileOutcome, str]  # the file's path as it is, what became of it, its hash


def settled(entries: list[Entry], applied: Applied) -> list[Entry]:
    """Return entries as they turned out: two imports of one file both find it new, and one brings it."""
    if not applied.unchanged:
        return entries
    return [
        (path, FileOutcome(outcome.path, Kind.UNCHANGED) if path in applied.unchanged else outcome, digest)
        for path, outcome, digest in entries
    ]


def record(run: ImportRun, entries: Iterable[Entry], applied: Applied | None = None) -> None:
    """Keep what became of files, with what was kept of them before; unchanged files are only counted."""
    rows = []
    for path, outcome, digest in entries:
        if outcome.outcome == Kind.UNCHANGED:
            continue
        before = applied.kept.get(path) if applied else None
        document = applied.documents.get(path) if applied else None
        kept = (*before.place, before.sha256, before.is_gone) if before else _NOTHING_KEPT
        rows.append([run.pk, document, digest, *kept, *(getattr(outcome, name) for name in _OUTCOME)])
    insert_rows(ImportOutcome, ["run", "document", "sha256", *_KEPT, *_OUTCOME], rows)
