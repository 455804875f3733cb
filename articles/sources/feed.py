"""What a feed contains, as typed values, and the sandboxed processes that parse it.

The parser itself (`parse.py`) runs only inside those processes: a feed that crashes or stalls it costs that
one feed. Values cross the process boundary as JSON.
"""

import json
from dataclasses import dataclass, fields
from typing import IO, Any, TypeVar

from articles.http.sandbox import WorkerGone, Workers, program_of

MAX_ENTRIES = 10_000
MAX_ANSWER = 60_000_000  # bytes
Value = TypeVar("Value")


class FeedError(ValueError):
    """A feed that cannot be used; the text is the reason in plain words."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that an entry names; width and height in pixels as stated, or None."""

    url: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: absolute but unchecked links, plain text; `published` in ISO 8601, or "" if unusable.

    `source_name` and `source_link` name the publisher if the feed collects entries of several.
    """

    link: str
    title: str
    excerpt: str = ""
    published: str = ""
    pictures: tuple[Picture, ...] = ()
    source_name: str = ""
    source_link: str = ""


@dataclass(frozen=True, slots=True)
class SkippedEntry:
    """An entry that was skipped, or `count` of them, and the reason."""

    reason: str
    link: str = ""
    title: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed: its entries in document order, and those that were skipped."""

    title: str
    site: str
    entries: tuple[Entry, ...]
    skipped: tuple[SkippedEntry, ...]
    minutes: int = 0  # between two fetches, as the feed requests; 0 if it does not

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> "Feed":
        """Return the feed of the values that `asdict` gives.

        Raises KeyError, TypeError or ValueError for anything else.
        """
        entries = tuple(
            _checked(Entry, each, pictures=tuple(map(_picture_from_json, each["pictures"])))
            for each in values["entries"]
        )
        skipped = tuple(_checked(SkippedEntry, each, count=int(each["count"])) for each in values["skipped"])
        if len(entries) + len(skipped) > MAX_ENTRIES + 1:
            raise ValueError("too many entries")
        return _checked(cls, values, entries=entries, skipped=skipped, minutes=int(values["minutes"]))


def _picture_from_json(values: dict[str, Any]) -> Picture:
    sizes = {name: values[name] if type(values[name]) is int else None for name in ("width", "height")}
    return _checked(Picture, values, **sizes)


def _checked(kind: type[Value], values: dict[str, Any], **others: object) -> Value:
    """Return an object of this class whose fields, except `others`, are strings; else raises TypeError."""
    texts = {field.name: values[field.name] for field in fields(kind) if field.name not in others}  # type: ignore[arg-type]
    if not all(isinstance(text, str) for text in texts.values()):
        raise TypeError("expected a string")
    return kind(**texts, **others)


class FeedParsers(Workers):
    """A pool of parser processes, started on demand; safe to use from several threads."""

    program = program_of("articles.sources.parse")
    seconds = 45  # per feed; a little more than the parser process allows itself

    def parse(self, data: bytes, content_type: str, url: str) -> Feed:
        """Return what `parse.parse_feed` returns for these bytes; raises FeedError.

        If the process dies or takes too long, this feed fails; the next one gets a fresh process.
        """
        try:
            reason, feed = self.ask({"content_type": content_type, "url": url}, data, _read_answer)
        except WorkerGone:
            raise FeedError("could not be read within the limits of time and memory") from None
        if feed is None:
            raise FeedError(reason)
        return feed


def _read_answer(stream: IO[bytes]) -> tuple[str, Feed | None]:
    answer = json.loads(stream.readline(MAX_ANSWER))
    if answer["feed"] is None:
        return str(answer["reason"])[:200], None
    return "", Feed.from_json(answer["feed"])
