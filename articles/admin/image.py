"""Pictures in the Newsroom: their states, and an editor's own choice."""

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join

from articles.admin.base import HistoryInAuditLog, message_edit, thumbnail
from articles.editing.articles import fetch_images_again, hide_images, upload_picture
from articles.http.client import MAX_BYTES
from articles.images import process
from articles.images.fetch import cache_images
from articles.models import Image

MAX_FETCHED_NOW = 8  # an editor waits for so many; the next run of cache_images fetches more


class ImageForm(forms.ModelForm):
    """An editor's decision about a picture: a file of their own, or another action."""

    # Not an ImageField, which would decode the file in this process.
    upload = forms.FileField(
        label="Your own picture",
        required=False,
        help_text="JPEG, PNG, GIF, WebP or AVIF. It is shown until somebody chooses “fetch again”.",
    )
    action = forms.ChoiceField(
        label="Or",
        required=False,
        choices=[("", "change nothing"), ("fetch", "fetch again"), ("hide", "show no picture")],
    )

    def clean_upload(self):
        upload = self.cleaned_data["upload"]
        if upload and upload.size > MAX_BYTES:
            raise forms.ValidationError(f"A picture can have {MAX_BYTES:,} bytes at most.")
        if upload:
            data, recipe = upload.read(), process.recipe_of(self.instance)
            processed = process.process(data, process.hash_of(data), recipe, process.shared_decoders())
            if processed.reason:
                raise forms.ValidationError(f"This file {processed.reason}.")
            self.processed = processed
        return upload


@admin.register(Image)
class ImageAdmin(HistoryInAuditLog, admin.ModelAdmin):
    form = ImageForm
    list_display = [thumbnail, "__str__", "state", "reason", "is_edited", "fetched_at"]
    list_display_links = ["__str__"]
    list_filter = ["state", "purpose", "is_edited"]
    search_fields = ["url"]
    show_full_result_count = False
    list_per_page = 50
    actions = ["fetch_again", "show_no_picture"]
    readonly_fields = ["files", "url", "state", "reason", "is_edited", "fetched_at", "tries", "next_try_at"]
    fields = [*readonly_fields, "upload", "action"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("renditions")

    def has_add_permission(self, request):
        return False

    @admin.display(description="stored files")
    def files(self, image):
        rows = [(file.url, file.get_shape_display(), file.width, file.height, file.size)
                for file in image.renditions.all()]  # fmt: skip
        links = format_html_join("", '<li><a href="{}">{}, {} × {}, {} bytes</a></li>', rows)
        return format_html("{}<ul>{}</ul>", thumbnail(image), links) if rows else "none"

    def save_model(self, request, obj, form, change):
        if form.cleaned_data.get("upload"):
            edit = upload_picture(obj, form.processed, request.user)
            message_edit(self, request, edit, f"“{obj}”")
        elif form.cleaned_data.get("action") == "hide":
            message_edit(self, request, hide_images([obj], request.user), f"“{obj}”")
        elif form.cleaned_data.get("action") == "fetch":
            self._fetch(request, [obj])

    def _fetch(self, request, images) -> None:
        ids = fetch_images_again(images, request.user)
        if len(ids) > MAX_FETCHED_NOW:
            self.message_user(request, f"The next run of cache_images will fetch these {len(ids)} pictures.")
            return
        report = cache_images(ids)
        is_good = report.counts["ready"] + report.counts["unchanged"] == report.total
        level = messages.SUCCESS if is_good else messages.WARNING
        self.message_user(request, " ".join(report.lines()), level)

    @admin.action(description="Fetch again", permissions=["change"])
    def fetch_again(self, request, queryset: QuerySet):
        self._fetch(request, queryset)

    @admin.action(description="Show no picture", permissions=["change"])
    def show_no_picture(self, request, queryset: QuerySet):
        message_edit(self, request, hide_images(queryset, request.user), f"{len(queryset)} hidden")
