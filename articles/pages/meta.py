"""What a page says of itself to programs (floor 3): Open Graph, Twitter cards, schema.org."""

from django.conf import settings
from django.utils.safestring import mark_safe

from articles.caching.version import cached
from articles.pages.addresses import absolute, origin
from articles.pages.syndication import json_text


def preview(
    request, title: str, description: str = "", image: dict | None = None, kind: str = "website"
) -> dict:
    """Return what a shared link shows: Open Graph and Twitter cards, with a picture of ours or none."""
    return {
        "type": kind,
        "title": title or settings.SITE_NAME,
        "description": description,
        "url": absolute(request, request.path),
        "image": absolute(request, image["src"]) if image else "",
        "image_width": image["width"] if image else "",
        "image_height": image["height"] if image else "",
        "image_alt": image["alt"] if image else "",
    }


def linked_data(data: dict) -> str:
    """Return schema.org data as JSON that may stand in a page: nothing in it can end its element."""
    # Safe: json_text leaves no "<", ">" or "&".
    return mark_safe(json_text({"@context": "https://schema.org", **data}))  # noqa: S308


def collection(request, title: str, links: list[tuple[str, str]]) -> str:
    """Return a list page as a CollectionPage: its items as pairs of our path, as links say it, and title."""
    start, address = origin(request), absolute(request, request.path)
    return cached(("collection", address, title, *links), lambda: _collection(start, address, title, links))


def _collection(start: str, address: str, title: str, links: list[tuple[str, str]]) -> str:
    items = [
        {"@type": "ListItem", "position": place, "url": start + path, "name": name}
        for place, (path, name) in enumerate(links, 1)
    ]
    return linked_data(
        {
            "@type": "CollectionPage",
            "name": title or settings.SITE_NAME,
            "url": address,
            "isPartOf": {"@type": "WebSite", "name": settings.SITE_NAME, "url": f"{start}/"},
            "mainEntity": {"@type": "ItemList", "itemListElement": items},
        }
    )


def news_article(request, line: dict, excerpt: str, image: dict | None) -> str:
    """Return a report as a NewsArticle of its publisher."""
    data = {
        "@type": "NewsArticle",
        "headline": line["title"],
        "description": excerpt,
        "datePublished": line["when"]["iso"],
        "url": line["link"],
        "mainEntityOfPage": absolute(request, request.path),
        "publisher": {"@type": "Organization", "name": line["provider"]["name"]},
    }
    if image:
        data["image"] = absolute(request, image["src"])
    return linked_data(data)
