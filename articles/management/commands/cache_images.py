"""`manage.py cache_images`: fetches pictures of public stories and keeps our own files of them."""

from django.core.management.base import BaseCommand

from articles.images.fetch import CacheReport, wanted_images
from articles.management.common import draw_progress, parse_time, stoppable
from articles.operations.jobs import fetch_pictures


class Command(BaseCommand):
    help = "Fetch pictures of public stories, newest first, and keep our own files of them."

    def add_arguments(self, parser):
        parser.add_argument("--limit", type=int, metavar="N", help="at most so many")
        parser.add_argument(
            "--since", type=parse_time, metavar="DATE", help="only of articles from this date"
        )
        parser.add_argument("--seconds", type=float, metavar="S", help="begin nothing more after so long")
        parser.add_argument("--retry", action="store_true", help="refused and failed ones too, at once")

    @stoppable("fetching of pictures")
    def handle(self, *, limit, since, retry, seconds, **options):
        ids = wanted_images(limit=limit, since=since, retry=retry)
        report = fetch_pictures(ids, on_image=self.show if self.stdout.isatty() else None, seconds=seconds)
        if self.stdout.isatty():
            self.stdout.write("\r\x1b[K", ending="")
        self.stdout.write("\n".join(report.lines()))

    def show(self, report: CacheReport) -> None:
        draw_progress(self.stdout, report.done, report.total)
