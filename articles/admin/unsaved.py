"""A form that cannot be saved as it was sent: its page again with what was typed, or a page that says why.

What was typed goes through signing in as a signed field of the sign-in page, and from there to the page of
the form as part of the session. Only forms that passed the check against forgery are carried, or that the
browser itself says came from the site's own pages. Files, passwords and codes are never carried.
"""

import copy
import logging
from collections.abc import Callable
from html import escape
from html.parser import HTMLParser
from typing import Any

from django.contrib import admin, messages
from django.core import signing
from django.forms.utils import flatatt
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import defaults

from aggregator.middleware import is_newsroom

_log = logging.getLogger(__name__)
MAX_CARRIED = 200_000  # characters of a form
MAX_AGE = 24 * 3600  # seconds that a sign-in page may wait
SALT = "articles.admin.unsaved"
SESSION_KEY = "unsaved"
_NEVER = ("csrfmiddlewaretoken", "code", "next", "unsaved")
Fields = dict[str, list[str]]


def fields_of(request: HttpRequest) -> Fields:
    """Return what a form sent, without files and secrets; nothing if it is too large to carry."""
    fields = {
        name: [str(value) for value in values]
        for name, values in request.POST.lists()
        if name not in _NEVER and "password" not in name
    }
    size = sum(len(name) + sum(map(len, values)) for name, values in fields.items())
    return fields if size <= MAX_CARRIED else {}


def pack(request: HttpRequest) -> str:
    """Return a form as the signed field of the sign-in page, or "" if there is nothing to carry."""
    fields = fields_of(request)
    given = {"path": request.get_full_path(), "fields": fields}
    return signing.dumps(given, salt=SALT, compress=True) if fields else ""


def unpack(text: str) -> dict[str, Any] | None:
    try:
        return signing.loads(text, salt=SALT, max_age=MAX_AGE) if text else None
    except signing.BadSignature:
        return None


def ask_to_sign_in(site, request: HttpRequest) -> HttpResponse:
    """Answer a form of somebody who is not signed in by the sign-in page, which carries what was typed."""
    page = _as_get(request)
    carried = pack(request)
    text = _("You are no longer signed in, so nothing was saved. Sign in, and the form is as you filled it.")
    messages.warning(page, text if carried else _("You are not signed in, so nothing was saved."))
    page.path = page.path_info = reverse("admin:login")
    page.META = {**request.META, "QUERY_STRING": ""}
    response = site.login(page, {"unsaved": carried, "next": request.get_full_path()})
    response.status_code = 403
    return response


def answer_form(site, view: Callable, request: HttpRequest, *args, **kwargs) -> HttpResponse:
    """Call a view with a form; if something else has got in its way, answer with the filled form again."""
    from django.core.exceptions import ObjectDoesNotExist
    from django.db import DataError, IntegrityError, OperationalError

    from articles.editing.audit import EditError

    try:
        response = view(request, *args, **kwargs)
        if isinstance(response, TemplateResponse):
            response.render()
    except EditError as error:
        text = _("Nothing was saved: %(reason)s.") % {"reason": error}
    except OperationalError:
        text = _("Nothing was saved: the archive is busy, perhaps with an import. Save again in a minute.")
    except (IntegrityError, ObjectDoesNotExist):
        text = _("Nothing was saved: somebody else changed this at the same time. Look again, then save.")
    except (ValueError, OverflowError, DataError):
        # Django's own boxes to choose a row from fail over what is no number, which only programs send.
        _log.exception("A form of the newsroom could not be shown again.")
        text = _("Nothing was saved: the form has a value that it does not offer.")
    else:
        if "_selected_action" in request.POST and response.status_code == 302 and _has_warned(request):
            return refill(view(_as_get(request), *args, **kwargs), fields_of(request))
        is_gone = response.status_code == 302 and response.headers["Location"] == reverse("admin:index")
        if not is_gone or "object_id" not in kwargs:
            return response
        text = _("This is no longer here: somebody removed it meanwhile. Nothing was saved.")
        list(messages.get_messages(request))  # the page says it
        return problem(request, _("No longer here"), text, 409, fields_of(request))
    messages.error(request, text)
    response = refill(view(_as_get(request), *args, **kwargs), fields_of(request))
    if response.status_code != 200:
        return problem(request, _("Nothing was saved"), text, 409, fields_of(request))
    response.status_code = 409
    return response


