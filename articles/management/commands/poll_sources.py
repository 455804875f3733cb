"""`manage.py poll_sources`: feeds are asked for what is new, and stories follow."""

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from articles.management.stopping import stoppable
from articles.models import Source
from articles.operations.jobs import fetch_pictures, group_new, poll
from articles.sources.poll import Polled


class Command(BaseCommand):
    help = "Poll sources, group what came, fetch its pictures. From cron: every minute with --due."

    def add_arguments(self, parser):
        parser.add_argument("--due", action="store_true", help="only sources whose time has come")
        parser.add_argument("--source", action="append", metavar="X", help="its number, address or name")
        parser.add_argument("--dry-run", action="store_true", help="show what would come, change nothing")
        parser.add_argument("--no-pictures", action="store_true", help="leave pictures to cache_images")
        parser.add_argument("--seconds", type=float, metavar="S", help="begin nothing more after so long")

    @stoppable("polling")
    def handle(self, *, due, source, dry_run, no_pictures, seconds, **options):
        ids = None if due and not source else self.chosen(source)
        show = self.show if options["verbosity"] or dry_run else None
        report = poll(ids, dry_run=dry_run, on_source=show, seconds=seconds)
        self.stdout.write(f"{'dry run: ' if dry_run else ''}{report}")
        if not dry_run:
            group_new()
            if not no_pictures and report.new + report.changed:
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

    def show(self, polled: Polled) -> None:
        if polled.outcome != "unchanged":
            self.stdout.write(str(polled))
