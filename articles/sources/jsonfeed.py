"""JSON Feed (floor 0): text in, typed entries out; a value of the wrong type counts as missing."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urljoin

from articles.sources.entries import MAX_ENTRIES, MAX_EXCERPT, Entry, Feed, FeedError, Picture
from articles.sources.markup import cut, read_markup

MAX_TITLE, MAX_LINK = 500, 2000


def parse_json_feed(text: str, url: str) -> Feed:
    """Return what a JSON Feed says; raises FeedError. Relative links are relative to `url`."""
    try:
        found = json.loads(text, parse_constant=lambda name: None)
    except (ValueError, RecursionError) as error:
        raise FeedError("is no sound JSON") from error
    if not isinstance(found, dict) or "jsonfeed.org/version" not in str(found.get("version", "")):
        raise FeedError("is JSON, but no JSON Feed")
    items = found.get("items")
    if not isinstance(items, list):
        raise FeedError("is a JSON Feed without items")
    skipped: Counter[str] = Counter()
    entries = tuple(_entries(items[:MAX_ENTRIES], url, skipped))
    if len(items) > MAX_ENTRIES:
        skipped[f"more than {MAX_ENTRIES:,} entries"] = len(items) - MAX_ENTRIES
    return Feed(_text(found, "title")[:200], _link(found, "home_page_url", url), entries, dict(skipped))


def _entries(items: list, base: str, skipped: Counter) -> Iterator[Entry]:
    for item in items:
        if not isinstance(item, dict):
            skipped["an item that is no object"] += 1
            continue
        link = _link(item, "url", base) or _link(item, "external_url", base)
        markup, shown = read_markup(_text(item, "content_html"))
        said = _text(item, "summary") or _text(item, "content_text") or markup
        title = _text(item, "title")
        if not link:
            skipped["no link to a report"] += 1
        elif not title:
            skipped["no title"] += 1
        elif len(title) > MAX_TITLE:
            skipped[f"a title of more than {MAX_TITLE:,} characters"] += 1
        else:
            named = [_link(item, name, base) for name in ("image", "banner_image")]
            urls = dict.fromkeys(filter(None, [*named, *(_joined(link, each.url) for each in shown)]))
            pictures = tuple(Picture(each) for each in list(urls)[:10])
            yield Entry(link, title, cut(said, MAX_EXCERPT), _moment(item), pictures)


def _text(values: dict, name: str) -> str:
    value = values.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _link(values: dict, name: str, base: str) -> str:
    value = values.get(name)
    return _joined(base, value) if isinstance(value, str) and value.strip() else ""


def _joined(base: str, link: str) -> str:
    try:
        joined = urljoin(base, link.strip())
    except ValueError:
        return ""
    return joined if len(joined) <= MAX_LINK else ""


def _moment(item: dict) -> str:
    for name in ("date_published", "date_modified"):
        try:
            moment = datetime.fromisoformat(_text(item, name))
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return moment.astimezone(UTC).isoformat()
        except (ValueError, OverflowError):
            continue
    return ""
