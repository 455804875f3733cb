"""What a feed says, typed (floor 0): plain values that a worker can hand over as JSON."""

from dataclasses import asdict, dataclass, fields

MAX_ENTRIES = 10_000
MAX_EXCERPT = 500  # characters of an excerpt of our own cutting


class FeedError(ValueError):
    """Bytes that are no feed we take; the text is the reason in plain words."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that an entry names; sizes as stated, or None."""

    url: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: absolute but unchecked links, plain text; `published` in ISO 8601, or "" where unusable.

    `source_name` and `source_link` name who published, where a feed gathers others' reports.
    """

    link: str
    title: str
    excerpt: str = ""
    published: str = ""
    pictures: tuple[Picture, ...] = ()
    source_name: str = ""
    source_link: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its entries in its order, and why the others were left out (reason and count)."""

    title: str
    site: str
    entries: tuple[Entry, ...]
    skipped: dict[str, int]
    minutes: int = 0  # between two fetches, as the feed asks; 0 where it says nothing

    def as_plain(self) -> dict:
        """Return the feed as JSON can hold it."""
        return asdict(self)


def feed_of(plain: dict) -> Feed:
    """Return the feed that `as_plain` gave; raises KeyError, TypeError or ValueError for anything else."""
    entries = [_entry_of(entry) for entry in plain["entries"]]
    skipped = {_text(reason): int(count) for reason, count in plain["skipped"].items()}
    if len(entries) > MAX_ENTRIES:
        raise ValueError("more entries than agreed")
    return Feed(_text(plain["title"]), _text(plain["site"]), tuple(entries), skipped, int(plain["minutes"]))


def _entry_of(plain: dict) -> Entry:
    pictures = tuple(
        Picture(_text(each["url"]), _size(each["width"]), _size(each["height"])) for each in plain["pictures"]
    )
    words = {field.name: _text(plain[field.name]) for field in fields(Entry) if field.name != "pictures"}
    return Entry(**words, pictures=pictures)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("text was agreed")
    return value


def _size(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
