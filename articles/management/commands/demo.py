"""`manage.py demo`: an invented store of any size, written as files and imported like any other."""

import shutil
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.demo.writing import write_store

MARK = ".demo-store"


class Command(BaseCommand):
    help = "Write an invented news store and import it."

    def add_arguments(self, parser):
        parser.add_argument("--articles", type=int, default=600, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument("--folder", type=Path, default=settings.DEMO_ROOT, metavar="DIR")

    def handle(self, *, articles, seed, folder, **options):
        if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
            raise CommandError(f"{folder} holds something else; name an empty folder")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / MARK).touch()
        count = write_store(folder, articles, seed, now=timezone.now())
        self.stdout.write(f"{count} articles written to {folder}")
        call_command("import_articles", str(folder), stdout=self.stdout)
