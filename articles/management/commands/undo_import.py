"""`manage.py undo_import RUN`: revert what an import changed."""

from django.core.management.base import BaseCommand, CommandError

from articles.importing.undo import UndoError, undo_import
from articles.management.common import stoppable
from articles.models import ImportRun
from articles.stories.grouping import group_waiting


class Command(BaseCommand):
    help = "Revert what an import changed. That is an import of its own, which can be undone too."

    def add_arguments(self, parser):
        parser.add_argument("run", type=int, help="the number of the import")

    @stoppable("undoing")
    def handle(self, *, run, **options):
        try:
            report = undo_import(ImportRun.objects.get(pk=run), keeps_files=True)
        except ImportRun.DoesNotExist as error:
            raise CommandError(f"there is no import {run}") from error
        except UndoError as error:
            raise CommandError(str(error)) from error
        group_waiting()
        refused = [outcome for outcome in report.files if outcome.outcome == "refused"]
        for outcome in refused:
            self.stdout.write(str(outcome))
        counts = report.counts
        if report.run:
            result = f"import {report.run}: {counts['updated']} put back, {counts['withdrawn']} withdrawn"
        else:
            result = f"nothing was changed, {counts['unchanged']} already as before import {run}"
        self.stdout.write(result)
        if refused:
            raise CommandError(f"{len(refused)} were changed since and stay as they are")
