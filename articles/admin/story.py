"""Stories on the desk."""

from django.contrib import admin

from articles.admin import reasons
from articles.models import Story


@admin.register(Story)
class StoryAdmin(admin.ModelAdmin):
    list_display = ["__str__", "heat", "article_count", "source_count", "published_at", "is_public"]
    list_filter = ["is_public"]
    list_select_related = ["lead"]
    search_fields = ["lead__title"]
    fields = [
        "lead", "article_count", "source_count", "first_report_at", "last_report_at", "why_here",
        "why_together",
    ]  # fmt: skip
    readonly_fields = fields
    list_per_page = 50

    @admin.display(description="why here")
    def why_here(self, story):
        return reasons.why_here(story)

    @admin.display(description="why together")
    def why_together(self, story):
        return reasons.why_in_story(story)

    def has_add_permission(self, request):
        return False
