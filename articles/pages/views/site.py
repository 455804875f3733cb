"""Pages about the site itself, the visitor's preferences, picture files, and error pages."""

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from articles.pages.context import render_page
from articles.pages.middleware import THEMES, Choices
from articles.stories.ranking import HALF_LIFE, HEAT_PER_PROVIDER

YEAR = 365 * 24 * 3600  # seconds


@require_safe
def about(request):
    """What the site is, how it ranks, and what it keeps of its readers: nothing."""
    half_life = int(HALF_LIFE.total_seconds()) // 3600
    return render_page(request, "pages/about.html", _("About"), heat=HEAT_PER_PROVIDER, half_life=half_life)


@require_safe
def icon(request):
    """Lead browsers to the icon from where they guess it, beside feeds and plain text."""
    return redirect(static("img/favicon.svg"))


@require_safe
def media(request, name):
    """A picture file of ours, by a name that never changes its content."""
    etag = f'"{name}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            response = FileResponse(default_storage.open(name), content_type="image/webp")
        except FileNotFoundError as error:
            raise Http404 from error
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # feeds show it elsewhere
    return response


@require_POST
def preferences(request):
    """Store a choice in a cookie and redirect to the page it was made on; "" deletes the cookie."""
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


def not_found(request, exception=None):
    """Answer 404 in the site's frame, or as JSON to the API's users."""
    if request.path_info.startswith("/api/v1/"):
        return JsonResponse({"detail": "not found"}, status=404)  # as the API's own
    if not hasattr(request, "choices"):
        request.choices = Choices("en")
    return render_page(request, "404.html", _("Page not found"), status=404, canonical="")


def bad_request(request, exception=None):
    """Answer 400 without the site's frame."""
    # Its host may be a lie, so nothing of the frame, which holds addresses, is shown.
    return render(request, "400.html", {"site_name": settings.SITE_NAME, "home_url": "/"}, status=400)