def _has_warned(request: HttpRequest) -> bool:
    """Return whether this request has left a warning or an error for the next page."""
    queued = getattr(messages.get_messages(request), "_queued_messages", ())
    return any(each.level >= messages.WARNING for each in queued)


def answer_get(view: Callable, request: HttpRequest, *args, **kwargs) -> HttpResponse:
    """Call a view; the page of a form that was carried here is filled as it was."""
    carried = request.session.get(SESSION_KEY) if request.method == "GET" else None
    if not carried or carried["path"] != request.get_full_path():
        return view(request, *args, **kwargs)
    del request.session[SESSION_KEY]
    text = _("This is your form as you filled it. It is not saved yet: check it, then save.")
    messages.warning(request, text)
    return refill(view(request, *args, **kwargs), carried["fields"])


def problem(request, title: str, text: str, status: int, typed: Fields | None = None, **more):
    """Return a page in the Newsroom's design that says what happened, and what was typed."""
    shown = [(name, value) for name, values in (typed or {}).items() for value in values if value.strip()]
    context = {**admin.site.each_context(request), "title": title, "text": text, "typed": shown, **more}
    return TemplateResponse(request, "admin/problem.html", context, status=status).render()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that the check against forgery refuses: mostly one from before the last sign-in."""
    text = _(
        "The form is older than your last sign-in, or your browser sends no cookies. Nothing was saved. "
        "Open the page again; if this happens every time, allow cookies for this site."
    )
    again = ""
    if _is_own_page(request) and request.path_info != reverse("admin:login"):
        if not admin.site.has_permission(request):
            return ask_to_sign_in(admin.site, request)
        if fields := fields_of(request):
            again = request.get_full_path()
            request.session[SESSION_KEY] = {"path": again, "fields": fields}
    return problem(request, _("This form was not accepted"), text, 403, again=again)


def _is_own_page(request: HttpRequest) -> bool:
    """Return whether the browser says that a page of this site sent the form; no page can forge that."""
    origin = request.headers.get("Origin", "")
    return origin == f"{request.scheme}://{request.get_host()}"


def refused(request: HttpRequest, exception=None) -> HttpResponse:
    """Answer 403 in the Newsroom's design: says which roles can do it."""
    if not is_newsroom(request) or not request.user.is_authenticated:
        return defaults.permission_denied(request, exception)
    roles = _roles_that_may(request)
    if roles:
        text = _("Your account may not do this. Who may: %(roles)s.") % {"roles": ", ".join(roles)}
    else:
        text = _("Your account may not do this. A superuser may.")
    return problem(request, _("Not allowed"), text, 403, fields_of(request))


def _roles_that_may(request: HttpRequest) -> list[str]:
    """Return the names of the roles that have the permission of the address."""
    from django.contrib.auth.models import Group

    name = (request.resolver_match and request.resolver_match.url_name) or ""
    app_label, _sep, rest = name.partition("_")
    model, _sep, page = rest.rpartition("_")
    action = {"add": "add", "delete": "delete", "health": "view"}.get(page, "view")
    if request.method == "POST" and page in ("change", "changelist"):
        action = "change"
    codename = "view_health" if page == "health" else f"{action}_{'topic' if model == 'edit' else model}"
    allowed = {"permissions__codename": codename, "permissions__content_type__app_label": app_label}
    groups = Group.objects.filter(**allowed).exclude(user=request.user.pk)
    return list(groups.order_by("name").values_list("name", flat=True))


def _as_get(request: HttpRequest) -> HttpRequest:
    """Return the request as if its page had only been asked for."""
    page = copy.copy(request)
    page.method, page.POST = "GET", QueryDict()
    return page


