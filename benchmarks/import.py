"""What an import costs, side by side in one run, as ratios: `python -m benchmarks.import STORE…`.

Each row is a command of its own, so that start-up counts, with the processes it starts; the least of some
rounds stands in the table, since other work on the machine only adds, as does watching their memory, which is
done in the first. Ratios are given twice: of processor seconds, which all processes of a command spend
together, and of the seconds that an operator waits. The database is SQLite in a temporary folder; with
`DATABASE_URL` the PostgreSQL database named there is emptied and used as well. Compiled modules are kept, as
they are where the site is installed, but in that folder.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
_FILES = """
import sys
from pathlib import Path
files = [file for store in sys.argv[1:] for folder in ("_news", "_archive/_news")
         for file in sorted((Path(store) / folder).glob("*.md"))]
"""
_READ = _FILES + "\nfor file in files: file.read_bytes()"
_HASH = "from hashlib import sha256\n" + _FILES + "\nfor file in files: sha256(file.read_bytes()).hexdigest()"
_CSAFE = (
    "import yaml\n"
    + _FILES
    + '\nfor file in files: yaml.load(file.read_bytes().split(b"\\n---", 1)[0], Loader=yaml.CSafeLoader)'
)
_SETUP = "import django; django.setup()"


class Measured:
    """Processor seconds, wall seconds and peak MiB of one finished command.

    `peak` is that of its largest process; `together`, where it is `watched`, the most that all its processes
    had at a time, as seen five times a second, with the pages that they share counted once. A process stands
    still while its pages are counted, for a thirtieth of its time.
    """

    def __init__(self, command: list[str], environment: dict[str, str], *, watched: bool) -> None:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        ended, self.together = threading.Event(), 0.0
        watcher = threading.Thread(target=self._watch, args=(process.pid, ended))
        if watched:
            watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.wall = time.perf_counter() - start
        if process.returncode:
            raise SystemExit(f"{' '.join(command[:4])} … ended with {process.returncode}")
        self.cpu = usage.ru_utime + usage.ru_stime
        self.peak = usage.ru_maxrss / 1024
        ended.set()
        if watched:
            watcher.join()

    def _watch(self, pid: int, ended: threading.Event) -> None:
        while not ended.wait(0.2):
            self.together = max(self.together, _shares(pid))


def _shares(pid: int) -> float:
    """Return the MiB in memory of a process and those that it started, each with its share of what several
    have; a process that is gone has none."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        share = next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
        started = [
            child
            for path in Path(f"/proc/{pid}/task").glob("*/children")
            for child in path.read_text().split()
        ]
    except OSError:
        return 0.0
    return share / 1024 + sum(_shares(int(child)) for child in started)


def _python(code: str, stores: list[str], environment: dict[str, str], *, watched: bool) -> Measured:
    return Measured([sys.executable, "-c", code, *stores], environment, watched=watched)


def _manage(environment: dict[str, str], *arguments: str, watched: bool = False) -> Measured:
    return Measured([sys.executable, "manage.py", *arguments], environment, watched=watched)


def _change_one(stores: list[str]) -> None:
    """Give one article another quality."""
    file = sorted((Path(stores[0]) / "_news").glob("*.md"))[-1]
    lines = file.read_bytes().split(b"\n")
    place = next(place for place, line in enumerate(lines) if line.startswith(b"quality: "))
    lines[place] = b"quality: %d" % (int(lines[place].split()[1]) + 1)
    file.write_bytes(b"\n".join(lines))


def _rounds(
    stores: list[str], rounds: int, environments: dict[str, dict[str, str]]
) -> dict[str, list[Measured]]:
    found: dict[str, list[Measured]] = {}
    plain = next(iter(environments.values()))
    _manage(plain, "import_articles", "--help")  # compiles the modules
    programs = {
        "reading the bytes": (_READ, stores), "hashing them (sha256)": (_HASH, stores),
        "yaml.CSafeLoader alone": (_CSAFE, stores), "django.setup() alone": (_SETUP, []),
    }  # fmt: skip
    for number in range(rounds):
        watched = number == 0
        for name, (code, given) in programs.items():
            found.setdefault(name, []).append(_python(code, given, plain, watched=watched))
        for name, environment in environments.items():
            shutil.rmtree(environment["VAR_DIR"], ignore_errors=True)
            _manage(environment, "migrate", "-v0")
            _manage(environment, "flush", "--no-input", "-v0")
            for what in ("cold import", "unchanged re-import"):
                found.setdefault(f"{what}, {name}", []).append(
                    _manage(environment, "import_articles", *stores, watched=watched)
                )
            _change_one(stores)
            changed = _manage(environment, "import_articles", *stores, watched=watched)
            found.setdefault(f"one changed file, {name}", []).append(changed)
    return found


def _table(found: dict[str, list[Measured]]) -> str:
    def least(name: str, what: str) -> float:
        return min(getattr(each, what) for each in found[name])

    def most(name: str, what: str) -> float:
        return max(getattr(each, what) for each in found[name])

    lines = [
        "| what | × CSafeLoader, processor | wall | × django.setup(), processor | wall | CPU s | wall s "
        "| peak MiB | of all processes |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in found:
        cpu, wall = least(name, "cpu"), least(name, "wall")
        ratios = [
            f"{own / least(base, what):.3f}"
            for base in ("yaml.CSafeLoader alone", "django.setup() alone")
            for own, what in ((cpu, "cpu"), (wall, "wall"))
        ]
        peaks = [f"{most(name, what):.0f}" for what in ("peak", "together")]
        lines.append(f"| {' | '.join([name, *ratios, f'{cpu:.2f}', f'{wall:.2f}', *peaks])} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stores", nargs="+", help="store roots")
    parser.add_argument("--rounds", type=int, default=3, help="the least counts (3)")
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory() as folder:
        stores = [str(shutil.copytree(store, Path(folder) / Path(store).name)) for store in options.stores]
        shared = {**os.environ, "DJANGO_SETTINGS_MODULE": "aggregator.settings", "PYTHONPATH": str(ROOT)}
        shared["PYTHONPYCACHEPREFIX"] = f"{folder}/compiled"
        shared.pop("PYTHONDONTWRITEBYTECODE", None)
        url = shared.pop("DATABASE_URL", "")
        environments = {"SQLite": {**shared, "VAR_DIR": f"{folder}/sqlite"}}
        if url:
            environments["PostgreSQL"] = {**shared, "VAR_DIR": f"{folder}/postgresql", "DATABASE_URL": url}
        print(_table(_rounds(stores, options.rounds, environments)))


if __name__ == "__main__":
    main()
