"""`manage.py poll_sources`: fetches new entries of feeds, and groups them into stories."""

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from articles.management.common import add_report_argument, check_report, stoppable, write_report
from articles.models import Image, Source
from articles.operations.jobs import fetch_pictures, group_new, poll
from articles.sources.poll import SourceResult


class Command(BaseCommand):
    help = "Poll sources, group new articles, fetch their pictures. From cron: every minute with --due."

    def add_arguments(self, parser):
        parser.add_argument("--due", action="store_true", help="only sources that are due")
        parser.add_argument("--source", action="append", metavar="X", help="its number, address or name")
        parser.add_argument("--dry-run", action="store_true", help="show what would happen, change nothing")
        parser.add_argument("--no-pictures", action="store_true", help="leave pictures to cache_images")
        parser.add_argument("--seconds", type=float, metavar="S", help="start no source after so long")
        add_report_argument(parser, "source and entry")

    @stoppable("polling")
    def handle(self, *, due, source, dry_run, no_pictures, seconds, report, **options):
        check_report(report)
        results = []
        ids = None if due and not source else self.chosen(source)
        self.shows_sources = options["verbosity"] or dry_run

        def on_source(result: SourceResult) -> None:
            self.show(result)
            if report:
                results.append(result.as_json())

        summary = poll(ids, dry_run=dry_run, on_source=on_source, seconds=seconds)
        self.stdout.write(f"{'dry run: ' if dry_run else ''}{summary}")
        write_report(report, summary.as_json() | {"sources": results})
        if not dry_run:
            group_new()
            has_news = summary.new + summary.changed and not no_pictures
            if has_news and Image.objects.exclude(state=Image.State.READY).exists():
                fetch_pictures()

    def chosen(self, names: list[str] | None) -> list[int]:
        active = Source.objects.active().longest_waiting()
        if not names:
            return list(active.values_list("pk", flat=True))
        found = []
        for name in names:
            called = Q(url=name) | Q(name=name)
            rows = active.filter(called | Q(pk=int(name)) if name.isdecimal() else called)
            if not rows:
                raise CommandError(f"there is no active source “{name}”")
            found += rows.values_list("pk", flat=True)
        return found

    def show(self, result: SourceResult) -> None:
        if self.shows_sources and result.outcome != "unchanged":
            self.stdout.write(str(result))
