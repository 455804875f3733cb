"""People in the Newsroom: accounts, roles in plain words, and everybody's own account."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group, User
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from aggregator.middleware import is_newsroom
from articles.admin.base import LoggedInAuditLog
from articles.admin.site import confirmed_device
from articles.models import Account
from articles.pages.middleware import read_choices

SUMMARIES = {
    "Editors": gettext_lazy("publish, rate, merge and split stories, change and add articles"),
    "Chiefs": gettext_lazy("what editors do, remove articles, and keep topics, providers and sources"),
    "Operators": gettext_lazy("see everything, and undo imports"),
    "Owners": gettext_lazy("add accounts and choose their roles"),
}
# Permission -> what it allows, as a page of a role says it
WORDS = {
    "view_story": gettext_lazy("see the stories, also unpublished ones"),
    "change_story": gettext_lazy("publish, unpublish, retitle, merge and split stories, and undo that"),
    "view_article": gettext_lazy("see all articles, also unpublished and removed ones"),
    "add_article": gettext_lazy("add articles by hand"),
    "change_article": gettext_lazy("change and publish articles, and set their quality"),
    "delete_article": gettext_lazy("remove articles from the site, and restore them"),
    "view_topic": gettext_lazy("see the topics"),
    "add_topic": gettext_lazy("add topics"),
    "change_topic": gettext_lazy("change topics"),
    "delete_topic": gettext_lazy("delete topics that no article has"),
    "view_provider": gettext_lazy("see the providers"),
    "change_provider": gettext_lazy("rename providers"),
    "delete_provider": gettext_lazy("delete providers that have no articles"),
    "view_source": gettext_lazy("see the sources and what is wrong with them"),
    "add_source": gettext_lazy("add sources"),
    "change_source": gettext_lazy("change sources, poll them, switch them off and on"),
    "delete_source": gettext_lazy("delete sources"),
    "view_sourceentry": gettext_lazy("see what came from which feed"),
    "view_image": gettext_lazy("see the pictures"),
    "change_image": gettext_lazy("upload, fetch again and hide pictures"),
    "view_importrun": gettext_lazy("see the imports"),
    "change_importrun": gettext_lazy("undo imports"),
    "view_importoutcome": gettext_lazy("see what an import did with each file"),
    "view_edit": gettext_lazy("see the log of all edits"),
    "view_health": gettext_lazy("see the health list"),
    "view_user": gettext_lazy("see the accounts"),
    "add_user": gettext_lazy("add accounts"),
    "change_user": gettext_lazy("change accounts, choose their roles, and set passwords"),
}


class RolesField(forms.ModelMultipleChoiceField):
    """Roles as boxes to check, each with what it may do."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options):
        super().__init__(Group.objects.order_by("pk"), **options)

    def label_from_instance(self, group):
        summary = SUMMARIES.get(group.name)
        return f"{group.name}: {summary}" if summary else group.name


class NewPersonForm(UserCreationForm):
    groups = RolesField(label=gettext_lazy("Roles"), required=False)


class PersonForm(UserChangeForm):
    groups = RolesField(label=gettext_lazy("Roles"), required=False)
    changed_by: User

    def clean(self):
        """Refuse what would leave nobody who can take it back: an owner who shuts themselves out."""
        cleaned = super().clean()
        me = self.changed_by
        if self.instance.pk != me.pk or me.is_superuser:
            return cleaned
        if not cleaned.get("is_active", True):
            self.add_error("is_active", _("You cannot switch off your own account."))
        right = {"permissions__codename": "change_user", "permissions__content_type__app_label": "auth"}
        if "groups" in cleaned and not cleaned["groups"].filter(**right).exists():
            self.add_error("groups", _("You cannot take this role from yourself; another owner can."))
        return cleaned


admin.site.unregister(User)


