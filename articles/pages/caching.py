"""The page cache (floor 3): finished answers with ready compressed bytes, good for one state of the site.

An answer is kept under its address, the reader's language and colours, and the site's version (see
articles/generation.py), so any change of public data is seen on the next request of every process, and
nothing has to be purged. Pages say "3 min ago": kept ones hold marks in these places, filled anew each
minute. Feeds, sitemaps and data hold no relative times and last as long as the version does. The ETag names
the same things, so a conditional request is answered without rendering, even by a process that never made
the page.

Nothing private is kept: the desk's addresses pass by, and an answer that sets a cookie or says so is not
kept.
"""

import gzip
import time
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from threading import Lock

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import translation
from django.utils.http import parse_http_date_safe

from aggregator.middleware import is_desk
from articles.generation import one_version
from articles.pages.preferences import read_choices
from articles.pages.shown import fill_times

LONGEST_ADDRESS = 400  # characters of path and query; longer ones are answered, not kept
MEDIA_PATH = "/media/"  # where pictures are served (urls.py)
SMALLEST_PACKED = 400  # bytes from which on compression pays
TIMELESS = (".atom", ".json", ".xml", ".txt")


def _release() -> str:
    """Name what the answers are made by, so that a new release's pages are new to caches too."""
    root = Path(settings.BASE_DIR)
    files = [
        p for folder in ("articles", "templates", "static", "locale") for p in (root / folder).rglob("*.*")
    ]
    return str(max((path.stat().st_mtime_ns for path in files), default=0))


@dataclass(slots=True)
class Kept:
    """A finished answer: its headers, its bytes as they are this minute, and what they are made from."""

    headers: tuple[tuple[str, str], ...]
    made: bytes  # with marks where relative times stand
    has_marks: bool
    modified: int | None
    minute: int = -1
    plain: bytes = b""
    packed: bytes | None = None

    @property
    def size(self) -> int:
        # The three forms of a page, compressed to a fifth, and what surrounds them.
        return len(self.made) * (11 if self.has_marks else 6) // 5 + 500

    def is_current(self, minute: int) -> bool:
        return bool(self.plain) and (self.minute == minute or not self.has_marks)

    def fill(self, minute: int) -> None:
        """Bring relative times up to this minute, in the language that is spoken now."""
        self.plain = fill_times(self.made.decode()).encode() if self.has_marks else self.made
        self.packed, self.minute = None, minute

    def pack(self) -> bytes | None:
        """Return the compressed bytes, made when first asked for; None where that does not pay."""
        if self.packed is None and len(self.plain) >= SMALLEST_PACKED:
            self.packed = gzip.compress(self.plain, 6, mtime=0)
        return self.packed


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
        if is_desk(request) or request.path_info.startswith(self.passed):
            return self.get_response(request)
        with one_version() as version:
            is_kept = request.method in ("GET", "HEAD") and _length(request) <= LONGEST_ADDRESS
            request.choices = read_choices(request)
            if is_kept:
                return self._ask(request, version)
            return _finished(request, self.get_response(request))

    def _ask(self, request, version: str) -> HttpResponse:
        """Answer out of the cache, or keep what is answered."""
        key, minute, etag = self._names(request, version)
        if etag in request.headers.get("If-None-Match", ""):
            headers = {"ETag": etag, "Cache-Control": self._control(), "Vary": _VARY}
            return HttpResponseNotModified(headers=headers)
        kept = self.kept.get(key)
        if kept is None:
            request.method = "GET"  # the answer to HEAD is that to GET, which may be kept
            answer = self.get_response(request)
            kept = self._keep(key, answer)
            if kept is None:
                return _finished(request, answer)
        if not kept.is_current(minute):
            with translation.override(request.choices.language):
                kept.fill(minute)
        return self._answer(request, kept, etag)

    def _names(self, request, version: str) -> tuple[tuple, int, str]:
        """Return the key, the minute and the ETag that an answer to this request has now."""
        if version != self.version:
            with self.lock:
                self.kept.clear()
                self.version, self.size = version, 0
        path, meta = request.path_info, request.META
        timeless = path.endswith(TIMELESS) or path.startswith("/api/")
        minute = 0 if timeless else int(time.time() // settings.PAGE_CACHE_SECONDS)
        host = meta.get("HTTP_HOST") or meta.get("SERVER_NAME", "")
        key = (version, request.scheme, host, path, meta["QUERY_STRING"], request.choices)
        named = repr((self.release, minute, key)).encode("utf-8", "replace")
        return key, minute, f'W/"{blake2b(named, digest_size=12).hexdigest()}"'

    def _keep(self, key: tuple, answer) -> Kept | None:
        private = answer.cookies or "no-store" in answer.get("Cache-Control", "")
        if answer.status_code != 200 or answer.streaming or private:
            return None
        headers = tuple((name, value) for name, value in answer.items() if name not in _OWN_HEADERS)
        modified = parse_http_date_safe(answer.get("Last-Modified", ""))
        kept = Kept(headers, answer.content, getattr(answer, "has_marks", False), modified)
        with self.lock:
            if key[0] == self.version and kept.size < settings.PAGE_CACHE_BYTES:
                self.kept[key] = kept
                self.size += kept.size
                while self.size > settings.PAGE_CACHE_BYTES:
                    self.size -= self.kept.popitem(last=False)[1].size
        return kept

    def _answer(self, request, kept: Kept, etag: str) -> HttpResponse:
        since = request.headers.get("If-Modified-Since")
        if since and kept.modified and "If-None-Match" not in request.headers:
            given = parse_http_date_safe(since)
            if given is not None and given >= kept.modified:
                return HttpResponseNotModified(headers={"ETag": etag, "Vary": _VARY})
        packed = kept.pack() if "gzip" in request.META.get("HTTP_ACCEPT_ENCODING", "") else None
        body = packed or kept.plain
        answer = HttpResponse(body)
        for name, value in kept.headers:
            answer.headers[name] = value
        answer.headers["Content-Length"] = str(len(body))
        answer.headers["ETag"] = etag
        answer.headers["Vary"] = _VARY
        answer.headers["Cache-Control"] = self._control()
        if packed:
            answer.headers["Content-Encoding"] = "gzip"
        if request.META["REQUEST_METHOD"] == "HEAD":
            answer.content = b""
        return answer

    def _control(self) -> str:
        shared = settings.SHARED_CACHE_SECONDS
        if shared:
            return f"public, max-age=0, s-maxage={shared}, stale-while-revalidate={shared}"
        return "public, max-age=0, must-revalidate"


def _length(request) -> int:
    return len(request.path_info) + len(request.META["QUERY_STRING"])


def _finished(request, answer):
    """Fill the relative times of a page that is not kept."""
    if getattr(answer, "has_marks", False):
        with translation.override(request.choices.language):
            answer.content = fill_times(answer.content.decode()).encode()
        answer["Content-Length"] = str(len(answer.content))
    return answer


_VARY = "Accept-Encoding, Accept-Language, Cookie"
_OWN_HEADERS = {"Content-Length", "ETag", "Vary", "Cache-Control"}
