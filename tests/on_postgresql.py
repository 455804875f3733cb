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


def main() -> int:
    folder = programs()
    if folder is None:
        print("skipped: no PostgreSQL is installed here")
        return 0
    user = _user()
    with tempfile.TemporaryDirectory() as place, socket.socket() as free:
        data = Path(place) / "data"
        data.mkdir()
        if user:
            os.chmod(place, 0o755)  # noqa: PTH101 (the other user must reach its folder)
            os.chown(data, user["user"], user["group"])
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": data, **user}
        subprocess.run([folder / "initdb", "-D", data, "-A", "trust", "-U", "news", "-E", "UTF8"], **quiet)
        options = f"-p {port} -k {data} -c listen_addresses=127.0.0.1 -c fsync=off"
        control = [folder / "pg_ctl", "-D", data, "-w"]
        subprocess.run([*control, "-o", options, "-l", data / "log", "start"], **quiet)
        try:
            environment = os.environ | {"DATABASE_URL": f"postgres://news@127.0.0.1:{port}/postgres"}
            command = [sys.executable, "-m", "pytest", *sys.argv[1:]]
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], **quiet)


if __name__ == "__main__":
    raise SystemExit(main())
