"""A stand-in for systemctl where there is no init: runs units' own command lines as the users they name.

Understands what docs/deployment.md uses: daemon-reload; start, stop, restart and enable --now of nginx,
postgresql, and of the units in /etc/systemd/system. A timer runs its service once. Needs nothing but Python.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

UNITS = Path("/etc/systemd/system")
PIDS = Path("/run/stand-in")


def read(name: str) -> dict[str, list[str]]:
    """Return the settings of a unit's service, all values of each, %i filled in."""
    stem, _, instance = name.removesuffix(".service").partition("@")
    path = UNITS / f"{stem}{'@' if instance else ''}.service"
    found: dict[str, list[str]] = {}
    for line in path.read_text().partition("[Service]\n")[2].partition("\n[")[0].splitlines():
        key, _, value = line.partition("=")
        found.setdefault(key, []).append(value.replace("%i", instance))
    return found


def environment(unit: dict[str, list[str]]) -> dict[str, str]:
    given = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
    for path in unit.get("EnvironmentFile", []):
        lines = [line for line in Path(path).read_text().splitlines() if "=" in line and line[0] != "#"]
        given.update(line.partition("=")[::2] for line in lines)
    given.update(line.partition("=")[::2] for line in unit.get("Environment", []))
    return given


def prepare(unit: dict[str, list[str]]) -> None:
    for key, root in (("RuntimeDirectory", "/run"), ("StateDirectory", "/var/lib")):
        for name in unit.get(key, []):
            path = Path(root) / name
            path.mkdir(exist_ok=True)
            subprocess.run(["chown", f"{unit['User'][0]}:{unit['Group'][0]}", path], check=True)


def start(name: str) -> None:
    unit = read(name)
    prepare(unit)
    user = ["setpriv", f"--reuid={unit['User'][0]}", f"--regid={unit['Group'][0]}", "--clear-groups",
            "--no-new-privs", "--bounding-set=-all"]  # fmt: skip
    how = {"cwd": unit["WorkingDirectory"][0], "env": environment(unit)}
    for line in unit.get("ExecStartPre", []):
        subprocess.run([*user, *line.split()], check=True, **how)
    command = [*user, *unit["ExecStart"][0].split()]
    if unit.get("Type") == ["oneshot"]:
        subprocess.run(command, check=True, **how)
        return
    PIDS.mkdir(exist_ok=True)
    process = subprocess.Popen(command, start_new_session=True, **how)
    (PIDS / name).write_text(str(process.pid))


def stop(name: str) -> None:
    path = PIDS / name
    if path.exists():
        os.kill(int(path.read_text()), signal.SIGTERM)
        path.unlink()


def act(verb: str, name: str) -> None:
    if name == "postgresql":
        version, cluster = subprocess.check_output(["pg_lsclusters", "-h"], text=True).split()[:2]
        subprocess.run(["pg_ctlcluster", version, cluster, verb], check=True)
    elif name == "nginx":
        running = Path("/run/nginx.pid")
        if running.exists() and running.read_text().strip():  # `nginx -t` leaves an empty one
            subprocess.run(["nginx", "-s", "quit"], check=True)
        if verb != "stop":
            subprocess.run(["nginx"], check=True)
    elif verb == "stop":
        stop(name)
    else:
        start(name.replace(".timer", ".service"))


def main() -> None:
    verb, *names = [word for word in sys.argv[1:] if word != "--now"]
    if verb != "daemon-reload":
        for name in names:
            act("start" if verb == "enable" else verb, name)


if __name__ == "__main__":
    main()
