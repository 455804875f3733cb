"""Articles on the desk: publish and rate them in the list, change them one by one, add one by hand."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html

from articles.admin import reasons
from articles.admin.article_form import ArticleForm, NewArticleForm, RowForm
from articles.admin.history import HistoryInLog
from articles.admin.image import thumbnail
from articles.admin.searched import FullTextSearch
from articles.editing import articles as editing
from articles.editing.adding import add_article, change_article
from articles.models import Article
from articles.models.article import EDITABLE_FIELDS


@admin.register(Article)
class ArticleAdmin(HistoryInLog, FullTextSearch, admin.ModelAdmin):
    form = ArticleForm
    list_display = ["picture", "title", "provider", "published_at", "quality", "is_published", "heat_shown"]
    list_display_links = ["title"]
    list_editable = ["quality", "is_published"]
    list_filter = ["is_published", "is_removed", "kind", "origin"]
    list_select_related = ["provider", "story"]
    list_per_page = 30
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    search_fields = ["title"]
    search_help_text = "Words of title, excerpt or provider"
    actions = ["publish", "unpublish", "withdraw", "restore"]
    fields = [
        "title", "excerpt", "url", "published_at", "kind", "provider", "quality", "is_published",
        "is_removed", "topic_names", "image_urls", "why", "heat", "origin", "edited_fields", "stem",
        "why_here", "why_together", "feeds_told",
    ]  # fmt: skip
    readonly_fields = [
        "url", "published_at", "kind", "provider", "heat", "origin", "edited_fields", "stem", "why_here",
        "why_together", "feeds_told",
    ]  # fmt: skip
    new_fields = [
        "url", "title", "excerpt", "published_at", "kind", "provider_name", "provider_domain", "quality",
        "is_published", "topic_names", "image_urls", "why",
    ]  # fmt: skip

    class Media:
        css = {"all": ["css/desk.css"]}

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("image_links__image__renditions")

    def get_form(self, request, obj=None, change=False, **kwargs):
        if obj is None:
            return NewArticleForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request, obj=None):
        return self.fields if obj else self.new_fields

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        may_withdraw = self.has_withdraw_permission(request)
        return self.readonly_fields if may_withdraw else [*self.readonly_fields, "is_removed"]

    def get_changelist_form(self, request, **kwargs):
        return RowForm

    def has_withdraw_permission(self, request):
        return request.user.has_perm("articles.delete_article")

    def has_delete_permission(self, request, obj=None):
        return False  # an article is withdrawn, which can be undone

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
        lead = " · lead" if article.story.lead_id == article.pk else ""
        address = reverse("admin:articles_story_change", args=[article.story_id])
        return format_html('<a href="{}">{}{}</a>', address, article.story.heat, lead)

    @admin.display(description="why here")
    def why_here(self, article):
        return reasons.why_here(article.story)

    @admin.display(description="why in its story")
    def why_together(self, article):
        return reasons.why_in_story(article.story, article)

    @admin.display(description="what feeds told")
    def feeds_told(self, article):
        return reasons.what_feeds_told(article)

    def save_form(self, request, form, change):
        if change:
            return form.instance
        return add_article(form.checked, request.user, form.cleaned_data["why"])

    def save_model(self, request, obj, form, change):
        if isinstance(form, RowForm):
            editing.save_edited(
                obj, [name for name in form.changed_data if name in EDITABLE_FIELDS], request.user
            )
        elif change:
            change_article(obj, form.checked, request.user, form.cleaned_data["why"])

    def save_related(self, request, form, formsets, change):
        """Topics and pictures are part of the act."""

    def _told(self, request, edit, what: str) -> None:
        self.message_user(request, f"{edit.article_count if edit else 0} {what}.", messages.SUCCESS)

    @admin.action(description="Publish the selected articles", permissions=["change"])
    def publish(self, request, queryset):
        edit = editing.set_published(queryset.select_related(None), True, request.user)
        self._told(request, edit, "published")

    @admin.action(description="Unpublish the selected articles", permissions=["change"])
    def unpublish(self, request, queryset):
        edit = editing.set_published(queryset.select_related(None), False, request.user)
        self._told(request, edit, "unpublished")

    @admin.action(description="Withdraw the selected articles for good", permissions=["withdraw"])
    def withdraw(self, request, queryset):
        edit = editing.withdraw(queryset.select_related(None), request.user)
        self._told(request, edit, "withdrawn")

    @admin.action(description="Put the selected withdrawn articles back", permissions=["withdraw"])
    def restore(self, request, queryset):
        edit = editing.restore(queryset.select_related(None), request.user)
        self._told(request, edit, "put back")
