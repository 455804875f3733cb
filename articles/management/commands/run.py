"""`manage.py run`: one loop that keeps the site alive, for those without cron or a queue."""

import signal
import threading

from django.core.management.base import BaseCommand

from articles.sources.jobs import run_cycle, run_forever


class Command(BaseCommand):
    help = "Poll what is due, group what came, fetch its pictures; again and again until stopped."

    def add_arguments(self, parser):
        parser.add_argument(
            "--every", type=float, default=60.0, metavar="S", help="seconds from round to round"
        )
        parser.add_argument("--once", action="store_true", help="one round only")

    def handle(self, *, every, once, **options):
        on_job = self.show if options["verbosity"] else None
        if once:
            run_cycle(on_job)
            return
        stopped = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *given: stopped.set())
        run_forever(every, is_over=stopped.wait, on_job=on_job)

    def show(self, name: str, result: object) -> None:
        if getattr(result, "new", 0) or getattr(result, "changed", 0):
            self.stdout.write(f"{name}: {result}")
