"""Topics and providers in the Newsroom."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import reverse

from articles.admin.base import HistoryInAuditLog
from articles.editing.articles import delete_taxonomy, save_taxonomy
from articles.editing.audit import EditError
from articles.models import Provider, Topic


class TaxonomyAdmin(HistoryInAuditLog, admin.ModelAdmin):
    """Every change is an edit in the audit log; a row that articles use is not deleted."""

    show_full_result_count = False
    actions = None  # rows are deleted one by one

    def save_model(self, request, obj, form, change):
        save_taxonomy(obj, form.changed_data if change else [], request.user)

    def delete_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, object_id)
        if request.method != "POST" or obj is None or not self.has_delete_permission(request, obj):
            return super().delete_view(request, object_id, extra_context)
        try:
            delete_taxonomy(obj, request.user)
        except EditError as error:
            self.message_user(request, f"Not deleted: {error}.", messages.ERROR)
            return HttpResponseRedirect(request.path.replace("/delete/", "/change/"))
        self.message_user(request, f"“{obj}” was deleted.", messages.SUCCESS)
        return HttpResponseRedirect(reverse(f"admin:articles_{self.opts.model_name}_changelist"))


@admin.register(Topic)
class TopicAdmin(TaxonomyAdmin):
    list_display = ["name", "parent", "position", "story_count"]
    list_select_related = ["parent"]
    search_fields = ["name"]
    fields = ["name", "short_name", "parent", "description", "keywords", "hashtags", "position"]


@admin.register(Provider)
class ProviderAdmin(TaxonomyAdmin):
    list_display = ["name", "domain", "article_count"]
    search_fields = ["name", "domain"]
    fields = ["name", "domain"]
    readonly_fields = ["domain"]

    def has_add_permission(self, request):
        return False
