"""Pictures on the desk."""

from django.contrib import admin
from django.core.files.storage import default_storage
from django.utils.html import format_html

from articles.models import Image


def thumbnail(image: Image) -> str:
    """Return our smallest file of a picture as an <img>, or "" where there is none."""
    files = list(image.renditions.all())
    if not files:
        return ""
    return format_html(
        '<img src="{}" width="72" height="48" alt="" loading="lazy">', default_storage.url(files[0].name)
    )


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    list_display = ["picture", "__str__", "state", "reason"]
    list_display_links = ["__str__"]
    list_filter = ["state"]
    search_fields = ["url"]
    show_full_result_count = False
    readonly_fields = ["url", "state", "reason"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("renditions")

    def has_add_permission(self, request):
        return False

    @admin.display(description="picture")
    def picture(self, image):
        return thumbnail(image)
