"""What a page says of itself to programs: absolute addresses, Open Graph, Twitter cards, schema.org."""

import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.encoding import iri_to_uri
from django.utils.safestring import SafeString, mark_safe

_ESCAPED_IN_JSON = [(char, f"\\u{ord(char):04x}") for char in "<>&\u2028\u2029"]


def absolute(request, address: str) -> str:
    """Return a path of ours behind SITE_URL, or behind the address that was asked where none is set.

    What is absolute already stays: pictures may be served by a cache at another address.
    """
    if address.startswith("/"):
        return origin(request) + iri_to_uri(address)
    return request.build_absolute_uri(address)


def origin(request) -> str:
    """Return the scheme and host that stand before the site's paths."""
    if not hasattr(request, "origin"):  # a page asks several times, and each time the host is checked
        request.origin = settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
    return request.origin


def site_host(request) -> str:
    """Return the host of the site, for ids."""
    return urlsplit(settings.SITE_URL or f"//{request.get_host()}").hostname or ""


def rfc3339(moment: datetime) -> str:
    """Return a time as RFC 3339 writes it, in UTC and whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def json_text(document) -> str:
    """Return JSON that holds no character with a meaning in HTML."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    for char, escaped in _ESCAPED_IN_JSON:
        text = text.replace(char, escaped)  # a tenth of the time of str.translate
    return text


def share_preview(
    request, title: str, description: str = "", image: dict | None = None, kind: str = "website"
) -> dict:
    """Return what a shared link shows: Open Graph properties, with a picture of ours or none."""
    shown = {
        "site_name": settings.SITE_NAME,
        "type": kind,
        "title": title or settings.SITE_NAME,
        "url": absolute(request, request.path),
        "description": description,
    }
    if image:
        shown["image"] = absolute(request, image["src"])
        shown |= {"image:width": image["width"], "image:height": image["height"], "image:alt": image["alt"]}
    return {name: value for name, value in shown.items() if value}


def linked_data(data: dict) -> SafeString:
    """Return schema.org data as JSON that may stand in a page: nothing in it can end its element."""
    # Safe: json_text leaves no "<", ">" or "&".
    return mark_safe(json_text({"@context": "https://schema.org", **data}))  # noqa: S308


def collection(request, title: str, links: list[tuple[str, str]]) -> SafeString:
    """Return a list page as a CollectionPage: its items as pairs of our path and title."""
    start = origin(request)
    items = [
        {"@type": "ListItem", "position": place, "url": start + path, "name": name}
        for place, (path, name) in enumerate(links, 1)
    ]
    return linked_data(
        {
            "@type": "CollectionPage",
            "name": title or settings.SITE_NAME,
            "url": absolute(request, request.path),
            "isPartOf": {"@type": "WebSite", "name": settings.SITE_NAME, "url": f"{start}/"},
            "mainEntity": {"@type": "ItemList", "itemListElement": items},
        }
    )


def card_list_meta(request, title: str, description: str, cards: list[dict]) -> dict:
    """Return what a list of cards says of itself to programs: with the first picture there is."""
    image = next((card["image"] for card in cards if card["image"]), None)
    return {
        "share": share_preview(request, title, description, image),
        "linked_data": collection(request, title, [(card["url"], card["title"]) for card in cards]),
    }


def news_article(request, article: dict) -> SafeString:
    """Return an article (its page's context) as a NewsArticle of its publisher."""
    data = {
        "@type": "NewsArticle",
        "headline": article["title"],
        "description": article["excerpt"],
        "datePublished": rfc3339(article["published_at"]),
        "url": article["link"],
        "mainEntityOfPage": absolute(request, request.path),
        "publisher": {"@type": "Organization", "name": article["provider"]["name"]},
    }
    if article["image"]:
        data["image"] = absolute(request, article["image"]["src"])
    return linked_data(data)
