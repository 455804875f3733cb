"""The frame of every page: its addresses, topics, feeds and the reader's choices, and how a page is made."""

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from articles.caching.times import now_element
from articles.caching.version import current_version
from articles.pages.meta import absolute
from articles.pages.topics import leading_topics

NAV_TOPICS = 12


def render_page(request, template: str, title: str, *, status: int = 200, **context) -> HttpResponse:
    """Return a page: its own context in the site's frame."""
    context = {**frame(request), "page_title": title, **context}
    return HttpResponse(render_to_string(template, context, request), status=status)


def feed_links(address: str, title: str, query: str = "") -> list[dict]:
    """Return the Atom and JSON feeds of a list, for autodiscovery and for the foot of its page."""
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


def frame(request) -> dict:
    """Return what the frame of every page shows: name, addresses, topics, the reader's choices."""
    is_preview = getattr(request, "is_preview", False)
    choices = request.choices
    return {
        "site_name": settings.SITE_NAME,
        "site_version": current_version(),
        "language": choices.language,
        # {% cache %} stores nothing for 0 seconds, and for None without an end: keys name all they depend on.
        "cache_seconds": 0 if is_preview else None,
        "path": request.get_full_path(),
        "as_of": now_element(),
        # A page behind the first is not the first, and its own address tells of a place that moves.
        "canonical": "" if "after" in request.GET else absolute(request, request.path),
        "is_preview": is_preview,
        "nav_topics": [
            {"name": topic.short_name or topic.name, "url": url, "current": request.path == url}
            for topic in leading_topics()[:NAV_TOPICS]
            for url in (topic.get_absolute_url(),)
        ],
        "about_links": about_links(),
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
        "home_url": reverse("articles:front"),
        "topics_url": reverse("articles:topic_list"),
        "providers_url": reverse("articles:provider_list"),
        "search_url": reverse("articles:search"),
        "about_url": reverse("articles:about"),
        "preferences_url": reverse("articles:preferences"),
    }


def about_links() -> list[dict]:
    """Return the pages that the foot of every page leads to."""
    pages = [(_("Providers"), "provider_list"), (_("Archive"), "archive"), (_("Data"), "api")]
    if settings.OPEN_LOG:
        pages.append((_("Log"), "log"))
    return [
        {"name": name, "url": reverse(f"articles:{page}")} for name, page in [*pages, (_("About"), "about")]
    ]
