"""What a visitor chose: language and colours, in cookies that are set only when a choice is made."""

from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpResponseBadRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from aggregator.middleware import is_newsroom

THEMES = ("light", "dark")
YEAR = 365 * 24 * 3600


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
        if is_newsroom(request):
            return self.get_response(request)
        if "\0" in request.path_info:
            raise Http404
        query = request.META.get("QUERY_STRING", "")
        # No value of ours holds a NUL, and PostgreSQL takes none in a question either. What is left may
        # make up another: "%0%000".
        while "%00" in query or "\0" in query:
            query = request.META["QUERY_STRING"] = query.replace("%00", "").replace("\0", "")
        request.choices = read_choices(request)
        with translation.override(request.choices.language):
            return self.get_response(request)


@require_POST
def preferences(request):
    """Keep a choice in a cookie and lead back to the page it was made on; "" forgets it."""
    allowed = {"theme": ("", *THEMES), "language": ("", *dict(settings.LANGUAGES))}
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None) or not back.startswith("/"):
        back = reverse("articles:front")
    answer = HttpResponseRedirect(back)
    answer.status_code = 303
    for name, values in allowed.items():
        value = request.POST.get(name)
        if value is None:
            continue
        if value not in values:
            return HttpResponseBadRequest()
        if value:
            answer.set_cookie(
                name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
            )
        else:
            answer.delete_cookie(name, samesite="Lax")
    return answer
