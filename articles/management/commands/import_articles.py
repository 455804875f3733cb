"""`manage.py import_articles PATH…`: import article files, then group them, then store their pictures."""

from django.core.management.base import BaseCommand, CommandError

from articles.importing.files import FileError
from articles.importing.images import import_images
from articles.importing.importer import import_paths
from articles.importing.report import FileOutcome
from articles.management.common import (
    add_report_argument,
    check_report,
    draw_progress,
    stoppable,
    write_report,
)
from articles.stories.grouping import group_waiting


class Command(BaseCommand):
    requires_system_checks = ()  # they load every page; an unchanged store is read in less time
    help = "Import article files, folders of them, or whole stores (a folder with _news in it)."

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--store", default="", help="name of the store; default: the folder's name")
        parser.add_argument("--dry-run", action="store_true", help="show what would change, change nothing")
        parser.add_argument("--prune", action="store_true", help="withdraw the store's articles without file")
        add_report_argument(parser, "file")

    @stoppable("import")
    def handle(self, *, paths, store, dry_run, prune, report, **options):
        check_report(report)
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
        if not dry_run:
            group_waiting()
            import_images(result)
        if self.on_terminal:
            self.stdout.write("\r\x1b[K", ending="")
        for outcome in result.described:
            self.stdout.write("\n".join(outcome.lines()))
        counts = ", ".join(f"{count} {kind}" for kind, count in result.counts.items())
        self.stdout.write(f"{'dry run' if dry_run else f'import {result.run}'}: {counts}")
        write_report(report, result.as_json())
        if result.counts["refused"]:
            rest = "; the rest is imported" if result.articles and not dry_run else ""
            raise CommandError(f"{result.counts['refused']} refused{rest}")

    def start(self, total: int) -> None:
        self.total = total

    def show(self, outcome: FileOutcome) -> None:
        self.done += 1
        if outcome.outcome in self.shown:
            self.stdout.write(self.clear + "\n".join(outcome.lines()))
        if self.on_terminal and (self.done % 50 == 0 or self.done == self.total):
            draw_progress(self.stdout, self.done, self.total)
