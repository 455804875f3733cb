"""Rate limits of search and of the API, in responses a minute that have to be made.

The page cache stands before this, so a response out of the cache is free. Addresses are not stored: a count
stands under a hash of the address and the minute, made with the site's secret, and expires a minute later.
Each process counts for itself, unless CACHE_URL names a cache that all share.
"""

import logging
import time

from django.conf import settings
from django.core.cache import cache
from django.http import JsonResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from articles.pages.context import render_page

_log = logging.getLogger(__name__)
MINUTE = 60
# Beginning of the path, setting that holds the number of responses a minute.
_LIMITS = (("/api/", "API_PER_MINUTE"), ("/search/", "SEARCHES_PER_MINUTE"))


class LimitsMiddleware:
    """Answers 429 to an address that asks for more than its share."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        for start, name in _LIMITS:
            if request.path_info.startswith(start):
                limit = getattr(settings, name)
                if limit and _count(request, name) > limit:
                    return _refuse(request)
        return self.get_response(request)


def _count(request, name: str) -> int:
    """Count a request; returns how many there were of its address in this minute."""
    counted = f"{int(time.time() // MINUTE)} {request.META.get('REMOTE_ADDR', '')}"
    key = f"{name}:{salted_hmac('articles.pages.limits', counted).hexdigest()}"
    try:
        cache.add(key, 0, MINUTE)
        return cache.incr(key)
    except ValueError:  # another took the room of this count meanwhile
        return 1
    except RedisError:  # the cache is away: readers are answered all the same
        _log.warning("The cache that counts requests cannot be asked.")
        return 1


def _refuse(request):
    if request.path_info.startswith("/api/"):
        response = JsonResponse({"detail": "too many requests"}, status=429)
    else:
        response = render_page(request, "429.html", _("Too many questions"), status=429, canonical="")
    response["Retry-After"] = str(MINUTE - int(time.time()) % MINUTE)
    return response
