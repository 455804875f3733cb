"""The page cache: a middleware that holds finished answers to visitors in this process's memory.

An answer is cached under all that a view can see: before a view is asked, the request loses every header but
its host, and its query is UTF-8. So no two requests of one key can have different answers. The site version
is part of the key, so nothing has to be purged. Every PAGE_CACHE_SECONDS a page's relative times are renewed.
Nothing private is cached: the newsroom passes by, and so do answers that set a cookie or say "no-store".
"""

import gzip
import re
import time
from collections import OrderedDict
from functools import cached_property
from hashlib import blake2b
from threading import Lock

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import get_max_age, patch_vary_headers

from aggregator.middleware import complete, is_newsroom
from articles.caching.times import renew_relative_times, without_texts_of_times
from articles.caching.version import bump, pinned_version

MAX_ADDRESS = 400  # characters of path and query; longer ones are answered, not cached
MEDIA_PATH = "/media/"  # of urls.py; MEDIA_URL may be the address of a cache that asks here
MIN_COMPRESSED = 400  # bytes
_OWN_HEADERS = {"content-length", "etag", "vary", "cache-control"}
_VARY = ("Accept-Language", "Cookie")
_NO_GZIP = re.compile(r"gzip\s*;\s*q\s*=\s*0(\.0*)?\s*(,|$)")


