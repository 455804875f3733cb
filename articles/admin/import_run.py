"""Imports on the desk: what each run did."""

from django.contrib import admin

from articles.models import ImportRun


@admin.register(ImportRun)
class ImportRunAdmin(admin.ModelAdmin):
    list_display = ["id", "started_at", "finished_at", "created", "updated", "unchanged", "refused"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
