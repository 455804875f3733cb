"""Providers on the desk."""

from django.contrib import admin

from articles.admin.topic import NamedNoun
from articles.models import Provider


@admin.register(Provider)
class ProviderAdmin(NamedNoun, admin.ModelAdmin):
    list_display = ["name", "domain", "report_count"]
    search_fields = ["name", "domain"]
    fields = ["name", "domain"]
    readonly_fields = ["domain"]

    def has_add_permission(self, request):
        return False