class PageCacheMiddleware:
    """Answers visitors' GET and HEAD out of memory where it can. Stands after the preferences' middleware."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.pages: OrderedDict[tuple, CachedPage] = OrderedDict()  # the oldest first
        self.version, self.size, self.lock = "", 0, Lock()
        self.passed_by = (settings.STATIC_URL, MEDIA_PATH)

    def __call__(self, request):
        if is_newsroom(request):
            response = self.get_response(request)
            if request.method == "POST" and getattr(request, "user", None) and request.user.is_staff:
                bump(by_editor=True)
            return response
        if request.path_info.startswith(self.passed_by):
            return self.get_response(request)
        with pinned_version(is_exact=settings.SESSION_COOKIE_NAME in request.COOKIES) as version:
            if request.method in ("GET", "HEAD"):
                return self._get(request, version)
            return _for_one(self.get_response(request), request)

    def _get(self, request, version: str) -> HttpResponse:
        meta, is_head = request.META, request.method == "HEAD"
        known, accepted = meta.get("HTTP_IF_NONE_MATCH", ""), meta.get("HTTP_ACCEPT_ENCODING", "")
        path, query = request.path_info, meta["QUERY_STRING"]
        key = (version, request.scheme, request.get_host(), path, query, request.choices)
        page = self.pages.get(key)
        if page is None or page.expires <= time.time():
            _reduce(request)
            response = self.get_response(request)
            if not _is_public(response) or len(path) + len(query) > MAX_ADDRESS:
                return _for_one(response, request)
            complete(request, response)
            page = CachedPage(response, request.choices.language)
            self._store(key, page)
        return page.current().response(known, accepted, is_head=is_head)

    def _store(self, key: tuple, page: "CachedPage") -> None:
        with self.lock:
            if key[0] != self.version:
                self.pages.clear()
                self.version, self.size = key[0], 0
            if page.size < settings.PAGE_CACHE_BYTES:
                old = self.pages.pop(key, None)
                self.pages[key] = page
                self.size += page.size - (old.size if old else 0)
            while self.size > settings.PAGE_CACHE_BYTES:
                self.size -= self.pages.popitem(last=False)[1].size


class CachedPage:
    """An answer for one key: its headers, and its content as it is at present."""

    def __init__(self, response: HttpResponse, language: str):
        self.headers = {k: v for k, v in response.items() if k.lower() not in _OWN_HEADERS}
        self.language = language
        max_age = get_max_age(response)
        self.expires = float("inf") if max_age is None else time.time() + max_age
        self.is_html = response.get("Content-Type", "").startswith("text/html")
        self.size = len(response.content) * 6 // 5 + 1_000  # with the compressed form, a fifth at most
        lasting = without_texts_of_times(response.content) if self.is_html else response.content
        self._digest = blake2b(lasting, digest_size=12).hexdigest()  # the same in every process
        self._content = self._make(response.content, _period())

    def current(self) -> "Content":
        """Return the content with the relative times of this minute."""
        content, period = self._content, _period()
        if self.is_html and content.period != period:
            body = renew_relative_times(content.body, timezone.now(), self.language)
            content = self._content = self._make(body, period)
        return content

    def _make(self, body: bytes, period: int) -> "Content":
        etag = f'W/"{self._digest}-{period:x}"' if self.is_html else f'W/"{self._digest}"'
        return Content(body, self.headers, period, etag)


class Content:
    """The bytes of a page in one period, plain and compressed, with the headers that they are sent with."""

    def __init__(self, body: bytes, headers: dict[str, str], period: int, etag: str):
        self.body, self.period, self.etag = body, period, etag
        shared = settings.SHARED_CACHE_SECONDS
        control = f"s-maxage={shared}, stale-while-revalidate={shared}" if shared else "must-revalidate"
        self.headers = headers | {
            "ETag": self.etag,
            "Cache-Control": f"public, max-age=0, {control}",
            "Vary": ", ".join(("Accept-Encoding", *_VARY)),
        }

    @cached_property
    def compressed(self) -> bytes:
        return gzip.compress(self.body, 6, mtime=0) if len(self.body) >= MIN_COMPRESSED else b""

    def response(self, if_none_match: str, accept_encoding: str, *, is_head: bool) -> HttpResponse:
        """Return the answer to a request with these headers: 304, the compressed form, or the plain one."""
        response: HttpResponse
        if self._is_known(if_none_match):
            response = HttpResponseNotModified(headers=self.headers)
        else:
            is_compressed = _accepts_gzip(accept_encoding) and self.compressed
            body = self.compressed if is_compressed else self.body
            response = HttpResponse(b"" if is_head else body, headers=self.headers)
            response.headers["Content-Length"] = str(len(body))
            if is_compressed:
                response.headers["Content-Encoding"] = "gzip"
        # The nginx of deploy/nginx.conf serves it until the second is over; it passes this header to nobody.
        response.headers["X-Accel-Expires"] = f"@{int(time.time())}"
        response.is_complete = True  # type: ignore[attr-defined]  # a mark of our own on Django's class
        return response

    def _is_known(self, if_none_match: str) -> bool:
        """Compare weakly (RFC 9110, 13.1.2)."""
        return bool(if_none_match) and (self.etag[2:] in if_none_match or if_none_match.strip() == "*")


def _reduce(request) -> None:
    """Leave the view nothing to see but what the key names."""
    request.method, request.encoding, request.COOKIES = "GET", "utf-8", {}
    for name in [name for name in request.META if name.startswith(("HTTP_", "CONTENT_"))]:
        if name != "HTTP_HOST":
            del request.META[name]
    request.__dict__.pop("headers", None)


def _is_public(response) -> bool:
    private = response.cookies or "no-store" in response.get("Cache-Control", "")
    return response.status_code == 200 and not response.streaming and not private


def _for_one(response, request) -> HttpResponse:
    """Return an answer that is not cached; pieces of its page may be older than this minute."""
    if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
        response.content = renew_relative_times(response.content, timezone.now(), request.choices.language)
        response["Content-Length"] = str(len(response.content))
    patch_vary_headers(response, _VARY)
    return response


def _period() -> int:
    return int(time.time() // settings.PAGE_CACHE_SECONDS)


def _accepts_gzip(accept_encoding: str) -> bool:
    """Return whether a client takes gzip (RFC 9110, 12.5.3)."""
    return "gzip" in accept_encoding and not _NO_GZIP.search(accept_encoding)
