"""Field rules of the store: the values of a Document become typed tuples, or a FieldError. PURE."""

import html
import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from articles.frontmatter.links import LinkError, clean_host, clean_link, link_key

MAX_TITLE, MAX_EXCERPT, MAX_PROVIDER_NAME, MAX_TOPIC = 500, 5000, 200, 100
MAX_TOPICS, MAX_IMAGES, MAX_RELATED = 50, 100, 1000
MAX_NUMBER, MAX_PIXELS = 1_000_000, 100_000
NO_HEAT = -1  # of an article that leads no story; no heat is lower
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST_AHEAD = timedelta(days=2)
LATEST = datetime(9000, 1, 1, tzinfo=UTC)  # given as `now` where a time has been checked before
KINDS = ("article", "video")

Default = TypeVar("Default", int, None)

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Bidi controls, zero-width space, word joiner, byte order mark, noncharacters and control characters that
# are no white space. The joiners U+200C and U+200D stay: scripts and emoji need them.
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef"
    + "".join(chr(plane * 0x10000 + end) for plane in range(17) for end in (0xFFFE, 0xFFFF))
    + "]"
)
_REFUSED = re.compile("[\x00\ud800-\udfff]")


class FieldError(ValueError):
    """A value that the rules refuse: `field` is its dotted path, `reason` says why in plain words."""

    def __init__(self, field: str, reason: str):
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class ImageFields(NamedTuple):
    """An image as a file describes it: cleaned URL, size in pixels or None, alternative text or ""."""

    url: str
    width: int | None
    height: int | None
    is_cached: bool
    title: str


class ProviderFields(NamedTuple):
    """The publisher; its bare domain is its identity."""

    domain: str
    name: str
    images: tuple[ImageFields, ...]


class ArticleFields(NamedTuple):
    """One article, from its own file or from a copy in another file's `related`; times are in UTC."""

    link_key: str
    url: str
    web_url: str
    original_url: str
    amp_url: str
    cdn_amp_url: str
    title: str
    excerpt: str
    published_at: datetime
    kind: str
    quality: int
    heat: int
    is_published: bool
    is_removed: bool
    provider: ProviderFields
    topics: tuple[str, ...]
    images: tuple[ImageFields, ...]
    related: tuple["ArticleFields", ...]


def decode_entities(text: str) -> str:
    """Decode HTML entities that end in a semicolon, once."""
    return _ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def encode_entities(text: str) -> str:
    """Return what a file must hold to be read as this text: what looks like an entity is escaped."""
    return _ENTITY.sub(lambda match: f"&amp;{match[0][1:]}", text) if "&" in text else text


def bounded_heat(heat: int) -> int:
    """Return the nearest heat that a file may hold: a story's heat, which editors adjust, has no bounds."""
    return min(max(heat, NO_HEAT), MAX_NUMBER)


def clean_text(text: str) -> str:
    """Return text in NFC, no invisible controls, each run of white space one blank, trimmed. Idempotent."""
    if not text.isprintable():  # all that is dropped counts as unprintable
        text = _DROPPED.sub("", text)
    text = unicodedata.normalize("NFC", text)
    return text.strip() if text.isprintable() and "  " not in text else " ".join(text.split())


def read_article(values: Mapping[str, object], now: datetime) -> ArticleFields:
    """Check the values of an article file.

    `now` (aware) bounds the publication time. Raises FieldError at the first value that CONTRACT.md refuses.
    A related entry with a `checked` attribute (a RelatedEntry) is checked once and stored there.
    """
    reader = _Reader(values)
    own = _read_fields(reader, now)
    related: list[ArticleFields] = []
    for place, entry in enumerate(reader.items("related", MAX_RELATED)):
        # An entry may be there twice, and is checked the first time.
        checked = getattr(entry, "checked", None)
        if checked is None:
            checked = _read_copy(entry, f"related.{place}", now)
            if hasattr(entry, "checked"):
                entry.checked = checked
        related.append(checked)
    for name in ("secured", "category", "featuredContent"):
        if not isinstance(values.get(name), str | None):
            raise FieldError(name, "must be text")
    return own._replace(related=tuple(related))


