"""Providers on the desk."""

from django.contrib import admin

from articles.models import Provider


@admin.register(Provider)
class ProviderAdmin(admin.ModelAdmin):
    list_display = ["name", "domain", "report_count"]
    search_fields = ["name", "domain"]
    fields = ["name", "domain"]
    readonly_fields = ["domain"]

    def has_add_permission(self, request):
        return False

    def save_model(self, request, obj, form, change):
        obj.edited_fields = sorted({*obj.edited_fields, *form.changed_data})
        super().save_model(request, obj, form, change)
