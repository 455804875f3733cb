"""The site under faults: `python -m tests.soak.serving [STORE…] [--connections 20] [--edits 20] [--sqlite]`.

Two web processes, nginx before them, two workers, a poller, PostgreSQL and, where it is installed, Redis, on
one machine under load: an edit must be public on the next request of either web process; each process
killed may cost no more errors than requests in flight, and nothing stored; PostgreSQL stopped and started may
cost errors only while it is away, and imports and polls go on. Prints a line a trial, ends with 1 if any
failed. Everything runs on loopback, for some minutes.
"""

import argparse
import hashlib
import http.cookies
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlencode

from tests import fronting
from tests.soak.asking import Door, Readers, find_addresses
from tests.soak.jobs import Jobs
from tests.soak.machine import Machine, children

_EDITOR = (
    "import django; django.setup(); from django.contrib.auth.models import User; "
    "User.objects.create_superuser('soak', password='tide-table')"
)
_PICK = (
    "import django; django.setup(); from articles.models import Article; "
    "print(*[f'{a.pk} {a.permalink}' for a in Article.objects.public().newest_first()[:5]], sep='\\n')"
)
_STATE = "import django; django.setup(); from tests.state import print_state; print_state()"
AWAY = 5.0  # seconds that PostgreSQL is stopped for, and after which nothing may remind of it


class Newsroom:
    """An editor in the newsroom of one web process."""

    def __init__(self, door: Door) -> None:
        self.door, self.cookies = door, {}
        self.post("/admin/login/", {"username": "soak", "password": "tide-table", "next": "/admin/"})

    def _ask(self, path, **options):
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        more = {"Cookie": cookie, "Referer": "https://news.example/admin/", "Accept-Encoding": "identity"}
        status, headers, body = self.door.once(path, **options, **more)
        for line in headers.get_all("Set-Cookie", []):
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return status, body.decode()

    def post(self, path: str, fields: dict) -> int:
        _, page = self._ask(path)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        body = urlencode({**fields, "csrfmiddlewaretoken": token})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, page = self._ask(path, method="POST", body=body, **headers)
        if status != 302:
            raise RuntimeError(f"the newsroom answered {status} to {fields.get('action', path)}")
        return status

    def edit(self, action: str, article: str) -> None:
        self.post("/admin/articles/article/", {"action": action, "_selected_action": article, "index": 0})


