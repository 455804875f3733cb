"""Reading an article file: its bytes become a Document of values and body. PURE.

Only the form is judged here; `fields` judges the values. Built on libyaml's events with a stack of our own:
libyaml's composer recurses in C, where a file of many brackets kills the process.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

import yaml
from yaml import (
    CollectionStartEvent,
    CSafeLoader,
    DocumentEndEvent,
    MappingEndEvent,
    MappingNode,
    MappingStartEvent,
    MarkedYAMLError,
    Node,
    SafeLoader,
    ScalarEvent,
    ScalarNode,
    SequenceEndEvent,
    SequenceNode,
    StreamEndEvent,
    YAMLError,
)
from yaml.constructor import SafeConstructor
from yaml.cyaml import CParser  # type: ignore[attr-defined]  # the stubs import it without exporting it
from yaml.reader import ReaderError

from aggregator.logging import hide_passwords

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 20
# An event costs about two microseconds, so this many keep the worst file within a second.
MAX_EVENTS = 300_000
# A base-60 number costs quadratic time to read, so no number, date or truth value may be longer than this.
MAX_RESOLVED = 64
# A memo is for ordinary files. YAML has fewer than 1.5 events a byte, so a file this small never meets
# MAX_EVENTS, and if it has to be parsed without the memo after all, it was cheap to parse twice.
MAX_MEMO_BYTES = 192 * 1024

_BOM = b"\xef\xbb\xbf"
_OPENING = re.compile(rb"---[ \t]*\r?\n")
_CLOSING = re.compile(rb"\n---[ \t]*\r?(?:\n|\Z)")
_FIRST_LINE = 2  # the line of the file on which front matter begins

# A related entry is known by its text alone only if each line is a complete "key: value": then no line can
# reach into the next, and what the entry means does not depend on what stands around it.
_QUOTED = rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"'
_UNQUOTED = rb"-?[0-9A-Za-z\x80-\xff][^:#\n]*+(?:(?::(?=[^ \n])|(?<=[^ ])#)[^:#\n]*+)*+"
_LINE = rb"[A-Za-z_][0-9A-Za-z_]*+:(?: (?:" + _QUOTED + rb"|" + _UNQUOTED + rb"))?"
_ENTRY = re.compile(_LINE + rb"(?:\n {4,}(?:- )?" + _LINE + rb")*+")
# Controls, and what YAML takes for a line break or a byte order mark.
_ODD = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]|\xef\xbb\xbf")
_RELATED, _NEXT_ENTRY = b"\nrelated:\n  - ", b"\n  - "
_BLOCK_END = re.compile(rb"\n(?=[^ \n])")
_ORDINARY_START = re.compile(rb"[A-Za-z_]")
_DOCUMENT_MARKS = (b"\n---", b"\n...", b"\n%")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\\]")

_CONSTRUCTOR = SafeConstructor()
_KINDS = {"null": "null", "bool": "truth value", "int": "number", "float": "number", "timestamp": "date"}


class DocumentError(ValueError):
    """A file, or values for one, that break a rule of the format.

    `reason` is in plain words; `line` is the line of the file, counted from 1, lines end in "\\n"; `field` is
    a dotted path such as "related.0.webUrl". Line and field are None where they are not known.
    """

    def __init__(self, reason: str, line: int | None = None, field: str | None = None) -> None:
        super().__init__(reason, line, field)
        self.reason, self.line, self.field = reason, line, field

    def __str__(self) -> str:
        place = [f"line {self.line}"] if self.line else []
        place += [f"field {self.field}"] if self.field else []
        return f"{self.reason} ({', '.join(place)})" if place else self.reason


def printable(text: str) -> str:
    """Return text that stays on one line of a report or a log: control characters are escaped."""
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


def shortened(text: str, limit: int = 60) -> str:
    """Return printable text of at most `limit` characters, with the passwords of URLs hidden."""
    text = printable(hide_passwords(text)[: limit + 1])
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


@dataclass(frozen=True, slots=True)
class Document:
    """An article file: its values in the file's order, and the text after the closing fence as it stands.

    Entries of `related` are RelatedEntry where a Memo gave them, else plain mappings. A Document keeps the
    bytes of its file for `line_of`.
    """

    values: dict[str, object]
    body: str
    _data: bytes = field(repr=False, compare=False)

    def line_of(self, path: str) -> int | None:
        """Return the line of the file with the key or list item at a dotted path.

        For a path that does not exist: the line of its nearest parent, None if that is the top. This parses
        the file again, so ask only when something is wrong.
        """
        start, stop, _ = find_fences(self._data)
        index = _find(self._data[start:stop], path)
        return None if index is None else _line(self._data[start:stop], index)


class RelatedEntry(dict[str, object]):
    """The values of one entry of `related`, shared by all documents of a Memo: never change it.

    `checked` is None here; `fields.read_article` stores the entry's validated form in it.
    """

    __slots__ = ("checked",)

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__(values)
        self.checked: object = None


class Memo:
    """The `related` entries parsed lately, by their text: most files of a store repeat those of others.

    Share one over the files of a run. `entry` returns the RelatedEntry of a text, None for a text that cannot
    be understood by itself. Memory is bounded by the number and the size of entries.
    """

    MAX_ENTRIES = 8192
    MAX_ENTRY_BYTES = 8192

    def __init__(self) -> None:
        self.entry = lru_cache(self.MAX_ENTRIES)(_parse_entry)


def parse(data: bytes, memo: Memo | None = None) -> Document:
    """Return the Document of a file's bytes.

    A memo makes no difference to the values; it spares parsing `related` entries that other files had too.
    Raises DocumentError, and nothing else, for a file that breaks a rule of the format.
    """
    start, stop, end = find_fences(data)
    front = data[start:stop]
    try:
        front.decode()  # strictly, before libyaml has a say
        body = data[end:].decode()
    except UnicodeDecodeError:
        raise _encoding_error(data) from None
    values: object = (
        _parse_with_memo(front, memo) if memo is not None and len(data) <= MAX_MEMO_BYTES else None
    )
    if values is None:
        values = _construct(front)
    if values is None or values == {}:
        raise DocumentError("the front matter is empty", _FIRST_LINE)
    if not isinstance(values, dict):
        raise DocumentError("the front matter does not consist of keys and values", _FIRST_LINE)
    return Document(values, body, data)


def find_fences(data: bytes) -> tuple[int, int, int]:
    """Return where front matter starts and stops, and where the body begins.

    Raises DocumentError for a file that is too large, has a NUL, or lacks a fence.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError("the file is larger than 2 MiB", 1)
    opening = _OPENING.match(data, len(_BOM) if data.startswith(_BOM) else 0)
    if not opening:
        empty = not data.removeprefix(_BOM).strip()
        raise DocumentError("the file is empty" if empty else "the first line is not ---", 1)
    if (nul := data.find(b"\0")) >= 0:
        raise DocumentError("a NUL is not allowed", data.count(b"\n", 0, nul) + 1)
    closing = _CLOSING.search(data, opening.end() - 1)
    if not closing:
        raise DocumentError("the line --- that closes the front matter is missing", 1)
    return opening.end(), closing.start() + 1, closing.end()


