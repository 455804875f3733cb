"""The admin site of the Newsroom: Django's own, with optional two-step sign-in."""

from base64 import b32encode
from functools import cache, update_wrapper

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_otp import login as mark_verified
from django_otp.plugins.otp_totp.models import TOTPDevice

from articles.admin import password_reset, unsaved


def confirmed_device(user) -> TOTPDevice | None:
    """Return the device that makes a user's codes, or None if two-step sign-in is off."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk").first()


def code_is_right(device: TOTPDevice, code: str) -> bool:
    """Return whether a code is right. Wrong ones make the device wait longer; none counts twice."""
    with transaction.atomic():
        row = TOTPDevice.objects.select_for_update().get(pk=device.pk)
        is_allowed, _why = row.verify_is_allowed()
        return is_allowed and row.verify_token(code)


_CODE_INPUT = forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})


class CodeForm(forms.Form):
    code = forms.CharField(max_length=20, widget=_CODE_INPUT)


class SignInForm(AdminAuthenticationForm):
    """Name and password, and a code if the user has turned on two-step sign-in."""

    code = forms.CharField(
        label=gettext_lazy("Code"), required=False, max_length=20, widget=_CODE_INPUT,
        help_text=gettext_lazy("Only if you have turned on two-step sign-in."),
    )  # fmt: skip

    def clean(self):
        cleaned = super().clean()
        user = self.get_user()
        device = confirmed_device(user) if user else None
        if device:
            if not code_is_right(device, cleaned.get("code") or ""):
                # One text for all, so that nobody learns whether the password was right.
                message = _("The code is missing or wrong, or there were too many wrong codes.")
                raise forms.ValidationError(message)
            user.otp_device = device
        return cleaned


# The sections of the newsroom, as its pages list them: the model's name and the section's.
SECTIONS = {
    "story": gettext_lazy("Stories"), "article": gettext_lazy("Articles"), "topic": gettext_lazy("Topics"),
    "provider": gettext_lazy("Providers"), "source": gettext_lazy("Sources"),
    "image": gettext_lazy("Pictures"), "importrun": gettext_lazy("Imports"), "edit": gettext_lazy("Log"),
    "takedown": gettext_lazy("Taken down"), "user": gettext_lazy("People"),
}  # fmt: skip
FIRST_VIEW = {"story": "?decided=no"}  # of a section's list


class NewsroomSite(AdminSite):
    site_header = site_title = index_title = gettext_lazy("Newsroom")
    enable_nav_sidebar = False
    login_form = SignInForm
    login_template = "admin/sign_in.html"

    def has_permission(self, request):
        """Require the second step of everybody who has turned it on, in older sessions too."""
        may_enter = super().has_permission(request)
        return may_enter and (request.user.is_verified() or confirmed_device(request.user) is None)

    def each_context(self, request):
        """Add the sections that this user may see to the context of every page."""
        apps = [app for label in ("articles", "auth") for app in self.get_app_list(request, label)]
        rows = (row for app in apps for row in app["models"])
        seen = {row["model"]._meta.model_name: row["admin_url"] for row in rows}
        sections = [
            {
                "name": name,
                "url": seen[model] + FIRST_VIEW.get(model, ""),
                "is_open": request.path.startswith(seen[model]),
            }
            for model, name in SECTIONS.items()
            if model in seen
        ]
        more = {"sections": sections, "mail_is_set_up": settings.EMAIL_IS_SET_UP}
        return super().each_context(request) | more

    def index(self, request, extra_context=None):
        from articles.admin import dashboard  # models are not loaded yet when this module is

        front = {"panels": dashboard.panels(request.user), "edits": dashboard.last_edits(request.user)}
        return super().index(request, front | (extra_context or {}))

    def admin_view(self, view, cacheable=False):
        """Let nothing that was typed be lost: whatever a form meets, it comes back filled."""
        inner = super().admin_view(view, cacheable)

        def answer(request, *args, **kwargs):
            if request.method != "POST":
                return unsaved.answer_get(inner, request, *args, **kwargs)
            if not self.has_permission(request) and request.path != reverse("admin:logout"):
                return unsaved.ask_to_sign_in(self, request)
            return unsaved.answer_form(self, inner, request, *args, **kwargs)

        return update_wrapper(answer, inner)

    def login(self, request, extra_context=None):
        carried = {"unsaved": request.POST.get("unsaved", "")}
        response = super().login(request, carried | (extra_context or {}))
        return unsaved.login_redirect(request, response)

    def get_urls(self):
        from articles.admin import people

        own = (
            ("two-step/", self.two_step, "two_step"),
            ("account/", people.account_view, "account"),
            ("roles/", people.roles_view, "roles"),
            ("roles/<int:pk>/", people.roles_view, "role"),
        )
        urls = [path(address, self.admin_view(view), name=name) for address, view, name in own]
        return [*urls, *password_reset.urls(self), *super().get_urls()]

    def two_step(self, request):
        """Turn two-step sign-in on or off; both need a code of the user's device."""
        confirmed = confirmed_device(request.user)
        device = confirmed or TOTPDevice.objects.get_or_create(
            user=request.user, confirmed=False, defaults={"name": "authenticator"})[0]  # fmt: skip
        form = CodeForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            if code_is_right(device, form.cleaned_data["code"]):
                self._switch(request, device)
                return HttpResponseRedirect(reverse("admin:two_step"))
            form.add_error("code", _("This code is wrong, or there were too many wrong codes."))
        context = {
            **self.each_context(request),
            "title": _("Two-step sign-in"),
            "form": form,
            "is_on": device.confirmed,
            "secret": b32encode(device.bin_key).decode() if not confirmed else "",
            "picture": segno.make(device.config_url).svg_data_uri(scale=4) if not confirmed else "",
        }
        return TemplateResponse(request, "admin/two_step.html", context)

    def _switch(self, request, device: TOTPDevice) -> None:
        if device.confirmed:
            TOTPDevice.objects.filter(user=request.user).delete()
            messages.success(request, _("Two-step sign-in is off."))
            return
        TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
        device.refresh_from_db()
        mark_verified(request, device)
        messages.success(request, _("Two-step sign-in is on."))


@cache
def newsroom_site() -> NewsroomSite:
    """Return the site, always the same object: Django asks again while importing `articles.admin` for it."""
    return NewsroomSite()
