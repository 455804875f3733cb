"""The context of base.html: addresses, topics, feeds, the visitor's choices; and how a page is rendered."""

from collections.abc import Mapping, Sequence

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from articles.caching.times import now_element
from articles.caching.version import cached, current_version
from articles.models import Topic
from articles.pages.meta import absolute

NAV_TOPICS = 12
FRAGMENT_SECONDS = 86_400


def render_page(request, template: str, title: str, *, status: int = 200, **context) -> HttpResponse:
    """Return a page rendered with its own context and that of base.html."""
    context = {**base_context(request), "page_title": title, **context}
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


def base_context(request) -> dict:
    """Return what base.html shows on every page: name, addresses, topics, the reader's choices."""
    is_preview = getattr(request, "is_preview", False)
    nav_topics = cached("nav topics", _nav_topics)
    return {
        **cached(
            ("site context", request.choices, settings.SITE_NAME, settings.OPEN_LOG),
            lambda: _site_context(request),
        ),
        "site_version": current_version(),
        # {% cache %} stores nothing for 0 seconds. All that a fragment depends on is in its key.
        "cache_seconds": 0 if is_preview else FRAGMENT_SECONDS,
        "path": request.get_full_path(),
        "as_of": now_element(),
        # What a later page of a list shows changes, so it has no canonical address.
        "canonical": "" if "after" in request.GET else absolute(request, request.path),
        "is_preview": is_preview,
        "nav_topics": nav_topics,
        "nav_current": request.path if any(topic["url"] == request.path for topic in nav_topics) else "",
    }


def _nav_topics() -> list[dict]:
    return [
        {"name": topic.short_name or topic.name, "url": topic.get_absolute_url()}
        for topic in leading_topics()[:NAV_TOPICS]
    ]


def _site_context(request) -> dict:
    """Return what is the same on all pages of one site version for readers of the same choices."""
    choices = request.choices
    pages = [
        (_("Providers"), "articles:provider_list"),
        (_("Archive"), "articles:archive"),
        (_("Data"), "api:page"),
    ]
    if settings.OPEN_LOG:
        pages.append((_("Log"), "articles:log"))
    pages.append((_("About"), "articles:about"))
    return {
        "site_name": settings.SITE_NAME,
        "language": choices.language,
        "about_links": [{"name": name, "url": reverse(page)} for name, page in pages],
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


def topics_in_order() -> list[Topic]:
    """Return all topics that visitors may see; read once per site version."""
    return cached("topics", lambda: list(Topic.objects.shown().in_order().without_lists()))


def moved_topic(slug: str) -> Topic | None:
    """Return the topic that had this address once, or into which the topic of this address was merged."""

    def load() -> dict[str, int]:
        rows = list(Topic.objects.values_list("pk", "slug", "former_slugs", "merged_into"))
        former = {old: merged or pk for pk, _slug, slugs, merged in rows for old in slugs}
        return former | {own: merged for _pk, own, _slugs, merged in rows if merged}

    number = cached("moved topics", load).get(slug)
    return next((topic for topic in topics_in_order() if topic.pk == number), None)


def topic_links() -> dict[int, dict]:
    """Return name and address of every topic, by its number."""

    def load() -> dict:
        return {t.pk: {"name": t.name, "url": t.get_absolute_url()} for t in topics_in_order()}

    return cached("topic links", load)


def leading_topics() -> list[Topic]:
    """Return the topics of the first level that have stories; of a single one, its children too."""
    topics = [topic for topic in topics_in_order() if topic.story_count]
    roots = [topic for topic in topics if topic.parent_id is None]
    if len(roots) == 1:
        return roots + [topic for topic in topics if topic.parent_id == roots[0].pk]
    return roots


def topic_tree(topics: Sequence[Topic], tiles: Mapping[int, dict] | None = None) -> list[dict]:
    """Return topics as a tree: those without a parent, each with its `children`.

    `tiles` are small pictures by topic, for pages that show them.
    """
    nodes: dict[int | None, dict] = {
        topic.pk: {
            "name": topic.name,
            "url": topic.get_absolute_url(),
            "count": topic.story_count,
            "tile": tiles.get(topic.pk) if tiles else None,
            "children": [],
        }
        for topic in topics
    }
    roots: list[dict] = []
    for topic in topics:
        parent = nodes.get(topic.parent_id)
        (parent["children"] if parent else roots).append(nodes[topic.pk])
    return roots
