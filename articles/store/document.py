"""An article file and its values (floor 0): bytes to a Document, and back; only the shape is judged here."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from yaml import SafeLoader, YAMLError
from yaml.cyaml import CParser
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from yaml.nodes import ScalarNode
from yaml.reader import ReaderError

from articles.store.emitting import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_RESOLVED,
    Block,
    DocumentError,
    emit,
    implicit_tag,
    rewritten,
)

__all__ = [
    "MAX_BYTES", "MAX_DEPTH", "Document", "DocumentError", "Memo", "Piece", "emit", "parse", "replace_block",
]  # fmt: skip

# An event costs about 2 microseconds, so this many keep the worst file within a second.
MAX_EVENTS = 400_000
# The quick way is for ordinary files only: two events a byte is the most there can be, so a file this small
# never meets MAX_EVENTS, and reading it twice (quick way, then the whole parser) stays cheap.
MAX_QUICK_BYTES = 192 * 1024

_BOM = b"\xef\xbb\xbf"
_OPENING = re.compile(rb"---[ \t]*\r?\n")
_CLOSING = re.compile(rb"\n---[ \t]*\r?(?:\n|\Z)")
_FIRST_LINE = 2  # the line of the file on which front matter begins

_CONSTRUCT = {
    tag: construct
    for tag, construct in SafeLoader.yaml_constructors.items()
    if tag and tag.rpartition(":")[2] in {"null", "bool", "int", "float", "timestamp"}
}
_SAFE = SafeLoader("")
_KINDS = {"int": "whole number", "float": "number", "timestamp": "date", "merge": "merge key", "value": "key"}

# A piece is taken by its text only if each line is a complete "key: value": then no line can reach into the next
# and what a piece means does not depend on what stands around it.
_LINE = rb"""[A-Za-z_][A-Za-z0-9_]*:(?:\ (?:"(?:[^"\\\n]|\\.)*+"|-?[0-9A-Za-z\x80-\xff](?:[^:#\n]|:(?=[^ \n])|(?<=[^ ])\#)*+))?"""
_PIECE = re.compile(_LINE + rb"(?:\n {4,}(?:-\ )?" + _LINE + rb")*+")
_ODD = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]|\xef\xbb\xbf")
_BLOCK_END = re.compile(rb"\n+(?:(?=[^ \n])|\Z)")
_ORDINARY_START = re.compile(rb"[A-Za-z_]")
_MARKERS = (b"\n---", b"\n...", b"\n%")


class Piece(dict):
    """One entry of a `related` list that a Memo shares between documents: never change it.

    `checked` is None here; the next floor keeps the entry's validated form in it.
    """

    __slots__ = ("checked",)

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__(values)
        self.checked = None


class Memo:
    """The `related` entries seen lately, by their text; share one over the files of a run.

    Memory is bounded: two generations of at most 4,096 entries and 4 MiB of text each. An entry in use moves to
    the young generation; when that is full the old one is forgotten.
    """

    MAX_ENTRIES = 4096
    MAX_TEXT = 4 * 1024 * 1024

    def __init__(self) -> None:
        self._young: dict[bytes, Piece] = {}
        self._old: dict[bytes, Piece] = {}
        self._size = 0

    def get(self, text: bytes) -> Piece | None:
        """Return the entry of exactly this text, or None."""
        piece = self._young.get(text)
        if piece is None:
            piece = self._old.get(text)
            if piece is not None:
                self.put(text, piece)
        return piece

    def put(self, text: bytes, piece: Piece) -> None:
        """Keep an entry."""
        self._size += len(text)
        if self._size > self.MAX_TEXT or len(self._young) >= self.MAX_ENTRIES:
            self._old, self._young, self._size = self._young, {}, len(text)
        self._young[text] = piece


@dataclass(frozen=True, slots=True)
class Document:
    """An article file: its values in the order of the file, and the text after the closing fence as it stands.

    Entries of `related` are Pieces where a Memo supplied them, else plain mappings. A Document keeps the bytes
    of its file alive for `line_of`.
    """

    values: dict[str, object]
    body: str
    _data: bytes = field(repr=False, compare=False)

    def line_of(self, path: str) -> int | None:
        """Return the line of the file on which the key or list item at a dotted path stands.

        For a path that does not exist: the line of the nearest parent that does, None if that is the top.
        Reads the file again, so ask only when something is wrong.
        """
        start, stop = _fences(self._data)
        front = self._data[start:stop]
        found = None
        for where, index in _walk(front):
            if where == path:
                return _line(front, index)
            if path.startswith(where + "."):
                found = index
        return None if found is None else _line(front, found)


def parse(data: bytes, memo: Memo | None = None) -> Document:
    """Return the Document of a file's bytes.

    A memo makes no difference to the values; it spares reading `related` entries again that other files had.
    Raises DocumentError, and nothing else, for any file that breaks a rule of the format.
    """
    start, stop = _fences(data)
    front = data[start:stop]
    try:
        body = data[_CLOSING.match(data, stop - 1).end() :].decode()
        values = None if memo is None else _quick(front, memo)
        if values is None:
            values = _whole(front)
    except UnicodeDecodeError:
        raise _encoding_error(data) from None
    return Document(values, body, data)


