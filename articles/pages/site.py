"""Pages about the site itself, and its answers to what is not there (floor 3)."""

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.pages.preferences import Choices
from articles.pages.shown import render_page
from articles.stories.ranking import HALF_LIFE, HEAT_PER_SOURCE


@require_safe
def about(request):
    """What the site is, how it ranks, and what it keeps of its readers: nothing."""
    half_life = int(HALF_LIFE.total_seconds()) // 3600
    return render_page(request, "pages/about.html", _("About"), heat=HEAT_PER_SOURCE, half_life=half_life)


@require_safe
def icon(request):
    """Lead browsers to the icon from where they guess it, beside feeds and plain text."""
    return redirect(static("img/favicon.svg"))


def not_found(request, exception=None):
    if request.path_info.startswith("/api/v1/"):
        return JsonResponse({"detail": "not found"}, status=404)  # as the API's own
    if not hasattr(request, "choices"):
        request.choices = Choices("en")
    return render_page(request, "404.html", _("Page not found"), status=404, canonical="")


def bad_request(request, exception=None):
    # Its host may be a lie, so nothing of the frame, which holds addresses, is shown.
    return render(request, "400.html", {"site_name": settings.SITE_NAME, "home_url": "/"}, status=400)
