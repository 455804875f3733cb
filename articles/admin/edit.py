"""The log of acts on the desk: who did what, when and why, and how to take it back; and the health list."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from articles.admin.health_report import health
from articles.admin.import_run import SeenOnly
from articles.admin.story_desk import refuse
from articles.editing.articles import EditError
from articles.editing.preview import paired
from articles.editing.undo import undo
from articles.models import Article, Decision, Edit, EditTouch

LONGEST = 300  # characters of a value that are shown
SHOWN = 200  # changed values that are shown of one act


class TouchFilter(admin.SimpleListFilter):
    """Acts that touched one row; it stands beside the list only when the address asks for it."""

    def lookups(self, request, model_admin):
        return [(self.value(), f"{self.parameter_name} {self.value()}")] if self.value() else []

    def queryset(self, request, queryset):
        value = self.value() or ""
        is_number = value.isdecimal() and len(value) < 18
        return queryset.touching(self.parameter_name, int(value)) if is_number else queryset


def _touching(noun: EditTouch.Noun) -> type[TouchFilter]:
    return type(f"{noun.label}Filter", (TouchFilter,), {"title": noun.label, "parameter_name": noun.value})


class UndoForm(forms.Form):
    why = forms.CharField(max_length=300, required=False, label="Why (optional)")


@admin.register(Edit)
class EditAdmin(SeenOnly, admin.ModelAdmin):
    list_display = ["act", "what", "made_by", "made_at", "article_count", "why", "state"]
    list_display_links = None
    list_filter = ["kind", *(_touching(noun) for noun in EditTouch.Noun)]
    list_select_related = ["made_by", "undoes"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()

    class Media:
        css = {"all": ["css/desk.css"]}

    def get_queryset(self, request):
        return Edit.objects.for_listing()

    def get_urls(self):
        view = self.admin_site.admin_view(self.health_view)
        return [path("health/", view, name="articles_edit_health"), *super().get_urls()]

    @admin.display(description="act")
    def act(self, edit):
        address = reverse("admin:articles_edit_change", args=[edit.pk])
        return format_html('<a href="{}">{}</a>', address, edit)

    @admin.display(description="what")
    def what(self, edit):
        told = [*edit.summary.get("before", ()), *edit.summary.get("after", ())]
        names = list(dict.fromkeys(each["title"] for each in told if each["title"]))
        more = f" and {len(names) - 2} more" if len(names) > 2 else ""
        return " / ".join(names[:2])[:LONGEST] + more

    @admin.display(description="state")
    def state(self, edit):
        return f"taken back by act {edit.undone_by_id}" if edit.undone_by_id else ""

    def has_undo_permission(self, request, edit: Edit) -> bool:
        """Who may do an act may take it back, whoever did it."""
        nouns = {noun for noun in (*edit.before, *edit.after) if noun in ("topic", "provider")}
        rights = [f"articles.change_{noun}" for noun in nouns] or ["articles.change_story"]
        return all(request.user.has_perm(right) for right in rights)

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
                return refuse()
            if form.is_valid() and (undoing := self._undo(request, edit, form.cleaned_data["why"])):
                return HttpResponseRedirect(reverse("admin:articles_edit_change", args=[undoing.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": str(edit),
            "opts": self.opts,
            "media": self.media,
            "edit": edit,
            "form": form,
            "may_undo": may_undo and not edit.undone_by_id,
            "stories": [(one, other, one or other) for one, other in paired(edit.summary)],
            "changes": _changes(edit)[:SHOWN],
            "undoings": edit.undoings.for_listing(),
        }
        return TemplateResponse(request, "admin/edit.html", context)

    def history_view(self, request, object_id, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        return HttpResponseRedirect(reverse("admin:articles_edit_change", args=[object_id]))

    def _undo(self, request, edit: Edit, why: str) -> Edit | None:
        try:
            undoing = undo(edit, request.user, why)
        except EditError as error:
            self.message_user(request, f"Not taken back: {error}.", messages.ERROR)
            return None
        self.message_user(request, "Taken back.", messages.SUCCESS)
        return undoing

    def health_view(self, request):
        if not request.user.has_perm("articles.view_health"):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": "Health",
            "opts": self.opts,
            "media": self.media,
            "findings": health(),
        }
        return TemplateResponse(request, "admin/health.html", context)


def _changes(edit: Edit) -> list[dict]:
    """What an act changed, value by value; decisions by the reports that they name."""
    found = _decisions(edit)
    for noun, rows in edit.after.items():
        if noun in ("place", "lost", "told", "decision"):
            continue
        for key, now in rows.items():
            then = edit.before.get(noun, {}).get(key)
            for name in now or then or {}:
                old, new = (then or {}).get(name), (now or {}).get(name)
                found.append({"row": f"{noun} {key}", "name": name, "old": _shown(old), "new": _shown(new)})
    return found


def _decisions(edit: Edit) -> list[dict]:
    sides = [edit.before.get("decision", {}), edit.after.get("decision", {})]
    rows = {key: sides[0].get(key) or sides[1].get(key) for key in sides[0].keys() | sides[1].keys()}
    named = {row[side] for row in rows.values() for side in ("article", "other")} - {None}
    titles = {row.pk: row.title[:80] for row in Article.objects.filter(pk__in=sorted(named)[:500])}
    found = []
    for key, row in sorted(rows.items(), key=lambda pair: int(pair[0]))[:SHOWN]:
        pair = " / ".join(titles.get(pk, f"article {pk}") for pk in (row["article"], row["other"]) if pk)
        told = Decision.Kind(row["kind"]).label
        old, new = (told if side.get(key) else "—" for side in sides)
        found.append({"row": pair, "name": "decision", "old": old, "new": new})
    return found


def _shown(value: object) -> str:
    return "—" if value in (None, "") else str(value)[:LONGEST]
