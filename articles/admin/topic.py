"""Topics on the desk, and what topics and providers have in common there."""

from django.contrib import admin, messages
from django.http import HttpResponseRedirect
from django.urls import reverse

from articles.admin.history import HistoryInLog
from articles.editing.articles import EditError
from articles.editing.taxonomy import delete_noun, save_noun
from articles.models import Topic


class NamedNoun(HistoryInLog):
    """Mixed into a ModelAdmin, makes every change an act in the log; what is needed is not deleted."""

    show_full_result_count = False

    def save_model(self, request, obj, form, change):
        save_noun(obj, form.changed_data if change else [], request.user)

    def delete_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, object_id)
        if request.method != "POST" or obj is None or not self.has_delete_permission(request, obj):
            return super().delete_view(request, object_id, extra_context)
        try:
            delete_noun(obj, request.user)
        except EditError as error:
            self.message_user(request, f"Not deleted: {error}.", messages.ERROR)
            return HttpResponseRedirect(request.path.replace("/delete/", "/change/"))
        self.message_user(request, f"“{obj}” is deleted.", messages.SUCCESS)
        return HttpResponseRedirect(reverse(f"admin:articles_{self.opts.model_name}_changelist"))

    def get_actions(self, request):
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)  # each is looked at
        return actions


@admin.register(Topic)
class TopicAdmin(NamedNoun, admin.ModelAdmin):
    list_display = ["name", "parent", "position", "story_count"]
    list_select_related = ["parent"]
    search_fields = ["name"]
    fields = ["name", "short_name", "parent", "description", "keywords", "hashtags", "position"]