class Trials:
    def __init__(self, machine: Machine, connections: int) -> None:
        self.machine, self.connections = machine, connections
        self.paths = find_addresses(machine.door)
        self.failed = 0
        print(f"{len(self.paths)} kinds of address, {connections} connections", flush=True)

    def tell(self, is_good: bool, text: str) -> None:
        self.failed += not is_good
        print(f"{'good' if is_good else 'BAD '}  {text}", flush=True)

    def python(self, code: str) -> bytes:
        where = {"cwd": fronting.ROOT, "env": self.machine.env}
        return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, **where).stdout

    def digest(self) -> str:
        return hashlib.sha256(self.python(_STATE)).hexdigest()

    def edits(self, count: int) -> None:
        """Publish and unpublish by either web process, and look at both at once after each edit."""
        self.python(_EDITOR)
        articles = [line.split(maxsplit=1) for line in self.python(_PICK).decode().splitlines()]
        newsrooms = [Newsroom(door) for door in self.machine.doors]
        readers = Readers(self.machine.door, self.paths, self.connections)
        late = 0
        for turn in range(count):
            number, permalink = articles[(turn // 2) % len(articles)]
            newsrooms[turn % 2].edit("unpublish" if turn % 2 == 0 else "publish", number)
            for door in self.machine.doors:
                status = door.once(f"/news/{permalink}/")[0]
                late += (status == 200) != (turn % 2 == 1)
        seen = readers.stop()
        # What is not public for a moment is rightly missing for readers in that moment.
        errors = [what for _, what in seen.errors if not what.startswith(("404", "410"))]
        told = f"{late} of {2 * count} looks were late, {len(errors)} errors of {len(seen.seconds):,} answers"
        self.tell(not late and not errors, f"{count} edits in the newsroom: {told}")

    def disturb(self, name: str, do, again=lambda: None, seconds: float = 6.0) -> None:
        """Do something to the machine under load; no more errors than connections may come of it."""
        readers = Readers(self.machine.door, self.paths, self.connections)
        time.sleep(2)
        do()
        time.sleep(seconds / 2)
        again()
        time.sleep(seconds / 2)
        seen = readers.stop()
        kinds = sorted({what for _, what in seen.errors})
        told = f"{name}: {len(seen.errors)} errors {kinds or ''} of {len(seen.seconds):,} answers"
        self.tell(len(seen.errors) <= self.connections, told)

    def kills(self) -> None:
        machine = self.machine

        def kill_one(pids):
            os.kill(pids[0], signal.SIGKILL)

        def start_first_again():
            machine.web[0] = machine.start_web(0)

        def start_redis_again():
            machine.redis = machine.start_redis()

        def end_a_connection():
            os.kill(self._backends()[-1], signal.SIGTERM)

        before = self.digest()
        self.disturb("a web worker killed", lambda: kill_one(children(machine.web[0].pid)))
        self.disturb("a whole web service killed", lambda: machine.kill(machine.web[0]), start_first_again)
        self.disturb("a web service stopped", lambda: fronting.stop(machine.web[0]), start_first_again)
        self.disturb("an nginx worker killed", lambda: kill_one(children(machine.nginx.pid)))
        if machine.redis:
            self.disturb("Redis killed", lambda: machine.kill(machine.redis), start_redis_again)
        if machine.database:
            self.disturb("a PostgreSQL connection ended", end_a_connection)
        self.tell(self.digest() == before, "what is stored is as it was")

    def jobs_killed(self, jobs: Jobs) -> None:
        """Kill who works beside the web, one after the other, in the midst of a poll."""
        for name in jobs.programs:
            self.disturb(f"the {name} killed", lambda name=name: self._kill_in_poll(jobs, name), jobs.keep)
            self._tell_what_came(jobs)

    def _kill_in_poll(self, jobs: Jobs, name: str) -> None:
        jobs.publish()
        jobs.make_due()
        time.sleep(random.uniform(0.2, 1.0))
        jobs.kill(name)

    def _tell_what_came(self, jobs: Jobs) -> None:
        is_good, told = jobs.all_came()
        self.tell(is_good, f"... {told}")

    def _backends(self) -> list[int]:
        """Return the processes that PostgreSQL serves connections with."""
        above = int((self.machine.database.data / "postmaster.pid").read_text().split()[0])
        names = {pid: Path(f"/proc/{pid}/cmdline").read_text() for pid in children(above)}
        return [pid for pid, name in names.items() if "127.0.0.1" in name]

    def database_crashed(self) -> None:
        """Kill a PostgreSQL process: PostgreSQL then ends all others too and recovers, by its own design."""
        readers = Readers(self.machine.door, self.paths, self.connections)
        time.sleep(3)
        crashed = time.monotonic()
        os.kill(self._backends()[-1], signal.SIGKILL)
        time.sleep(8)
        seen = readers.stop()
        late = seen.errors_between(crashed + AWAY, float("inf"))
        last = max((moment for moment, _ in seen.errors), default=crashed) - crashed
        told = f"{len(seen.errors)} errors of {len(seen.seconds):,} answers while it recovered"
        self.tell(not late, f"a PostgreSQL process killed: {told}; the last {last:.1f} s after")

    def import_killed(self, stores: list[str]) -> None:
        """Kill an import under load and run it again; equal to one that ran through."""
        self.disturb("an import killed", lambda: self._kill_soon("import_articles", *stores))
        fronting.manage(self.machine.env, "import_articles", *stores)
        once = self.digest()
        fronting.manage(self.machine.env, "import_articles", *stores)
        self.tell(self.digest() == once, "the import run again went on where it was")

    def _kill_soon(self, *command: str) -> None:
        process = self.machine.start_command(*command)
        time.sleep(1.5)
        self.machine.kill(process)

    def _changed(self, store: str) -> str:
        """Return a store under the same name in which every article has another quality."""
        copy = self.machine.folder / "changed" / Path(store).name
        copy.mkdir(parents=True)
        for path in Path(store).rglob("*.md"):
            (copy / path.name).write_bytes(re.sub(rb"(?m)^quality: \d+", b"quality: 41", path.read_bytes()))
        return str(copy)

    def database_away(self, jobs: Jobs, stores: list[str]) -> None:
        """Stop PostgreSQL in an import: errors only then, readiness says so, and all goes on after."""
        changed = [self._changed(store) for store in stores]
        self.machine.start_command("import_articles", *changed)
        readers = Readers(self.machine.door, self.paths, self.connections)
        time.sleep(3)
        stopped = time.monotonic()
        self.machine.database.stop("fast")
        time.sleep(AWAY / 2)
        ready = [door.once("/readyz")[0] for door in self.machine.doors]
        alive = [door.once("/healthz")[0] for door in self.machine.doors]
        time.sleep(AWAY / 2)
        self.machine.database.start()
        started = time.monotonic()
        time.sleep(AWAY + 8)
        seen = readers.stop()
        while_away = len(seen.errors_between(stopped - 1, started))
        soon = len(seen.errors_between(started, started + AWAY))
        others = seen.errors_between(0, stopped - 1) + seen.errors_between(started + AWAY, float("inf"))
        last = max((moment for moment, _ in seen.errors), default=started) - started
        after = [door.once("/readyz")[0] for door in self.machine.doors]
        is_good = not others and ready == [503, 503] and alive == after == [200, 200]
        self.tell(is_good, f"PostgreSQL away for {started - stopped:.1f} s: {while_away} errors meanwhile, "
                  f"{soon} in the {AWAY:.0f} s after, {len(others)} at other times; the last "
                  f"{last:.1f} s after it was there again; readyz {ready}, then {after}")  # fmt: skip
        self._tell_what_came(jobs)
        fronting.manage(self.machine.env, "import_articles", *changed)
        once = self.digest()
        fronting.manage(self.machine.env, "import_articles", *changed)
        self.tell(self.digest() == once, "the import that lost its database went on where it was")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stores", nargs="*", metavar="STORE")
    parser.add_argument("--connections", type=int, default=20)
    parser.add_argument("--edits", type=int, default=20)
    parser.add_argument("--sqlite", action="store_true", help="instead of PostgreSQL")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        machine = Machine(Path(name), postgresql=not options.sqlite)
        try:
            machine.start(options.stores)
            jobs = Jobs(machine, Path(name))
            jobs.start()
            print(f"a poller and two workers by {jobs.by}", flush=True)
            trials = Trials(machine, options.connections)
            trials.edits(options.edits)
            stores = options.stores or [str(fronting.ROOT / "seeds")]
            trials.jobs_killed(jobs)
            trials.kills()
            trials.import_killed(stores)
            if machine.database:
                trials.database_crashed()
                trials.database_away(jobs, stores)
            print(f"workers and the poller were started again {jobs.restarts} times", flush=True)
        finally:
            jobs.stop()
            machine.stop()
    return 1 if trials.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
