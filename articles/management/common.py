"""What several commands share: times, `--report FILE.json`, and how they end when something stops them."""

import json
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.core.management.base import CommandError
from django.db import DatabaseError, OperationalError
from django.utils.timezone import make_aware

from articles.caching.writing import lock_timeout
from articles.frontmatter.document import printable

LOCK_TIMEOUT = 300  # seconds that a command waits for a database that another program has locked
INTERRUPTED = 130  # what a shell expects of a program that Ctrl-C ended
# PostgreSQL's codes for what SQLite counts among operational errors: the database is read only, the user may
# not do this, the table or the column is not there, as before the migrations.
_NOT_READY = frozenset({"25006", "42501", "42P01", "42703"})


def parse_time(text: str) -> datetime:
    """Return the time that a date or time stands for, by default in UTC; raises ArgumentTypeError."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"“{printable(text)}” is neither a date nor a time") from error
    return make_aware(time) if time.tzinfo is None else time


def add_report_argument(parser, entries: str) -> None:
    """Add the option `--report` to a command; `entries` names what the report lists."""
    parser.add_argument("--report", metavar="FILE.json", help=f"write what became of each {entries}")


def draw_progress(stdout, done: int, total: int) -> None:
    """Draw a bar in place of the last line of a terminal."""
    stdout.write(f"\r{'█' * (30 * done // max(total, 1)):<30} {done}/{total}", ending="")
    stdout.flush()


def check_report(place: str | None) -> None:
    """Raise CommandError if no report can be written there; called before the work whose report it is."""
    if place:
        _write(place, "", "a")


def write_report(place: str | None, content: dict) -> None:
    """Write a report, if a place is given; raises CommandError if that fails."""
    if place:
        _write(place, json.dumps(content, indent=1), "w")


def _write(place: str, text: str, mode: str) -> None:
    try:
        with Path(place).open(mode, encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise CommandError(f"no report can be written to {printable(place)}: {error.strerror}") from error


@contextmanager
def stoppable(work: str) -> Iterator[None]:
    """End a command with one line if Ctrl-C or the database stops its `work`; the next run does the rest.

    A database that another program has locked is waited for. Errors that only a bug can cause keep their
    traceback.
    """
    try:
        with lock_timeout(LOCK_TIMEOUT):
            yield
    except KeyboardInterrupt:
        raise CommandError("stopped; run it again to go on", returncode=INTERRUPTED) from None
    except DatabaseError as error:
        if not isinstance(error, OperationalError) and _code_of(error) not in _NOT_READY:
            raise
        [reason, *_] = str(error).splitlines() or ["it does not say why"]  # PostgreSQL adds the statement
        raise CommandError(f"the database stopped the {work}: {reason}; run it again to go on") from error


def _code_of(error: DatabaseError) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""
