"""`manage.py import_articles PATH…`: article files in, stories out."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from articles.frontmatter.errors import printable
from articles.importing.files import FileError
from articles.importing.importer import FileOutcome, import_paths
from articles.management.stopping import stoppable


def write_report(place: str, text: str, mode: str = "w") -> None:
    """Write a report; raises CommandError where that cannot be."""
    try:
        with Path(place).open(mode, encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise CommandError(f"no report can be written to {printable(place)}: {error.strerror}") from error


class Command(BaseCommand):
    requires_system_checks = ()  # they load every page; an unchanged store is read in less time
    help = "Import article files, folders of them, or whole stores (a folder with _news in it)."

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--store", default="", help="name of the store; default: the folder's name")
        parser.add_argument("--dry-run", action="store_true", help="show what would change, change nothing")
        parser.add_argument("--prune", action="store_true", help="withdraw the store's articles without file")
        parser.add_argument("--report", metavar="FILE.json", help="write what became of each file")

    @stoppable("import")
    def handle(self, *, paths, store, dry_run, prune, report, **options):
        if report:
            write_report(report, "", "a")  # tried before the import, which could tell nobody what it did
        self.total = self.done = 0
        self.on_terminal = self.stdout.isatty()
        self.clear = "\r\x1b[K" if self.on_terminal else ""
        self.shown = ("refused", "updated", "created", "withdrawn") if dry_run else ("refused",)
        try:
            result = import_paths(
                paths, store_name=store, dry_run=dry_run, prune=prune, keeps_files=bool(report),
                on_start=self.start, on_file=self.show,
            )  # fmt: skip
        except FileError as error:
            raise CommandError(str(error)) from error
        if self.on_terminal:
            self.stdout.write("\r\x1b[K", ending="")
        for outcome in result.described:
            self.stdout.write("\n".join(outcome.lines()))
        counts = ", ".join(f"{count} {kind}" for kind, count in result.counts.items())
        self.stdout.write(f"{'dry run' if dry_run else f'import {result.run}'}: {counts}")
        if report:
            write_report(report, json.dumps(result.as_json(), indent=1))
        if result.counts["refused"]:
            rest = "; the rest is imported" if result.taken and not dry_run else ""
            raise CommandError(f"{result.counts['refused']} refused{rest}")

    def start(self, total: int) -> None:
        self.total = total

    def show(self, outcome: FileOutcome) -> None:
        self.done += 1
        if outcome.outcome in self.shown:
            self.stdout.write(self.clear + "\n".join(outcome.lines()))
        if self.on_terminal and (self.done % 50 == 0 or self.done == self.total):
            bar = "█" * (30 * self.done // max(self.total, 1))
            self.stdout.write(f"\r{bar:<30} {self.done}/{self.total}", ending="")
