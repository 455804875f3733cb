"""Lines of the log: one an event, as text or as JSON, with the request's id, without secrets."""

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
# What logging itself puts on a record; anything else was given by whoever logs, in `extra`.
_OWN = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}


def known_secrets() -> list[str]:
    """Return the values that must not stand in a log: secret variables, passwords in addresses."""
    found = {value for name, value in os.environ.items() if _SECRET_NAME.search(name)}
    for name, value in os.environ.items():
        if name.endswith("_URL"):
            try:
                found.add(urlsplit(value).password or "")
            except ValueError:
                continue
    return sorted((value for value in found if len(value) >= _SHORTEST_SECRET), key=len, reverse=True)


def hide_passwords(text: str) -> str:
    """Return text without the user parts of the URLs in it."""
    return _IN_URL.sub("***@", text)


def clean(text: str, secrets: list[str]) -> str:
    """Return text without secrets, its control characters written out."""
    for secret in secrets:
        text = text.replace(secret, "***")
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", hide_passwords(text))


class _Formatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__()
        self.secrets = known_secrets()

    def told(self, record: logging.LogRecord) -> dict:
        """Return what a record says, as plain values."""
        moment = datetime.fromtimestamp(record.created, UTC)
        told = {
            "time": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": clean(record.getMessage(), self.secrets),
        }
        if current_request.get():
            told["request"] = current_request.get()
        for name, value in vars(record).items():
            if name not in _OWN and isinstance(value, str | int | float):
                told[name] = clean(value, self.secrets) if isinstance(value, str) else value
        return told

    def trace(self, record: logging.LogRecord) -> list[str]:
        """Return the lines of a record's traceback."""
        text = self.formatException(record.exc_info) if record.exc_info else ""
        return [clean(line, self.secrets) for line in text.splitlines()]


class JsonLines(_Formatter):
    """One line of JSON an event, its traceback within."""

    def format(self, record):
        told = self.told(record)
        if lines := self.trace(record):
            told["traceback"] = lines
        return json.dumps(told, ensure_ascii=True)


class TextLines(_Formatter):
    """One line of text an event, for people; a traceback follows in lines of its own."""

    def format(self, record):
        told = self.told(record)
        head = f"{told.pop('time')} {told.pop('level'):<7} {told.pop('logger')}: {told.pop('event')}"
        rest = " ".join(f"{name}={value}" for name, value in told.items())
        return "\n    ".join([f"{head} {rest}".rstrip(), *self.trace(record)])
