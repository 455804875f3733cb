"""The frame of every page, and times in the reader's words (floor 3)."""

import secrets
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.http import HttpResponse
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3, WEEKDAYS
from django.utils.html import escape
from django.utils.translation import get_language_info, ngettext

from articles.generation import remember
from articles.language import gettext as _
from articles.language import speak, spoken
from articles.models import Topic
from articles.pages.addresses import absolute
from articles.pages.markup import CARDS
from articles.pages.preferences import Choices

NAV_TOPICS = 12

# "3 h ago" stands in no kept piece of a page: a mark does, and is filled when the page is sent. The mark
# holds a number drawn at the start of the process, so that no text from outside can be one.
_EDGE = f"@{secrets.token_hex(8)}@"  # stands before and after what a mark is of
_EDGE_BYTES = _EDGE.encode()
_PATH = f"{_EDGE}path{_EDGE}"  # the page's own address
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
            "ago": ago(moment, self.now) if is_old else f"{_EDGE}{moment.timestamp():.0f}{_EDGE}",
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


def fill_marks(made: bytes, address: str, language: str) -> bytes:
    """Put "3 h ago" and the like, and the page's own address, where marks stand.

    Bytes, because a page is written out once and filled many times.
    """
    second = int(timezone.now().timestamp())
    words, path = _words(language, second), {b"path": escape(address).encode()}
    pieces = made.split(_EDGE_BYTES)  # text and mark in turn
    marks = pieces[1::2]
    try:
        pieces[1::2] = map((words | path).__getitem__, marks)
    except KeyError:
        new = set(marks) - words.keys() - path.keys()
        with speak(language):
            words |= {mark: _say(mark, datetime.fromtimestamp(second, UTC)).encode() for mark in new}
        pieces[1::2] = map((words | path).__getitem__, marks)
    return b"".join(pieces)


def _say(mark: bytes, now: datetime) -> str:
    if mark == b"path":
        return ""  # differs from reader to reader
    if mark == b"iso":
        return f"{now:%Y-%m-%dT%H:%M:%SZ}"
    return exact(now) if mark == b"exact" else ago(datetime.fromtimestamp(int(mark), UTC), now)


@lru_cache(maxsize=8)
def _words(_language: str, _second: int) -> dict[bytes, bytes]:
    """Return what marks say at one moment: each is put into words once, a page repeats most of them."""
    return {}


def topics_in_order() -> list[Topic]:
    """Return all topics; read once per state of the site."""
    return remember("topics", lambda: list(Topic.objects.for_links()))


def topic_chips() -> dict[int, dict]:
    """Return name and address of every topic, by its key."""

    def make() -> dict:
        return {t.pk: {"name": t.name, "url": t.get_absolute_url()} for t in topics_in_order()}

    return remember("chips", make)


def leading_topics() -> list[Topic]:
    """Return the topics that lead the reader in: those at the top; of a single one, its children too."""
    topics = [topic for topic in topics_in_order() if topic.story_count]
    roots = [topic for topic in topics if topic.parent_id is None]
    if len(roots) == 1:
        return roots + [topic for topic in topics if topic.parent_id == roots[0].pk]
    return roots


def feed_links(address: str, title: str, query: str = "") -> list[dict]:
    """Return the Atom and JSON feeds beside a list, for autodiscovery and for the reader."""
    return _feed_links(spoken(), address, title, query)


@lru_cache(maxsize=500)
def _feed_links(_language: str, address: str, title: str, query: str) -> list[dict]:
    tail = f"?{query}" if query else ""
    return [
        {
            "url": f"{address}feed.{form}{tail}",
            "type": f"application/{kind}",
            "title": title,
            "name": name,
            "label": _("%(name)s feed") % {"name": name},
        }
        for form, kind, name in (("atom", "atom+xml", "Atom"), ("json", "feed+json", "JSON"))
    ]


def render_page(request, template: str, title: str, *, status: int = 200, **more) -> HttpResponse:
    """Return a page: its own context in the site's frame, with marks that the page cache fills."""
    context = {**frame(request), "page_title": title, **more}
    made = get_template(template).template.render(Context(context)).encode()
    if cards := more.get("cards"):
        made = made.replace(CARDS.encode(), b"".join(card["html"] for card in cards))
    answer = HttpResponse(made, status=status)
    answer.has_marks = True
    return answer


def frame(request) -> dict:
    """Return what the frame of every page shows: name, addresses, topics, the reader's choices."""
    nav_paths = remember("nav", lambda: {topic.get_absolute_url() for topic in leading_topics()})
    return {
        **_fixed_frame(request.choices, settings.SITE_NAME, settings.OPEN_LOG),
        "canonical": absolute(request, request.path),
        "is_draft": getattr(request, "is_draft", False),
        "nav_key": request.path if request.path in nav_paths else "",
        "nav_topics": lambda: [
            {"name": topic.short_name or topic.name, "url": url, "current": request.path == url}
            for topic in leading_topics()[:NAV_TOPICS]
            for url in (topic.get_absolute_url(),)
        ],
    }


@lru_cache(maxsize=50)
def _fixed_frame(choices: Choices, site_name: str, has_log: bool) -> dict:
    """Return what is the same on all pages of a reader; the page's own path stands in it as a mark."""
    return {
        "frame_key": f"{choices.theme} {has_log} {site_name}",  # all that the frame's kept pieces depend on
        "site_name": site_name,
        "path": _PATH,
        "as_of": {"iso": f"{_EDGE}iso{_EDGE}", "exact": f"{_EDGE}exact{_EDGE}"},
        "home_url": reverse("articles:front"),
        "topics_url": reverse("articles:topic_list"),
        "providers_url": reverse("articles:provider_list"),
        "search_url": reverse("articles:search"),
        "about_url": reverse("articles:about"),
        "preferences_url": reverse("articles:preferences"),
        "has_log": has_log,
        "action": "",  # of a search page's own form
        "about_links": [
            {"name": _("Providers"), "url": reverse("articles:provider_list")},
            {"name": _("Archive"), "url": reverse("articles:archive")},
            {"name": _("Data"), "url": reverse("articles:api")},
            *([{"name": _("Log"), "url": reverse("articles:log")}] if has_log else []),
            {"name": _("About"), "url": reverse("articles:about")},
        ],
        "theme": choices.theme,
        "themes": [
            {"value": value, "name": name, "current": value == choices.theme}
            for value, name in (("", _("System")), ("light", _("Light")), ("dark", _("Dark")))
        ],
        "languages": [
            {
                "value": code,
                "name": get_language_info(code)["name_local"],
                "current": code == choices.language,
            }
            for code, _name in settings.LANGUAGES
        ],
    }