def _encoding_error(data: bytes) -> DocumentError:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        at = error.start
    return DocumentError(f"the byte {data[at]:#04x} is not valid UTF-8 here", data.count(b"\n", 0, at) + 1)


def _parse_with_memo(front: bytes, memo: Memo) -> dict[str, object] | None:
    """Return the values of front matter whose `related` entries come from the memo.

    None where only the whole text can be judged: an unusual form, or a mistake to be reported with its line.
    """
    at = front.find(_RELATED)
    if at < 0:
        return None
    end = _BLOCK_END.search(front, at + 1)
    stop = end.start() if end else len(front)
    related = []
    for text in front[at + len(_RELATED) : stop].rstrip(b"\n").split(_NEXT_ENTRY):
        entry = memo.entry(text) if len(text) <= memo.MAX_ENTRY_BYTES else None
        if entry is None:
            return None
        related.append(entry)
    above, below = _parse_part(front[: at + 1]), _parse_part(front[stop + 1 :])
    if above is None or below is None or not {"related", *above}.isdisjoint(below) or "related" in above:
        return None
    return above | {"related": related} | below


def _parse_entry(text: bytes) -> RelatedEntry | None:
    if not _ENTRY.fullmatch(text) or _ODD.search(text):
        return None
    try:
        [values] = cast("list[dict[str, object]]", _construct(b"  - " + text, depth=1))
    except DocumentError:
        return None
    return RelatedEntry(values)