def read_copy(entry: Mapping[str, object]) -> ArticleFields:
    """Return the fields of an entry of `related` that was checked before, whenever that was."""
    return _read_copy(entry, "related.0", LATEST)


def _read_copy(entry: object, path: str, now: datetime) -> ArticleFields:
    reader = _reader_of(entry, path)
    if reader.values.get("webUrl") is None:
        raise reader.error("webUrl", "is missing")
    return _read_fields(reader, now)


def _read_fields(reader: "_Reader", now: datetime) -> ArticleFields:
    """Return the fields, without what `related` holds."""
    web_url, original_url, amp_url, cdn_amp_url = map(
        reader.link, ("webUrl", "originalUrl", "ampWebUrl", "cdnAmpWebUrl")
    )
    title = reader.text("title", MAX_TITLE, required=True)
    url = web_url or original_url
    if not url:
        raise reader.error("webUrl", "is missing, and so is originalUrl")
    kind = reader.values.get("type")
    if kind is None:
        kind = "article"
    elif not isinstance(kind, str) or kind not in KINDS:
        raise reader.error("type", "must be article or video")
    return ArticleFields(
        link_key(url), url, web_url, original_url, amp_url, cdn_amp_url, title,
        excerpt=reader.text("excerpt", MAX_EXCERPT),
        published_at=reader.moment("publishedDateTime", now),
        kind=kind,
        quality=reader.number("quality", 0, 0, MAX_NUMBER),
        heat=reader.number("heat", NO_HEAT, NO_HEAT, MAX_NUMBER),
        is_published=reader.flag("published"),
        is_removed=reader.flag("removed"),
        provider=_read_provider(reader.values.get("provider"), f"{reader.prefix}provider"),
        topics=_read_topics(reader),
        images=_read_images(reader),
        related=(),
    )  # fmt: skip


def _read_provider(value: object, path: str) -> ProviderFields:
    if value is None:
        raise FieldError(path, "is missing")
    reader = _reader_of(value, path)
    name = reader.text("name", MAX_PROVIDER_NAME, required=True)
    domain = read_domain(reader.values.get("domain"), f"{path}.domain")
    return ProviderFields(domain, name, _read_images(reader))


def read_domain(value: object, path: str) -> str:
    """Check a bare host and return it in its one spelling; raises FieldError."""
    if value is None:
        raise FieldError(path, "is missing")
    if not isinstance(value, str):
        raise FieldError(path, "must be text")
    try:
        return clean_host(value.strip())
    except LinkError as error:
        raise FieldError(path, str(error)) from error


def read_images(values: Mapping[str, object]) -> tuple[ImageFields, ...]:
    """Check the `images` of a mapping: at most 100 mappings, the same URL counts once."""
    return _read_images(_Reader(values))


def _read_images(parent: "_Reader") -> tuple[ImageFields, ...]:
    images: dict[str, ImageFields] = {}
    for place, entry in enumerate(parent.items("images", MAX_IMAGES)):
        reader = _reader_of(entry, f"{parent.prefix}images.{place}")
        url = reader.link("url")
        if not url:
            raise reader.error("url", "is missing")
        image = ImageFields(
            url,
            reader.number("width", None, 1, MAX_PIXELS),
            reader.number("height", None, 1, MAX_PIXELS),
            reader.flag("isCached"),
            _image_title(entry.get("title")),
        )
        images.setdefault(url, image)
    return tuple(images.values())


def _image_title(value: object) -> str:
    """Return alternative text, "" where it is no fitting text: being a help only, it is never refused."""
    try:
        return read_text(value, "title", MAX_TITLE)
    except FieldError:
        return ""


