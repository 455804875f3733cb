"""What publishers wish not to be shown, in the Newsroom: take it down, list it, bring it back."""

from django import forms
from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from articles.admin.base import HistoryInAuditLog, LargeListAdmin, message_edit, parse_id
from articles.editing.articles import REMOVE
from articles.editing.audit import TRACKED, EditError
from articles.editing.takedowns import COLUMNS, bring_back, reach, take_down
from articles.models import TakeDown


class TakeDownForm(forms.ModelForm):
    """What is taken down, and why."""

    what = forms.ChoiceField(choices=TakeDown.What.choices)
    row = forms.CharField(
        label="Its number", max_length=18,
        help_text="The last number in the address of its page here, which also has a link to this form.",
    )  # fmt: skip
    reason = forms.CharField(
        max_length=300, widget=forms.TextInput(attrs={"class": "vTextField"}),
        help_text="Who wishes it, and why; stored in the audit log.",
    )  # fmt: skip

    class Meta:
        model = TakeDown
        fields = ("what", "reason")

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            self.found = find(cleaned["what"], cleaned["row"])
            if self.found is None:
                self.add_error("row", f"There is no {COLUMNS[cleaned['what']]} of this number.")
            elif TakeDown.objects.filter(
                what=cleaned["what"], **{COLUMNS[cleaned["what"]]: self.found}
            ).exists():
                self.add_error("row", f"“{self.found}” is taken down already.")
        return cleaned

    def _post_clean(self):
        """Leave the row as it is: the edit makes it."""


def find(what: str, number: str):
    """Return the row that a form or an address names, or None."""
    pk = parse_id(number.strip())
    if pk is None or what not in COLUMNS:
        return None
    model = TRACKED[COLUMNS[TakeDown.What(what)]].model
    return model._default_manager.filter(pk=pk).first()


@admin.register(TakeDown)
class TakeDownAdmin(HistoryInAuditLog, LargeListAdmin):
    form = TakeDownForm
    list_display = ["what", "about", "reason", "made_by", "made_at"]
    list_display_links = None
    list_filter = ["what"]
    list_select_related = ["article", "image", "provider", "source", "made_by"]
    search_fields = ["reason", "article__title", "provider__name", "source__name"]
    actions = ["bring_back"]
    fields = ["what", "row", "reason"]

    def has_module_permission(self, request):
        return self.has_view_permission(request)

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("articles.view_article")

    def has_add_permission(self, request):
        return request.user.has_perm(REMOVE)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_remove_permission(self, request):
        return request.user.has_perm(REMOVE)

    def get_readonly_fields(self, request, obj=None):
        return ["what", "about", "reason", "made_by", "made_at"] if obj else []

    def get_fields(self, request, obj=None):
        return self.get_readonly_fields(request, obj) or self.fields

    @admin.display(description="about")
    def about(self, taken):
        address = reverse(f"admin:articles_{taken.row._meta.model_name}_change", args=[taken.row.pk])
        return format_html('<a href="{}" dir="auto">{}</a>', address, taken.row)

    def changelist_view(self, request, extra_context=None):
        return super().changelist_view(request, {"title": "Taken down"} | (extra_context or {}))

    def add_view(self, request, form_url="", extra_context=None):
        given = request.POST if request.method == "POST" else request.GET
        row = find(given.get("what", ""), given.get("row", ""))
        title = f"Take down {given['what']}: {row}, {reach(given['what'], row)}" if row else "Take down"
        only_save = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().add_view(request, form_url, {"title": title} | only_save | (extra_context or {}))

    def save_form(self, request, form, change):
        return form.instance

    def save_model(self, request, obj, form, change):
        what, reason = form.cleaned_data["what"], form.cleaned_data["reason"]
        edit = take_down(what, form.found, request.user, reason)
        message_edit(self, request, edit, str(form.found))

    def save_related(self, request, form, formsets, change):
        """Do nothing: there is nothing related."""

    def response_add(self, request, obj, post_url_continue=None):
        return HttpResponseRedirect(reverse("admin:articles_takedown_changelist"))

    @admin.action(description="Bring the selected back", permissions=["remove"])
    def bring_back(self, request, queryset):
        for taken in queryset:
            try:
                message_edit(self, request, bring_back(taken, request.user), str(taken))
            except EditError as error:
                self.message_user(request, f"“{taken}” stays down: {error}.", messages.ERROR)
