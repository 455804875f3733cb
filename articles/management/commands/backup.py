"""`manage.py backup FILE`: the whole site in one file, while it goes on."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from articles.operations.backup import backup


class Command(BaseCommand):
    help = "Write every row and picture, as of one moment, into a file; the site and imports go on meanwhile."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--no-pictures", action="store_true", help="rows alone: pictures can be made again"
        )

    def handle(self, *, file, no_pictures, **options):
        try:
            saved = backup(file, pictures=not no_pictures)
        except OSError as error:
            raise CommandError(f"the backup was not written: {error}") from error
        self.stdout.write(f"{sum(saved.rows.values())} rows and {saved.pictures} pictures in {file}")
        if saved.missing:
            self.stderr.write(f"{saved.missing} pictures had no file any more")
