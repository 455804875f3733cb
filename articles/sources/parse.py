"""The feed parser: bytes of RSS, Atom or JSON Feed in, typed entries out.

feedparser reads whatever calls itself XML, well-formed or not. It gets bytes and never an address, and it
neither cleans markup nor resolves links: all markup becomes plain text here. `main` is the program of the
sandboxed parser process (started by `feed.FeedParsers`); nothing else imports this module.
"""

import calendar
import codecs
import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from encodings.aliases import aliases
from html import unescape
from urllib.parse import urljoin
from xml.parsers import expat

import feedparser

from articles.http.sandbox import limit, open_nothing_more, serve
from articles.sources.feed import MAX_ENTRIES, Entry, Feed, FeedError, Picture, SkippedEntry
from articles.sources.text import (
    decode,
    find_feed_link,
    has_tags,
    html_to_text,
    is_tracking_pixel,
    parse_size,
    shorten,
)

MEMORY = 400 * 1024 * 1024  # bytes on top of what the process has when it starts
SECONDS = 40  # per feed
MAX_DEPTH = 100  # of nested elements
MAX_ATTRIBUTES = 200  # of one element
MAX_TITLE = 500  # characters, as for article files; a longer title is refused, not cut
MAX_EXCERPT = 500  # characters of an excerpt made here
MAX_LINK = 2000
_DOCTYPE = re.compile(r"<!(DOCTYPE|ENTITY)\b", re.IGNORECASE)
_PAGE = re.compile(r"\A\s*(<!--.*?-->\s*)*<(!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}


_SAMPLE = (
    b"<rss version='2.0'><channel><title>t</title><item><title>t</title><link>http://a.example/</link>"
    b"<pubDate>Thu, 04 May 2023 09:30:00 GMT</pubDate><description>&lt;p>t&lt;/p></description></item>"
)


def parse_feed(data: bytes, content_type: str, url: str) -> Feed:
    """Return the content of a feed; raises FeedError for what is no feed, or unsafe to parse.

    `url` is the address it was fetched from, the base of relative links.
    """
    text = decode(data, content_type)
    if not text:
        raise FeedError("is blank")
    if text.startswith("{"):
        return _parse_json_feed(text, url)
    if _PAGE.match(text):
        named = _join(url, find_feed_link(text))[:150]
        raise FeedError(f"is a web page, no feed{f'; it names one: {named}' if named else ''}")
    _check_structure(text)
    found = feedparser.parse(
        io.BytesIO(text.encode()),
        response_headers={"content-type": "application/xml; charset=utf-8", "content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    if not found.version and not found.entries:
        raise FeedError("is no feed" if not found.bozo else "is no feed, or too damaged to read")
    skipped: list[SkippedEntry] = []
    entries = tuple(_entries(found.entries[:MAX_ENTRIES], url, skipped))
    if len(found.entries) > MAX_ENTRIES:
        skipped.append(_too_many(len(found.entries)))
    title, site = _plain_text(found.feed, "title")[:200], _join(url, found.feed.get("link"))[:MAX_LINK]
    return Feed(title, site, entries, tuple(skipped), _minutes(found.feed))


def _check_structure(text: str) -> None:
    """Raise FeedError for a document type, or for nesting that no feed has."""
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

    def doctype(*arguments):
        raise FeedError("has a document type (DOCTYPE), which no feed needs")

    parser = expat.ParserCreate(encoding="utf-8")
    parser.ordered_attributes = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError:
        # Slightly damaged feeds are common and still parsed; then only a text search can find a DOCTYPE.
        if _DOCTYPE.search(text):
            doctype()


def _entries(found: list, base: str, skipped: list[SkippedEntry]) -> Iterator[Entry]:
    for each in found:
        link = _link_of(each, base)
        title = _plain_text(each, "title")
        if reason := _reason_to_skip(link, title):
            skipped.append(SkippedEntry(reason, link[:200], title[:200]))
        else:
            excerpt, pictures = _body(each, link)
            source = each.get("source") or {}
            yield Entry(
                link,
                title,
                shorten(excerpt, MAX_EXCERPT) if excerpt != title else "",
                _date(each),
                tuple(pictures),
                _plain_text(source, "title")[:200],
                _join(base, source.get("href") or source.get("link"))[:MAX_LINK],
            )


def _too_many(count: int) -> SkippedEntry:
    return SkippedEntry(f"more than {MAX_ENTRIES:,} entries", count=count - MAX_ENTRIES)


def _reason_to_skip(link: str, title: str) -> str:
    if not link:
        return "no link to a report"
    if len(link) > MAX_LINK:
        return f"a link of more than {MAX_LINK:,} characters"
    if not title:
        return "no title"
    return f"a title of more than {MAX_TITLE:,} characters" if len(title) > MAX_TITLE else ""


def _link_of(entry, base: str) -> str:
    """Return the absolute link of an entry; the original one that a link service states comes first."""
    link = entry.get("feedburner_origlink") or entry.get("link")
    if not link and entry.get("guidislink"):
        link = entry.get("id")
    return _join(base, link)


def _join(base: str, link: object) -> str:
    """Return a link as an absolute one, or "" for what is no link."""
    if not isinstance(link, str) or not link.strip():
        return ""
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return ""


def _plain_text(values, name: str) -> str:
    """Return a value as plain text; it is HTML if the feed says so or it contains tags."""
    value = values.get(name)
    if not isinstance(value, str):
        return ""
    kind = (values.get(f"{name}_detail") or {}).get("type", "")
    if kind in ("text/html", "application/xhtml+xml") or has_tags(value):
        return html_to_text(value)[0]
    return " ".join(unescape(value).split()) if kind != "text/plain" else " ".join(value.split())


def _body(entry, base: str) -> tuple[str, list[Picture]]:
    """Return the text of an entry (its summary before its content) and its pictures."""
    texts, shown = [], []
    for part in [entry.get("summary_detail"), *entry.get("content", ())]:
        if part and isinstance(part.get("value"), str):
            text, pictures = (
                html_to_text(part["value"])
                if part.get("type") != "text/plain" or has_tags(part["value"])
                else (" ".join(part["value"].split()), [])
            )
            texts.append(text)
            shown += pictures
    found: dict[str, Picture] = {}
    for picture in [*_attached(entry), *shown]:
        url = _join(base, picture.url)
        if url and len(url) <= MAX_LINK:
            found.setdefault(url, Picture(url, picture.width, picture.height))
    return next(filter(None, texts), ""), list(found.values())[:10]


def _attached(entry) -> Iterator[Picture]:
    """Yield pictures outside the text: media by width, then enclosures, then thumbnails."""
    media = [
        _media_picture(each)
        for each in entry.get("media_content", ())
        if each.get("medium") == "image" or each.get("type", "").startswith("image/")
    ]
    yield from sorted(
        (picture for picture in media if not is_tracking_pixel(picture)),
        key=lambda picture: -(picture.width or 0),
    )
    for each in entry.get("enclosures", ()):
        if each.get("type", "").startswith("image/"):
            yield Picture(each.get("href") or "")
    for each in entry.get("media_thumbnail", ()):
        picture = _media_picture(each)
        if not is_tracking_pixel(picture):
            yield picture


def _media_picture(values) -> Picture:
    return Picture(values.get("url") or "", parse_size(values.get("width")), parse_size(values.get("height")))


def _date(entry) -> str:
    # feedparser's own `get` substitutes one date for the other, with a warning.
    found = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
    try:
        return datetime.fromtimestamp(calendar.timegm(found), UTC).isoformat() if found else ""
    except (ValueError, OverflowError, OSError, TypeError):
        return ""


def _minutes(feed) -> int:
    """Return the minutes between two fetches that the feed requests; 0 if it does not."""
    ttl = str(feed.get("ttl", ""))
    if ttl.isascii() and ttl.isdigit():
        return int(ttl[:6])
    period = _PERIODS.get(str(feed.get("sy_updateperiod", "")).strip().lower(), 0)
    often = str(feed.get("sy_updatefrequency", "1"))
    return period // max(int(often[:4]), 1) if often.isascii() and often.isdigit() else period


def _parse_json_feed(text: str, url: str) -> Feed:
    """Return the content of a JSON Feed; raises FeedError. A value of the wrong type counts as missing."""
    try:
        found = json.loads(text, parse_constant=lambda name: None)
    except (ValueError, RecursionError) as error:
        raise FeedError("is no sound JSON") from error
    if not isinstance(found, dict) or "jsonfeed.org/version" not in str(found.get("version", "")):
        raise FeedError("is JSON, but no JSON Feed")
    items = found.get("items")
    if not isinstance(items, list):
        raise FeedError("is a JSON Feed without items")
    skipped: list[SkippedEntry] = []
    entries = tuple(_json_entries(items[:MAX_ENTRIES], url, skipped))
    if len(items) > MAX_ENTRIES:
        skipped.append(_too_many(len(items)))
    return Feed(
        _json_text(found, "title")[:200], _json_link(found, "home_page_url", url), entries, tuple(skipped)
    )


def _json_entries(items: list, base: str, skipped: list[SkippedEntry]) -> Iterator[Entry]:
    for item in items:
        if not isinstance(item, dict):
            skipped.append(SkippedEntry("an item that is no object"))
            continue
        link = _json_link(item, "url", base) or _json_link(item, "external_url", base)
        markup, shown = html_to_text(_json_text(item, "content_html"))
        text = _json_text(item, "summary") or _json_text(item, "content_text") or markup
        title = _json_text(item, "title")
        if reason := _reason_to_skip(link, title):
            skipped.append(SkippedEntry(reason, link[:200], title[:200]))
        else:
            named = [_json_link(item, name, base) for name in ("image", "banner_image")]
            urls = dict.fromkeys(filter(None, [*named, *(_short_join(link, each.url) for each in shown)]))
            pictures = tuple(Picture(each) for each in list(urls)[:10])
            yield Entry(link, title, shorten(text, MAX_EXCERPT), _json_date(item), pictures)


def _json_text(values: dict, name: str) -> str:
    value = values.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _json_link(values: dict, name: str, base: str) -> str:
    return _short_join(base, values.get(name))


def _short_join(base: str, link: object) -> str:
    joined = _join(base, link)
    return joined if len(joined) <= MAX_LINK else ""


def _json_date(item: dict) -> str:
    for name in ("date_published", "date_modified"):
        try:
            moment = datetime.fromisoformat(_json_text(item, name))
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return moment.astimezone(UTC).isoformat()
        except (ValueError, OverflowError):
            continue
    return ""


def main() -> None:
    """Answer requests on standard input until it ends, each by a line of JSON: a reason, or the feed."""
    warm_up()
    limit(MEMORY)
    open_nothing_more()
    serve(respond, SECONDS)


def warm_up() -> None:
    """Load everything that parsing may need, since nothing can be opened later."""
    for name in {*aliases.values(), "idna", "punycode"}:
        with suppress(LookupError):
            codecs.lookup(name)
    for data in (_SAMPLE, _SAMPLE + b"</channel></rss>"):
        parse_feed(data, "", "http://a.example/")


def respond(head: dict, data: bytes) -> bytes:
    """Return the answer to one request."""
    feed, reason = None, ""
    try:
        feed = parse_feed(data, head["content_type"], head["url"]).as_json()
    except FeedError as error:
        reason = str(error)
    except MemoryError:
        reason = "needs too much memory to be read"
    return json.dumps({"reason": reason, "feed": feed}).encode() + b"\n"
