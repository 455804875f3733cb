"""Answers before Django is asked (floor 3): pages out of the cache for requests that came before.

What such a request costs is nearly all Django's own: its request object, signals, a chain of middlewares.
The page cache tells here which finished answer it gave to which request. One that says the same, word for
word, of everything an answer depends on gets the same bytes, as long as the site's version and the minute are
the same. All other requests, and any doubt, go on to Django.
"""

import re
import time
from weakref import ref

from django.conf import settings
from django.db import Error

from aggregator.proxies import settle_once
from articles.caching.version import request_version
from articles.monitoring.views import record_request, request_id

# All that an answer depends on: what PageCacheMiddleware and `read_choices` look at.
_SAID = ("wsgi.url_scheme", "HTTP_HOST", "SERVER_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_COOKIE",
         "HTTP_ACCEPT_LANGUAGE")  # fmt: skip
_LONGEST_SAID = 1000  # characters
_MOST = 10_000  # requests that are known


# Who takes compressed bytes, and who names them to refuse them.
_NO_GZIP = re.compile(r"gzip\s*;\s*q\s*=\s*0(\.0*)?\s*(,|$)")


def takes_gzip(meta: dict) -> bool:
    """Tell whether a client takes compressed bytes (RFC 9110, 12.5.3)."""
    said = meta.get("HTTP_ACCEPT_ENCODING", "")
    return "gzip" in said and not (";" in said and _NO_GZIP.search(said))


def has_already(meta: dict, etag: str) -> bool:
    """Tell whether a client says that it has the answer of this tag (RFC 9110, 13.1.2: compared weakly)."""
    said = meta.get("HTTP_IF_NONE_MATCH", "")
    return bool(said) and (etag.removeprefix("W/") in said or said.strip() == "*")


class Door:
    """What the page cache answered, by what was asked; the cache holds the answers, and may let them go."""

    KEY = "articles.door"  # under which a request finds the door it came by

    def __init__(self) -> None:
        self._newest = ""  # version
        self._known: dict[tuple, tuple[ref, str, str]] = {}

    def answer(self, meta: dict) -> tuple[str, list[tuple[str, str]], bytes] | None:
        """Return status, headers and body for a WSGI environment, or None where Django has to answer."""
        began = time.perf_counter()
        settle_once(meta)
        meta[self.KEY] = self
        if meta["REQUEST_METHOD"] != "GET" or not self._known:
            return None
        filled, path, version = self._known.get(_said(meta), (None, "", ""))
        filled = filled and filled()
        if filled is None or not _is_current(filled.minute, version):
            return None
        if has_already(meta, filled.etag):
            status, headers, body = "304 Not Modified", filled.unchanged, b""
        else:
            form = filled.form(meta)
            status, headers, body = "200 OK", form.sent, form.body
        name = request_id(meta)
        record_request(name, "GET", path, int(status[:3]), time.perf_counter() - began)
        return status, [*headers, ("X-Request-ID", name)], body

    def keep(self, meta: dict, version: str, path: str, filled) -> None:
        """Remember which answer this request got, in this state of the site."""
        said = _said(meta)
        if sum(map(len, said)) > _LONGEST_SAID:
            return
        if version != self._newest or len(self._known) >= _MOST:
            self._known.clear()
            self._newest = version
        # Each with its version: another thread may be at work for a newer one.
        self._known[said] = ref(filled), path, version


def _is_current(minute: int, version: str) -> bool:
    if minute not in (0, int(time.time() // settings.PAGE_CACHE_SECONDS)):
        return False
    try:
        return request_version() == version
    except Error:
        return False  # Django opens connections anew


def _said(meta: dict) -> tuple[str, ...]:
    return tuple([meta.get(name, "") for name in _SAID])
