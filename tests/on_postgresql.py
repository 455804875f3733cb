"""The test suite on PostgreSQL: `python -m tests.on_postgresql [pytest arguments]`.

A server of its own is started in a temporary folder on a free loopback port, and stopped afterwards. Where no
PostgreSQL is installed it says so and leaves it at that.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def programs() -> Path | None:
    """Return the folder of the newest PostgreSQL's programs, if there is one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


def _user() -> dict[str, object]:
    """PostgreSQL refuses to run as root, so root runs it as another user."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name for entry in pwd.getpwall()}
    entry = pwd.getpwnam("postgres" if "postgres" in names else "nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


class Server:
    """A PostgreSQL of its own in an empty folder, on a free loopback port."""

    def __init__(self, programs: Path, place: Path) -> None:
        self.programs, self.data, self.user = programs, place / "data", _user()
        self.data.mkdir()
        if self.user:
            os.chmod(place, 0o755)  # noqa: PTH101 (the other user must reach its folder)
            os.chown(self.data, self.user["user"], self.user["group"])
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"postgres://news@127.0.0.1:{self.port}/postgres"
        self._run("initdb", "-D", self.data, "-A", "trust", "-U", "news", "-E", "UTF8")

    def _run(self, program: str, *arguments) -> None:
        subprocess.run(
            [self.programs / program, *arguments],
            check=True, stdout=subprocess.DEVNULL, cwd=self.data, **self.user,
        )  # fmt: skip

    def start(self) -> None:
        options = f"-p {self.port} -k {self.data} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run("pg_ctl", "-D", self.data, "-w", "-o", options, "-l", self.data / "log", "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", self.data, "-w", "-m", mode, "stop")


def main() -> int:
    folder = programs()
    if folder is None:
        print("skipped: no PostgreSQL is installed here")
        return 0
    with tempfile.TemporaryDirectory() as place:
        server = Server(folder, Path(place))
        server.start()
        try:
            environment = os.environ | {"DATABASE_URL": server.url}
            command = [sys.executable, "-m", "pytest", *sys.argv[1:]]
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            server.stop()


if __name__ == "__main__":
    raise SystemExit(main())
