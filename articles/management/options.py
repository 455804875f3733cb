"""Options that several commands share: times, and `--report FILE.json`."""

import json
from datetime import datetime
from pathlib import Path

from django.core.management.base import CommandError
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import make_aware

from articles.frontmatter.errors import printable


def parse_time(text: str) -> datetime:
    """Return the time that a date or time stands for, by default in UTC; raises ValueError."""
    time = parse_datetime(text)
    if time is None:
        day = parse_date(text)
        if day is None:
            raise ValueError("neither a date nor a time")
        time = datetime.combine(day, datetime.min.time())
    return make_aware(time) if time.tzinfo is None else time


def add_report_argument(parser, entries: str) -> None:
    """Add the option `--report` to a command; `entries` names what the report lists."""
    parser.add_argument("--report", metavar="FILE.json", help=f"write what became of each {entries}")


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
