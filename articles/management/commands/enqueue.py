"""`manage.py enqueue TASK…`: hands jobs to the workers that TASKS names, or does them at once."""

from django.core.management.base import BaseCommand, CommandError

from articles.operations.jobs import JOBS, run_job

NAMES = [name for name, _ in JOBS]


class Command(BaseCommand):
    help = "Hand over tasks, in this order; without workers (TASKS) they are done here and now."

    def add_arguments(self, parser):
        parser.add_argument(
            "tasks", nargs="*", metavar="TASK", help=f"any of {', '.join(NAMES)}; all of them"
        )

    def handle(self, *, tasks, **options):
        if unknown := [name for name in tasks if name not in NAMES]:
            raise CommandError(f"there is no task {', '.join(unknown)}; there are {', '.join(NAMES)}")
        for name in tasks or NAMES:
            result = run_job.enqueue(name)
            self.stdout.write(f"{name}: {result.status.lower()}")
