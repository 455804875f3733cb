"""How values become the text of an article file (floor 0): the canonical form, and one block put into a file."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache

from yaml import SafeLoader

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 20
# A base-60 number costs quadratic time to read, so no number, date or truth value may be longer than this.
MAX_RESOLVED = 64

# Keys whose text stands without quotes where YAML allows it; any other text is quoted.
_NAMES = frozenset({"category", "type", "name", "domain", "topics"})
# Keys set off by a blank line whatever they hold; so is any key that holds a list or a mapping.
_APART = frozenset({"provider", "topics", "images", "related", "secured", "featuredContent"})
_ORDER = (
    "category", "title", "excerpt", "publishedDateTime", "originalUrl", "webUrl", "ampWebUrl", "cdnAmpWebUrl",
    "type", "quality", "heat", "removed", "published", "featuredContent", "provider", "topics", "images",
    "related", "secured",
)  # fmt: skip
_RANK = {key: rank for rank, key in enumerate(_ORDER)}
_UNKNOWN_RANK = len(_ORDER)

# A key on the line of its value may take 1,024 characters; beyond that YAML wants the form with "? ".
_MAX_SIMPLE_KEY = 1000
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NAME = re.compile(r"[^\W_](?:[\w .,&'%/+()!-]*[\w.,&'%/+()!-])?")
# Other readers of a store know more numbers than YAML 1.1 does (1e3, 1,000), and take y and n for truth values.
_DOUBTFUL = re.compile(r"[0-9][0-9a-fA-F.,:_xo+-]*|[yYnN]")
# Characters that JSON leaves alone but YAML refuses, reads as a line break, or takes for a byte order mark.
_UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_REFUSED = re.compile("[\x00\ud800-\udfff]")
_quote = json.JSONEncoder(ensure_ascii=False).encode


class DocumentError(ValueError):
    """What a file or its values may not be: `reason` in plain words, and where it is known the `line` of the
    file (from 1, lines end in "\\n") and the `field` (a dotted path such as "related.0.webUrl")."""

    def __init__(self, reason: str, line: int | None = None, field: str | None = None) -> None:
        super().__init__(reason, line, field)
        self.reason, self.line, self.field = reason, line, field

    def __str__(self) -> str:
        place = [f"line {self.line}"] if self.line else []
        place += [f"field {self.field}"] if self.field else []
        return f"{self.reason} ({', '.join(place)})" if place else self.reason


def implicit_tag(text: str) -> str | None:
    """Return the tag that YAML 1.1 gives to unquoted text, or None when the text is a string."""
    resolvers = SafeLoader.yaml_implicit_resolvers
    for tag, pattern in (*resolvers.get(text[:1], ()), *resolvers.get(None, ())):
        if pattern.match(text):
            return tag
    return None


def shown(text: str, limit: int = 60) -> str:
    """Return text for a message: cut to `limit` characters, and with nothing in it that could act on a screen."""
    text = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)


def emit(values: Mapping[str, object], body: str = "") -> bytes:
    """Return the file that holds these values, in the canonical form of a store.

    `body` is the text after the closing fence; where there is none the file ends in a blank line, as the files
    of a store do. Raises DocumentError for what a file cannot hold: no values at all, keys that are no strings,
    types YAML has no plain form for, NUL, lone surrogates, too many levels, too many bytes.
    """
    if not values:
        raise DocumentError("there are no values to write")
    lines = ["---"]
    after_block = False
    for key, value in values.items():
        block = apart(key, value)
        if (block or after_block) and len(lines) > 1:
            lines.append("")
        lines += block_lines(key, value)
        after_block = block
    if match := _REFUSED.search(body):
        raise DocumentError(_refused(match))
    data = ("\n".join([*lines, "---"]) + "\n" + (body or "\n")).encode()
    if len(data) > MAX_BYTES:
        raise DocumentError("the file would be larger than 2 MiB")
    return data


def apart(key: object, value: object) -> bool:
    """Tell whether a top-level block is set off by blank lines."""
    return key in _APART or (isinstance(value, list | Mapping) and bool(value))


def block_lines(key: object, value: object) -> list[str]:
    """Return the lines of one top-level block; raises DocumentError for what a file cannot hold."""
    try:
        return _entry("", key, value, 1)
    except _Unfit as error:
        raise DocumentError(error.reason, field=shown(".".join(error.steps), 100) or None) from None


class _Unfit(Exception):
    """Something a file cannot hold; each level on the way out puts its step in front."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason, self.steps = reason, []


def _entry(pad: str, key: object, value: object, depth: int) -> list[str]:
    """Return the lines of one key and its value; `depth` is that of the mapping around it."""
    head = _head(pad, key)
    try:
        if _is_full(value, depth + 1):
            return [head, *_lines(value, key, pad + "  ", depth + 1)]
        return [f"{head} {_scalar(value, key)}"]
    except _Unfit as error:
        error.steps.insert(0, key)
        raise