def _read_topics(reader: "_Reader") -> tuple[str, ...]:
    topics: dict[str, str] = {}
    for place, entry in enumerate(reader.items("topics", MAX_TOPICS)):
        path = f"{reader.prefix}topics.{place}"
        if entry is None:
            raise FieldError(path, "must be text, not null")
        name = read_text(entry, path, MAX_TOPIC, required=True)
        topics.setdefault(name.casefold(), name)
    return tuple(topics.values())


def read_text(value: object, path: str, limit: int, *, required: bool = False) -> str:
    """Return cleaned text of at most `limit` characters, "" for None; raises FieldError."""
    if value is None:
        if required:
            raise FieldError(path, "is missing")
        return ""
    if not isinstance(value, str):
        raise FieldError(path, f"must be text, not {_kind_of(value)}")
    if not value.isprintable() and _REFUSED.search(value):
        raise FieldError(path, "holds a NUL or half a character")
    text = clean_text(decode_entities(value))
    if len(text) > limit:
        raise FieldError(path, f"may have {limit:,} characters at most, this has {len(text):,}")
    if required and not text:
        raise FieldError(path, "is blank")
    return text


class _Reader:
    """Reads and checks the values of a mapping; `prefix` is its dotted path, with a dot at its end."""

    __slots__ = ("prefix", "values")

    def __init__(self, values: Mapping[str, object], prefix: str = "") -> None:
        self.values, self.prefix = values, prefix

    def error(self, name: str, reason: str) -> FieldError:
        return FieldError(self.prefix + name, reason)

    def text(self, name: str, limit: int, *, required: bool = False) -> str:
        return read_text(self.values.get(name), self.prefix + name, limit, required=required)

    def moment(self, name: str, now: datetime) -> datetime:
        value = self.values.get(name)
        if value is None:
            raise self.error(name, "is missing")
        try:
            if isinstance(value, str):
                value = datetime.fromisoformat(value.strip())
            elif isinstance(value, date) and not isinstance(value, datetime):
                value = datetime(value.year, value.month, value.day)
            elif not isinstance(value, datetime):
                raise self.error(name, f"must be a date, not {_kind_of(value)}")
            moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        except FieldError:
            raise
        except (ValueError, OverflowError) as error:
            raise self.error(name, "is no date in the form of ISO 8601") from error
        if not EARLIEST <= moment <= now + LATEST_AHEAD:
            raise self.error(name, "is not between 1990 and two days from now")
        return moment

    def link(self, name: str) -> str:
        value = self.values.get(name)
        try:
            return "" if value is None else clean_link(value)
        except LinkError as error:
            raise self.error(name, str(error)) from error

    def number(self, name: str, default: Default, least: int, most: int) -> int | Default:
        value = self.values.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(name, f"must be a whole number, not {_kind_of(value)}")
        if not least <= value <= most:
            raise self.error(name, f"must be between {least:,} and {most:,}")
        return value

    def flag(self, name: str) -> bool:
        value = self.values.get(name)
        if not isinstance(value, bool | None):
            raise self.error(name, f"must be true or false, not {_kind_of(value)}")
        return bool(value)

    def items(self, name: str, limit: int) -> list[Any]:
        value = self.values.get(name)
        if value is None:
            return []
        if not isinstance(value, list):
            raise self.error(name, f"must be a list, not {_kind_of(value)}")
        if len(value) > limit:
            raise self.error(name, f"may have {limit:,} entries at most, this has {len(value):,}")
        return value


def _reader_of(value: object, path: str) -> _Reader:
    if not isinstance(value, Mapping):
        raise FieldError(path, "must be a mapping")
    return _Reader(value, f"{path}.")


_KINDS_OF = {
    bool: "true or false", int: "a number", float: "a number", str: "text", list: "a list", date: "a date",
    datetime: "a date", type(None): "null",
}  # fmt: skip


def _kind_of(value: object) -> str:
    return _KINDS_OF.get(type(value), "a mapping" if isinstance(value, Mapping) else "something else")
