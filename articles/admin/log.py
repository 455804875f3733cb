"""What changed the archive, in the Newsroom: edits and imports, and how to undo one."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from articles.admin.base import LargeListAdmin, ReadOnly, forbidden
from articles.admin.filters import TARGET_FILTERS
from articles.admin.health_report import run_checks
from articles.editing.articles import REMOVE
from articles.editing.audit import TRACKED, EditError, story_changes
from articles.editing.undo import undo
from articles.importing.undo import UndoError, undo_import
from articles.models import Article, Decision, Edit, ImportOutcome, ImportRun
from articles.stories.grouping import group_waiting

MAX_TEXT = 300  # characters shown of a value
MAX_CHANGES = 200  # changed values shown of one edit
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
    list_display = ["__str__", "stories", "made_by", "made_at", "article_count", "reason", "state"]
    list_filter = ["kind", *TARGET_FILTERS]
    list_select_related = ["made_by", "undoes"]

    def get_queryset(self, request):
        return Edit.objects.for_listing()

    def get_urls(self):
        view = self.admin_site.admin_view(self.health_view)
        return [path("health/", view, name="articles_edit_health"), *super().get_urls()]

    @admin.display(description="stories")
    def stories(self, edit):
        summaries = [*edit.summary.get("before", ()), *edit.summary.get("after", ())]
        titles = list(dict.fromkeys(story["title"] for story in summaries if story["title"]))
        more = f" and {len(titles) - 2} more" if len(titles) > 2 else ""
        return " / ".join(titles[:2])[:MAX_TEXT] + more

    @admin.display(description="state")
    def state(self, edit):
        return f"undone by edit {edit.undone_by_id}" if edit.undone_by_id else ""

    def has_undo_permission(self, request, edit: Edit) -> bool:
        """Whoever may make an edit may undo it, no matter who made it."""
        if "takedown" in edit.before and not request.user.has_perm(REMOVE):
            return False
        names = {"topic", "provider"}.intersection(edit.before, edit.after) or {"story"}
        return all(request.user.has_perm(f"articles.change_{name}") for name in names)

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
                try:
                    undoing = undo(edit, request.user, form.cleaned_data["reason"])
                except EditError as error:
                    self.message_user(request, f"Not undone: {error}.", messages.ERROR)
                else:
                    self.message_user(request, "Undone.", messages.SUCCESS)
                    key = undoing.pk if undoing else edit.pk
                    return HttpResponseRedirect(reverse("admin:articles_edit_change", args=[key]))
        return self._page(
            request, "admin/edit.html", str(edit), edit=edit, form=form,
            may_undo=may_undo and not edit.undone_by_id,
            stories=[(old, new, old or new) for old, new in story_changes(edit)],
            changes=_changed_values(edit)[:MAX_CHANGES], undoings=edit.undoings.for_listing(),
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


def _changed_values(edit: Edit) -> list[dict]:
    found = _changed_decisions(edit)
    for name, rows in edit.after.items():
        if name not in TRACKED or name == "decision":
            continue
        for key, new in rows.items():
            old = edit.before.get(name, {}).get(key)
            for column in new or old or {}:
                values = [_text((side or {}).get(column)) for side in (old, new)]
                found.append({"row": f"{name} {key}", "name": column, "old": values[0], "new": values[1]})
    return found


def _changed_decisions(edit: Edit) -> list[dict]:
    """Return the created and deleted decisions, with the titles of the articles they are about."""
    before, after = edit.before.get("decision", {}), edit.after.get("decision", {})
    rows = {int(key): before.get(key) or after.get(key) for key in before.keys() | after.keys()}
    articles = {row[side] for row in rows.values() for side in ("article", "other")} - {None}
    titles = {row.pk: row.title[:80] for row in Article.objects.filter(pk__in=sorted(articles)[:500])}
    found = []
    for key, row in sorted(rows.items())[:MAX_CHANGES]:
        pair = " / ".join(titles.get(pk, f"article {pk}") for pk in (row["article"], row["other"]) if pk)
        label = Decision.Kind(row["kind"]).label
        old, new = (label if side.get(str(key)) else "—" for side in (before, after))
        found.append({"row": pair, "name": "decision", "old": old, "new": new})
    return found


def _text(value: object) -> str:
    return "—" if value in (None, "") else str(value)[:MAX_TEXT]
