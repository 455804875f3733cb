"""The admin site of the newsroom: Django's own, with optional two-step sign-in."""

from base64 import b32encode
from functools import cache

import segno
from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminAuthenticationForm
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django_otp import login as mark_verified
from django_otp.plugins.otp_totp.models import TOTPDevice


def confirmed_device(user) -> TOTPDevice | None:
    """Return the device that makes a user's codes, or None if two-step sign-in is off."""
    return TOTPDevice.objects.filter(user=user, confirmed=True).order_by("pk").first()


def code_is_right(device: TOTPDevice, code: str) -> bool:
    """Return whether a code is right. Wrong ones make the device wait longer; none counts twice."""
    with transaction.atomic():
        row = TOTPDevice.objects.select_for_update().get(pk=device.pk)
        is_allowed, _ = row.verify_is_allowed()
        return is_allowed and row.verify_token(code)


class CodeForm(forms.Form):
    code = forms.CharField(
        max_length=20, widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})
    )


class SignInForm(AdminAuthenticationForm):
    """Name and password, and a code if the user has turned on two-step sign-in."""

    code = forms.CharField(
        label="Code",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
        help_text="Only if you have turned on two-step sign-in.",
    )

    def clean(self):
        cleaned = super().clean()
        user = self.get_user()
        device = confirmed_device(user) if user else None
        if device:
            if not code_is_right(device, cleaned.get("code") or ""):
                # One text for all, so that nobody learns whether the password was right.
                raise forms.ValidationError(
                    "The code is missing or wrong, or there were too many wrong codes."
                )
            user.otp_device = device
        return cleaned


# The sections of the newsroom, as its pages list them: the model's name and the section's.
SECTIONS = {
    "story": "Stories", "article": "Articles", "topic": "Topics", "provider": "Providers",
    "source": "Sources", "image": "Pictures", "importrun": "Imports", "edit": "Log",
}  # fmt: skip


class NewsroomSite(AdminSite):
    site_header = site_title = index_title = "Newsroom"
    enable_nav_sidebar = False
    login_form = SignInForm
    login_template = "admin/sign_in.html"

    def has_permission(self, request):
        """Require the second step of everybody who has turned it on, in older sessions too."""
        if not super().has_permission(request):
            return False
        return request.user.is_verified() or confirmed_device(request.user) is None

    def each_context(self, request):
        """Add the sections that this user may see to the context of every page."""
        rows = (row for app in self.get_app_list(request, "articles") for row in app["models"])
        seen = {row["model"]._meta.model_name: row["admin_url"] for row in rows}
        sections = [
            {"name": name, "url": seen[model], "is_open": request.path.startswith(seen[model])}
            for model, name in SECTIONS.items()
            if model in seen
        ]
        return super().each_context(request) | {"sections": sections}

    def index(self, request, extra_context=None):
        from articles.admin import dashboard  # models are not loaded yet when this module is

        front = {"panels": dashboard.panels(request.user), "edits": dashboard.last_edits(request.user)}
        return super().index(request, front | (extra_context or {}))

    def get_urls(self):
        return [path("two-step/", self.admin_view(self.two_step), name="two_step"), *super().get_urls()]

    def two_step(self, request):
        """Turn two-step sign-in on or off; both need a code of the user's device."""
        device = confirmed_device(request.user)
        form = CodeForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            if self._switch(request, device, form.cleaned_data["code"]):
                return HttpResponseRedirect(reverse("admin:two_step"))
            form.add_error("code", "This code is wrong, or there were too many wrong codes.")
        fresh = None if device else TOTPDevice.objects.get_or_create(
            user=request.user, confirmed=False, defaults={"name": "authenticator"})[0]  # fmt: skip
        context = {
            **self.each_context(request),
            "title": "Two-step sign-in",
            "form": form,
            "is_on": device is not None,
            "secret": b32encode(fresh.bin_key).decode() if fresh else "",
            "picture": segno.make(fresh.config_url).svg_data_uri(scale=4) if fresh else "",
        }
        return TemplateResponse(request, "admin/two_step.html", context)

    def _switch(self, request, device: TOTPDevice | None, code: str) -> bool:
        if device:
            if not code_is_right(device, code):
                return False
            TOTPDevice.objects.filter(user=request.user).delete()
            messages.success(request, "Two-step sign-in is off.")
            return True
        fresh = TOTPDevice.objects.filter(user=request.user, confirmed=False).first()
        if fresh is None or not code_is_right(fresh, code):
            return False
        TOTPDevice.objects.filter(pk=fresh.pk).update(confirmed=True)
        fresh.refresh_from_db()
        mark_verified(request, fresh)
        messages.success(request, "Two-step sign-in is on.")
        return True


@cache
def newsroom_site() -> NewsroomSite:
    """Return the site, always the same object: Django asks again while importing `articles.admin` for it."""
    return NewsroomSite()
