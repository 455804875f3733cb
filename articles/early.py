"""What an import begins with before Django has started (floor 0): the process beside it looks at files."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from articles.http.sandbox import Worker, WorkerGone, start_beside

_early: list[Worker] = []


def start() -> None:
    """Start the process beside an import before it is asked for; not where there is no processor for it."""
    if (os.cpu_count() or 1) > 1:
        with suppress(OSError):  # then it is started when it is needed
            _early.append(start_beside())


def begin(words: Iterable[str], database: Mapping[str, object]) -> None:
    """Let that process look at the files of an import with these words, into a database of these settings.

    A word that is no path costs nothing.
    """
    head = {"paths": [word for word in words if not word.startswith("-")], "kept": _size_of(database)}
    with suppress(WorkerGone):
        for worker in _early:
            worker.send(head)


def _size_of(database: Mapping[str, object]) -> int | None:
    """Return how many bytes a database has, None where only its server could tell."""
    if not str(database["ENGINE"]).endswith("sqlite3"):
        return None
    files = [Path(f"{database['NAME']}{end}") for end in ("", "-wal")]
    return sum(file.stat().st_size for file in files if file.is_file())


def early_worker() -> Worker | None:
    """Return the process that was started early, if there is one; to be had once."""
    return _early.pop() if _early else None
