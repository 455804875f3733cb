"""Field rules of the store: the values of a Document become typed tuples, or a FieldError. PURE."""

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
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
    own = _read_fields(values, "", now)
    related = tuple(_read_related(values, now))
    for name in ("secured", "category", "featuredContent"):
        if not isinstance(values.get(name), str | None):
            raise FieldError(name, "must be text")
    return own._replace(related=related)


def _read_related(values: Mapping[str, object], now: datetime) -> list[ArticleFields]:
    entries = _list(values, "related", "related", MAX_RELATED)
    related: list[ArticleFields] = []
    for place, entry in enumerate(entries):
        # An entry may be there twice, and is checked the first time.
        checked = getattr(entry, "checked", None)
        if checked is None:
            checked = _read_copy(entry, f"related.{place}.", now)
            if hasattr(entry, "checked"):
                entry.checked = checked
        related.append(checked)
    return related


def read_copy(entry: Mapping[str, object]) -> ArticleFields:
    """Return the fields of an entry of `related` that was checked before, whenever that was."""
    return _read_copy(entry, "related.0.", LATEST)


def _read_copy(entry: object, prefix: str, now: datetime) -> ArticleFields:
    if not isinstance(entry, Mapping):
        raise FieldError(prefix[:-1], "must be a mapping")
    if entry.get("webUrl") is None:
        raise FieldError(f"{prefix}webUrl", "is missing")
    return _read_fields(entry, prefix, now)


def _read_fields(values: Mapping[str, object], prefix: str, now: datetime) -> ArticleFields:
    """Return the fields, without what `related` holds."""
    web_url, original_url, amp_url, cdn_amp_url = (
        _link(values, name, prefix + name) for name in ("webUrl", "originalUrl", "ampWebUrl", "cdnAmpWebUrl")
    )
    title = _text(values, "title", f"{prefix}title", MAX_TITLE, required=True)
    url = web_url or original_url
    if not url:
        raise FieldError(f"{prefix}webUrl", "is missing, and so is originalUrl")
    kind = _value(values, "type", "article")
    if not isinstance(kind, str) or kind not in KINDS:
        raise FieldError(f"{prefix}type", "must be article or video")
    return ArticleFields(
        link_key(url),
        url,
        web_url,
        original_url,
        amp_url,
        cdn_amp_url,
        title,
        _text(values, "excerpt", f"{prefix}excerpt", MAX_EXCERPT),
        _moment(values, f"{prefix}publishedDateTime", now),
        kind,
        _number(values, "quality", f"{prefix}quality", 0, 0, MAX_NUMBER),
        _number(values, "heat", f"{prefix}heat", NO_HEAT, NO_HEAT, MAX_NUMBER),
        _flag(values, "published", f"{prefix}published"),
        _flag(values, "removed", f"{prefix}removed"),
        read_provider(values.get("provider"), f"{prefix}provider"),
        tuple(_topics(values, f"{prefix}topics")),
        read_images(values, f"{prefix}images"),
        related=(),
    )


def read_provider(value: object, path: str) -> ProviderFields:
    """Check a provider mapping; raises FieldError below `path`."""
    if value is None:
        raise FieldError(path, "is missing")
    if not isinstance(value, Mapping):
        raise FieldError(path, "must be a mapping")
    name = _text(value, "name", f"{path}.name", MAX_PROVIDER_NAME, required=True)
    return ProviderFields(
        read_domain(value.get("domain"), f"{path}.domain"), name, read_images(value, f"{path}.images")
    )


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


def read_images(values: Mapping[str, object], path: str) -> tuple[ImageFields, ...]:
    """Check an `images` list: at most 100 mappings, the same URL counts once."""
    images: dict[str, ImageFields] = {}
    for place, entry in enumerate(_list(values, "images", path, MAX_IMAGES)):
        here = f"{path}.{place}"
        if not isinstance(entry, Mapping):
            raise FieldError(here, "must be a mapping")
        url = _link(entry, "url", f"{here}.url")
        if not url:
            raise FieldError(f"{here}.url", "is missing")
        image = ImageFields(
            url,
            _number(entry, "width", f"{here}.width", None, 1, MAX_PIXELS),
            _number(entry, "height", f"{here}.height", None, 1, MAX_PIXELS),
            _flag(entry, "isCached", f"{here}.isCached"),
            _image_title(entry.get("title")),
        )
        images.setdefault(url, image)
    return tuple(images.values())


def _image_title(value: object) -> str:
    """Return alternative text, "" where it is no fitting text: being a help only, it is never refused."""
    if not isinstance(value, str) or _REFUSED.search(value):
        return ""
    title = clean_text(decode_entities(value))
    return title if len(title) <= MAX_TITLE else ""


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


def _text(values: Mapping[str, object], name: str, path: str, limit: int, *, required: bool = False) -> str:
    return read_text(values.get(name), path, limit, required=required)


def _topics(values: Mapping[str, object], path: str) -> Iterator[str]:
    seen: set[str] = set()
    for place, entry in enumerate(_list(values, "topics", path, MAX_TOPICS)):
        if entry is None:
            raise FieldError(f"{path}.{place}", "must be text, not null")
        name = read_text(entry, f"{path}.{place}", MAX_TOPIC, required=True)
        if name.casefold() not in seen:
            seen.add(name.casefold())
            yield name


def _moment(values: Mapping[str, object], path: str, now: datetime) -> datetime:
    value = values.get("publishedDateTime")
    if value is None:
        raise FieldError(path, "is missing")
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip())
        elif isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)
        if not isinstance(value, datetime):
            raise FieldError(path, f"must be a date, not {_kind_of(value)}")
        moment = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except FieldError:
        raise
    except (ValueError, OverflowError) as error:
        raise FieldError(path, "is no date in the form of ISO 8601") from error
    if not EARLIEST <= moment <= now + LATEST_AHEAD:
        raise FieldError(path, "is not between 1990 and two days from now")
    return moment


def _link(values: Mapping[str, object], name: str, path: str) -> str:
    value = values.get(name)
    if value is None:
        return ""
    try:
        return clean_link(value)
    except LinkError as error:
        raise FieldError(path, str(error)) from error


def _number(
    values: Mapping[str, object], name: str, path: str, default: Default, least: int, most: int
) -> int | Default:
    value = values.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int):
        raise FieldError(path, f"must be a whole number, not {_kind_of(value)}")
    if not least <= value <= most:
        raise FieldError(path, f"must be between {least:,} and {most:,}")
    return value


def _flag(values: Mapping[str, object], name: str, path: str) -> bool:
    value = values.get(name)
    if not isinstance(value, bool | None):
        raise FieldError(path, f"must be true or false, not {_kind_of(value)}")
    return bool(value)


def _list(values: Mapping[str, object], name: str, path: str, limit: int) -> list[Any]:
    value = values.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise FieldError(path, f"must be a list, not {_kind_of(value)}")
    if len(value) > limit:
        raise FieldError(path, f"may have {limit:,} entries at most, this has {len(value):,}")
    return value


def _value(values: Mapping[str, object], name: str, default: object) -> object:
    value = values.get(name)
    return default if value is None else value


_KINDS_OF = {
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    date: "a date",
    datetime: "a date",
    type(None): "null",
}


def _kind_of(value: object) -> str:
    return _KINDS_OF.get(type(value), "a mapping" if isinstance(value, Mapping) else "something else")
