"""`manage.py rebuild_search`: the search index anew from the articles."""

from django.core.management.base import BaseCommand
from django.db import transaction

from articles.caching.version import bump
from articles.management.common import stoppable
from articles.search import index


class Command(BaseCommand):
    help = "Make the search index anew from the articles. Needed only if it was damaged."

    @stoppable("rebuilding")
    def handle(self, **options):
        with transaction.atomic():
            index.rebuild()
            bump()
        self.stdout.write("The search index is made anew.")
