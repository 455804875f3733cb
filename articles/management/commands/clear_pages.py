"""`manage.py clear_pages`: makes all cached pages new, in every process."""

from django.core.management.base import BaseCommand

from articles.caching.version import bump


class Command(BaseCommand):
    help = "Make all cached pages new. Needed only after the database was changed by hand."

    def handle(self, **options):
        bump(by_editor=True)
        self.stdout.write("All pages are made anew from now on.")
