"""An article file and its values (floor 0): bytes to a Document and back; only the shape is judged here."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from yaml import YAMLError
from yaml.events import (
    CollectionStartEvent,
    DocumentEndEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)
from yaml.reader import ReaderError

from articles.frontmatter.emit import (
    BOM,
    MAX_BYTES,
    MAX_DEPTH,
    DocumentError,
    block_lines,
    emit,
    find,
    fitting,
    opened,
    rewritten,
    shown,
)
from articles.frontmatter.lines import Refusal, plain_value, read_lines
from articles.frontmatter.pieces import Memo, Piece

__all__ = [
    "MAX_BYTES", "MAX_DEPTH", "Document", "DocumentError", "Memo", "Piece", "emit", "parse", "replace_block",
]  # fmt: skip

# An event costs about two microseconds, so this many keep the worst file within a second.
MAX_EVENTS = 300_000
# The quick way is for ordinary files. YAML has fewer than 1.5 events a byte, so a file this small never meets
# MAX_EVENTS on either way, and a file that is refused after both was cheap to read twice.
MAX_QUICK_BYTES = 192 * 1024

_OPENING = re.compile(rb"---[ \t]*\r?\n")
_CLOSING = re.compile(rb"\n---[ \t]*\r?(?:\n|\Z)")
_RELATED, _NEXT = b"\nrelated:\n  - ", b"\n  - "
_FIRST_LINE = 2  # the line of the file on which front matter begins

# A related entry is known by its text alone only if each line is a complete "key: value": then no line can
# reach into the next, and what the entry means does not depend on what stands around it.
_QUOTED = rb'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"'
_PLAIN = rb"-?[0-9A-Za-z\x80-\xff][^:#\n]*+(?:(?::(?=[^ \n])|(?<=[^ ])#)[^:#\n]*+)*+"
_LINE = rb"[A-Za-z_][0-9A-Za-z_]*+:(?: (?:" + _QUOTED + rb"|" + _PLAIN + rb"))?"
_PIECE = re.compile(_LINE + rb"(?:\n {4,}(?:- )?" + _LINE + rb")*+")
# Controls, and what YAML takes for a line break or a byte order mark.
_ODD = re.compile(rb"[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]|\xef\xbb\xbf")
_BLOCK_END = re.compile(rb"\n(?<!\n\n)\n*+(?:(?=[^ \n])|\Z)")  # literal first: found fast
_ORDINARY_START = re.compile(rb"[A-Za-z_]")
_DOCUMENT_MARKS = (b"\n---", b"\n...", b"\n%")


@dataclass(frozen=True, slots=True)
class Document:
    """An article file: its values in the file's order, and the text after the closing fence as it stands.

    Entries of `related` are Pieces where a Memo gave them, else plain mappings. A Document keeps the bytes of
    its file alive for `line_of`.
    """

    values: dict[str, object]
    body: str
    _data: bytes = field(repr=False, compare=False)

    def line_of(self, path: str) -> int | None:
        """Return the line of the file where the key or list item at a dotted path stands.

        For a path that does not exist: the line of the nearest parent that does, None if that is the top.
        It reads the file again, so ask only when something is wrong.
        """
        start, stop = _fences(self._data)
        index = find(self._data[start:stop], path)
        return None if index is None else _line(self._data[start:stop], index)


def parse(data: bytes, memo: Memo | None = None) -> Document:
    """Return the Document of a file's bytes.

    A memo makes no difference to the values; it spares reading `related` entries that other files had too.
    Raises DocumentError, and nothing else, for a file that breaks a rule of the format.
    """
    try:
        found = _quick(data, memo) if memo is not None and len(data) <= MAX_QUICK_BYTES else None
        return Document(*(found or _whole(data)), data)
    except UnicodeDecodeError:
        raise _encoding_error(data) from None


def replace_block(data: bytes, key: str, value: object) -> bytes:
    """Return a file with the top-level block of one key rewritten, inserted at its place, or (None) removed.

    Every other byte stays. Only where that is impossible (front matter in braces, say) all of it is written
    anew. Raises DocumentError for a file or value that breaks the format, and if no key would be left.
    """
    document = parse(data)
    values = dict(document.values)
    if value is not None:
        values[key] = value
    elif key in values:
        del values[key]
    else:
        return data
    start, stop = _fences(data)
    front = rewritten(data[start:stop].decode(), document.values, key, value)
    if front is not None:
        result = data[:start] + front.encode() + data[stop:]
        if _holds(result, values, document.body):
            return result
    # Not before: written anew, what stands on few lines may take more than a file may have.
    canonical = emit(values).removeprefix(b"---\n").removesuffix(b"---\n\n")
    return fitting(data[:start] + canonical + data[stop:])


def _holds(data: bytes, values: dict[str, object], body: str) -> bool:
    try:
        document = parse(data)
    except DocumentError:
        return False
    # By canonical text: in Python 1 equals true, and a NaN does not even equal itself.
    found, wanted = (
        {key: block_lines(key, value) for key, value in each.items()} for each in (document.values, values)
    )
    return found == wanted and document.body == body


def _fences(data: bytes) -> tuple[int, int]:
    """Return where front matter starts and stops; refuses what is too large, has a NUL, or no fences."""
    if len(data) > MAX_BYTES:
        raise DocumentError("the file is larger than 2 MiB", 1)
    opening = _opening(data)
    if not opening:
        empty = not data.removeprefix(BOM).strip()
        raise DocumentError("the file is empty" if empty else "the first line is not ---", 1)
    if (nul := data.find(b"\0")) >= 0:
        raise DocumentError("a NUL is not allowed", data.count(b"\n", 0, nul) + 1)
    stop = _closing(data, opening.end() - 1)
    if stop is None:
        raise DocumentError("the line --- that closes the front matter is missing", 1)
    return opening.end(), stop


def _opening(data: bytes) -> re.Match | None:
    return _OPENING.match(data, len(BOM) if data.startswith(BOM) else 0)


def _closing(data: bytes, at: int) -> int | None:
    """Return where the closing fence begins, looked for from a line break on."""
    while (at := data.find(b"\n---", at)) >= 0:
        if _CLOSING.match(data, at):
            return at + 1
        at += 1
    return None


def _body(data: bytes, stop: int) -> str:
    """Return the text behind the closing fence, which begins at `stop`."""
    return data[_CLOSING.match(data, stop - 1).end() :].decode()


def _encoding_error(data: bytes) -> DocumentError:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        at = error.start
    return DocumentError(f"the byte {data[at]:#04x} is not valid UTF-8 here", data.count(b"\n", 0, at) + 1)


def _quick(data: bytes, memo: Memo) -> tuple[dict[str, object], str] | None:
    """Return the values, `related` put together from pieces, and the body; None: only `_whole` can judge.

    The closing fence is looked for behind the pieces alone: neither they nor the lines that `_part` takes
    hold one, nor a NUL.
    """
    opening = _opening(data)
    at = data.find(_RELATED, opening.end() - 1) + 1 if opening else 0
    if not at:
        start, stop = _fences(data)
        values = read_lines(data[start:stop])
        return values and (values, _body(data, stop))
    found = _pieces(data[at + len(_RELATED) - 1 :].split(_NEXT), memo)
    if found is None:
        return None
    pieces, tail = found
    stop = _closing(tail, 0)
    if stop is None or b"\0" in tail:
        return None
    values = _part(data[opening.end() : at])
    rest = _part(tail[1:stop]) if stop > 1 else {}
    if values is None or rest is None or not {"related", *values}.isdisjoint(rest) or "related" in values:
        return None
    values["related"] = pieces
    values.update(rest)
    return values, _body(tail, stop)


def _pieces(texts: list[bytes], memo: Memo) -> tuple[list[Piece], bytes] | None:
    """Return the entries of these texts, and from its first line break on what follows the last of them."""
    pieces = memo.find(texts)
    for place in [place for place, piece in enumerate(pieces) if piece is None]:
        text = texts[place]
        if end := _BLOCK_END.search(text):
            text = text[: end.start()]
        piece = memo.get(text) or _read_piece(text, memo)
        if piece is None:
            return None
        pieces[place] = piece
        if end:
            return pieces[: place + 1], _NEXT.join([texts[place][end.end() - 1 :], *texts[place + 1 :]])
    return None


def _read_piece(text: bytes, memo: Memo) -> Piece | None:
    if not _PIECE.fullmatch(text):
        return None
    if found := read_lines(b"related:\n  - " + text):
        [values] = found["related"]
    elif _ODD.search(text):
        return None
    else:
        try:
            [values] = _build(b"  - " + text, depth=1)
        except DocumentError:
            return None
    piece = Piece(values)
    memo.put(text, piece)
    return piece


def _part(text: bytes) -> dict[str, object] | None:
    """Return the values of the text before or after `related`, if it is a block mapping of its own."""
    if values := read_lines(text):
        return values
    if not _ORDINARY_START.match(text) or any(mark in text for mark in _DOCUMENT_MARKS):
        return None
    try:
        values = _build(text)
    except DocumentError:
        return None
    return values if isinstance(values, dict) else None


def _whole(data: bytes) -> tuple[dict[str, object], str]:
    """Return the values and the body by the whole parser."""
    start, stop = _fences(data)
    body, front = _body(data, stop), data[start:stop]
    front.decode()  # strictly, before libyaml has a say
    values = _build(front)
    if values is None or values == {}:
        raise DocumentError("the front matter is empty", _FIRST_LINE)
    if not isinstance(values, dict):
        raise DocumentError("the front matter does not consist of keys and values", _FIRST_LINE)
    return values, body


def _build(front: bytes, depth: int = 0) -> object:
    """Return the value of YAML text that stands `depth` levels deep; raises DocumentError.

    Its stack is a list: libyaml's own composer recurses in C, where a file of brackets kills the process.
    """
    root: list = []
    inner, is_map, key, outer, event = root, False, None, [], None
    try:
        get_event, event = opened(front)
        if type(event) is StreamEndEvent:
            return None
        if event.explicit:
            raise Refusal("directives and further documents are not allowed")
        for _ in range(MAX_EVENTS):
            event = get_event()
            kind = type(event)
            if kind is ScalarEvent:
                if event.tag is not None or event.anchor is not None:
                    raise Refusal("anchors and tags are not allowed")
                value = event.value
                if event.implicit[0]:
                    value = plain_value(value)
                elif "\0" in value:
                    raise Refusal("a NUL is not allowed")
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
    except Refusal as refusal:
        place = _path([*(container for container, _ in outer[1:]), inner][: len(outer)], key)
        raise DocumentError(str(refusal), _line(front, event.start_mark.index), place) from None
    except YAMLError as error:
        raise _yaml_error(front, error) from None
    return root[0]


def _new_container(event: CollectionStartEvent, depth: int) -> dict | list:
    if not isinstance(event, CollectionStartEvent):
        raise Refusal("aliases are not allowed")
    if event.tag is not None or event.anchor is not None:
        raise Refusal("anchors and tags are not allowed")
    if depth >= MAX_DEPTH:
        raise Refusal(f"nested more than {MAX_DEPTH} levels deep")
    return {} if isinstance(event, MappingStartEvent) else []


def _check_key(key: object, mapping: dict) -> None:
    if not isinstance(key, str):
        raise Refusal("a key is not a string")
    if key in mapping:
        raise Refusal("the key occurs twice")


def _check_end(event: Event, get_event: Callable[[], Event]) -> None:
    if type(event) is not DocumentEndEvent:
        raise Refusal("there are too many values")
    if type(get_event()) is not StreamEndEvent:
        raise Refusal("directives and further documents are not allowed")


def _path(containers: list[dict | list], key: object) -> str | None:
    """Return the dotted path of the place where the builder stopped, given the containers open there."""
    steps = [next(reversed(each)) if isinstance(each, dict) else len(each) - 1 for each in containers[:-1]]
    if containers and isinstance(containers[-1], list):
        steps.append(len(containers[-1]))
    elif isinstance(key, str):
        steps.append(key)
    return shown(".".join(map(str, steps)), 100) or None


def _line(front: bytes, index: int) -> int:
    """Return the line of the file for an index of libyaml's, which counts characters."""
    return front.removeprefix(BOM).decode().count("\n", 0, index) + _FIRST_LINE


def _yaml_error(front: bytes, error: YAMLError) -> DocumentError:
    if isinstance(error, ReaderError):  # its position counts bytes
        line = front.removeprefix(BOM).count(b"\n", 0, error.position) + _FIRST_LINE
        return DocumentError(f"a character is not allowed: {error.reason}", line)
    mark = error.problem_mark
    if error.context_mark and "end of stream" in error.problem:
        mark = error.context_mark  # where the unclosed thing began says more than the end of the file
    line = _line(front, mark.index) if mark else None
    return DocumentError(f"the front matter is not valid YAML: {error.problem}", line)
