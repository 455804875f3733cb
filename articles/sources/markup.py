"""Markup in feeds (floor 0): the text a reader would see, cut where it is long, and the pictures in it."""

import html
import re
from html.parser import HTMLParser

from articles.sources.entries import Picture

# What stands in these is no text of the report.
_SILENT = frozenset({
    "head", "iframe", "math", "noscript", "object", "script", "select", "style", "svg", "template",
    "textarea", "title",
})  # fmt: skip
_BREAKS = frozenset({
    "address", "article", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p", "pre", "section", "table", "td", "th",
    "tr", "ul",
})  # fmt: skip
_TAG = re.compile(
    r"<(/?)(a|abbr|b|big|br|cite|code|div|em|font|h[1-6]|i|iframe|img|ins|li|mark|ol|p|q|s|script|small|span|"
    r"strike|strong|style|sub|sup|svg|u|ul|wbr)(\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_HEAD = 200_000  # characters of a page in which its head must stand
_SPACE = re.compile(r"\s+")
_MAX_PICTURES = 5
_SMALLEST = 32  # pixels; what states a smaller side is a counter, no picture


class _Reader(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.pictures: list[Picture] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in _SILENT:
            self.silent.append(tag)
        elif tag in _BREAKS:
            self.parts.append(" ")
        if tag == "img" and len(self.pictures) < _MAX_PICTURES:
            given = dict(attrs)
            sides = size_of(given.get("width")), size_of(given.get("height"))
            picture = Picture(given.get("src") or "", *sides)
            if picture.url and not is_counter(picture):
                self.pictures.append(picture)

    def handle_startendtag(self, tag, attrs):
        if tag not in _SILENT:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        if tag in self.silent:
            while self.silent.pop() != tag:
                pass
        elif tag in _BREAKS:
            self.parts.append(" ")

    def handle_data(self, data):
        if not self.silent:
            self.parts.append(data)


def read_markup(markup: str) -> tuple[str, list[Picture]]:
    """Return the text of HTML on one line, and the pictures it names, their links as they stand."""
    if "<" not in markup:
        return " ".join(html.unescape(markup).split()), []
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return _SPACE.sub(" ", "".join(reader.parts)).strip(), reader.pictures


class _Links(HTMLParser):
    def __init__(self):
        super().__init__()
        self.feeds: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = {name: value or "" for name, value in attrs}
        is_other_form = tag == "link" and "alternate" in given.get("rel", "").lower().split()
        if is_other_form and given.get("type", "").lower() in _FEED_TYPES and given.get("href"):
            self.feeds.append(given["href"])


def feed_of_page(markup: str) -> str:
    """Return the link to the first feed that a web page names in its head, as it stands, or ""."""
    reader = _Links()
    reader.feed(markup[:_HEAD])
    return next(iter(reader.feeds), "")


def has_tags(text: str) -> bool:
    """Tell whether text that may be either is HTML: it holds a tag that feeds are known to use."""
    return bool(_TAG.search(text))


def size_of(value: object) -> int | None:
    """Return a side in pixels as an attribute states it, or None."""
    text = str(value).strip().removesuffix("px") if value is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else None


def is_counter(picture: Picture) -> bool:
    """Tell whether a picture is there to count readers: it says that it is tiny."""
    return any(side is not None and side < _SMALLEST for side in (picture.width, picture.height))


def cut(text: str, limit: int) -> str:
    """Return text of at most `limit` characters: cut after a sentence, else after a word, then with "…"."""
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
