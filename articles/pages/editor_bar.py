"""The bar above readers' pages for signed-in editors: it leads to the same thing in the newsroom.

The bar is put into the finished page of one editor. It is never part of a cached page.
"""

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.middleware import SessionMiddleware
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse

from aggregator.middleware import is_newsroom
from articles.models import Article, Provider, Topic

_BODY = b"<body>"
_CONDITIONS = ("HTTP_ACCEPT_ENCODING", "HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


class EditorBarMiddleware:
    """Stands before the page cache. Adds the bar to the HTML pages that an editor asks for."""

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
    found = match.kwargs
    pk: int | None
    match match.url_name:
        case "story_detail":
            model, pk = "story", int(found["story_id"])
        case "article_detail":
            model, pk = "article", _key(Article, permalink=found["permalink"])
        case "topic_detail":
            model, pk = "topic", _key(Topic, slug=found["slug"])
        case "provider_detail":
            model, pk = "provider", _key(Provider, domain=found["domain"])
        case _:
            return ""
    if pk is None or not user.has_perm(f"articles.view_{model}"):
        return ""
    return reverse(f"admin:articles_{model}_change", args=[pk])


def _key(model, **column) -> int | None:
    return model.objects.filter(**column).values_list("pk", flat=True).first()
