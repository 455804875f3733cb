"""The frame of every page (floor 3)."""

from functools import lru_cache

from django.conf import settings
from django.http import HttpResponse
from django.template import Context
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import get_language_info

from articles.caching.version import cached
from articles.language import gettext as _
from articles.language import spoken
from articles.models import Topic
from articles.pages.addresses import absolute
from articles.pages.markup import CARDS
from articles.pages.preferences import Choices
from articles.pages.times import fill, mark, pieces_of

NAV_TOPICS = 12


def topics_in_order() -> list[Topic]:
    """Return all topics; read once per state of the site."""
    return cached("topics", lambda: list(Topic.objects.for_links()))


def topic_chips() -> dict[int, dict]:
    """Return name and address of every topic, by its key."""

    def make() -> dict:
        return {t.pk: {"name": t.name, "url": t.get_absolute_url()} for t in topics_in_order()}

    return cached("chips", make)


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


class Page(HttpResponse):
    """A page in pieces, text and mark in turn: it says nothing before it is filled (see pages/times.py)."""

    def __init__(self, pieces: list[bytes], status: int):
        super().__init__(status=status)
        self.pieces = pieces

    def fill(self, request) -> None:
        """Say what the marks stand for, to this reader and now."""
        self.content = fill(self.pieces, request.get_full_path(), request.choices.language)
        self["Content-Length"] = str(len(self.content))


def render_page(request, template: str, title: str, *, status: int = 200, **more) -> Page:
    """Return a page: its own context in the site's frame, with marks that the page cache fills."""
    context = {**frame(request), "page_title": title, **more}
    made = get_template(template).template.render(Context(context))
    head, _cards, tail = made.partition(CARDS)
    pieces = pieces_of(head.encode())
    for more_pieces in (*(card["html"] for card in more.get("cards") or ()), pieces_of(tail.encode())):
        pieces += (b"", *more_pieces)  # text, an empty mark, text
    return Page(pieces, status)


def frame(request) -> dict:
    """Return what the frame of every page shows: name, addresses, topics, the reader's choices."""
    nav_paths = cached("nav", lambda: {topic.get_absolute_url() for topic in leading_topics()})
    return {
        **_fixed_frame(request.choices, settings.SITE_NAME, settings.OPEN_LOG),
        # A page behind the first is not the first, and its own address tells of a place that moves.
        "canonical": "" if "after" in request.GET else absolute(request, request.path),
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
        "path": mark("path"),  # the page's own address
        "as_of": {"iso": mark("iso"), "exact": mark("exact")},
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
