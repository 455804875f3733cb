"""`manage.py export_opml [FILE]`: all sources as a list of subscriptions."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from articles.importing.files import FileError, write_file
from articles.sources.subscriptions import export_list


class Command(BaseCommand):
    help = "Write all sources as OPML, to a file or to standard output."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, nargs="?")

    def handle(self, *, file, **options):
        text = export_list()
        if file is None:
            self.stdout.write(text, ending="")
            return
        try:
            write_file(file.parent, file.name, text.encode())
        except FileError as error:
            raise CommandError(f"{file}: {error}") from error
