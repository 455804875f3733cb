"""Backups while an import goes on: `python -m tests.soak.backups STORE… [--database URL]`.

An import runs in one process; meanwhile backups are made, one after another. Each is restored into another
database (an SQLite file, or the PostgreSQL database of `--database`, which is emptied), saved again from
there, and both must hold the same bytes in every table.
"""

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MOST = 6  # backups


def _manage(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip


def _tables(path: Path) -> dict:
    with tarfile.open(path) as tar:
        return json.loads(tar.extractfile("manifest.json").read())["tables"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stores", nargs="+")
    parser.add_argument("--database", default="", help="restore into this PostgreSQL database")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plain = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
        here = {**plain, "VAR_DIR": str(folder / "here")}
        there = {**plain, "VAR_DIR": str(folder / "there"), "DATABASE_URL": options.database}
        _manage(here, "migrate", "-v0")
        command = [sys.executable, "manage.py", "import_articles", *options.stores]
        running = subprocess.Popen(command, cwd=ROOT, env=here, stdout=subprocess.DEVNULL)
        made = []
        while running.poll() is None and len(made) < MOST:
            made.append(folder / f"{len(made)}.tar")
            _manage(here, "backup", str(made[-1]))
        if running.wait():
            raise SystemExit("the import failed")
        made.append(folder / "last.tar")
        _manage(here, "backup", str(made[-1]))
        for path in made:
            _manage(there, "restore", str(path), "--replace")
            _manage(there, "backup", str(folder / "again.tar"))
            one, two = _tables(path), _tables(folder / "again.tar")
            differing = [table for table in one if one[table] != two[table]]
            rows = sum(entry["rows"] for entry in one.values())
            print(f"{path.name}: {rows} rows, {path.stat().st_size >> 20} MiB, differing tables: {differing}")
            if differing:
                raise SystemExit(1)
        print(f"{len(made)} of {len(made)} backups equal when restored elsewhere")


if __name__ == "__main__":
    main()
