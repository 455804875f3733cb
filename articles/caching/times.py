"""Times as pages show them, and their renewal in cached pages: "3 h ago" is true for a minute.

All times are shown in UTC and in the active language.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from django.utils import timezone, translation
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

WEEK = timedelta(days=7)
# An element of `time_element` or `now_element`: its time, its other attributes, which of both it is.
_ELEMENT = re.compile(rb'<time datetime="([^"]{20})"([^<>]*) data-(relative|now)>[^<]*')


def relative_time(moment: datetime, now: datetime) -> str:
    """Return how long ago a time is, such as "3 h ago"; the date once that is a week."""
    seconds = int((now - moment).total_seconds())
    if seconds < 60:
        return _("now")
    if seconds < 3600:
        return _("%d min ago") % (seconds // 60)
    if seconds < 86_400:
        return _("%d h ago") % (seconds // 3600)
    if seconds < WEEK.total_seconds():
        days = seconds // 86_400
        return ngettext("%d day ago", "%d days ago", days) % days
    month = str(MONTHS_3[moment.month]).capitalize()
    return _("%(day)d %(month)s %(year)d") % {"day": moment.day, "month": month, "year": moment.year}


def exact_time(moment: datetime) -> str:
    """Return a time in full, such as "Thursday, 4 May 2023, 09:30 UTC"."""
    moment = moment.astimezone(UTC)
    before, after = _around_clock(translation.get_language(), moment.date().toordinal())
    return f"{before}{moment:%H:%M}{after}"


@lru_cache(maxsize=1_000)
def _around_clock(_language: str, day: int) -> tuple[str, str]:
    """Return what stands before and after the time of day in a full time; the articles of a page share it."""
    date = datetime.fromordinal(day)
    text = _("%(weekday)s, %(day)d %(month)s %(year)d, %(time)s UTC") % {
        "weekday": WEEKDAYS[date.weekday()], "day": date.day, "month": MONTHS[date.month], "year": date.year,
        "time": "\0",
    }  # fmt: skip
    before, _time, after = text.partition("\0")
    return before, after


def day_name(day) -> str:
    """Return a day in full, such as "4 May 2023"."""
    return _("%(day)d %(month)s %(year)d") % {"day": day.day, "month": MONTHS[day.month], "year": day.year}


def time_element(moment: datetime | None) -> SafeString:
    """Return a <time> element: exact for programs and as its title, relative as its text; "" for no time.

    `renew_relative_times` keeps its text true.
    """
    if not moment:
        return SafeString("")
    now, moment = timezone.now(), moment.astimezone(UTC)
    form = '<time datetime="{}" title="{}"%s>{}</time>' % (" data-relative" if now - moment < WEEK else "")
    return format_html(form, _iso(moment), exact_time(moment), relative_time(moment, now))


def now_element() -> SafeString:
    """Return a <time> element of the present, in full, which `renew_relative_times` keeps true."""
    now = timezone.now()
    return format_html('<time datetime="{}" data-now>{}</time>', _iso(now), exact_time(now))


def renew_relative_times(html: bytes, now: datetime, language: str) -> bytes:
    """Return a page with the texts of its time elements as they are `now`.

    Rendered values cannot be such elements, as their "<" is escaped.
    """
    texts: dict[bytes, bytes] = {}

    def renewed(found: re.Match) -> bytes:
        text: bytes | None
        moment, attributes, kind = found.groups()
        if kind == b"now":
            moment, text = _iso(now).encode(), exact_time(now).encode()
        elif (text := texts.get(moment)) is None:
            then = datetime.fromisoformat(moment.decode())
            text = texts[moment] = relative_time(then, now).encode()
        return b'<time datetime="%b"%b data-%b>%b' % (moment, attributes, kind, text)

    with translation.override(language):
        return _ELEMENT.sub(renewed, html)


def without_texts_of_times(html: bytes) -> bytes:
    """Return a page without what time alone changes, to tell whether anything else did."""
    return _ELEMENT.sub(lambda found: b"" if found[3] == b"now" else found[1], html)


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
