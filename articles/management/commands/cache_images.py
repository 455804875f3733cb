"""`manage.py cache_images`: fetches pictures of public stories and keeps our own files of them."""

from datetime import datetime, time

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date

from articles.images.fetch import CacheReport, wanted_images
from articles.management.common import stoppable
from articles.operations.jobs import fetch_pictures


class Command(BaseCommand):
    help = "Fetch pictures of public stories, newest first, and keep our own files of them."

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, metavar="N", help="at most so many")
        parser.add_argument("--since", metavar="YYYY-MM-DD", help="only of reports published since then")
        parser.add_argument("--seconds", type=float, metavar="S", help="begin nothing more after so long")
        parser.add_argument("--retry", action="store_true", help="refused and failed ones too, at once")

    @stoppable("fetching of pictures")
    def handle(self, *, limit, since, retry, seconds, **options):
        day = parse_date(since) if since else None
        if since and not day:
            raise CommandError("--since must be a date such as 2023-05-04")
        moment = timezone.make_aware(datetime.combine(day, time())) if day else None
        ids = wanted_images(limit=limit, since=moment, retry=retry)
        report = fetch_pictures(ids, on_image=self.show if self.stdout.isatty() else None, seconds=seconds)
        if self.stdout.isatty():
            self.stdout.write("\r\x1b[K", ending="")
        self.stdout.write("\n".join(report.lines()))

    def show(self, report: CacheReport) -> None:
        bar = "█" * (30 * report.done // max(report.total, 1))
        self.stdout.write(f"\r{bar:<30} {report.done}/{report.total}", ending="")
        self.stdout.flush()
