"""Imports that are disturbed: `python -m tests.soak.imports STORE… [--kills 50] [--database postgres://…/name]`.

Each disturbed archive must end up equal to that of an undisturbed import: killed at a random moment and run
again; two imports at once; a database that another program holds locked for 30 seconds; a full disk; with
`--divisions`, the files of one store in random order in two to nine imports. Without
`--database` each archive is an SQLite file; with it, a PostgreSQL database that is emptied every time. Only
processes that were started here are killed.
"""

import argparse
import hashlib
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_STATE = "import django; django.setup(); from tests.state import print_state; print_state()"


class Archive:
    """A fresh archive, and the commands run on it."""

    def __init__(self, folder: Path, stores: list[str], database: str) -> None:
        self.folder, self.stores, self.database = folder, stores, database
        self.environment = {
            **os.environ, "VAR_DIR": str(folder / "var"), "DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "aggregator.settings", "PYTHONHASHSEED": "random",
        }  # fmt: skip

    def prepare(self) -> None:
        """Make the tables of a PostgreSQL archive; those of SQLite come with `clear`."""
        if self.database:
            self._manage("migrate", "-v0")

    def clear(self) -> None:
        if self.database:
            self._manage("flush", "--no-input", "-v0")
            return
        template = self.folder / "template"
        if not template.exists():
            self._manage("migrate", "-v0")
            (self.folder / "var").rename(template)
        shutil.rmtree(self.folder / "var", ignore_errors=True)
        shutil.copytree(template, self.folder / "var")

    def _manage(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.environment, check=True)

    def start(self) -> subprocess.Popen:
        return self._popen("manage.py", "import_articles", *self.stores)

    def _popen(self, *arguments: str) -> subprocess.Popen:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=self.environment, **pipes)

    def undisturbed(self) -> tuple[str, float]:
        """Fill the archive in one go; returns its digest and how many seconds that took."""
        self.prepare()
        self.clear()
        start = time.monotonic()
        self.finish(self.start())
        seconds = time.monotonic() - start
        print(f"undisturbed: {seconds:.1f} s", flush=True)
        return self.digest(), seconds

    def finish(self, process: subprocess.Popen) -> str:
        said, _ = process.communicate(timeout=600)
        if process.returncode or "locked" in said:
            print(said)
        return said

    def digest(self) -> str:
        """Hash the state of the archive; the state itself stays beside, for a look at a difference."""
        command = [sys.executable, "-c", _STATE]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True)
        state = done.stdout
        digest = hashlib.sha256(state).hexdigest()
        (self.folder / f"{digest[:12]}.json").write_bytes(state)
        return digest


def kills(archive: Archive, times: int, wanted: str, seconds: float) -> int:
    """Kill an import at a random moment and run it again, many times; returns how often all was well."""
    good = 0
    for place in range(times):
        archive.clear()
        process = archive.start()
        time.sleep(random.uniform(0.3, seconds))
        process.kill()
        process.communicate()
        archive.finish(archive.start())
        good += archive.digest() == wanted
        print(f"killed and run again: {good} of {place + 1} equal", flush=True)
    return good


def two_at_once(archive: Archive, wanted: str) -> bool:
    archive.clear()
    processes = [archive.start(), archive.start()]
    said = [archive.finish(process) for process in processes]
    return archive.digest() == wanted and "locked" not in "".join(said)


def locked_for_30_seconds(archive: Archive, wanted: str) -> bool:
    archive.clear()
    holder = sqlite3.connect(archive.folder / "var" / "news.sqlite3", isolation_level=None)
    process = archive.start()
    time.sleep(2)
    holder.execute("BEGIN IMMEDIATE")
    time.sleep(30)
    holder.execute("ROLLBACK")
    holder.close()
    said = archive.finish(process)
    return archive.digest() == wanted and "locked" not in said


def full_disk(archive: Archive, wanted: str, size: int) -> bool:
    """Import on a disk of this many bytes, then on one with room; True where it could not be made, too."""
    archive.clear()
    small = archive.folder / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", small], check=False).returncode:
        print("a full disk: not tried, because no small disk could be mounted")
        return True
    try:
        shutil.copytree(archive.folder / "var", small, dirs_exist_ok=True)
        archive.environment["VAR_DIR"] = str(small)
        said = archive.finish(archive.start())
        shutil.rmtree(archive.folder / "var")
        shutil.copytree(small, archive.folder / "var")
    finally:
        archive.environment["VAR_DIR"] = str(archive.folder / "var")
        subprocess.run(["umount", small], check=True)
    archive.finish(archive.start())
    return "stopped the import" in said and archive.digest() == wanted


def divided(archive: Archive, store: Path, times: int, wanted: str) -> bool:
    """Import a store's files in random order in a few imports, so many times."""
    for _ in range(times):
        files = sorted((store / "_news").glob("*.md"))
        random.shuffle(files)
        archive.clear()
        place, pieces = archive.folder / "parts" / store.name, random.randint(2, 9)
        for piece in range(pieces):
            shutil.rmtree(place, ignore_errors=True)
            shutil.copytree(store, place, ignore=shutil.ignore_patterns("_news"))
            (place / "_news").mkdir()
            for file in files[piece::pieces]:
                shutil.copy2(file, place / "_news" / file.name)
            archive.stores = [str(place)]
            archive.finish(archive.start())
        if archive.digest() != wanted:
            return False
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stores", nargs="+")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--divisions", type=int, default=0)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    stores = [str(Path(store).resolve()) for store in options.stores]
    if missing := [store for store in stores if not Path(store).is_dir()]:
        raise SystemExit(f"no such store: {', '.join(missing)}")  # two empty archives would be equal too
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder), stores, options.database)
        wanted, seconds = archive.undisturbed()
        size = sum(path.stat().st_size for path in (archive.folder / "var").rglob("*") if path.is_file())
        results = {"two imports at once": two_at_once(archive, wanted)}
        if not options.database:
            results["locked for 30 s"] = locked_for_30_seconds(archive, wanted)
            results["a full disk"] = full_disk(archive, wanted, size // 2)
        for name, is_good in results.items():
            print(f"{name}: {'equal' if is_good else 'DIFFERENT'}", flush=True)
        good = kills(archive, options.kills, wanted, seconds)
        if options.divisions:
            is_good = divided(archive, Path(stores[0]), options.divisions, wanted)
            print(f"divided: {'equal' if is_good else 'DIFFERENT'}", flush=True)
            results["divided"] = is_good
    if good < options.kills or not all(results.values()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
