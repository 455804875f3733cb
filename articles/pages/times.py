"""Times in the reader's words, and the marks that stand for them in kept pieces of pages (floor 3)."""

import secrets
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS
from django.utils.html import escape
from django.utils.translation import ngettext

from articles.language import gettext as _
from articles.language import speak, spoken

# "3 h ago" stands in no kept piece of a page: a mark does, and is filled when the page is sent. The mark
# holds a number drawn at the start of the process, so that no text from outside can be one.
_EDGE = f"@{secrets.token_hex(8)}@"  # stands before and after what a mark is of
_EDGE_BYTES = _EDGE.encode()
_WEEK = timedelta(days=7)


@lru_cache
def _calendar(language: str) -> tuple[list[str], list[str], list[str], str]:
    """Names of weekdays, months, short months, and the form of a full time: looked up once a language."""
    return (
        [str(WEEKDAYS[day]) for day in range(7)],
        ["", *(str(MONTHS[month]) for month in range(1, 13))],
        ["", *(str(MONTHS_3[month]).capitalize() for month in range(1, 13))],
        _("%(weekday)s, %(day)d %(month)s %(year)d, %(time)s UTC"),
    )


def exact(moment: datetime) -> str:
    """Say a time in full, in UTC and in the reader's language."""
    return _exact(spoken(), moment)


def _exact(language: str, moment: datetime) -> str:
    before, after = _around_time(language, moment.year, moment.month, moment.day)
    return f"{before}{moment.hour:02}:{moment.minute:02}{after}"


@lru_cache(maxsize=1_000)
def _around_time(language: str, year: int, month: int, day: int) -> tuple[str, str]:
    """Return what stands before and after the time of day in a full time: a page's reports share few days."""
    weekdays, months, _short, form = _calendar(language)
    weekday = weekdays[date(year, month, day).weekday()]
    said = form % {"weekday": weekday, "day": day, "month": months[month], "year": year, "time": "\0"}
    before, _time, after = said.partition("\0")
    return before, after


def day_name(day) -> str:
    """Say a day in full, in the reader's language."""
    return _("%(day)d %(month)s %(year)d") % {
        "day": day.day, "month": MONTHS[day.month], "year": day.year,
    }  # fmt: skip


class Times:
    """Says times as machines, careful readers and hurried readers want them; all in UTC."""

    def __init__(self):
        self.language, self.now = spoken(), timezone.now()

    def say(self, moment: datetime) -> dict:
        moment = moment.astimezone(UTC)
        is_old = self.now - moment >= _WEEK
        return {
            "iso": f"{moment.isoformat()[:19]}Z",
            "exact": _exact(self.language, moment),
            # A date stays a date; what is younger is said anew when the page is sent.
            "ago": ago(moment, self.now) if is_old else mark(f"{moment.timestamp():.0f}"),
        }


def when(moment: datetime) -> dict:
    """Return one time as `Times` says it."""
    return Times().say(moment)


@lru_cache(maxsize=500)
def _said(language: str, unit: str, number: int) -> str:
    """Say a small age; there are few of them, so each is put into words once a language."""
    if unit == "min":
        return _("%d min ago") % number
    if unit == "h":
        return _("%d h ago") % number
    return ngettext("%d day ago", "%d days ago", number) % number


def ago(moment: datetime, now: datetime) -> str:
    """Say how long ago in one word or two; a date once it is over a week."""
    past, language = int((now - moment).total_seconds()), spoken()
    if past < 60:
        return _("now")
    if past < 3600:
        return _said(language, "min", past // 60)
    if past < 86_400:
        return _said(language, "h", past // 3600)
    if past < 7 * 86_400:
        return _said(language, "day", past // 86_400)
    return _("%(day)d %(month)s %(year)d") % {
        "day": moment.day, "month": _calendar(language)[2][moment.month], "year": moment.year,
    }  # fmt: skip


def mark(of: str) -> str:
    """Return the mark of a moment (seconds of the epoch), of now (`iso`, `exact`) or of the page (`path`)."""
    return f"{_EDGE}{of}{_EDGE}"


def pieces_of(made: bytes) -> list[bytes]:
    """Return text and mark in turn, beginning and ending with text."""
    return made.split(_EDGE_BYTES)


def fill(pieces: list[bytes], address: str, language: str) -> bytes:
    """Put pieces together, with "3 h ago" and the like, and the page's own address, for the marks.

    Bytes, because a page is written out once and filled many times.
    """
    second, marks, filled = int(timezone.now().timestamp()), pieces[1::2], pieces[:]
    words, path = _words(language, second), {b"path": escape(address).encode()}
    try:
        filled[1::2] = map((words | path).__getitem__, marks)
    except KeyError:
        new = set(marks) - words.keys() - path.keys()
        with speak(language):
            words |= {mark: _say(mark, datetime.fromtimestamp(second, UTC)).encode() for mark in new}
        filled[1::2] = map((words | path).__getitem__, marks)
    return b"".join(filled)


def _say(mark: bytes, now: datetime) -> str:
    if not mark:
        return ""  # between two lists of pieces
    if mark == b"iso":
        return f"{now:%Y-%m-%dT%H:%M:%SZ}"
    return exact(now) if mark == b"exact" else ago(datetime.fromtimestamp(int(mark), UTC), now)


@lru_cache(maxsize=8)
def _words(_language: str, _second: int) -> dict[bytes, bytes]:
    """Return what marks say at one moment: each is put into words once, a page repeats most of them."""
    return {}
