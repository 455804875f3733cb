"""What works beside the web processes in soaks: a poller, two workers, and local feeds for them to read."""

import subprocess
import sys
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from importlib.util import find_spec
from pathlib import Path

from tests import fronting
from tests.network import Site
from tests.soak.machine import Machine
from tests.written_feeds import item, rss

FEEDS, LEASE, EVERY = 6, 3.0, 1.0
_BEGIN = """
import django; django.setup()
from datetime import timedelta
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from articles.models import Article, Job, Source, SourceEntry, source
settings.FETCH_LOOPBACK_ALLOWED = {place!r}
settings.FETCH_HOST_INTERVAL = 0.0
source.LEASE = timedelta(seconds={lease})
"""
_ADD = """
for number in range({feeds}):
    Source.objects.create(url=f"http://{place}/feed-{{number}}", name=f"Feed {{number}}")
"""
_DUE = "Source.objects.update(next_due_at=timezone.now())"
_LOOK = """
came = Article.objects.filter(url__contains="/soak-")
print(came.count(), len(set(came.values_list("title", flat=True))), came.filter(story=None).count())
"""


class Jobs:
    """A poller and two workers on a machine; `keep` starts again what has ended, as systemd would.

    Workers take tasks from Redis where the machine has it and its packages are there, else from the database.
    """

    def __init__(self, machine: Machine, folder: Path) -> None:
        by_redis = bool(machine.redis and find_spec("django_tasks_rq"))
        self.by = "redis" if by_redis else "database"
        worker = 'call_command("db_worker", interval=0.3, startup_delay=False, verbosity=0)'
        if by_redis:
            worker = 'call_command("rqworker", job_class="django_tasks_rq.Job", verbosity=0)'
        poller = f'call_command("run", every={EVERY}, verbosity=0)'
        self.programs = {"poller": poller, "worker 1": worker, "worker 2": worker}
        self.machine, self.log = machine, folder / "jobs.log"
        self.site, self.reports = Site({"/robots.txt": (404, {}, b"")}), 0
        self.processes: dict[str, subprocess.Popen] = {}
        self.restarts = 0

    def start(self) -> None:
        self.site.__enter__()
        self.look(_ADD)
        self.publish()
        for name in self.programs:
            self._start(name)

    def stop(self) -> None:
        for process in self.processes.values():
            fronting.stop(process)
        self.site.__exit__()

    def publish(self) -> None:
        """Let every feed have one report more, of which each stands in two feeds."""
        self.reports += FEEDS
        for number in range(FEEDS):
            told = [n for n in range(self.reports) if n % FEEDS in (number, (number + 1) % FEEDS)][-60:]
            entries = [
                item(f"soak-{n}", f"Report {n} of feed {n % FEEDS}", date=format_datetime(datetime.now(UTC)))
                for n in told
            ]
            self.site.pages[f"/feed-{number}"] = (200, {}, rss(*entries))

    def make_due(self) -> None:
        self.look(_DUE)

    def look(self, code: str) -> str:
        """Run a program in the site; returns what it printed."""
        command = [sys.executable, "-c", self._begin() + code.format(place=self.site.place, feeds=FEEDS)]
        return subprocess.run(command, **self._where(), check=True, capture_output=True, text=True).stdout

    def _begin(self) -> str:
        return _BEGIN.format(place=self.site.place, lease=LEASE)

    def _where(self) -> dict:
        return {"cwd": fronting.ROOT, "env": {**self.machine.env, "TASKS": self.by}}

    def _start(self, name: str) -> None:
        command = [sys.executable, "-c", self._begin() + self.programs[name]]
        with self.log.open("ab") as said:
            self.processes[name] = subprocess.Popen(command, **self._where(), stdout=said, stderr=said)

    def kill(self, name: str) -> None:
        self.machine.kill(self.processes[name])

    def keep(self) -> None:
        for name, process in self.processes.items():
            if process.poll() is not None:
                self._start(name)
                self.restarts += 1

    def all_came(self, seconds: float = 60.0) -> tuple[bool, str]:
        """Ask all feeds anew; returns whether all their reports came, each once, and what there is to say."""
        began = time.monotonic()
        self.publish()
        found = ""
        while time.monotonic() < began + seconds:
            self.keep()
            self.make_due()
            time.sleep(EVERY)
            found = self.look(_LOOK).split()
            if found == [str(self.reports), str(self.reports), "0"]:
                seconds = time.monotonic() - began
                return True, f"{self.reports} reports of feeds, each once, {seconds:.0f} s after"
        return False, f"{self.reports} reports in feeds, but (rows, different, without story) {found}"
