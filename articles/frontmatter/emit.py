"""Writing an article file: values become its canonical bytes, or one block of a file is replaced. PURE."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any, cast

from yaml.nodes import CollectionNode, MappingNode

from articles.frontmatter.document import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_RESOLVED,
    DocumentError,
    compose,
    find_fences,
    implicit_tag,
    parse,
    shortened,
)

# Keys whose text stands without quotes where YAML allows it; any other text is quoted.
_NAMES = frozenset({"category", "type", "name", "domain", "topics"})
# Longer names are quoted; this also bounds what is remembered about them.
_MAX_NAME = 200
# Keys set off by a blank line whatever they hold; so is any key that holds a list or a mapping.
_APART = frozenset({"provider", "topics", "images", "related", "secured", "featuredContent"})
_ORDER = (
    "category", "title", "excerpt", "publishedDateTime", "originalUrl", "webUrl", "ampWebUrl", "cdnAmpWebUrl",
    "type", "quality", "heat", "removed", "published", "featuredContent", "provider", "topics", "images",
    "related", "secured",
)  # fmt: skip
_RANK = {key: rank for rank, key in enumerate(_ORDER)}
_UNKNOWN_RANK = len(_ORDER)
_CONTAINERS = (list, Mapping)
_SCALARS = (str, int, float, date)  # asked first, being nearly all and found much faster

# A key on the line of its value may take 1,024 characters; beyond that YAML wants the form with "? ".
_MAX_SIMPLE_KEY = 1000
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NAME = re.compile(r"[^\W_](?:[\w .,&'%/+()!-]*[\w.,&'%/+()!-])?")
# Other readers of a store know more numbers than YAML 1.1 (1e3, 1,000), and take y and n for truth values.
_DOUBTFUL = re.compile(r"[0-9][0-9a-fA-F.,:_xo+-]*|[yYnN]")
# Characters that JSON leaves alone but YAML refuses, reads as a line break, or takes for a byte order mark.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_REFUSED = re.compile("[\x00\ud800-\udfff]")


def emit(values: Mapping[str, object], body: str = "") -> bytes:
    """Return the file that holds these values, in the canonical form of a store.

    `body` is the text after the closing fence; where there is none the file ends in a blank line, as those of
    a store do. Raises DocumentError for what a file cannot hold: no values at all, keys that are no strings,
    types that YAML has no plain form for, NUL, lone surrogates, too many levels, too many bytes.
    """
    if not values:
        raise DocumentError("there are no values to write")
    lines = ["---"]
    after_block = False
    for key, value in values.items():
        block = _is_apart(key, value)
        if (block or after_block) and len(lines) > 1:
            lines.append("")
        lines += _block_lines(key, value)
        after_block = block
    if match := _REFUSED.search(body):
        raise DocumentError(_refused(match))
    return _check_size(("\n".join([*lines, "---"]) + "\n" + (body or "\n")).encode())


def _check_size(data: bytes) -> bytes:
    """Return a file's bytes; raises DocumentError for more than a file may have."""
    if len(data) > MAX_BYTES:
        raise DocumentError("the file would be larger than 2 MiB")
    return data


def _is_apart(key: object, value: object) -> bool:
    """Tell whether a top-level block is set off by blank lines."""
    return key in _APART or (isinstance(value, _CONTAINERS) and bool(value))


def _block_lines(key: object, value: object) -> list[str]:
    """Return the lines of one top-level block; raises DocumentError for what a file cannot hold."""
    lines: list[str] = []
    try:
        _append_lines(lines, {key: value}, "", "", 1)
    except DocumentError as error:
        raise DocumentError(error.reason, field=error.field and shortened(error.field, 100)) from None
    return lines


