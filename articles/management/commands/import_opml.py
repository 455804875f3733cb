"""`manage.py import_opml FILE`: a list of subscriptions becomes sources."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from articles.images.fetch import make_fetcher
from articles.management.stopping import stoppable
from articles.sources.opml import OpmlError
from articles.sources.subscriptions import import_list


class Command(BaseCommand):
    help = "Make sources of the feeds in an OPML file, as feed readers export it."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="show what would come, change nothing")

    @stoppable("import")
    def handle(self, *, file, dry_run, **options):
        try:
            report = import_list(file.read_bytes(), make_fetcher(), dry_run=dry_run)
        except (OSError, OpmlError) as error:
            raise CommandError(f"{file}: {error}") from error
        for url, reason in report.refused:
            self.stdout.write(f"refused: {url}: {reason}")
        for name in sorted(report.unknown_topics):
            self.stdout.write(f"there is no topic “{name}”")
        self.stdout.write(f"{'dry run: ' if dry_run else ''}{report}")
        if report.refused:
            raise CommandError(f"{len(report.refused)} refused; the rest is there")
