"""Readers for long: `python -m tests.soak.load [STORE…] [--seconds 300] [--import MORE…] [--postgresql]`.

So many connections ask nginx for all kinds of address, and two web processes answer. Prints answers a second,
percentiles, errors and how the memory of the web processes grew; with `--import` the same once more for as
long as these stores are imported. Ends with 1 if there was any error. Everything runs on loopback.
"""

import argparse
import tempfile
import time
from pathlib import Path

from tests.soak.asking import Readers, Seen, find_addresses
from tests.soak.machine import Machine

WARM = 10  # seconds before the first look at memory


def measure(machine: Machine, paths: list[str], options, more: list[str]) -> Seen:
    """Let readers read for the time given; with `more`, for as long as an import of these stores takes."""
    readers = Readers(machine.door, paths, options.connections, options.pause)
    began = time.monotonic()
    time.sleep(min(WARM, options.seconds / 3))
    before, first = machine.web_memory(), len(readers.seen.seconds)
    work = machine.start_command("import_articles", *more) if more else None
    while work.poll() is None if work else time.monotonic() - began < options.seconds:
        time.sleep(0.2)
    after = machine.web_memory()
    seen = readers.stop()
    taken = time.monotonic() - began
    name = f"while {len(more)} store(s) were imported, {taken:.0f} s" if more else "quiet"
    growth = f"memory {before:.0f} -> {after:.0f} MiB ({100 * (after / before - 1):+.1f} %)"
    print(f"{name}: {seen.told(taken)}; after warming p99 {seen.p(0.99, first):.1f} ms; {growth}", flush=True)
    return seen


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stores", nargs="*", metavar="STORE")
    parser.add_argument("--import", nargs="+", metavar="MORE", default=[], dest="more")
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--pause", type=float, default=0.0, help="seconds a reader waits after each answer")
    parser.add_argument("--postgresql", action="store_true", help="instead of SQLite")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        machine = Machine(Path(name), postgresql=options.postgresql)
        try:
            machine.start(options.stores)
            paths = find_addresses(machine.door)
            kind = "PostgreSQL" if options.postgresql else "SQLite"
            print(f"{kind}, {options.connections} connections, {len(paths)} kinds of address", flush=True)
            runs = [measure(machine, paths, options, [])]
            if options.more:
                runs.append(measure(machine, paths, options, options.more))
        finally:
            machine.stop()
    return 1 if any(seen.errors for seen in runs) else 0


if __name__ == "__main__":
    raise SystemExit(main())