def _parse_part(text: bytes) -> dict[str, object] | None:
    """Return the values of the text above or below `related`, if it is a block mapping of its own."""
    if not text:
        return {}
    if not _ORDINARY_START.match(text) or any(mark in text for mark in _DOCUMENT_MARKS):
        return None
    try:
        values = _construct(text)
    except DocumentError:
        return None
    return values if isinstance(values, dict) else None


class _Refusal(Exception):
    """A value or a form that the format does not allow; its text is the reason."""


def _construct(front: bytes, depth: int = 0) -> object:
    """Return the value of YAML text that stands `depth` levels deep, None for no value at all.

    Raises DocumentError for what is no YAML, and for what the format leaves out of YAML.
    """
    root: list[object] = []
    inner: Any = root  # a list, or with `is_map` a mapping
    is_map, key, value, event = False, cast("Any", None), cast("Any", None), cast("Any", None)
    outer: list[tuple[Any, bool]] = []
    try:
        # libyaml passes over a byte order mark without counting it: without one its marks are exact.
        get_event: Callable[[], Any] = CParser(front.removeprefix(_BOM)).get_event  # events differ by class
        get_event()
        event = get_event()
        if type(event) is StreamEndEvent:
            return None
        if event.explicit:
            raise _Refusal("directives and further documents are not allowed")
        for _ in range(MAX_EVENTS):
            event = get_event()
            kind = type(event)
            if kind is ScalarEvent:
                if event.tag is not None or event.anchor is not None:
                    raise _Refusal("anchors and tags are not allowed")
                value = event.value
                if event.implicit[0]:
                    value = _resolve(value) if len(value) <= MAX_RESOLVED else _resolve_long(value)
                elif "\0" in value:
                    raise _Refusal("a NUL is not allowed")
            elif kind is MappingEndEvent or kind is SequenceEndEvent:
                inner, is_map = outer.pop()
                continue
            elif kind is DocumentEndEvent:
                break
            else:
                value = _new_container(event, len(outer) + depth)
            if not is_map:
                inner.append(value)
            elif key is not None:
                inner[key] = value
                key = None
            else:
                key = value
                _check_key(key, inner)
                continue
            if kind is not ScalarEvent:
                outer.append((inner, is_map))
                inner, is_map = value, kind is MappingStartEvent
        _check_end(event, get_event)
    except _Refusal as refusal:
        place = _path([*(container for container, _ in outer[1:]), inner][: len(outer)], key)
        raise DocumentError(str(refusal), _line(front, event.start_mark.index), place) from None
    except YAMLError as error:
        raise _yaml_error(front, error) from None
    return root[0]


def _new_container(event: object, depth: int) -> dict[str, object] | list[object]:
    if not isinstance(event, CollectionStartEvent):
        raise _Refusal("aliases are not allowed")
    if event.tag is not None or event.anchor is not None:
        raise _Refusal("anchors and tags are not allowed")
    if depth >= MAX_DEPTH:
        raise _Refusal(f"nested more than {MAX_DEPTH} levels deep")
    return {} if isinstance(event, MappingStartEvent) else []


def _check_key(key: object, mapping: Mapping[str, object]) -> None:
    if not isinstance(key, str):
        raise _Refusal("a key is not a string")
    if key in mapping:
        raise _Refusal("the key occurs twice")


