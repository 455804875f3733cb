"""`manage.py group_stories`: what waits is grouped, or all is grouped anew."""

from django.core.management.base import BaseCommand

from articles.management.common import parse_time, stoppable
from articles.operations.jobs import group_new
from articles.stories.grouping import mark_all


class Command(BaseCommand):
    requires_system_checks = ()  # they load every page; some articles are grouped in less time
    help = "Group articles into stories: those that wait, or with --rebuild all of them anew."

    def add_arguments(self, parser):
        parser.add_argument("--rebuild", action="store_true", help="group every article anew")
        parser.add_argument("--since", type=parse_time, help="with --rebuild: only articles from this date")

    @stoppable("grouping")
    def handle(self, *, rebuild, since, **options):
        if rebuild:
            mark_all(since)
        self.stdout.write(f"{group_new()} articles assigned to stories")
