"""What changed the archive, in the Newsroom: edits and imports, and how to undo one."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from articles.admin.base import LargeListAdmin, ReadOnly, ask_first, forbidden, parse_id
from articles.admin.filters import TARGET_FILTERS, EditDateFilter, EditorFilter
from articles.admin.health_report import run_checks
from articles.editing.articles import REMOVE
from articles.editing.audit import TRACKED, EditError, story_changes
from articles.editing.description import changes
from articles.editing.undo import undo
from articles.importing.undo import UndoError, undo_import
from articles.models import Edit, ImportOutcome, ImportRun
from articles.stories.grouping import group_waiting

MAX_LINES = 3  # changed rows that the list shows of one edit
MAX_CHANGES = 200  # changed values shown of one edit
MODELS = {name: tracked.model for name, tracked in TRACKED.items()}
IMPORT_COLUMNS = [
    "started_at",
    "finished_at",
    "created",
    "updated",
    "withdrawn",
    "unchanged",
    "refused",
    "files",
]


class UndoForm(forms.Form):
    reason = forms.CharField(max_length=300, required=False, label="Reason (optional)")


@admin.register(Edit)
class EditAdmin(ReadOnly, LargeListAdmin):
    list_display = ["what", "made_by", "made_at", "undo_in_place"]
    list_display_links = None
    list_filter = ["kind", EditorFilter, EditDateFilter, *TARGET_FILTERS]
    list_select_related = ["made_by", "undoes"]
    search_fields = ["description", "reason", "made_by__username"]
    search_help_text = "Words of a title or name, of a reason, or who did it"

    def get_queryset(self, request):
        return Edit.objects.for_listing()

    def get_changelist(self, request, **kwargs):
        may_undo = self.has_undo_permission

        class Log(ChangeList):
            def get_results(self, request):
                super().get_results(request)
                self.result_list = list(self.result_list)
                for edit in self.result_list:
                    edit.may_be_undone = may_undo(request, edit)

        return Log

    def get_urls(self):
        view = self.admin_site.admin_view(self.health_view)
        return [path("health/", view, name="articles_edit_health"), *super().get_urls()]

    @admin.display(description="edit")
    def what(self, edit):
        lines = edit.in_words()
        rows = ((line,) for line in lines[:MAX_LINES])
        shown = format_html_join("", '<div class="newsroom-line" dir="auto">{}</div>', rows)
        more = "and more" if len(lines) > MAX_LINES else ""
        address = reverse("admin:articles_edit_change", args=[edit.pk])
        html = '<a class="newsroom-title" href="{}">{}</a>{}{} <span class="quiet" dir="auto">{}</span>'
        return format_html(html, address, edit, shown, more, edit.reason and f"Reason: {edit.reason}")

    @admin.display(description="undo")
    def undo_in_place(self, edit):
        if edit.undone_by_id:
            address = reverse("admin:articles_edit_change", args=[edit.undone_by_id])
            return format_html('<a href="{}">undone</a>', address)
        if not edit.may_be_undone:
            return ""
        html = (
            '<button type="submit" name="undo" value="{}" class="button" aria-label="Undo {}">Undo</button>'
        )
        return format_html(html, edit.pk, edit)

    def has_undo_permission(self, request, edit: Edit) -> bool:
        """Whoever may make an edit may undo it, no matter who made it."""
        names = edit.summary.get("models")  # a list does not read the values
        changed = set(edit.before.keys() | edit.after.keys() if names is None else names)
        if "user" in changed:
            return request.user.is_superuser  # it may give and take every right
        if "takedown" in changed and not request.user.has_perm(REMOVE):
            return False
        kept = changed.intersection(("topic", "provider", "source", "image")) or {"story"}
        return all(request.user.has_perm(f"articles.change_{name}") for name in kept)

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and "undo" in request.POST:
            self._undo_in_place(request, parse_id(request.POST["undo"]))
            return HttpResponseRedirect(request.get_full_path())
        return super().changelist_view(request, {"title": "Log"} | (extra_context or {}))

    def _undo_in_place(self, request, pk: int | None) -> None:
        edit = Edit.objects.filter(pk=pk).first() if pk else None
        if edit is None:
            self.message_user(request, "Not undone: there is no such edit.", messages.ERROR)
        elif not self.has_undo_permission(request, edit):
            forbidden()
        else:
            self._undo(request, edit, "")

    def _undo(self, request, edit: Edit, reason: str) -> Edit | None:
        """Undo an edit and say so; returns the row of the log to show, or None if it could not be undone."""
        try:
            undoing = undo(edit, request.user, reason)
        except EditError as error:
            self.message_user(request, f"Not undone: {error}.", messages.ERROR)
            return None
        self.message_user(request, "Undone.", messages.SUCCESS)
        return undoing or edit

    def change_view(self, request, object_id, form_url="", extra_context=None):
        edit = self.get_object(request, object_id)
        if not self.has_view_permission(request, edit):
            raise PermissionDenied
        if edit is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        may_undo = self.has_undo_permission(request, edit)
        form = UndoForm(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            if not may_undo:
                return forbidden()
            if form.is_valid():
                shown = self._undo(request, edit, form.cleaned_data["reason"])
                if shown:
                    return HttpResponseRedirect(reverse("admin:articles_edit_change", args=[shown.pk]))
        return self._page(
            request, "admin/edit.html", str(edit), edit=edit, form=form,
            may_undo=may_undo and not edit.undone_by_id,
            stories=[(old, new, old or new) for old, new in story_changes(edit)],
            changes=changes(edit.before, edit.after, MODELS, MAX_CHANGES)[:MAX_CHANGES],
            undoings=edit.undoings.for_listing(),
        )  # fmt: skip

    def _page(self, request, template: str, title: str, **context) -> TemplateResponse:
        context |= {"title": title, "opts": self.opts, "media": self.media}
        return TemplateResponse(request, template, self.admin_site.each_context(request) | context)

    def health_view(self, request):
        if not request.user.has_perm("articles.view_health"):
            raise PermissionDenied
        return self._page(request, "admin/health.html", "Health", results=run_checks())


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["__str__", *IMPORT_COLUMNS]
    fields = ["paths", *IMPORT_COLUMNS]
    readonly_fields = ["files"]
    actions = ["undo"]

    @admin.display(description="files")
    def files(self, run):
        address = reverse("admin:articles_importoutcome_changelist")
        return format_html('<a href="{}?run__id__exact={}">outcome of each file</a>', address, run.pk)

    def has_undo_permission(self, request):
        return request.user.has_perm("articles.change_importrun")

    @admin.action(description="Undo the selected import", permissions=["undo"])
    def undo(self, request, queryset):
        if len(queryset) != 1:
            self.message_user(request, "Select one import.", messages.ERROR)
            return None
        run = queryset.get()
        text = (
            f"This takes back {run.created} articles that it created, {run.updated} that it changed and "
            f"{run.withdrawn} that it withdrew. What editors changed stays; importing again brings all back."
        )
        if page := ask_first(self, request, "Undo an import", text, "undo", [run]):
            return page
        try:
            counts = undo_import(queryset.get()).counts
        except UndoError as error:
            self.message_user(request, f"{error}.", messages.ERROR)
            return None
        group_waiting()
        text = "{updated} files restored, {withdrawn} withdrawn, {refused} not changed."
        self.message_user(request, text.format(**counts), messages.SUCCESS)
        return None


@admin.register(ImportOutcome)
class ImportOutcomeAdmin(ReadOnly, LargeListAdmin):
    list_display = ["path", "outcome", "place", "reason", "changed", "run"]
    list_filter = ["outcome"]
    search_fields = ["path"]
    list_select_related = ["run"]
    fields = ["run", "path", "outcome", "link", "place", "reason", "changed"]
    readonly_fields = ["place", "changed"]

    def lookup_allowed(self, lookup, value, request):
        return lookup == "run__id__exact" or super().lookup_allowed(lookup, value, request)

    @admin.display(description="field, line")
    def place(self, outcome):
        return ", ".join(str(part) for part in (outcome.field, outcome.line) if part)

    @admin.display(description="changes")
    def changed(self, outcome):
        rows = ((each["field"], each["old"] or "—", each["new"] or "—") for each in outcome.changes)
        return format_html_join(mark_safe("<br>"), "{}: {} → {}", rows)