def _append_lines(
    lines: list[str], value: Sequence[Any] | Mapping[Any, Any], name: str, pad: str, depth: int
) -> None:
    """Append the lines inside a list or mapping; `name` is the key it stands under."""
    is_map, step, under = isinstance(value, Mapping), None, cast("Any", name)
    try:
        for key, item in value.items() if isinstance(value, Mapping) else enumerate(value):
            step = None  # a key that cannot be written is no place
            head = f"{pad}-"
            if is_map:
                under = key
                head = _known_head(pad, key) if type(key) is str and len(key) < 64 else _head(pad, key)
            step = key
            if isinstance(item, _SCALARS) or not _needs_lines(item, depth + 1):
                lines.append(f"{head} {_scalar(item, under)}")
                continue
            at = len(lines)
            lines += [head] * is_map
            _append_lines(lines, item, under, pad + "  ", depth + 1)
            if not is_map:
                lines[at] = head + lines[at][len(head) :]
    except DocumentError as error:
        if step is not None:  # each level on the way out puts its step in front
            error.field = str(step) if error.field is None else f"{step}.{error.field}"
        raise


def _needs_lines(value: object, depth: int) -> bool:
    """Tell whether a value is a list or mapping that needs lines of its own."""
    if not isinstance(value, _CONTAINERS):
        return False
    if depth > MAX_DEPTH:
        raise DocumentError(f"nested more than {MAX_DEPTH} levels deep")
    return bool(value)


def _head(pad: str, key: object) -> str:
    """Return the text of a key with its colon."""
    if not isinstance(key, str):
        raise DocumentError("a key is not a string")
    text = str.__str__(key) if _is_plain(key) and _KEY.fullmatch(key) else _quoted(key)
    return f"{pad}{text}:" if len(text) < _MAX_SIMPLE_KEY else f"{pad}? {text}\n{pad}:"


_known_head = lru_cache(maxsize=1024)(_head)


def _scalar(value: object, name: str) -> str:
    if isinstance(value, str):
        return str.__str__(value) if name in _NAMES and _is_plain(value) else _quoted(value)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, _CONTAINERS):
        return "[]" if isinstance(value, list) else "{}"
    raise DocumentError(f"a value of the type {type(value).__name__} has no form in a file")


def _is_plain(text: str) -> bool:
    """Tell whether text may stand without quotes, and every reader would take it for that text."""
    return len(text) <= _MAX_NAME and _is_plain_name(text)


@lru_cache(maxsize=4096)
def _is_plain_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and not _DOUBTFUL.fullmatch(text) and implicit_tag(text) is None


def _quoted(text: str) -> str:
    if text.isprintable():
        return encode_basestring(text)
    if match := _REFUSED.search(text):
        raise DocumentError(_refused(match))
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", encode_basestring(text))


def _refused(match: re.Match[str]) -> str:
    return "a NUL is not allowed" if match[0] == "\0" else "a lone surrogate is not allowed"


def _integer(value: int) -> str:
    # Hexadecimal is shorter, and every number that a file can hold fits one of the two forms.
    text = str(int(value)) if value.bit_length() < 4 * MAX_RESOLVED else ""
    if not text or len(text) > MAX_RESOLVED:
        text = hex(value)
    if len(text) > MAX_RESOLVED:
        raise DocumentError("the number is too long")
    return text


def _float(value: float) -> str:
    text = float.__repr__(value)
    if text.endswith(("inf", "nan")):
        return text.replace("inf", ".inf").replace("nan", ".nan")
    # YAML 1.1 reads "1e+20" as text: a float needs its point.
    return text if "." in text else text.replace("e", ".0e")


def _moment(value: datetime) -> str:
    offset = value.utcoffset()
    if offset is None:
        return value.isoformat()
    if offset.seconds % 60 or offset.microseconds:
        raise DocumentError("a time zone must be a whole number of minutes")
    return value.isoformat() if offset else f"{value.replace(tzinfo=None).isoformat()}Z"


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
    start, stop, _ = find_fences(data)
    front = _rewrite(data[start:stop].decode(), document.values, key, value)
    if front is not None:
        result = data[:start] + front.encode() + data[stop:]
        if _has(result, values, document.body):
            return result
    # Not before: written anew, what stands on few lines may take more than a file may have.
    canonical = emit(values).removeprefix(b"---\n").removesuffix(b"---\n\n")
    return _check_size(data[:start] + canonical + data[stop:])


