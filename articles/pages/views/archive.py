"""The archive: stories by year, month and day, at the same cost however old."""

from calendar import Calendar, monthrange
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.caching.times import day_name
from articles.caching.version import cached
from articles.models import Story
from articles.pages.cards import story_cards
from articles.pages.context import render_page
from articles.pages.pagination import page_of

FIRST_YEAR = 1990  # no article may be older
PAGE = 20


def _address(year: int, month: int = 0, day: int = 0) -> str:
    if day:
        return reverse("articles:archive_day", args=[f"{year:04}", f"{month:02}", f"{day:02}"])
    if month:
        return reverse("articles:archive_month", args=[f"{year:04}", f"{month:02}"])
    return reverse("articles:archive_year", args=[f"{year:04}"])


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _filled(key, starts: list[date]) -> set[int]:
    """Places of those spans that have stories; a span ends where the next one starts."""
    spans = [(_start(a), _start(b)) for a, b in pairwise(starts)]
    return cached(("archive", key), lambda: Story.objects.filled(spans))


def _checked(year: str, month: str = "1", day: str = "1") -> date:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError as error:
        raise Http404 from error
    if not FIRST_YEAR <= found.year <= timezone.now().year:
        raise Http404
    return found


@require_safe
def archive(request):
    """The years."""
    years = list(range(FIRST_YEAR, timezone.now().year + 1))
    filled = _filled("years", [date(year, 1, 1) for year in [*years, years[-1] + 1]])
    return render_page(
        request,
        "pages/archive.html",
        _("Archive"),
        crumbs=[],
        cells=[
            {"name": years[place], "url": _address(years[place])} for place in sorted(filled, reverse=True)
        ],
    )


@require_safe
def archive_year(request, year):
    """The months of a year."""
    first = _checked(year)
    starts = [date(first.year, month, 1) for month in range(1, 13)] + [date(first.year + 1, 1, 1)]
    filled = _filled(first.year, starts)
    return render_page(
        request,
        "pages/archive.html",
        _("Archive: %s") % first.year,
        crumbs=[{"name": _("Archive"), "url": reverse("articles:archive")}],
        heading=str(first.year),
        cells=[
            {"name": MONTHS[month], "url": _address(first.year, month) if month - 1 in filled else ""}
            for month in range(1, 13)
        ],
    )


@require_safe
def archive_month(request, year, month):
    """A month's calendar and its stories, newest first."""
    first = _checked(year, month)
    days = monthrange(first.year, first.month)[1]
    filled = _filled((year, month), [first + timedelta(days=n) for n in range(days + 1)])
    if not filled and not request.GET:
        return _list(request, first, first.replace(day=days), weeks=[])
    weeks = [
        [
            {
                "day": day or "",
                "url": _address(first.year, first.month, day) if day and day - 1 in filled else "",
            }
            for day in week
        ]
        for week in Calendar().monthdayscalendar(first.year, first.month)
    ]
    return _list(request, first, first.replace(day=days), weeks=weeks)


@require_safe
def archive_day(request, year, month, day):
    """A day's stories, newest first."""
    first = _checked(year, month, day)
    return _list(request, first, first, weeks=[])


def _list(request, first: date, last: date, *, weeks: list):
    """Stories whose lead is of these days."""
    page = page_of(Story.objects.public().on_days(first, last), "new", request.GET.get("after", ""), PAGE)
    is_day = first == last
    month = f"{MONTHS[first.month]} {first.year}"
    crumbs = [
        {"name": _("Archive"), "url": reverse("articles:archive")},
        {"name": str(first.year), "url": _address(first.year)},
    ]
    if is_day:
        crumbs.append({"name": month, "url": _address(first.year, first.month)})
    heading = day_name(first) if is_day else month
    return render_page(
        request,
        "pages/archive.html",
        _("Archive: %s") % heading,
        description=_("Stories of %s.") % heading,
        crumbs=crumbs,
        heading=heading,
        weekdays=[WEEKDAYS_ABBR[n] for n in range(7)],
        weeks=weeks,
        neighbours=_neighbours(first, last),
        cards=story_cards([row.story for row in page.rows]),
        is_list=True,
        **page.links(request),
    )


def _neighbours(first: date, last: date) -> dict:
    """The day or the month before and after."""
    before, after = first - timedelta(days=1), last + timedelta(days=1)
    today = timezone.now().date()

    def link(day: date) -> dict | None:
        if day.year < FIRST_YEAR or day > today:
            return None
        if first == last:
            return {"name": day_name(day), "url": _address(day.year, day.month, day.day)}
        return {"name": f"{MONTHS[day.month]} {day.year}", "url": _address(day.year, day.month)}

    return {"before": link(before), "after": link(after)}