@admin.register(User)
class PersonAdmin(LoggedInAuditLog, UserAdmin):
    """Accounts. Owners add and switch them off; only superusers see and give more than roles."""

    form, add_form = PersonForm, NewPersonForm
    list_display = ["username", "full_name", "email", "roles", "is_active", "last_login"]
    list_filter = ["is_active", "groups"]
    list_per_page = 50
    actions = None
    fieldsets = (
        (None, {"fields": ("username", "password", "first_name", "last_name", "email")}),
        (gettext_lazy("What this person may do"), {"fields": ("groups", "is_active")}),
    )
    superuser_fieldsets = (
        *fieldsets,
        (gettext_lazy("Superusers"), {"classes": ("collapse",), "fields": ("is_superuser", "is_staff")}),
    )
    add_fieldsets = (
        (None, {"classes": ("wide",), "fields": ("username", "email", "groups", "password1", "password2")}),
    )

    class Media:
        css = {"all": ["css/newsroom.css"]}

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request, obj=None):
        if obj is not None and request.user.is_superuser:
            return self.superuser_fieldsets
        return super().get_fieldsets(request, obj)

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.changed_by = request.user
        return form

    def has_change_permission(self, request, obj=None):
        may = super().has_change_permission(request, obj)
        return may and (obj is None or request.user.is_superuser or not obj.is_superuser)

    def has_delete_permission(self, request, obj=None):
        return request.user.is_superuser  # the log names people: accounts are switched off instead

    def save_row(self, request, obj, form, change):
        if not change:
            obj.is_staff = True
        super().save_row(request, obj, form, change)

    @admin.display(description=gettext_lazy("name"))
    def full_name(self, user):
        return user.get_full_name() or "—"

    @admin.display(description=gettext_lazy("roles"))
    def roles(self, user):
        names = [group.name for group in user.groups.all()]
        return ", ".join([_("superuser"), *names] if user.is_superuser else names) or "—"


def roles_view(request, pk: int | None = None):
    """All roles, or one: what it may see and do, in words, and who has it."""
    groups = Group.objects.order_by("pk").prefetch_related("permissions__content_type")
    if pk is not None and not groups.filter(pk=pk).exists():
        raise Http404
    may_see_people = request.user.has_perm("auth.view_user")
    roles: list[dict] = []
    for group in groups if pk is None else groups.filter(pk=pk):
        found = [(each.codename, WORDS.get(each.codename, each.name)) for each in group.permissions.all()]
        roles.append({
            "group": group,
            "summary": SUMMARIES.get(group.name, ""),
            "does": [words for code, words in found if not code.startswith("view_")],
            "sees": [words for code, words in found if code.startswith("view_")],
            "people": group.user_set.filter(is_active=True).order_by("username") if may_see_people else [],
        })  # fmt: skip
    title = roles[0]["group"].name if pk is not None else _("Roles")
    context = {**admin.site.each_context(request), "title": title, "roles": roles, "is_one": pk is not None}
    return TemplateResponse(request, "admin/roles.html", context)


class AccountForm(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the newsroom"), required=False,
        choices=[("", gettext_lazy("that of the browser")), ("en", "English"), ("de", "Deutsch")],
    )  # fmt: skip


def account_view(request):
    """A person's own account: language, password, two-step sign-in."""
    account = Account.objects.of(request.user)
    given = request.POST if request.method == "POST" else None
    form = AccountForm(given, initial={"language": account.language})
    if form.is_valid():
        account.language = form.cleaned_data["language"]
        account.save(update_fields=["language"])
        with translation.override(account.language or read_choices(request).language):
            messages.success(request, _("Your choice is saved."))
        return HttpResponseRedirect(reverse("admin:account"))
    context = {
        **admin.site.each_context(request),
        "title": _("Your account"), "form": form, "roles": request.user.groups.order_by("pk"),
        "has_two_steps": confirmed_device(request.user) is not None,
    }  # fmt: skip
    return TemplateResponse(request, "admin/account.html", context)


class LanguageMiddleware:
    """Activates the language of the account in the newsroom; before signing in, that of the browser."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if not is_newsroom(request):
            return self.get_response(request)
        chosen = Account.objects.language_of(request.user) if request.user.is_authenticated else ""
        with translation.override(chosen or read_choices(request).language):
            return self.get_response(request)
