"""The log: one line an event, no secret and no control character in it, and the request's id."""

import json
import logging
import sys

import pytest

from aggregator import logging as logs

HOSTILE = "a\r\n\x1b[31mforged line\x00\x7f\x9b\u2028\u202e end"


@pytest.fixture
def record():
    def make(message, *arguments, error=None, **extra):
        found = logging.LogRecord("aggregator.x", logging.WARNING, __file__, 1, message, arguments, error)
        vars(found).update(extra)
        return found

    return make


@pytest.mark.parametrize("form", [logs.TextLines, logs.JsonLines])
def test_an_event_is_one_line_whatever_is_in_it(record, form):
    line = form().format(record("asked for %s", HOSTILE, path=HOSTILE))
    assert len(line.splitlines()) == 1
    assert line.isprintable()


def test_a_line_of_json_holds_what_was_told(record):
    token = logs.current_request.set("abc-1")
    told = json.loads(logs.JsonLines().format(record("request", status=200, path="/ü", odd=object())))
    logs.current_request.reset(token)
    assert told.pop("time").endswith("Z")
    assert told == {"level": "warning", "logger": "aggregator.x", "event": "request", "request": "abc-1",
                    "status": 200, "path": "/ü"}  # fmt: skip


@pytest.mark.parametrize("form", [logs.TextLines, logs.JsonLines])
def test_no_secret_stands_in_a_line(record, form, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "s3cret-of-the-site")
    monkeypatch.setenv("DATABASE_URL", "postgres://news:tide-table@db/news")
    monkeypatch.setenv("METRICS_TOKEN", "m3trics-token")
    try:
        raise ValueError("postgres://other:hidden-too@host said tide-table")
    except ValueError:
        line = form().format(
            record("key s3cret-of-the-site", error=sys.exc_info(), path="/?m3trics-token", url="x://u:pw@h/")
        )
    for secret in ("s3cret-of-the-site", "tide-table", "m3trics-token", "hidden-too", "u:pw"):
        assert secret not in line
    assert "ValueError" in line
    if form is logs.JsonLines:
        assert json.loads(line)["traceback"][0].startswith("Traceback")
        assert "\n" not in line
