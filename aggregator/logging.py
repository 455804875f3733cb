"""Log formatters: one line per event, as text or JSON, with the request's id and without secrets.

python-json-logger would not help: what takes the lines here is hiding secrets and escaping, for both formats.
"""

import json
import logging
import os
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from urllib.parse import urlsplit

current_request: ContextVar[str] = ContextVar("request", default="")

_SECRET_NAME = re.compile("SECRET|PASSWORD|PASSWD|TOKEN|ACCESS_KEY|PRIVATE")
_IN_URL = re.compile(r"(?<=://)[^\s/@'\"]*@")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SHORTEST_SECRET = 6
# Attributes that every record has; all others come from `extra`.
_STANDARD = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}


def known_secrets() -> list[str]:
    """Return values that must not be logged: secret environment variables, passwords in URLs."""
    found = {value for name, value in os.environ.items() if _SECRET_NAME.search(name)}
    for name, value in os.environ.items():
        if name.endswith("_URL"):
            try:
                found.add(urlsplit(value).password or "")
            except ValueError:
                continue
    return sorted((value for value in found if len(value) >= _SHORTEST_SECRET), key=len, reverse=True)


def hide_passwords(text: str) -> str:
    """Return text with the user part of each URL replaced."""
    return _IN_URL.sub("***@", text)


def clean(text: str, secrets: list[str]) -> str:
    """Return text without secrets and with control characters escaped."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", hide_passwords(text))


class _Formatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__()
        self.secrets = known_secrets()

    def fields(self, record: logging.LogRecord) -> dict[str, str | int | float]:
        """Return the fields of a record as plain values."""
        moment = datetime.fromtimestamp(record.created, UTC)
        fields: dict[str, str | int | float] = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": clean(record.getMessage(), self.secrets),
        }
        if current_request.get():
            fields["request"] = current_request.get()
        for name, value in vars(record).items():
            if name not in _STANDARD and isinstance(value, str | int | float):
                fields[name] = clean(value, self.secrets) if isinstance(value, str) else value
        return fields

    def traceback(self, record: logging.LogRecord) -> list[str]:
        """Return the lines of the traceback of a record."""
        text = self.formatException(record.exc_info) if record.exc_info else ""
        return [clean(line, self.secrets) for line in text.splitlines()]


class JsonLines(_Formatter):
    """One line of JSON per event, with its traceback."""

    def format(self, record):
        fields = self.fields(record)
        if lines := self.traceback(record):
            fields["traceback"] = lines
        return json.dumps(fields, ensure_ascii=True)


class TextLines(_Formatter):
    """One line of text per event; a traceback follows on lines of its own."""

    def format(self, record):
        fields = self.fields(record)
        head = f"{fields.pop('time')} {fields.pop('level'):<7} {fields.pop('logger')}: {fields.pop('event')}"
        rest = " ".join(f"{name}={value}" for name, value in fields.items())
        return "\n    ".join([f"{head} {rest}".rstrip(), *self.traceback(record)])
