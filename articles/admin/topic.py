"""Topics on the desk."""

from django.contrib import admin

from articles.models import Topic


@admin.register(Topic)
class TopicAdmin(admin.ModelAdmin):
    list_display = ["name", "parent", "position", "story_count"]
    list_select_related = ["parent"]
    search_fields = ["name"]
    fields = ["name", "short_name", "parent", "description", "keywords", "hashtags", "position"]

    def save_model(self, request, obj, form, change):
        obj.edited_fields = sorted({*obj.edited_fields, *form.changed_data})
        super().save_model(request, obj, form, change)
