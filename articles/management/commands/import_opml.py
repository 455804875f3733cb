"""`manage.py import_opml FILE`: creates sources from a list of subscriptions."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from articles.http.client import make_fetcher
from articles.management.common import add_report_argument, check_report, stoppable, write_report
from articles.sources.opml import OpmlError
from articles.sources.subscriptions import import_list


class Command(BaseCommand):
    help = "Create sources from the feeds in an OPML file, as feed readers export it."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="show what would happen, change nothing")
        add_report_argument(parser, "feed")

    @stoppable("import")
    def handle(self, *, file, dry_run, report, **options):
        check_report(report)
        try:
            result = import_list(file.read_bytes(), make_fetcher(), dry_run=dry_run)
        except (OSError, OpmlError) as error:
            raise CommandError(f"{file}: {error}") from error
        write_report(report, result.as_json())
        for url, reason in result.refused:
            self.stdout.write(f"refused: {url}: {reason}")
        for name in sorted(result.unknown_topics):
            self.stdout.write(f"there is no topic “{name}”")
        self.stdout.write(f"{'dry run: ' if dry_run else ''}{result}")
        if result.refused:
            raise CommandError(f"{len(result.refused)} refused; the rest is imported")