def _has(data: bytes, values: Mapping[str, object], body: str) -> bool:
    """Tell whether a file has exactly these values and this body."""
    try:
        document = parse(data)
    except DocumentError:
        return False
    # By canonical text: in Python 1 equals true, and a NaN does not even equal itself.
    found, wanted = (
        {key: _block_lines(key, value) for key, value in each.items()} for each in (document.values, values)
    )
    return found == wanted and document.body == body


_Block = tuple[str, int, int]  # a top-level key, and where its block begins and ends in the text


def _blocks(front: str) -> list[_Block]:
    """Return the top-level blocks of front matter in order; none when it stands in braces."""
    root = compose(front.encode())
    blocks: list[_Block] = []
    for key, last in [] if root.flow_style else root.value:
        start = key.start_mark.index
        # A block collection ends without a character of its own, far behind its last value.
        while isinstance(last, CollectionNode) and not last.flow_style:
            last = last.value[-1][1] if isinstance(last, MappingNode) else last.value[-1]
        line = _line_start(front, start)
        start = front.index("?", line) if front[line:start].strip(" ") == "?" else start
        blocks.append((key.value, start, start + len(front[start : last.end_mark.index].rstrip(" \t\r\n"))))
    return blocks


def _rewrite(front: str, values: Mapping[str, object], key: str, value: object) -> str | None:
    """Return front matter with one top-level block replaced, inserted or (value None) removed.

    `front` is the text between the fences, `values` what it holds now. All other text stays as it is, and so
    does a comment behind a value of one line. None when the front matter does not stand in blocks.
    """
    blocks = _blocks(front)
    if not blocks:
        return None
    newline = "\r\n" if "\r\n" in front else "\n"
    pad = " " * (blocks[0][1] - _line_start(front, blocks[0][1]))
    text = "\n".join(_block_lines(key, value)).replace("\n", newline + pad)
    for name, start, end in blocks:
        if name == key:
            if value is None:
                return _without(front, start, end)
            if "\n" in front[start:end]:  # a comment behind the last of several lines belongs to that line
                end += len(front[end : _line_end(front, end)].rstrip("\r\n"))
            return front[:start] + text + front[end:]
    previous = _predecessor(blocks, key)
    at = _line_end(front, previous[2]) if previous else _line_start(front, blocks[0][1])
    block = _is_apart(key, value)
    after_block = block or (previous is not None and _is_apart(previous[0], values[previous[0]]))
    return _inserted(front, at, pad + text + newline, newline * after_block, newline * block)


def _inserted(front: str, at: int, text: str, above: str, below: str) -> str:
    """Return front matter with text put in; `above` and `below` are the blank lines it wants, if any."""
    before, after = front[:at], front[at:]
    if not before or _ends_blank(before):
        above = ""
    if not after or _starts_blank(after):
        below = ""
    return before + above + text + below + after


def _without(front: str, start: int, end: int) -> str:
    before, after = front[: _line_start(front, start)], front[_line_end(front, end) :]
    if (not after or _starts_blank(after)) and _ends_blank(before):
        before = before[: _line_start(before, len(before) - 1)]
    elif not before and _starts_blank(after):
        after = after[_line_end(after, 0) :]
    return before + after


def _predecessor(blocks: list[_Block], key: str) -> _Block | None:
    """Return the block after which a new key goes: the nearest earlier one in the order of a store."""
    rank = _RANK.get(key, _UNKNOWN_RANK)
    if rank == _UNKNOWN_RANK:
        return blocks[-1]
    earlier = (block for block in blocks if _RANK.get(block[0], _UNKNOWN_RANK) < rank)
    return max(earlier, key=lambda block: _RANK[block[0]], default=None)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """Return where the next line begins; every line of front matter ends in a line feed."""
    return text.index("\n", at) + 1


def _starts_blank(text: str) -> bool:
    return text.startswith(("\n", "\r\n"))


def _ends_blank(text: str) -> bool:
    return text.endswith(("\n\n", "\n\r\n")) or text in ("\n", "\r\n")
