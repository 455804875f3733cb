"""Errors of the article format, and how text of a file appears in messages. PURE."""

import re

from aggregator.logging import hide_passwords

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\\]")


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
