"""`manage.py run`: a loop that keeps the site alive; with workers (TASKS), their clock."""

import signal
import time
from functools import partial

from django.conf import settings
from django.core.management.base import BaseCommand

from articles.operations.jobs import JOBS, run_forever, run_job, run_once

LOOK_EVERY = 0.2  # seconds between two looks at whether to stop


class Command(BaseCommand):
    help = "Poll what is due, group what came, fetch its pictures; again and again until stopped."

    def add_arguments(self, parser):
        parser.add_argument(
            "--every", type=float, default=60.0, metavar="S", help="seconds from round to round"
        )
        parser.add_argument("--once", action="store_true", help="one round only")

    def handle(self, *, every, once, **options):
        on_job = self.show if options["verbosity"] else None
        jobs = JOBS
        if settings.TASKS_BY != "inline":
            jobs = tuple((name, partial(run_job.enqueue, name)) for name, _ in JOBS)
        if once:
            run_once(on_job, jobs)
            return
        stopped: list[int] = []
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda number, frame: stopped.append(number))

        def wait(seconds: float) -> bool:
            # Not by an Event: a signal while this thread takes the lock of the event would wait for ever.
            end = time.monotonic() + seconds
            while not stopped and (left := end - time.monotonic()) > 0:
                time.sleep(min(left, LOOK_EVERY))
            return bool(stopped)

        run_forever(every, wait=wait, on_job=on_job, jobs=jobs)

    def show(self, name: str, result: object) -> None:
        if getattr(result, "new", 0) or getattr(result, "changed", 0):
            self.stdout.write(f"{name}: {result}")
