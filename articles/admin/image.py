"""Pictures on the desk: what became of each, and an editor's own choice."""

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.utils.html import format_html, format_html_join

from articles.editing.audit import act
from articles.http.client import MAX_BYTES
from articles.images import process
from articles.images.fetch import cache_images
from articles.models import Edit, Image

FETCHED_AT_ONCE = 8  # an editor waits for so many; more are left to the next run of cache_images
THUMBNAIL_HEIGHT = 48


def thumbnail(image: Image) -> str:
    """Return our smallest file of a picture as an <img>, or "" where there is none."""
    files = list(image.renditions.all())
    if not files:
        return ""
    width = max(1, round(THUMBNAIL_HEIGHT * files[0].width / files[0].height))
    return format_html(
        '<img src="{}" width="{}" height="{}" alt="" loading="lazy">', files[0].url, width, THUMBNAIL_HEIGHT
    )


class ImageForm(forms.ModelForm):
    """An editor's decision about a picture: a file of one's own, or one of the acts."""

    # No ImageField: that would decode the file in this process.
    upload = forms.FileField(
        label="A picture of your own",
        required=False,
        help_text="JPEG, PNG, GIF, WebP or AVIF. It is shown instead, until “fetch again”.",
    )
    act = forms.ChoiceField(
        label="Or",
        required=False,
        choices=[("", "leave it as it is"), ("fetch", "fetch again"), ("hide", "show no picture")],
    )

    def clean_upload(self):
        upload = self.cleaned_data["upload"]
        if upload and upload.size > MAX_BYTES:
            raise forms.ValidationError(f"A picture may have {MAX_BYTES:,} bytes at most.")
        if upload:
            data, recipe = upload.read(), process.recipe_of(self.instance)
            processed = process.process(data, process.hash_of(data), recipe, process.shared_decoders())
            if processed.reason:
                raise forms.ValidationError(f"This file {processed.reason}.")
            self.processed = processed
        return upload


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):
    form = ImageForm
    list_display = ["picture", "__str__", "state", "reason", "is_edited", "fetched_at"]
    list_display_links = ["__str__"]
    list_filter = ["state", "purpose", "is_edited"]
    search_fields = ["url"]
    show_full_result_count = False
    list_per_page = 50
    actions = ["fetch_again", "show_no_picture"]
    fields = [
        "files",
        "url",
        "state",
        "reason",
        "is_edited",
        "fetched_at",
        "tries",
        "next_try_at",
        "upload",
        "act",
    ]
    readonly_fields = ["files", "url", "state", "reason", "is_edited", "fetched_at", "tries", "next_try_at"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("renditions")

    def has_add_permission(self, request):
        return False

    @admin.display(description="picture")
    def picture(self, image):
        return thumbnail(image)

    @admin.display(description="our files")
    def files(self, image):
        rows = [(file.url, file.get_shape_display(), file.width, file.height, file.size)
                for file in image.renditions.all()]  # fmt: skip
        links = format_html_join("", '<li><a href="{}">{}, {} × {}, {} bytes</a></li>', rows)
        return format_html("{}<ul>{}</ul>", thumbnail(image), links) if rows else "none"

    def save_model(self, request, obj, form, change):
        if form.cleaned_data.get("upload"):
            obj.is_edited = True
            process.save_processed(obj, form.processed)
        elif form.cleaned_data.get("act") == "hide":
            self._hide(request, [obj])
        elif form.cleaned_data.get("act") == "fetch":
            self._fetch(request, [obj])

    def _hide(self, request, images) -> int:
        with act(Edit.Kind.PICTURE, request.user, image=[image.pk for image in images]):
            return process.hide(images)

    def _fetch(self, request, images) -> None:
        ids = process.reset(images)
        if len(ids) > FETCHED_AT_ONCE:
            self.message_user(request, f"{len(ids)} will be fetched by the next run of cache_images.")
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
        count = self._hide(request, queryset)
        self.message_user(request, f"{count} without a picture from now on.", messages.SUCCESS)
