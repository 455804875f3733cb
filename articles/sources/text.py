"""Text of feeds: bytes to text whatever encoding they claim, and HTML to plain text and its pictures."""

import codecs
import html
import re
from html.parser import HTMLParser

from articles.sources.feed import Picture

Attributes = list[tuple[str, str | None]]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._-]{1,40})""", re.IGNORECASE)
_DECLARATION = re.compile(r"\A\s*<\?xml\b[^>]*\?>")
# Characters that XML does not allow; they are dropped.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Encodings whose bytes are all ASCII, so that being valid UTF-8 proves nothing.
_ASCII_ONLY = ("iso-2022", "iso2022", "hz")

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
_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_HEAD_LENGTH = 200_000  # characters of a page within which its <head> must end
_SPACE = re.compile(r"\s+")
_MAX_PICTURES = 5
_SMALLEST = 32  # pixels; a picture that states a smaller side counts readers


def decode(data: bytes, content_type: str = "") -> str:
    """Return the text of a feed without XML declaration, byte order mark and forbidden characters.

    A byte order mark decides; valid UTF-8 is UTF-8; else the declaration in the file counts, then the
    `content_type` header. If none of them fits it is decoded as Windows-1252 with replacements.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            text = data[len(bom) :].decode(name, "replace")
            break
    else:
        text = _decode_without_bom(data, content_type)
    return _FORBIDDEN.sub("", _DECLARATION.sub("", text)).strip()


def _decode_without_bom(data: bytes, content_type: str) -> str:
    head = data[:400]
    if head.startswith((b"<\0", b"\0<", b"{\0", b"\0{")):
        return data.decode("utf-16-le" if head[1] == 0 else "utf-16-be", "replace")
    declared = _DECLARED.search(head)
    stated = _CHARSET.search(content_type)
    names = [declared[1].decode("ascii").lower() if declared else "", stated[1].lower() if stated else ""]
    if not names[0].startswith(_ASCII_ONLY):
        names.insert(0, "utf-8")
    for name in names:
        try:
            if name:
                return data.decode(name)
        except (LookupError, UnicodeError):
            continue
    return data.decode("cp1252", "replace")


class _TextParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.pictures: list[Picture] = []
        self.skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if tag in _SKIPPED:
            self.skipped.append(tag)
        elif tag in _BLOCKS:
            self.parts.append(" ")
        if tag == "img" and len(self.pictures) < _MAX_PICTURES:
            given = dict(attrs)
            sides = parse_size(given.get("width")), parse_size(given.get("height"))
            picture = Picture(given.get("src") or "", *sides)
            if picture.url and not is_tracking_pixel(picture):
                self.pictures.append(picture)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
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
    reader = _TextParser()
    reader.feed(markup)
    reader.close()
    return _SPACE.sub(" ", "".join(reader.parts)).strip(), reader.pictures


class _FeedLinkParser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.feeds: list[str] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        given = {name: value or "" for name, value in attrs}
        is_alternate = tag == "link" and "alternate" in given.get("rel", "").lower().split()
        if is_alternate and given.get("type", "").lower() in _FEED_TYPES and given.get("href"):
            self.feeds.append(given["href"])


def find_feed_link(markup: str) -> str:
    """Return the link to the first feed in the head of a web page, as written, or ""."""
    reader = _FeedLinkParser()
    reader.feed(markup[:_HEAD_LENGTH])
    return next(iter(reader.feeds), "")


def has_tags(text: str) -> bool:
    """Return whether text is HTML: it contains a tag that feeds commonly use."""
    return bool(_TAG.search(text))


def parse_size(value: object) -> int | None:
    """Return the pixels that a width or height attribute states, or None."""
    text = str(value).strip().removesuffix("px") if value is not None else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else None


def is_tracking_pixel(picture: Picture) -> bool:
    """Return whether a picture states a size so small that it can only count readers."""
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
