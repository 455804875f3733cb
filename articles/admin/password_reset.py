"""A new password by mail: Django's own pages at the Newsroom's address, if the site can send mail."""

from functools import partial

from django.conf import settings
from django.contrib.auth import views
from django.core.cache import cache
from django.http import Http404
from django.urls import path, reverse_lazy
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from articles.admin import unsaved

MAX_PER_HOUR = 5  # mails that one address of a network may ask for
_CONFIRM = {"success_url": reverse_lazy("admin:password_reset_complete")}
_ASK = {
    "success_url": reverse_lazy("admin:password_reset_done"),
    "email_template_name": "admin/password_reset_mail.txt",
    "subject_template_name": "admin/password_reset_subject.txt",
}
_PAGES: tuple[tuple[str, type, str, dict], ...] = (
    ("password-reset/", views.PasswordResetView, "password_reset", _ASK),
    ("password-reset/sent/", views.PasswordResetDoneView, "password_reset_done", {}),
    ("password-reset/<uidb64>/<token>/", views.PasswordResetConfirmView, "password_reset_confirm", _CONFIRM),
    ("password-reset/done/", views.PasswordResetCompleteView, "password_reset_complete", {}),
)


def urls(site) -> list:
    return [path(place, partial(_page, site, view, more), name=name) for place, view, name, more in _PAGES]


def _page(site, view, more, request, **arguments):
    if not settings.EMAIL_IS_SET_UP:
        raise Http404
    if request.method == "POST" and "email_template_name" in more and _count(request) > MAX_PER_HOUR:
        text = _("Too many mails were asked for from here. Try again in an hour, or ask an owner.")
        return unsaved.problem(request, _("Not sent"), text, 429)
    return view.as_view(**more, extra_context=site.each_context(request))(request, **arguments)


def _count(request) -> int:
    """Count a mail under a hash of the address that asks for it, for an hour."""
    key = salted_hmac(__name__, request.META.get("REMOTE_ADDR", "")).hexdigest()
    cache.add(key, 0, 3600)
    try:
        return cache.incr(key)
    except ValueError:  # the cache evicted the count meanwhile
        return 1
