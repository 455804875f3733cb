"""The feed parser: bytes of RSS, Atom or JSON Feed in, typed entries out.

feedparser reads whatever calls itself XML, well-formed or not. It gets bytes and never an address, and it
neither cleans markup nor resolves links: all markup becomes plain text here. `main` is the program of the
sandboxed parser process (started by `feed.FeedParsers`); nothing else imports this module.
"""

import calendar
import codecs
import html
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from encodings.aliases import aliases
from html.parser import HTMLParser
from itertools import filterfalse
from typing import Any
from urllib.parse import urljoin
from xml.parsers import expat

import feedparser

from articles.http.response import decode_text
from articles.http.sandbox import limit, open_nothing_more, serve
from articles.sources.feed import MAX_ENTRIES, Entry, Feed, FeedError, Picture, SkippedEntry

MEMORY = 400 * 1024 * 1024  # bytes on top of what the process has when it starts
SECONDS = 40  # per feed
MAX_DEPTH = 100  # of nested elements
MAX_ATTRIBUTES = 200  # of one element
MAX_TITLE = 500  # characters, as for article files; a longer title is refused, not cut
MAX_EXCERPT = 500  # characters of an excerpt made here
MAX_LINK = 2000
_DOCTYPE = re.compile(r"<!(DOCTYPE|ENTITY)\b", re.IGNORECASE)
_PAGE = re.compile(r"\A\s*(<!--.*?-->\s*)*<(!doctype html|html)\b", re.IGNORECASE | re.DOTALL)
_Values = dict[str, Any]
_Attributes = list[tuple[str, str | None]]
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_HEAD_LENGTH = 200_000  # characters of a page within which its <head> must end
_PERIODS = {"hourly": 60, "daily": 1440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}
# Elements whose content is not text of the article.
_SKIPPED = frozenset({
    "head", "iframe", "math", "noscript", "object", "script", "select", "style", "svg", "template",
    "textarea", "title",
})  # fmt: skip
_BLOCKS = frozenset({
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th",
    "tr", "ul",
})  # fmt: skip
_TAG = re.compile(
    r"<(/?)(a|abbr|b|big|br|cite|code|div|em|font|h[1-6]|i|iframe|img|ins|li|mark|ol|p|q|s|script|small|span|"
    r"strike|strong|style|sub|sup|svg|u|ul|wbr)(\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
_MAX_PICTURES = 5
_SMALLEST = 32  # pixels; a picture that states a smaller side counts visitors
_SAMPLE = (
    b"<rss version='2.0'><channel><title>t</title><item><title>t</title><link>http://a.example/</link>"
    b"<pubDate>Thu, 04 May 2023 09:30:00 GMT</pubDate><description>&lt;p>t&lt;/p></description></item>"
)


def parse_feed(data: bytes, content_type: str, url: str) -> Feed:
    """Return the content of a feed; raises FeedError for what is no feed, or unsafe to parse.

    `url` is the address it was fetched from, the base of relative links.
    """
    text = decode_text(data, content_type)
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
    return _feed(
        _plain_text(found.feed, "title"),
        _join(url, found.feed.get("link")),
        found.entries,
        lambda each: _entry(each, url),
        _minutes(found.feed),
    )


def _feed(
    title: str,
    site: str,
    found: list[Any],
    convert: Callable[[Any], Entry | SkippedEntry],
    minutes: int = 0,
) -> Feed:
    """Return a feed of those of its entries that can become articles."""
    entries, skipped = [], []
    for entry in map(convert, found[:MAX_ENTRIES]):
        if isinstance(entry, SkippedEntry):
            skipped.append(entry)
        elif reason := _reason_to_skip(entry.link, entry.title):
            skipped.append(SkippedEntry(reason, entry.link[:200], entry.title[:200]))
        else:
            entries.append(entry)
    if len(found) > MAX_ENTRIES:
        skipped.append(SkippedEntry(f"more than {MAX_ENTRIES:,} entries", count=len(found) - MAX_ENTRIES))
    return Feed(title[:200], site if len(site) <= MAX_LINK else "", tuple(entries), tuple(skipped), minutes)


def _check_structure(text: str) -> None:
    """Raise FeedError for a document type, or for nesting that no feed has."""
    depth = 0

    def start(name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > MAX_DEPTH:
            raise FeedError(f"has elements more than {MAX_DEPTH} levels deep")
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            raise FeedError(f"has an element with more than {MAX_ATTRIBUTES} attributes")

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(*arguments: object) -> None:
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


def _entry(values: _Values, base: str) -> Entry:
    link, title = _link_of(values, base), _plain_text(values, "title")
    excerpt, pictures = _body(values, link)
    source = values.get("source") or {}
    return Entry(
        link,
        title,
        shorten(excerpt, MAX_EXCERPT) if excerpt != title else "",
        _date(values),
        pictures,
        _plain_text(source, "title")[:200],
        _join(base, source.get("href") or source.get("link"))[:MAX_LINK],
    )


def _reason_to_skip(link: str, title: str) -> str:
    if not link:
        return "no link to a report"
    if len(link) > MAX_LINK:
        return f"a link of more than {MAX_LINK:,} characters"
    if not title:
        return "no title"
    return f"a title of more than {MAX_TITLE:,} characters" if len(title) > MAX_TITLE else ""


def _link_of(entry: _Values, base: str) -> str:
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


def _plain_text(values: _Values, name: str) -> str:
    """Return a value as plain text; it is HTML if the feed says so or it contains tags."""
    value = values.get(name)
    if not isinstance(value, str):
        return ""
    kind = (values.get(f"{name}_detail") or {}).get("type", "")
    if kind in ("text/html", "application/xhtml+xml") or has_tags(value):
        return html_to_text(value)[0]
    return " ".join(html.unescape(value).split()) if kind != "text/plain" else " ".join(value.split())


def _body(entry: _Values, base: str) -> tuple[str, tuple[Picture, ...]]:
    """Return the text of an entry (its summary before its content) and its pictures."""
    texts, pictures = [], list(_attached(entry))
    for part in [entry.get("summary_detail"), *entry.get("content", ())]:
        if part and isinstance(part.get("value"), str):
            is_html = part.get("type") != "text/plain" or has_tags(part["value"])
            text, shown = html_to_text(part["value"]) if is_html else (" ".join(part["value"].split()), [])
            texts.append(text)
            pictures += shown
    return next(filter(None, texts), ""), _usable(pictures, base)


def _usable(pictures: Iterable[Picture], base: str) -> tuple[Picture, ...]:
    """Return the first pictures with their absolute links, each link once."""
    found: dict[str, Picture] = {}
    for picture in pictures:
        url = _join(base, picture.url)
        if url and len(url) <= MAX_LINK:
            found.setdefault(url, Picture(url, picture.width, picture.height))
    return tuple(found.values())[:10]


def _attached(entry: _Values) -> Iterator[Picture]:
    """Yield pictures outside the text: media by width, then enclosures, then thumbnails."""
    media = [
        _media_picture(each)
        for each in entry.get("media_content", ())
        if each.get("medium") == "image" or each.get("type", "").startswith("image/")
    ]
    thumbnails = map(_media_picture, entry.get("media_thumbnail", ()))
    yield from sorted(filterfalse(is_tracking_pixel, media), key=lambda picture: -(picture.width or 0))
    for each in entry.get("enclosures", ()):
        if each.get("type", "").startswith("image/"):
            yield Picture(each.get("href") or "")
    yield from filterfalse(is_tracking_pixel, thumbnails)


def _media_picture(values: _Values) -> Picture:
    return Picture(values.get("url") or "", parse_size(values.get("width")), parse_size(values.get("height")))


def _date(entry: _Values) -> str:
    # feedparser's own `get` substitutes one date for the other, with a warning.
    found = dict.get(entry, "published_parsed") or dict.get(entry, "updated_parsed")
    try:
        return datetime.fromtimestamp(calendar.timegm(found), UTC).isoformat() if found else ""
    except (ValueError, OverflowError, OSError, TypeError):
        return ""


def _minutes(feed: _Values) -> int:
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
    site = _join(url, found.get("home_page_url"))
    return _feed(_json_text(found, "title"), site, items, lambda item: _json_entry(item, url))


def _json_entry(item: object, base: str) -> Entry | SkippedEntry:
    if not isinstance(item, dict):
        return SkippedEntry("an item that is no object")
    link = _join(base, item.get("url")) or _join(base, item.get("external_url"))
    markup, shown = html_to_text(_json_text(item, "content_html"))
    text = _json_text(item, "summary") or _json_text(item, "content_text") or markup
    named = [Picture(_join(base, item.get(name))) for name in ("image", "banner_image")]
    pictures = _usable([*named, *shown], link)
    return Entry(link, _json_text(item, "title"), shorten(text, MAX_EXCERPT), _json_date(item), pictures)


def _json_text(values: _Values, name: str) -> str:
    value = values.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _json_date(item: _Values) -> str:
    for name in ("date_published", "date_modified"):
        try:
            moment = datetime.fromisoformat(_json_text(item, name))
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            return moment.astimezone(UTC).isoformat()
        except (ValueError, OverflowError):
            continue
    return ""


class _TextParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.pictures: list[Picture] = []
        self.skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        if tag in _SKIPPED:
            self.skipped.append(tag)
        elif tag in _BLOCKS:
            self.parts.append(" ")
        if tag == "img" and len(self.pictures) < _MAX_PICTURES:
            values = dict(attrs)
            sides = parse_size(values.get("width")), parse_size(values.get("height"))
            picture = Picture(values.get("src") or "", *sides)
            if picture.url and not is_tracking_pixel(picture):
                self.pictures.append(picture)

    def handle_startendtag(self, tag: str, attrs: _Attributes) -> None:
        if tag not in _SKIPPED:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.skipped:
            while self.skipped.pop() != tag:
                pass
        elif tag in _BLOCKS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self.skipped:
            self.parts.append(data)


def html_to_text(markup: str) -> tuple[str, list[Picture]]:
    """Return the text of HTML on one line, and the pictures in it with their links as written."""
    if "<" not in markup:
        return " ".join(html.unescape(markup).split()), []
    parser = _TextParser()
    parser.feed(markup)
    parser.close()
    return _SPACE.sub(" ", "".join(parser.parts)).strip(), parser.pictures


class _FeedLinkParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.feeds: list[str] = []

    def handle_starttag(self, tag: str, attrs: _Attributes) -> None:
        values = {name: value or "" for name, value in attrs}
        is_alternate = tag == "link" and "alternate" in values.get("rel", "").lower().split()
        if is_alternate and values.get("type", "").lower() in _FEED_TYPES and values.get("href"):
            self.feeds.append(values["href"])


def find_feed_link(markup: str) -> str:
    """Return the link to the first feed in the head of a web page, as written, or ""."""
    parser = _FeedLinkParser()
    parser.feed(markup[:_HEAD_LENGTH])
    return next(iter(parser.feeds), "")


def has_tags(text: str) -> bool:
    """Return whether text is HTML: it contains a tag that feeds commonly use."""
    return bool(_TAG.search(text))


def parse_size(value: object) -> int | None:
    """Return the pixels that a width or height attribute states, or None."""
    text = str(value).strip().removesuffix("px") if value is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else None


def is_tracking_pixel(picture: Picture) -> bool:
    """Return whether a picture states a size so small that it can only count visitors."""
    return any(side is not None and side < _SMALLEST for side in (picture.width, picture.height))


def shorten(text: str, limit: int) -> str:
    """Return text of at most `limit` characters, cut after a sentence, else after a word with "…"."""
    if len(text) <= limit:
        return text
    piece = text[:limit]
    end = max(piece.rfind(mark) for mark in (". ", "! ", "? "))
    if end >= limit // 2:
        return piece[: end + 1]
    head = piece.rpartition(" ")[0]
    if len(head) < limit // 2:
        head = piece[: limit - 1]
    return head.rstrip(" ,;:–—-") + "…"


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


def respond(head: _Values, data: bytes) -> bytes:
    """Return the answer to one request."""
    feed, reason = None, ""
    try:
        feed = asdict(parse_feed(data, head["content_type"], head["url"]))
    except FeedError as error:
        reason = str(error)
    except MemoryError:
        reason = "needs too much memory to be read"
    return json.dumps({"reason": reason, "feed": feed}).encode() + b"\n"
