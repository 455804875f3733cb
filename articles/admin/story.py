"""Stories on the desk."""

from django.contrib import admin

from articles.models import Story


@admin.register(Story)
class StoryAdmin(admin.ModelAdmin):
    list_display = ["__str__", "heat", "article_count", "source_count", "published_at", "is_public"]
    list_filter = ["is_public"]
    list_select_related = ["lead"]
    search_fields = ["lead__title"]
    fields = ["lead", "heat", "rank", "article_count", "source_count", "first_report_at", "last_report_at"]
    readonly_fields = fields
    list_per_page = 50

    def has_add_permission(self, request):
        return False