def replace_block(data: bytes, key: str, value: object) -> bytes:
    """Return a file with the top-level block of one key rewritten, inserted at its place, or (None) removed.

    Every other byte stays. Only where that cannot be done (a mapping in braces, say) all front matter is
    written anew. Raises DocumentError for a file or value that breaks the format, and when no key would be left.
    """
    document = parse(data)
    values = dict(document.values)
    if value is None:
        if values.pop(key, None) is None and key not in document.values:
            return data
    else:
        values[key] = value
    wanted = emit(values)
    start, stop = _fences(data)
    blocks = _blocks(data[start:stop])
    if blocks:
        front = rewritten(data[start:stop].decode(), document.values, blocks, key, value)
        result = data[:start] + front.encode() + data[stop:]
        if _holds(result, values, document.body):
            return result
    return data[:start] + wanted[wanted.index(b"\n") + 1 : -len(b"---\n\n")] + data[stop:]


def _holds(data: bytes, values: dict[str, object], body: str) -> bool:
    try:
        document = parse(data)
    except DocumentError:
        return False
    # By their canonical text: 1 and true are equal in Python, and a NaN is not even equal to itself.
    return document.body == body and emit(dict(sorted(document.values.items()))) == emit(dict(sorted(values.items())))


def _fences(data: bytes) -> tuple[int, int]:
    """Return where front matter starts and stops; refuses files too large, with a NUL, or without fences."""
    if len(data) > MAX_BYTES:
        raise DocumentError("the file is larger than 2 MiB", 1)
    opening = _OPENING.match(data, len(_BOM) if data.startswith(_BOM) else 0)
    if not opening:
        raise DocumentError("the file is empty" if not data.strip() else "the first line is not ---", 1)
    if (nul := data.find(b"\0")) >= 0:
        raise DocumentError("a NUL is not allowed", data.count(b"\n", 0, nul) + 1)
    at = opening.end() - 1
    while (at := data.find(b"\n---", at)) >= 0:
        if _CLOSING.match(data, at):
            return opening.end(), at + 1
        at += 1
    raise DocumentError("the line --- that closes the front matter is missing", 1)


def _encoding_error(data: bytes) -> DocumentError:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        reason = f"the byte {data[error.start]:#04x} is not valid UTF-8"
        return DocumentError(reason, data.count(b"\n", 0, error.start) + 1)
    return DocumentError("the file is not valid UTF-8", 1)


def _quick(front: bytes, memo: Memo) -> dict[str, object] | None:
    """Return the values with `related` put together from pieces, or None where only the whole parser can judge."""
    at = front.find(b"\nrelated:\n  - ")
    if at < 0 or len(front) > MAX_QUICK_BYTES:
        return None
    head, chunks = front[: at + 1], front[at + len(b"\nrelated:") :].split(b"\n  - ")
    pieces = []
    tail = b""
    for number, chunk in enumerate(chunks[1:], 1):
        piece = memo.get(chunk)
        if piece is None:
            if end := _BLOCK_END.search(chunk):
                tail = b"\n  - ".join([chunk[end.end() :], *chunks[number + 1 :]])
                chunk = chunk[: end.start()]
                piece = memo.get(chunk)
            piece = piece or _read_piece(chunk, memo)
            if piece is None:
                return None
            pieces.append(piece)
            if end:
                break
        else:
            pieces.append(piece)
    values = _part(head)
    rest = _part(tail) if tail else {}
    if not values or rest is None or "related" in values or "related" in rest or not values.keys().isdisjoint(rest):
        return None
    values["related"] = pieces
    values.update(rest)
    return values


def _read_piece(text: bytes, memo: Memo) -> Piece | None:
    if not _PIECE.fullmatch(text) or _ODD.search(text):
        return None
    try:
        [values] = _build(b"  - " + text, depth=1)
    except DocumentError:
        return None
    piece = Piece(values)
    memo.put(text, piece)
    return piece


def _part(text: bytes) -> dict[str, object] | None:
    """Return the values of text that stands before or after `related`, if it is a block mapping of its own."""
    if not _ORDINARY_START.match(text) or any(marker in text for marker in _MARKERS):
        return None
    try:
        values = _build(text)
    except DocumentError:
        return None
    return values if isinstance(values, dict) else None


def _whole(front: bytes) -> dict[str, object]:
    front.decode()
    values = _build(front)
    if not isinstance(values, dict):
        kind = "a list" if isinstance(values, list) else "empty" if values is None else "a single value"
        raise DocumentError(f"the front matter is {kind}, not keys and values", _FIRST_LINE)
    if not values:
        raise DocumentError("the front matter is empty", _FIRST_LINE)
    return values


class _Refusal(Exception):
    """Stops the builder; its text is the reason."""


def _build(front: bytes, depth: int = 0) -> object:
    """Return the value of YAML text; `depth` levels are around it. Raises DocumentError.

    Built from libyaml's events and not by recursion, so nothing in a file can exhaust the C stack.
    """
    get_event = _events(front)
    root: list = []
    inner, is_map, key = root, False, None
    outer: list[tuple] = []
    event = None
    try:
        event = get_event()
        if event.explicit:
            raise _Refusal("directives and further documents are not allowed")
        for _ in range(MAX_EVENTS):
            event = get_event()
            kind = type(event)
            started = False
            if kind is ScalarEvent:
                if event.tag is not None or event.anchor is not None:
                    raise _Refusal("anchors and tags are not allowed")
                value = event.value
                if event.implicit[0]:
                    value = _plain(value) if len(value) <= MAX_RESOLVED else _long_plain(value)
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                inner, is_map = outer.pop()
                continue
            elif kind is DocumentEndEvent:
                break
"""draft"""
