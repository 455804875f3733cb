"""`manage.py export_articles DIR`: the archive out as the files it came from."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from articles.exporting.export import export_articles
from articles.frontmatter.document import printable
from articles.importing.files import has_utf8_name
from articles.management.common import parse_time, stoppable
from articles.models import Store, Topic


def known_store(given: str) -> str:
    """Return the name of a store that is there, without the slash of a completed path; or a CommandError."""
    for name in (given, given.rstrip("/")):
        if has_utf8_name(name) and Store.objects.filter(name=name).exists():
            return name
    raise CommandError(f"there is no store {printable(given)}")


class Command(BaseCommand):
    help = "Write articles as article files: the bytes that came in, save for what editors decided."

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--store", default="", help="only the files of this store")
        parser.add_argument("--topic", default="", metavar="SLUG", help="only the articles of this topic")
        parser.add_argument("--since", type=parse_time, help="only articles from this date or time on")
        parser.add_argument("--changed-only", action="store_true", help="only what is not as it came")
        parser.add_argument("--refresh", action="store_true", help="bring heat and related copies up to date")

    @stoppable("export")
    def handle(self, *, folder, store, topic, since, changed_only, refresh, **options):
        if topic and not Topic.objects.filter(slug=topic).exists():
            raise CommandError(f"there is no topic {topic}")
        chosen = {"store": store and known_store(store), "topic": topic, "since": since}
        report = export_articles(folder, **chosen, changed_only=changed_only, refresh=refresh)
        for path, reason in report.refused:
            self.stderr.write(f"refused: {path}: {reason}")
        self.stdout.write(f"{report.written} files written, {report.unchanged} already there")
        if report.refused:
            raise CommandError(f"{len(report.refused)} could not be written; the rest is")
