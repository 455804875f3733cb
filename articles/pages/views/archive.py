"""The archive: stories by year, month and day, at the same cost however old."""

from calendar import Calendar, monthrange
from datetime import date, timedelta

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


def _address(*parts: int) -> str:
    """Return the address of the page of a year, of a year and month, or of a day."""
    name = ("archive_year", "archive_month", "archive_day")[len(parts) - 1]
    return reverse(f"articles:{name}", args=[f"{part:02}" for part in parts])


def _periods_with_stories(key, starts: list[date]) -> set[int]:
    """Return the indexes of the periods that have stories; each ends where the next one starts."""
    return cached(("archive", key), lambda: Story.objects.periods_with_stories(starts))


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
    found = _periods_with_stories("years", [date(year, 1, 1) for year in [*years, years[-1] + 1]])
    return render_page(
        request,
        "pages/archive.html",
        _("Archive"),
        crumbs=[],
        cells=[{"name": years[n], "url": _address(years[n])} for n in sorted(found, reverse=True)],
    )


@require_safe
def archive_year(request, year):
    """The months of a year."""
    first = _checked(year)
    starts = [date(first.year, month, 1) for month in range(1, 13)] + [date(first.year + 1, 1, 1)]
    found = _periods_with_stories(first.year, starts)
    return render_page(
        request,
        "pages/archive.html",
        _("Archive: %s") % first.year,
        crumbs=[{"name": _("Archive"), "url": reverse("articles:archive")}],
        heading=str(first.year),
        cells=[
            {"name": MONTHS[month], "url": _address(first.year, month) if month - 1 in found else ""}
            for month in range(1, 13)
        ],
    )


@require_safe
def archive_month(request, year, month):
    """A month's calendar and its stories, newest first."""
    first = _checked(year, month)
    days = monthrange(first.year, first.month)[1]
    found = _periods_with_stories((year, month), [first + timedelta(days=n) for n in range(days + 1)])
    weeks = Calendar().monthdayscalendar(first.year, first.month) if found else []

    def cell(day: int) -> dict:
        has_page = day and day - 1 in found
        return {"day": day or "", "url": _address(first.year, first.month, day) if has_page else ""}

    calendar = [[cell(day) for day in week] for week in weeks]
    return _story_list(request, first, first.replace(day=days), calendar)


@require_safe
def archive_day(request, year, month, day):
    """A day's stories, newest first."""
    first = _checked(year, month, day)
    return _story_list(request, first, first, [])


def _story_list(request, first: date, last: date, weeks: list):
    """Return the page of the stories of these days, by the time of their lead."""
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
