"""`manage.py restore FILE`: the site becomes what a backup holds."""

from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from articles.operations.backup import BackupError, restore


class Command(BaseCommand):
    help = "Put a backup in place of what is here, on either database. All of it, or nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--replace", action="store_true", help="even if there are articles here")

    def handle(self, *, file, replace, **options):
        call_command("migrate", verbosity=0)
        try:
            saved = restore(file, replace=replace)
        except (BackupError, OSError) as error:
            raise CommandError(f"nothing was restored: {error}") from error
        self.stdout.write(f"{sum(saved.rows.values())} rows and {saved.pictures} pictures from {file}")