def refill(response: HttpResponse, fields: Fields) -> HttpResponse:
    """Fill the forms of a page with these values; anything that is no page of HTML stays as it is."""
    if hasattr(response, "render"):
        response.render()
    if response.status_code != 200 or not response.headers.get("Content-Type", "").startswith("text/html"):
        return response
    writer = _Refill(fields)
    writer.feed(response.content.decode())
    writer.close()
    response.content = "".join(writer.parts)
    return response


class _Refill(HTMLParser):
    """Copies a page, with the fields of its POST forms changed to given values."""

    def __init__(self, fields: Fields) -> None:
        super().__init__(convert_charrefs=False)
        self.fields = {name: list(values) for name, values in fields.items()}
        self.parts: list[str] = []
        self.in_form = self.is_hidden = False
        self.options: list[str] | None = None  # values to select that the <select> has not shown yet
        # Rows of a list are known by their ids: their order may have changed.
        self.rows = {values[0]: name[:-3] for name, values in fields.items() if name.endswith("-id")}
        self.renamed: dict[str, str] = {}

    def _values(self, name: str) -> list[str] | None:
        row, dash, field = name.rpartition("-")
        row, initial = row.removeprefix("initial-"), "initial-" if row.startswith("initial-") else ""
        return self.fields.get(f"{initial}{self.renamed.get(row, row)}{dash}{field}")

    def handle_starttag(self, tag, attrs):
        text = self.get_starttag_text() or ""
        given: dict[str, str] = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.in_form = given.get("method", "").lower() == "post" and given.get("id") != "logout-form"
        name = given.get("name", "")
        if self.in_form and tag == "option" and self.options is not None:
            value = given.get("value", "")
            given.pop("selected", None)
            if value in self.options:
                self.options.remove(value)
                given["selected"] = ""
            text = _tag(tag, given)
        elif self.in_form and name and name not in _NEVER and "_FORMS" not in name:
            text = self._field(tag, name, given) or text
        self.parts.append(text)

    def _field(self, tag: str, name: str, given: dict[str, str]) -> str:
        """Return the tag of a field with its new value, or "" to leave it."""
        kind = given.get("type", "text") if tag == "input" else tag
        if kind == "hidden" and name.endswith("-id"):
            self.renamed[name[:-3]] = self.rows.get(given.get("value", ""), "another row")
            return ""
        values = self._values(name)
        if kind in ("checkbox", "radio") and self.fields:
            given.pop("checked", None)
            if given.get("value", "on") in (values or []):
                given["checked"] = ""
            return _tag(tag, given)
        if values is None or kind in ("button", "submit", "file", "password", "image", "reset"):
            return ""
        if kind == "select":
            self.options = list(values)
        elif kind == "textarea":
            self.is_hidden = True  # the text that the page has there
            return f"{self.get_starttag_text()}\n{escape(values[0])}"
        elif tag == "input":
            given["value"] = values.pop(0) if len(values) > 1 else values[0]
            return _tag(tag, given)
        return ""

    def handle_endtag(self, tag):
        if tag == "textarea" and self.is_hidden:
            self.is_hidden = False
        if tag == "select" and self.options is not None:
            for value in filter(None, map(escape, self.options)):
                self.parts.append(f'<option value="{value}" selected>{value}</option>')
            self.options = None
        if tag == "form":
            self.in_form = False
        self.parts.append(f"</{tag}>")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_data(self, data):
        if not self.is_hidden:
            self.parts.append(data)

    def handle_entityref(self, name):
        self.handle_data(f"&{name};")

    def handle_charref(self, name):
        self.handle_data(f"&#{name};")

    def handle_comment(self, data):
        self.parts.append(f"<!--{data}-->")

    def handle_decl(self, decl):
        self.parts.append(f"<!{decl}>")


def _tag(name: str, attributes: dict[str, str]) -> str:
    return f"<{name}{flatatt(attributes)}>"


def login_redirect(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Lead whoever has just signed in to the form that the sign-in page carried."""
    carried = unpack(request.POST.get("unsaved", ""))
    if response.status_code != 302 or carried is None:
        return response
    request.session[SESSION_KEY] = carried
    return HttpResponseRedirect(carried["path"])
