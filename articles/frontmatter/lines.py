"""Ordinary front matter read line by line (floor 0), and what unquoted text means in YAML 1.1.

A program that writes front matter puts one value on a line. Text of which each line is complete in itself
means what it says whatever YAML's further rules are, and is read here in a fraction of libyaml's time. All
else is left to the parser: nothing is refused here.
"""

import json
import re
from collections.abc import Iterable
from functools import lru_cache

from yaml.constructor import SafeConstructor
from yaml.nodes import ScalarNode

from articles.frontmatter.emit import MAX_RESOLVED, implicit_tag, shown

_CONSTRUCTOR = SafeConstructor()
_KINDS = {"null": "null", "bool": "truth value", "int": "number", "float": "number", "timestamp": "date"}

# Controls, and what YAML refuses or takes for a line break or a byte order mark.
_ODD = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_QUOTED = r'"[^"\\\n]*+(?:\\["\\nrt][^"\\\n]*+)*+"'
_PLAIN = r"-?[0-9A-Za-z\x80-\U0010ffff][^:#\n]*+(?:(?::(?=[^ \n])|(?<=[^ ])#)[^:#\n]*+)*+"
_KEY = r"[A-Za-z_][0-9A-Za-z_]{0,99}+"
_LINE = re.compile(rf"^( *+)(- )?(?:({_KEY}):(?: |$))?(?:({_QUOTED})|({_PLAIN}))?$", re.MULTILINE)
_MAX_OPEN = 8  # mappings and lists around a line


class Refusal(Exception):
    """A value or a form that the format does not allow; its text is the reason."""


def read_lines(text: bytes) -> dict[str, object] | None:
    """Return the values of a block mapping at the margin; None where only the parser can judge."""
    try:
        text = text.decode()
        # Nothing odd can be printed, and that is seen ten times as fast.
        if not text.replace("\n", "").isprintable() and _ODD.search(text):
            return None
        lines = _LINE.findall(text)
        # A line that is not complete in itself is not among them.
        return _built(lines) if len(lines) == text.count("\n") + 1 else None
    except (UnicodeDecodeError, Refusal):
        return None


def _built(lines: Iterable[tuple[str, str, str, str, str]]) -> dict[str, object] | None:
    """Return the mapping of lines, each given as its space, its dash, its key, and its text in one form."""
    inner = root = {}
    margin, outer, waiting = 0, [], None
    for space, dash, key, quoted, plain in lines:
        if not (key or quoted or plain):
            if space or dash:
                return None
            continue
        at = len(space)
        if at > margin:  # the value of the key before
            if waiting is None or len(outer) > _MAX_OPEN:
                return None
            outer.append((inner, margin))
            inner[waiting] = inner = [] if dash else {}
            margin = at
        while at < margin:
            inner, margin = outer.pop()
        if at != margin or (type(inner) is list) != bool(dash):
            return None
        waiting, value = None, _value(quoted, plain)
        if not key:
            if not dash:
                return None
            inner.append(value)
            continue
        if dash:
            outer.append((inner, margin))
            inner.append({})
            inner, margin = inner[-1], at + 2
        key = _key(key)
        if type(key) is not str or key in inner:
            return None
        inner[key] = value
        if not (quoted or plain):
            waiting = key
    return root or None


def _value(quoted: str, plain: str) -> object:
    if quoted:
        return json.loads(quoted) if "\\" in quoted else quoted[1:-1]
    return plain_value(plain.rstrip(" ")) if plain else None


def plain_value(text: str) -> object:
    """Return the value of unquoted text: a number, date, truth value, null or the text; raises Refusal."""
    return _short(text) if len(text) <= MAX_RESOLVED else _long(text)


def _resolve(text: str) -> object:
    tag = implicit_tag(text)
    if tag is None:
        return text
    kind = tag.rpartition(":")[2]
    if kind not in _KINDS:
        raise Refusal(f"{shown(text)} has a meaning of its own in YAML and must be quoted")
    try:
        return SafeConstructor.yaml_constructors[tag](_CONSTRUCTOR, ScalarNode(tag, text))
    except Exception:  # they check little: whatever breaks in one, the text is to blame
        raise Refusal(f"{shown(text)} is not a valid {_KINDS[kind]}") from None


_short = lru_cache(maxsize=8192)(_resolve)
_key = lru_cache(maxsize=1024)(plain_value)  # keys are few, and values would push them out


def _long(text: str) -> str:
    if implicit_tag(text) is not None:
        raise Refusal(f"a number or date is longer than {MAX_RESOLVED} characters")
    return text
