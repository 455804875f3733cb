"""The page cache (floor 3): finished answers with ready compressed bytes, good for one state of the site.

An answer is kept under its address, the reader's language and colours, and the site's version (see
articles/caching/version.py), so every process sees an act at the desk on its next request and any other
change soon after, and nothing has to be purged. Pages say "3 min ago": kept ones hold marks, filled
anew each minute. Feeds, sitemaps and data hold no relative times and last as long as the version does. The
ETag names the same things, so a conditional request is answered without rendering where the page is kept: its
answer repeats the headers of the page.

Nothing private is kept: the desk's addresses pass by, and an answer that sets a cookie or says so is not
kept.
"""

import gzip
import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.http.response import ResponseHeaders
from django.utils.cache import patch_vary_headers

from aggregator.middleware import complete, is_desk
from articles.caching.version import bump, pinned_version
from articles.pages.preferences import read_choices
from articles.pages.shown import Page
from articles.pages.times import fill

LONGEST_ADDRESS = 400  # characters of path and query; longer ones are answered, not kept
MEDIA_PATH = "/media/"  # where pictures are served (urls.py)
SMALLEST_PACKED = 400  # bytes from which on compression pays
TIMELESS = (".atom", ".json", ".xml", ".txt")
AGING = "/news-sitemap.xml"  # tells of the last two days: made anew each minute


def _release() -> str:
    """Name what the answers are made by, so that a new release's pages are new to caches too."""
    root = Path(settings.BASE_DIR)
    files = [
        p for folder in ("articles", "templates", "static", "locale") for p in (root / folder).rglob("*.*")
    ]
    return str(max((path.stat().st_mtime_ns for path in files), default=0))


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


class ReadyHeaders(ResponseHeaders):
    """Headers that were checked when an answer was kept, taken over at once instead of one by one."""

    def __init__(self, checked: dict[str, tuple[str, str]]):
        self._store = checked.copy()

    def items(self):
        return self._store.values()


@dataclass(slots=True, frozen=True)
class Form:
    """One form of an answer, plain or packed, with all headers that it is sent with."""

    body: bytes
    headers: dict[str, tuple[str, str]]

    @classmethod
    def of(cls, body: bytes, headers: dict[str, str]) -> "Form":
        told = {**headers, "Content-Length": str(len(body))}
        return cls(body, {name.lower(): (name, value) for name, value in told.items()})

    @property
    def sent(self) -> list[tuple[str, str]]:
        """The headers as WSGI wants them."""
        return [*self.headers.values()]


class Filled:
    """An answer as it is this minute, in its two forms."""

    def __init__(self, minute: int, etag: str, body: bytes, headers: dict[str, str]):
        self.minute, self.etag = minute, etag
        self.headers = headers | _told_to_caches(etag)
        self.plain = Form.of(body, self.headers)

    @cached_property
    def packed(self) -> Form:
        """The compressed form, made when first asked for; the plain one where that does not pay."""
        if len(self.plain.body) < SMALLEST_PACKED:
            return self.plain
        body = gzip.compress(self.plain.body, 6, mtime=0)
        return Form.of(body, self.headers | {"Content-Encoding": "gzip"})

    def form(self, meta: dict) -> Form:
        """Return the form that a request takes."""
        return self.packed if takes_gzip(meta) else self.plain

    @cached_property
    def unchanged(self) -> list[tuple[str, str]]:
        """The headers of a 304: the page's own, which a browser puts in place of those that it holds."""
        return [(name, value) for name, value in self.headers.items() if name != "Content-Type"]


@dataclass(slots=True)
class Kept:
    """A finished answer: its headers, what its bytes are made from, and these as they were sent last."""

    headers: dict[str, str]
    pieces: list[bytes]  # text and, where a page says a relative time, mark in turn
    filled: Filled | None = None

    @property
    def size(self) -> int:
        """About its bytes in memory: pieces, plain form, compressed form (a fifth), what surrounds them."""
        length = len(self.filled.plain.body)
        return length * (11 if len(self.pieces) > 1 else 6) // 5 + 80 * len(self.pieces) + 500

    def fill(self, minute: int, etag: str, address: str, language: str) -> Filled:
        """Bring relative times up to this minute."""
        self.filled = Filled(minute, etag, fill(self.pieces, address, language), self.headers)
        return self.filled


