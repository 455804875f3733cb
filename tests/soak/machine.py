"""One machine for soaks: a database, Redis where it is installed, two web processes, nginx before them.

All on high loopback ports and in one temporary folder; only processes that were started here are ended.
"""

import os
import shutil
import signal
import ssl
import subprocess
from pathlib import Path

from tests import fronting
from tests.on_postgresql import Server, programs
from tests.soak.asking import Door

REDIS = shutil.which("redis-server")


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def memory(pids: list[int]) -> float:
    """Return megabytes that these processes and their children take, each its share of what they share."""
    total = 0
    for pid in [*pids, *(child for parent in pids for child in children(parent))]:
        try:
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        except OSError:
            continue
        total += int(text.partition("\nPss:")[2].split()[0])
    return total / 1024


class Machine:
    def __init__(self, folder: Path, *, postgresql: bool, redis: bool = True) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen] = []
        self.database = None
        if postgresql:
            (folder / "pg").mkdir()
            folder.chmod(0o755)
            self.database = Server(programs(), folder / "pg")
            self.database.start()
        self.http, self.https, self.redis_port, *self.ports = fronting.free_ports(5)
        cache = f"redis://127.0.0.1:{self.redis_port}/0" if redis and REDIS else ""
        self.env = fronting.environment(
            folder, DATABASE_URL=self.database.url if self.database else "", CACHE_URL=cache,
            SEARCHES_PER_MINUTE="0", API_PER_MINUTE="0",  # all readers come from one address here
        )  # fmt: skip
        self.redis = self.start_redis() if cache else None

    def start(self, stores: list[str]) -> None:
        """Fill the site and let it serve."""
        fronting.manage(self.env, "prepare")
        if stores:
            fronting.manage(self.env, "import_articles", *stores)
        self.web = [self.start_web(place) for place in range(2)]
        self.nginx = self._note(fronting.front(self.folder, self.http, self.https, self.ports))
        context = ssl.create_default_context(cafile=str(self.folder / "ca.pem"))
        context.check_hostname = False  # connections are made to an address
        self.door = Door(self.https, context)
        self.doors = [Door(port) for port in self.ports]

    def _note(self, process: subprocess.Popen) -> subprocess.Popen:
        self.processes.append(process)
        return process

    def start_redis(self) -> subprocess.Popen:
        where = ["--port", str(self.redis_port), "--bind", "127.0.0.1", "--dir", self.folder]
        return self._note(subprocess.Popen([REDIS, *where, "--save", ""], stdout=subprocess.DEVNULL))

    def start_web(self, place: int) -> subprocess.Popen:
        return self._note(fronting.serve(self.env, self.ports[place], self.folder / f"web{place}.log"))

    def start_command(self, *arguments: str) -> subprocess.Popen:
        # As the timers do: work that nobody waits for leaves the processor to readers.
        command = ["nice", "-n", "10", f"{self.env['BIN']}/python", "manage.py", *arguments]
        where = {"cwd": fronting.ROOT, "env": self.env}
        return self._note(subprocess.Popen(command, stdout=subprocess.DEVNULL, **where))

    def kill(self, process: subprocess.Popen) -> None:
        """Kill a process and all it started, as systemd kills a service."""
        below = children(process.pid)
        process.kill()
        process.wait()
        for pid in below:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def web_memory(self) -> float:
        return memory([process.pid for process in self.web])

    def stop(self) -> None:
        for process in reversed(self.processes):
            fronting.stop(process)
        if self.database:
            self.database.stop()