def _lines(value: list | Mapping, name: str, pad: str, depth: int) -> list[str]:
    """Return the lines inside a list or mapping that is not empty; `name` is the key it stands under."""
    lines = []
    if isinstance(value, Mapping):
        for key, item in value.items():
            lines += _entry(pad, key, item, depth)
        return lines
    for index, item in enumerate(value):
        try:
            if _is_full(item, depth + 1):
                first, *rest = _lines(item, name, pad + "  ", depth + 1)
                lines += [f"{pad}- {first[len(pad) + 2 :]}", *rest]
            else:
                lines.append(f"{pad}- {_scalar(item, name)}")
        except _Unfit as error:
            error.steps.insert(0, str(index))
            raise
    return lines


def _is_full(value: object, depth: int) -> bool:
    """Tell whether a value is a list or mapping that needs lines of its own."""
    if not isinstance(value, list | Mapping):
        return False
    if depth > MAX_DEPTH:
        raise _Unfit(f"nested more than {MAX_DEPTH} levels deep")
    return bool(value)


def _head(pad: str, key: object) -> str:
    if not isinstance(key, str):
        raise _Unfit("a key is not a string")
    text = key if _KEY.fullmatch(key) and _is_plain(key) else _quoted(key)
    return f"{pad}{text}:" if len(text) < _MAX_SIMPLE_KEY else f"{pad}? {text}\n{pad}:"


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
    if isinstance(value, list | Mapping):
        return "[]" if isinstance(value, list) else "{}"
    raise _Unfit(f"a value of the type {type(value).__name__} has no form in a file")


@lru_cache(maxsize=4096)
def _is_plain(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and not _DOUBTFUL.fullmatch(text) and implicit_tag(text) is None


def _quoted(text: str) -> str:
    if match := _REFUSED.search(text):
        raise _Unfit(_refused(match))
    return _UNSAFE.sub(lambda found: f"\\u{ord(found[0]):04x}", _quote(text))


def _refused(match: re.Match) -> str:
    return "a NUL is not allowed" if match[0] == "\0" else "a lone surrogate is not allowed"


def _integer(value: int) -> str:
    # Hexadecimal is shorter, and every number that a file can hold fits one of the two forms.
    text = str(int(value)) if value.bit_length() < 4 * MAX_RESOLVED else ""
    if not text or len(text) > MAX_RESOLVED:
        text = hex(value)
    if len(text) > MAX_RESOLVED:
        raise _Unfit("the number is too long")
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
        raise _Unfit("a time zone must be a whole number of minutes")
    return value.isoformat() if offset else f"{value.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"


Block = tuple[str, int, int]  # a top-level key, and where its block begins and ends in the text


def rewritten(front: str, values: Mapping[str, object], blocks: list[Block], key: str, value: object) -> str:
    """Return front matter with one top-level block replaced, inserted or (value None) removed.

    `front` is the text between the fences, `values` what it holds now, `blocks` its top-level blocks in order.
    All other text stays as it is, and so does a comment behind a value of one line.
    """
    column = blocks[0][1] - _line_start(front, blocks[0][1])
    newline = "\r\n" if "\r\n" in front else "\n"
    text = "\n".join(block_lines(key, value)).replace("\n", newline + " " * column)
    for name, start, end in blocks:
        if name == key:
            if value is None:
                return _without(front, start, end)
            rest = front[_line_end(front, end) - len(newline) :] if "\n" in front[start:end] else front[end:]
            return front[:start] + text + rest
    previous = _predecessor(blocks, key)
    at = _line_end(front, previous[2]) if previous else _line_start(front, blocks[0][1])
    before, after = front[:at], front[at:]
    block = apart(key, value)
    if before and (block or (previous and apart(previous[0], values[previous[0]]))) and not _ends_blank(before):
        before += newline
    if block and after and not _starts_blank(after):
        after = newline + after
    return before + " " * column + text + newline + after


def _without(front: str, start: int, end: int) -> str:
    before, after = front[: _line_start(front, start)], front[_line_end(front, end) :]
    if (not after or _starts_blank(after)) and _ends_blank(before):
        before = before[: _line_start(before, len(before) - 1)]
    elif not before and _starts_blank(after):
        after = after[_line_end(after, 0) :]
    return before + after


def _predecessor(blocks: list[Block], key: str) -> Block | None:
    """Return the block after which a new key goes: the nearest earlier one in the order of a store."""
    rank = _RANK.get(key, _UNKNOWN_RANK)
    if rank == _UNKNOWN_RANK:
        return blocks[-1]
    earlier: Iterator[Block] = (block for block in blocks if _RANK.get(block[0], _UNKNOWN_RANK) < rank)
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