class PageCacheMiddleware:
    """Answers readers' GET and HEAD from memory where it can, and keeps what it could not."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.release = _release()
        self.kept: OrderedDict[tuple, Kept] = OrderedDict()
        self.version, self.size, self.lock = "", 0, Lock()
        # Not MEDIA_URL: that may be a cache's address, which asks here.
        self.passed = (settings.STATIC_URL, MEDIA_PATH)

    def __call__(self, request):
        if is_desk(request):
            return self._desk(request)
        if request.path_info.startswith(self.passed):
            return _finished(request, self.get_response(request))
        with pinned_version(is_exact=settings.SESSION_COOKIE_NAME in request.COOKIES) as version:
            request.choices = read_choices(request)
            if request.method not in ("GET", "HEAD"):
                return _finished(request, self.get_response(request))
            request.method = "GET"  # the answer to HEAD is that to GET, which may be kept; see `_answer`
            if _length(request) <= LONGEST_ADDRESS:
                return self._ask(request, version)
            answer = _finished(request, self.get_response(request))
            patch_vary_headers(answer, _DEPENDS_ON)
            return answer

    def _desk(self, request) -> HttpResponse:
        answer = self.get_response(request)
        if request.method == "POST" and getattr(request, "user", None) and request.user.is_staff:
            bump(by_editor=True)
        return _finished(request, answer)

    def _ask(self, request, version: str) -> HttpResponse:
        """Answer out of the cache, or keep what is answered."""
        key, minute = self._names(request, version)
        kept = self.kept.get(key)
        filled = kept and kept.filled
        is_current = filled and filled.minute == minute
        etag = filled.etag if is_current else self._etag(key, minute)
        is_new = kept is None
        if is_new:
            answer = self.get_response(request)
            kept = _to_keep(request, answer)
            if kept is None:
                return _finished(request, answer)
        if not is_current:
            filled = kept.fill(minute, etag, request.get_full_path(), request.choices.language)
        if is_new:
            self._keep(key, kept)
        if has_already(request.META, etag):
            return _unchanged(filled)
        return self._answer(request, filled)

    def _names(self, request, version: str) -> tuple[tuple, int]:
        """Return the key and the minute that an answer to this request has now."""
        if version != self.version:
            with self.lock:
                self.kept.clear()
                self.version, self.size = version, 0
        path, meta = request.path_info, request.META
        now = int(time.time() // settings.PAGE_CACHE_SECONDS)
        ages = path == AGING
        timeless = (path.endswith(TIMELESS) and not ages) or path.startswith("/api/")
        host = meta.get("HTTP_HOST") or meta.get("SERVER_NAME", "")
        key = (version, now if ages else 0, request.scheme, host, path, meta["QUERY_STRING"], request.choices)
        return key, 0 if timeless else now

    def _etag(self, key: tuple, minute: int) -> str:
        named = repr((self.release, minute, key)).encode("utf-8", "replace")
        return f'W/"{blake2b(named, digest_size=12).hexdigest()}"'

    def _keep(self, key: tuple, kept: Kept) -> None:
        with self.lock:
            if key[0] == self.version and kept.size < settings.PAGE_CACHE_BYTES:
                self.kept[key] = kept
                self.size += kept.size
                while self.size > settings.PAGE_CACHE_BYTES:
                    self.size -= self.kept.popitem(last=False)[1].size

    def _answer(self, request, filled: Filled) -> HttpResponse:
        meta = request.META
        form = filled.form(meta)
        answer = HttpResponse(b"" if meta["REQUEST_METHOD"] == "HEAD" else form.body)
        answer.headers = ReadyHeaders(form.headers)
        answer.is_complete = True
        return answer


def _to_keep(request, answer) -> Kept | None:
    """Return an answer as the cache may have it; None for one that is nobody else's."""
    private = answer.cookies or "no-store" in answer.get("Cache-Control", "")
    if answer.status_code != 200 or answer.streaming or private:
        return None
    complete(request, answer)
    headers = {name: value for name, value in answer.items() if name not in _OWN_HEADERS}
    return Kept(headers, answer.pieces if isinstance(answer, Page) else [answer.content])


def _told_to_caches(etag: str) -> dict[str, str]:
    """Return what caches are told, of a whole answer and of 304."""
    shared = settings.SHARED_CACHE_SECONDS
    control = f"s-maxage={shared}, stale-while-revalidate={shared}" if shared else "must-revalidate"
    return {"ETag": etag, "Cache-Control": f"public, max-age=0, {control}", "Vary": _VARY}


def _unchanged(filled: Filled) -> HttpResponse:
    answer = HttpResponseNotModified(headers=dict(filled.unchanged))
    answer.is_complete = True
    return answer


def _length(request) -> int:
    return len(request.path_info) + len(request.META["QUERY_STRING"])


def _finished(request, answer):
    """Fill the marks of a page that is not kept."""
    if isinstance(answer, Page):
        answer.fill(request)
        patch_vary_headers(answer, _DEPENDS_ON)
    return answer


_DEPENDS_ON = ("Accept-Language", "Cookie")
_VARY = f"Accept-Encoding, {', '.join(_DEPENDS_ON)}"
_OWN_HEADERS = {"Content-Length", "ETag", "Vary", "Cache-Control"}