def _check_end(event: object, get_event: Callable[[], object]) -> None:
    if type(event) is not DocumentEndEvent:
        raise _Refusal("there are too many values")
    if type(get_event()) is not StreamEndEvent:
        raise _Refusal("directives and further documents are not allowed")


def implicit_tag(text: str) -> str | None:
    """Return the tag that YAML 1.1 gives to unquoted text, or None when the text is a string."""
    resolvers = SafeLoader.yaml_implicit_resolvers
    tag: str
    for tag, pattern in (*resolvers.get(text[:1], ()), *resolvers.get(None, ())):
        if pattern.match(text):
            return tag
    return None


@lru_cache(maxsize=8192)
def _resolve(text: str) -> object:
    """Return the value of unquoted text: a number, date, truth value, null or the text; raises _Refusal."""
    tag = implicit_tag(text)
    if tag is None:
        return text
    kind = tag.rpartition(":")[2]
    if kind not in _KINDS:
        raise _Refusal(f"{shortened(text)} has a meaning of its own in YAML and must be quoted")
    try:
        return SafeConstructor.yaml_constructors[tag](_CONSTRUCTOR, ScalarNode(tag, text))
    except Exception:  # they check little: whatever breaks in one, the text is to blame
        raise _Refusal(f"{shortened(text)} is not a valid {_KINDS[kind]}") from None


def _resolve_long(text: str) -> str:
    if implicit_tag(text) is not None:
        raise _Refusal(f"a number or date is longer than {MAX_RESOLVED} characters")
    return text


def _path(containers: Sequence[dict[str, object] | list[object]], key: object) -> str | None:
    """Return the dotted path of the place where construction stopped, given the containers open there."""
    steps: list[str | int] = [
        next(reversed(each)) if isinstance(each, dict) else len(each) - 1 for each in containers[:-1]
    ]
    if containers and isinstance(containers[-1], list):
        steps.append(len(containers[-1]))
    elif isinstance(key, str):
        steps.append(key)
    return shortened(".".join(map(str, steps)), 100) or None


def _line(front: bytes, index: int) -> int:
    """Return the line of the file for an index of libyaml's, which counts characters."""
    return front.removeprefix(_BOM).decode().count("\n", 0, index) + _FIRST_LINE


def _yaml_error(front: bytes, error: YAMLError) -> DocumentError:
    if isinstance(error, ReaderError):  # its position counts bytes
        at = front.removeprefix(_BOM).count(b"\n", 0, error.position) + _FIRST_LINE
        return DocumentError(f"a character is not allowed: {error.reason}", at)
    marked = cast("MarkedYAMLError", error)  # libyaml raises no others
    mark = marked.problem_mark
    if marked.context_mark and "end of stream" in (marked.problem or ""):
        mark = marked.context_mark  # where the unclosed thing began says more than the end of the file
    line = _line(front, mark.index) if mark else None
    return DocumentError(f"the front matter is not valid YAML: {marked.problem}", line)


def _find(front: bytes, path: str) -> int | None:
    """Return the index of the key or list item at a dotted path, or of its nearest parent (None: the top).

    Only for front matter that parses: libyaml composes nodes recursively.
    """
    found: int | None = None
    node: Node = compose(front)
    while True:
        for name, place, child in _children(node):
            if name == path:
                return place
            if path.startswith(f"{name}."):
                found, node, path = place, child, path[len(name) + 1 :]
                break
        else:
            return found


def compose(front: bytes) -> MappingNode:
    """Return the root node of front matter that parses; its marks count characters."""
    return cast("MappingNode", yaml.compose(front.removeprefix(_BOM), Loader=CSafeLoader))


def _children(node: Node) -> Iterator[tuple[str, int, Node]]:
    """Yield the keys or places of what a node holds, where each begins, and its node."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield key.value, key.start_mark.index, value
    elif isinstance(node, SequenceNode):
        for number, item in enumerate(node.value):
            yield str(number), item.start_mark.index, item
