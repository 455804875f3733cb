"""Feeds of every list as Atom (RFC 4287) or JSON Feed 1.1: one entry a story, whose id stays for ever."""

import re

from django.conf import settings
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.models import Article, Provider, Story, StoryTopic, Topic
from articles.pages.cards import story_cards
from articles.pages.context import moved_topic
from articles.pages.meta import absolute, json_text, rfc3339, site_host
from articles.pages.pagination import page_of
from articles.pages.views.log import log_entries
from articles.pages.views.search import SEARCH_FIELDS, SearchForm, query_of
from articles.pages.views.stories import at_canonical_address
from articles.search.query import find_newest
from articles.search.text import parse_query

SIZE = 30
ATOM = "atom"
NO_ENTRY = "1970-01-01T00:00:00Z"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_response(template: str, context: dict, content_type: str = "application/xml") -> HttpResponse:
    """Return a rendered XML template without the characters that XML 1.0 cannot hold in any form."""
    text = _NOT_XML.sub("", render_to_string(template, context))
    return HttpResponse(text, content_type=f"{content_type}; charset=utf-8")


@require_safe
def front(request, form):
    """The hottest stories."""
    ids = [row.story for row in page_of(Story.objects.public(), "hot", "", SIZE).rows]
    return _respond(request, form, settings.SITE_NAME, reverse("articles:front"), _stories(request, ids))


@require_safe
def topic(request, slug, form):
    """A topic's newest stories."""
    found = Topic.objects.shown().filter(slug=slug).first()
    if found is None:
        if moved := moved_topic(slug):
            return HttpResponsePermanentRedirect(reverse("articles:topic_feed", args=[moved.slug, form]))
        raise Http404
    page = page_of(StoryTopic.objects.public().in_topic(found), "new", "", SIZE)
    entries = _stories(request, [row.story for row in page.rows])
    return _respond(request, form, found.name, found.get_absolute_url(), entries)


@require_safe
def provider(request, domain, form):
    """The stories of a provider's newest articles."""
    found = Provider.objects.active().filter_domain(domain)
    if found is None:
        raise Http404
    articles = Article.objects.in_public_stories().filter(provider=found).newest_first()
    entries = _stories_of(request, articles.for_page()[: 2 * SIZE])
    return _respond(request, form, found.name, found.get_absolute_url(), entries)


@require_safe
def search(request, form):
    """The stories of the newest articles with the words asked for."""
    query = parse_query(request.GET.get("q", ""))
    hits = find_newest(query, SearchForm(request.GET).scope(), limit=2 * SIZE)
    title = _("Search: %s") % " ".join(query.terms)
    entries = _stories_of(request, Article.objects.found(hits.ids))
    searched = query_of(request, *SEARCH_FIELDS)
    return _respond(request, form, title, reverse("articles:search"), entries, query=searched)


@require_safe
def story(request, story_id, form, slug=""):
    """A story's articles, newest first."""
    return at_canonical_address(
        request, story_id, lambda request, found: _of_story(request, found, form), f"feed.{form}"
    )


def _of_story(request, found: Story, form: str) -> HttpResponse:
    articles = list(Article.objects.in_public_stories().filter(story=found).for_page().newest_first()[:SIZE])
    page = found.get_absolute_url()
    entries = [
        {
            "id": _tag(request, f"reports/{article.pk}"),
            "url": absolute(request, article.get_absolute_url() if article.is_public else page),
            "link": article.url,
            "title": article.title,
            "summary": article.shown_excerpt,
            "author": article.provider.name,
            "published": rfc3339(article.published_at),
            "updated": rfc3339(article.published_at),
        }
        for article in articles
    ]
    return _respond(request, form, found.required_lead.title, page, entries, name=f"/stories/{found.pk}")


@require_safe
def log(request, form):
    """What the editors did, where the site publishes it."""
    page = reverse("articles:log")
    entries = [
        {
            "id": _tag(request, f"acts/{entry.number}"),
            "url": absolute(request, f"{page}#e{entry.number}"),
            "link": absolute(request, entry.stories[0][1] if entry.stories else page),
            "title": entry.title,
            "summary": " / ".join(filter(None, [*entry.old_titles, entry.reason])),
            "author": settings.SITE_NAME,
            "published": rfc3339(entry.moment),
            "updated": rfc3339(entry.moment),
        }
        for entry in log_entries()[:SIZE]
    ]
    return _respond(request, form, _("What the editors did"), page, entries)


def _stories_of(request, articles) -> list[dict]:
    """Entries of these articles' public stories, each once, in the order of the articles."""
    return _stories(request, list(dict.fromkeys(a.story_id for a in articles if a.story_id))[:SIZE])


def _stories(request, ids: list[int]) -> list[dict]:
    return [
        {
            "id": _tag(request, f"stories/{card['id']}"),
            "url": absolute(request, card["url"]),
            "link": card["link"],
            "title": card["title"],
            "summary": card["excerpt"],
            "author": card["provider"]["name"],
            "published": rfc3339(card["published_at"]),
            "updated": rfc3339(card["updated_at"]),
            "categories": [topic["name"] for topic in card["topics"]],
            "picture": absolute(request, card["image"]["src"]) if card["image"] else "",
        }
        for card in story_cards(ids)
    ]


def _tag(request, name: str) -> str:
    """Return an id (RFC 4151) that neither a new title nor a new article changes."""
    return f"tag:{site_host(request)},2026:{name}"


def _respond(
    request, form: str, title: str, page: str, entries: list[dict], *, query: str = "", name: str = ""
) -> HttpResponse:
    """Return a feed of the list at `page`; `name` stands for that in its id where the address may change."""
    tail = f"?{query}" if query else ""
    feed = {
        "id": _tag(request, f"feed{name or page}") + tail,
        "title": title if title == settings.SITE_NAME else f"{title} · {settings.SITE_NAME}",
        "site": settings.SITE_NAME,
        "updated": max((entry["updated"] for entry in entries), default=NO_ENTRY),
        "page": absolute(request, page + tail),
        "address": absolute(request, request.path + tail),
        "language": settings.LANGUAGE_CODE,  # of the news, as far as anyone says; not of the visitor
        "hub": settings.WEBSUB_HUB,
        "entries": entries,
    }
    if form == ATOM:
        response = xml_response("feeds/atom.xml", {"feed": feed}, "application/atom+xml")
    else:
        content = json_text(_json_feed(feed))
        response = HttpResponse(content, content_type="application/feed+json; charset=utf-8")
    if feed["hub"]:
        response["Link"] = f'<{feed["hub"]}>; rel="hub", <{feed["address"]}>; rel="self"'
    return response


def _json_feed(feed: dict) -> dict:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed["title"],
        "home_page_url": feed["page"],
        "feed_url": feed["address"],
        "language": feed["language"],
        "authors": [{"name": feed["site"]}],
        **({"hubs": [{"type": "WebSub", "url": feed["hub"]}]} if feed["hub"] else {}),
        "items": [_json_item(entry) for entry in feed["entries"]],
    }


def _json_item(entry: dict) -> dict:
    item = {
        "id": entry["id"],
        "url": entry["url"],
        "external_url": entry["link"],
        "title": entry["title"],
        "content_text": entry["summary"] or entry["title"],
        "date_published": entry["published"],
        "date_modified": entry["updated"],
        "authors": [{"name": entry["author"]}],
        "tags": entry.get("categories", []),
    }
    if picture := entry.get("picture"):
        item |= {"image": picture, "attachments": [{"url": picture, "mime_type": "image/webp"}]}
    return item
