"""Articles on the desk: publish and rate them in the list."""

from django.contrib import admin, messages
from django.utils.html import format_html

from articles.admin import reasons
from articles.admin.image import thumbnail
from articles.models import Article
from articles.models.article import EDITABLE_FIELDS
from articles.stories import editing


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    list_display = ["picture", "title", "provider", "published_at", "quality", "is_published", "heat_shown"]
    list_display_links = ["title"]
    list_editable = ["quality", "is_published"]
    list_filter = [
        "is_published",
        "is_removed",
        "kind",
        "origin",
        ("topics", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["provider", "story"]
    list_per_page = 50
    search_fields = ["title", "provider__name", "provider__domain"]
    date_hierarchy = "published_at"
    actions = ["publish", "unpublish"]
    fields = [
        "title", "excerpt", "url", "published_at", "kind", "provider", "quality", "is_published",
        "is_removed", "heat", "origin", "edited_fields", "stem", "why_here", "why_together",
    ]  # fmt: skip
    readonly_fields = [
        "url", "published_at", "kind", "provider", "heat", "origin", "edited_fields", "stem", "why_here",
        "why_together",
    ]  # fmt: skip

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("image_links__image__renditions")

    def has_add_permission(self, request):
        return False

    def view_on_site(self, article):
        return article.get_absolute_url()

    @admin.display(description="picture")
    def picture(self, article):
        return next(
            (thumbnail(link.image) for link in article.image_links.all() if link.image.state == "ready"), ""
        )

    @admin.display(description="heat of the story")
    def heat_shown(self, article):
        if article.story is None:
            return ""
        return format_html(
            "{}{}", article.story.heat, " · lead" if article.story.lead_id == article.pk else ""
        )

    @admin.display(description="why here")
    def why_here(self, article):
        return reasons.why_here(article.story)

    @admin.display(description="why in its story")
    def why_together(self, article):
        return reasons.why_in_story(article.story, article)

    def save_model(self, request, obj, form, change):
        fields = [name for name in form.changed_data if name in EDITABLE_FIELDS]
        editing.save_edited(obj, fields, request.user)

    @admin.action(description="Publish the selected articles", permissions=["change"])
    def publish(self, request, queryset):
        edit = editing.set_published(queryset.select_related(None), True, request.user)
        self.message_user(request, f"{edit.article_count if edit else 0} published.", messages.SUCCESS)

    @admin.action(description="Unpublish the selected articles", permissions=["change"])
    def unpublish(self, request, queryset):
        edit = editing.set_published(queryset.select_related(None), False, request.user)
        self.message_user(request, f"{edit.article_count if edit else 0} unpublished.", messages.SUCCESS)
