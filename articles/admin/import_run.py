"""Imports in the Newsroom: the outcome of each run, file by file, and how to undo a run."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from articles.admin.base import ReadOnly
from articles.importing.undo import UndoError, undo_import
from articles.models import ImportOutcome, ImportRun
from articles.stories.grouping import group_waiting

COLUMNS = ["started_at", "finished_at", "created", "updated", "withdrawn", "unchanged", "refused", "files"]


@admin.register(ImportRun)
class ImportRunAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["name", *COLUMNS]
    fields = ["name", "paths", *COLUMNS]
    readonly_fields = ["name", "files"]
    actions = ["undo"]

    @admin.display(description="import", ordering="pk")
    def name(self, run):
        return str(run)

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
            return
        try:
            counts = undo_import(queryset.get()).counts
        except UndoError as error:
            self.message_user(request, f"{error}.", messages.ERROR)
            return
        group_waiting()
        text = "{updated} files restored, {withdrawn} withdrawn, {refused} not changed."
        self.message_user(request, text.format(**counts), messages.SUCCESS)


@admin.register(ImportOutcome)
class ImportOutcomeAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["path", "outcome", "place", "reason", "changed", "run"]
    list_filter = ["outcome"]
    search_fields = ["path"]
    list_select_related = ["run"]
    list_per_page = 50
    show_full_result_count = False
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
