"""Middleware of visitors' pages: their preferences, the bar for signed-in editors, and rate limits."""

import logging
import time
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.core.cache import cache
from django.db import models
from django.http import Http404, JsonResponse
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from aggregator.middleware import is_newsroom
from articles.models import Article, Provider, Story, Topic
from articles.pages.context import render_page

_log = logging.getLogger(__name__)
THEMES = ("light", "dark")
_BODY = b"<body>"
# What the newsroom edits of a page: its model, the column and the parameter of the address that name it.
_EDITED: dict[str | None, tuple[type[models.Model], str, str]] = {
    "story_detail": (Story, "pk", "story_id"),
    "article_detail": (Article, "permalink", "permalink"),
    "topic_detail": (Topic, "slug", "slug"),
    "provider_detail": (Provider, "domain", "domain"),
}
_CONDITIONS = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")
MINUTE = 60
# Beginning of the path, setting that holds the number of responses a minute.
_LIMITS = (("/api/", "API_PER_MINUTE"), ("/search/", "SEARCHES_PER_MINUTE"))


@dataclass(frozen=True, slots=True)
class Choices:
    """`language` is one the site speaks; `theme` is "" for what the reader's system says."""

    language: str
    theme: str = ""


def read_choices(request) -> Choices:
    """Return a reader's choices: from cookies, else the language from the browser's list."""
    theme = request.COOKIES.get("theme", "")
    language = request.COOKIES.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = translation.get_language_from_request(request)
    return Choices(language, theme if theme in THEMES else "")


class PreferencesMiddleware:
    """Gives each request its `choices` and activates the visitor's language; the newsroom keeps its own."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        query = request.META.get("QUERY_STRING", "")
        # No value of ours holds a NUL, and PostgreSQL takes none in a question either. What is left may
        # make up another: "%0%000".
        while "%00" in query or "\0" in query:
            query = request.META["QUERY_STRING"] = query.replace("%00", "").replace("\0", "")
        if is_newsroom(request):
            return self.get_response(request)
        if "\0" in request.path_info:
            raise Http404
        request.choices = read_choices(request)
        with translation.override(request.choices.language):
            return self.get_response(request)


class EditorBarMiddleware:
    """Adds a bar with links into the newsroom to the HTML pages that a signed-in editor asks for.

    Stands before the page cache: the bar is put into the finished page and is never part of a cached one.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.sessions = SessionMiddleware(get_response).SessionStore

    def __call__(self, request):
        if is_newsroom(request) or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return self.get_response(request)
        editor = self._editor(request)
        if editor is None:
            return self.get_response(request)
        for name in _CONDITIONS:  # the cached page, plain and whole
            request.META.pop(name, None)
        target = newsroom_address(request.path_info, editor)
        response = self.get_response(request)
        if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
            return response
        bar = render_to_string("components/editor_bar.html", {"editor": editor, "target": target})
        response.content = response.content.replace(_BODY, _BODY + bar.encode(), 1)
        response["Content-Length"] = str(len(response.content))
        response["Cache-Control"] = "private, no-store"
        for name in ("ETag", "X-Accel-Expires"):
            response.headers.pop(name, None)
        return response

    def _editor(self, request):
        request.session = self.sessions(request.COOKIES[settings.SESSION_COOKIE_NAME])
        user = get_user(request)
        del request.session  # readers' pages know no sessions
        return user if user.is_active and user.is_staff else None


def newsroom_address(path: str, user) -> str:
    """Return the newsroom's address of the story, article, topic or provider shown at a path, or ""."""
    try:
        match = resolve(path)
    except Resolver404:
        return ""
    if match.url_name not in _EDITED:
        return ""
    model, column, parameter = _EDITED[match.url_name]
    rows = model._default_manager.filter(**{column: match.kwargs[parameter]})
    pk = rows.values_list("pk", flat=True).first()
    name = model._meta.model_name
    if pk is None or not user.has_perm(f"articles.view_{name}"):
        return ""
    return reverse(f"admin:articles_{name}_change", args=[pk])


class LimitsMiddleware:
    """Answers 429 to an address with more requests in a minute than a setting allows.

    Stands behind the page cache: only responses that have to be made are counted. Addresses are not stored:
    a count stands under a hash of the address and the minute, made with the site's secret, and expires a
    minute later. Each process counts for itself, unless CACHE_URL names a cache that all share.
    """

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
    key = f"{name}:{salted_hmac('articles.pages.middleware', counted).hexdigest()}"
    try:
        cache.add(key, 0, MINUTE)
        return cache.incr(key)
    except ValueError:  # the cache evicted the count meanwhile
        return 1
    except RedisError:  # the cache is away: visitors get their pages all the same
        _log.warning("The cache that counts requests cannot be asked.")
        return 1


def _refuse(request):
    if request.path_info.startswith("/api/"):
        response = JsonResponse({"detail": "too many requests"}, status=429)
    else:
        response = render_page(request, "429.html", _("Too many questions"), status=429, canonical="")
    response["Retry-After"] = str(MINUTE - int(time.time()) % MINUTE)
    return response
