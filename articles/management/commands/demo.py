"""Writes a store of invented news to a folder and imports it."""

from pathlib import Path

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.utils import timezone

from articles.demo.writer import DemoFolderError, clear_folder, write_store
from articles.management.common import stoppable


class Command(BaseCommand):
    help = "Write a store of invented news to a folder and import it."

    def add_arguments(self, parser):
        parser.add_argument("--articles", type=int, default=600, help="how many articles (600)")
        parser.add_argument("--seed", type=int, default=1, help="another number gives other news (1)")
        parser.add_argument("--folder", type=Path, help="where to write; an earlier demo there is replaced")

    @stoppable("demo")
    def handle(self, *, articles, seed, folder, **options):
        if articles < 1:
            raise CommandError("--articles must be at least 1")
        folder = folder or Path(settings.DEMO_ROOT)
        try:
            clear_folder(folder)
        except DemoFolderError as error:
            raise CommandError(str(error)) from error
        write_store(folder, articles, seed, now=timezone.now())
        self.stdout.write(f"Wrote {articles:,} articles to {folder}")
        call_command("import_articles", str(folder), stdout=self.stdout)
