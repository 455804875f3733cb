"""Whatever headers a request has, its answer is that of its address, and so is everybody's after it."""

import gzip
import logging

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import RequestFactory
from django.utils import timezone

from articles.models import Story

CHARSETS = (
    "cp037", "utf-16", "utf-7", "latin-1", "rot13", "hex", "base64", "zip", "idna", "punycode", "x\0y", "",
)  # fmt: skip
FORMS = (
    "text/html; charset=%s", "text/html; charset*=%s''x", "multipart/form-data; boundary=a; charset=%s",
)  # fmt: skip
CODEC_HEADERS = [{"CONTENT_TYPE": form % name} for name in CHARSETS for form in FORMS]
OTHER_HEADERS = [
    *({"HTTP_ACCEPT_LANGUAGE": text} for text in ("xx", "en", "*", "en;q=x", "a" * 3000, "\xff")),
    *({"HTTP_COOKIE": text} for text in ("theme=x", "language=xx", "sessionid=1", "a=" + "b" * 5000, "\xff")),
    *({"HTTP_ACCEPT_ENCODING": text} for text in ("gzip", "br", "*", "gzip;q=0", "gzip;q=x", "\xff")),
    *({"HTTP_RANGE": text} for text in ("bytes=0-1", "bytes=5-", "lines=1")),
    *({"HTTP_EXPECT": text} for text in ("100-continue", "x")),
    *(
        {f"HTTP_{name}": text}
        for name in (
            "X_FORWARDED_HOST", "X_FORWARDED_PROTO", "X_FORWARDED_FOR", "X_FORWARDED_PORT", "FORWARDED",
            "X_REAL_IP", "X_REWRITE_URL", "X_ORIGINAL_URL", "X_HTTP_METHOD_OVERRIDE", "X_REQUESTED_WITH",
            "REFERER", "ORIGIN", "USER_AGENT", "ACCEPT", "IF_MODIFIED_SINCE", "IF_NONE_MATCH", "X_REQUEST_ID",
            "AUTHORIZATION", "PRAGMA", "CACHE_CONTROL", "TE", "X_FORWARDED_SERVER", "VIA", "DNT",
        )
        for text in ("evil.example", "\xff%00")
    ),
    {"CONTENT_LENGTH": "x"},
    {"CONTENT_LENGTH": "-1"},
]  # fmt: skip
ADDRESSES = (
    "/", "/topics/", "/topics/tidal-energy/?sort=new", "/search/?q=f%C3%A4hre+report",
    "/search/?q=%E9&sort=new", "/providers/", "/archive/", "/about/?x=%F0%9F%9A%A2", "/feed.atom",
    "/search/feed.json?q=f%C3%A4hre",
    "/api/v1/stories?limit=1",
)  # fmt: skip


@pytest.fixture
def ask(write_article, run_import):
    """Return a function that asks the WSGI application, and one that empties its page cache."""
    run_import(write_article("one", title="Die Fähre report", related=("ferry",)))
    now = timezone.now()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(timezone, "now", lambda: now)  # pages say as of when they are
        from aggregator import wsgi

        def clear():
            patch.setattr(wsgi, "site", WSGIHandler())

        def ask(path, **headers):
            status = []
            environ = RequestFactory().get(path).environ | headers
            body = b"".join(wsgi.application(environ, lambda *given: status.append(given)))
            sent = dict(status[0][1])
            return status[0][0], gzip.decompress(body) if sent.get("Content-Encoding") else body

        for signal in (request_started, request_finished):
            signal.disconnect(close_old_connections)  # the test's own connection is open until its end
        clear()
        yield ask, clear
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def _check(ask, clear, kinds, addresses, caplog):
    expected = {path: ask(path) for path in addresses}
    assert {status for status, _body in expected.values()} == {"200 OK"}
    for headers in kinds:
        clear()
        for when in ("first", "out of the cache"):
            assert {path: ask(path, **headers) for path in addresses} == expected, (headers, when)
        assert {path: ask(path) for path in addresses} == expected, (headers, "for others")
    assert [line for line in caplog.records if line.exc_info or line.levelno >= logging.ERROR] == []


@pytest.mark.filterwarnings("ignore:No directory at")
def test_no_charset_of_a_header_changes_what_a_query_is_read_as(ask, caplog):
    addresses = [path for path in ADDRESSES if path.startswith("/search/?")]
    _check(*ask, CODEC_HEADERS[:6] + CODEC_HEADERS[12:15] + OTHER_HEADERS[:1], addresses, caplog)


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore:No directory at")
def test_a_hundred_kinds_of_headers_change_no_page_for_anybody(ask, caplog):
    addresses = [*ADDRESSES, Story.objects.public().get().get_absolute_url()]
    kinds = CODEC_HEADERS + OTHER_HEADERS
    assert (len(kinds) >= 100, len(addresses)) == (True, 12)
    _check(*ask, kinds, addresses, caplog)
