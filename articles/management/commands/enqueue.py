"""`manage.py enqueue TASK…`: hands jobs to the workers that TASKS names, or does them at once."""

from django.core.management.base import BaseCommand, CommandError

from articles.operations.tasks import TASKS


class Command(BaseCommand):
    help = "Hand over tasks, in this order; without workers (TASKS) they are done here and now."

    def add_arguments(self, parser):
        parser.add_argument(
            "tasks", nargs="*", metavar="TASK", help=f"any of {', '.join(TASKS)}; all of them"
        )

    def handle(self, *, tasks, **options):
        if unknown := [name for name in tasks if name not in TASKS]:
            raise CommandError(f"there is no task {', '.join(unknown)}; there are {', '.join(TASKS)}")
        for name in tasks or TASKS:
            result = TASKS[name].enqueue()
            self.stdout.write(f"{name}: {result.status.lower()}")
