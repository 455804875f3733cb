"""Feeds taken apart (floor 0): bytes of RSS, Atom or JSON Feed in, typed entries out.

feedparser reads what calls itself XML, sound or not; it gets bytes, never an address, and neither cleans
markup nor resolves links in it: all of it becomes plain text here. Only the worker imports this module.
"""

import calendar
import io
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from urllib.parse import urljoin
from xml.parsers import expat

import feedparser

from articles.sources.entries import MAX_ENTRIES, MAX_EXCERPT, Entry, Feed, FeedError, Picture
from articles.sources.jsonfeed import parse_json_feed
from articles.sources.markup import cut, feed_of_page, has_tags, is_counter, read_markup, size_of
from articles.sources.text import read_text

MAX_DEPTH = 100
MAX_ATTRIBUTES = 200
MAX_TITLE = 500  # the store's limit; a longer one is refused, not cut
MAX_LINK = 2000
_DOCTYPE = re.compile(r"<!(DOCTYPE|ENTITY)\b", re.IGNORECASE)
_PAGE = re.compile(r"\A\s*(<!--.*?-->\s*)*<(!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}


def parse_feed(data: bytes, content_type: str, url: str) -> Feed:
    """Return what a feed says; raises FeedError for what is none, or dangerous to read.

    `url` is where it came from: relative links are relative to it.
    """
    text = read_text(data, content_type)
    if not text:
        raise FeedError("is blank")
    if text.startswith("{"):
        return parse_json_feed(text, url)
    if _PAGE.match(text):
        named = _absolute(url, feed_of_page(text))[:150]
        raise FeedError(f"is a web page, no feed{f'; it names one: {named}' if named else ''}")
    _check(text)
    found = feedparser.parse(
        io.BytesIO(text.encode()),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not found.version and not found.entries:
        raise FeedError("is no feed" if not found.bozo else "is no feed, or too damaged to read")
    skipped: Counter[str] = Counter()
    entries = tuple(_entries(found.entries[:MAX_ENTRIES], url, skipped))
    if len(found.entries) > MAX_ENTRIES:
        skipped[f"more than {MAX_ENTRIES:,} entries"] = len(found.entries) - MAX_ENTRIES
    title = _plain(found.feed, "title")[:200]
    return Feed(title, _absolute(url, found.feed.get("link"))[:MAX_LINK], entries, dict(skipped),
                _minutes(found.feed))  # fmt: skip


def _check(text: str) -> None:
    """Raise FeedError for a document type, or nesting that no feed has."""
    depth = 0

    def start(name, attributes):
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise FeedError(f"has elements more than {MAX_DEPTH} levels deep")
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            raise FeedError(f"has an element with more than {MAX_ATTRIBUTES} attributes")

    def end(name):
        nonlocal depth
        depth -= 1

    def doctype(*said):
        raise FeedError("has a document type (DOCTYPE), which no feed needs")

    parser = expat.ParserCreate(encoding="utf-8")
    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError:
        # Feeds are often a little damaged, and read all the same; then words alone must do to refuse this.
        if _DOCTYPE.search(text):
            doctype()


def _entries(found: list, base: str, skipped: Counter) -> Iterator[Entry]:
    for each in found:
        link = _link_of(each, base)
        title = _plain(each, "title")
        if not link:
            skipped["no link to a report"] += 1
        elif len(link) > MAX_LINK:
            skipped[f"a link of more than {MAX_LINK:,} characters"] += 1
        elif not title:
            skipped["no title"] += 1
        elif len(title) > MAX_TITLE:
            skipped[f"a title of more than {MAX_TITLE:,} characters"] += 1
        else:
            excerpt, pictures = _body(each, link)
            source = each.get("source") or {}
            yield Entry(
                link,
                title,
                cut(excerpt, MAX_EXCERPT) if excerpt != title else "",
                _moment(each),
                tuple(pictures),
                _plain(source, "title")[:200],
                _absolute(base, source.get("href") or source.get("link"))[:MAX_LINK],
            )


def _link_of(entry, base: str) -> str:
    """Return the absolute link of an entry: what a redirecting service says it stands for comes first."""
    link = entry.get("feedburner_origlink") or entry.get("link")
    if not link and entry.get("guidislink"):
        link = entry.get("id")
    return _absolute(base, link)


def _absolute(base: str, link: object) -> str:
    if not isinstance(link, str) or not link.strip():
        return ""
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return ""


def _plain(values, name: str) -> str:
    """Return a value as plain text: HTML where the feed says so or tags show it."""
    value = values.get(name)
    if not isinstance(value, str):
        return ""
    kind = (values.get(f"{name}_detail") or {}).get("type", "")
    if kind in ("text/html", "application/xhtml+xml") or has_tags(value):
        return read_markup(value)[0]
    return " ".join(unescape(value).split()) if kind != "text/plain" else " ".join(value.split())


def _body(entry, base: str) -> tuple[str, list[Picture]]:
    """Return the text of an entry, its own summary before its content, and its pictures."""
    texts, shown = [], []
    for part in [entry.get("summary_detail"), *entry.get("content", ())]:
        if part and isinstance(part.get("value"), str):
            text, pictures = (
                read_markup(part["value"])
                if part.get("type") != "text/plain" or has_tags(part["value"])
                else (" ".join(part["value"].split()), [])
            )
            texts.append(text)
            shown += pictures
    found: dict[str, Picture] = {}
    for picture in [*_attached(entry), *shown]:
        url = _absolute(base, picture.url)
        if url and len(url) <= MAX_LINK:
            found.setdefault(url, Picture(url, picture.width, picture.height))
    return next(filter(None, texts), ""), list(found.values())[:10]


def _attached(entry) -> Iterator[Picture]:
    """Yield pictures beside the text: the largest of the media first, then enclosures, then thumbnails."""
    media = [
        Picture(each.get("url") or "", size_of(each.get("width")), size_of(each.get("height")))
        for each in entry.get("media_content", ())
        if each.get("medium") == "image" or each.get("type", "").startswith("image/")
    ]
    yield from sorted(
        (picture for picture in media if not is_counter(picture)), key=lambda picture: -(picture.width or 0)
    )
    for each in entry.get("enclosures", ()):
        if each.get("type", "").startswith("image/"):
            yield Picture(each.get("href") or "")
    for each in entry.get("media_thumbnail", ()):
        picture = Picture(each.get("url") or "", size_of(each.get("width")), size_of(each.get("height")))
        if not is_counter(picture):
            yield picture


def _moment(entry) -> str:
    # The parser's own way of asking for one gives the other in its place, with a warning.
    found = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
    try:
        return datetime.fromtimestamp(calendar.timegm(found), UTC).isoformat() if found else ""
    except (ValueError, OverflowError, OSError, TypeError):
        return ""


def _minutes(feed) -> int:
    """Return how long the feed asks to wait between two looks, in minutes; 0 where it says nothing."""
    ttl = str(feed.get("ttl", ""))
    if ttl.isascii() and ttl.isdigit():
        return int(ttl[:6])
    period = _PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower(), 0)
    often = str(feed.get("sy_updatefrequency", "1"))
    return period // max(int(often[:4]), 1) if often.isascii() and often.isdigit() else period
