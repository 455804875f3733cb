"""Articles in the newsroom: publish and rate them in the list, change them one by one, add new ones."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils.html import format_html

from articles.admin.display import feed_explanation, first_thumbnail, grouping_explanation, rank_explanation
from articles.admin.forms import ArticleForm, NewArticleForm, RowForm
from articles.admin.mixins import FullTextSearch, HistoryInAuditLog
from articles.editing import articles as article_edits
from articles.models import Article
from articles.models.article import EDITABLE_FIELDS


@admin.register(Article)
class ArticleAdmin(HistoryInAuditLog, FullTextSearch, admin.ModelAdmin):
    form = ArticleForm
    list_display = ["picture", "title", "provider", "published_at", "quality", "is_published", "story_heat"]
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
    readonly_fields = [
        "url", "published_at", "kind", "provider", "heat", "origin", "edited_fields", "permalink", "why_here",
        "why_together", "from_feeds",
    ]  # fmt: skip
    fields = [
        "title", "excerpt", "url", "published_at", "kind", "provider", "quality", "is_published",
        "is_removed", "topic_names", "image_urls", "reason", *readonly_fields[4:],
    ]  # fmt: skip
    new_fields = [
        "url", "title", "excerpt", "published_at", "kind", "provider_name", "provider_domain", "quality",
        "is_published", "topic_names", "image_urls", "reason",
    ]  # fmt: skip

    class Media:
        css = {"all": ["css/newsroom.css"]}

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
        return False  # articles are withdrawn, which can be undone

    def view_on_site(self, article):
        return article.get_absolute_url()

    @admin.display(description="picture")
    def picture(self, article):
        return first_thumbnail(article)

    @admin.display(description="heat of the story")
    def story_heat(self, article):
        if article.story is None:
            return ""
        lead = " · lead" if article.story.lead_id == article.pk else ""
        address = reverse("admin:articles_story_change", args=[article.story_id])
        return format_html('<a href="{}">{}{}</a>', address, article.story.heat, lead)

    @admin.display(description="rank of its story")
    def why_here(self, article):
        return rank_explanation(article.story)

    @admin.display(description="why in its story")
    def why_together(self, article):
        return grouping_explanation(article)

    @admin.display(description="from feeds")
    def from_feeds(self, article):
        return feed_explanation(article)

    def save_form(self, request, form, change):
        if change:
            return form.instance
        return article_edits.add_article(form.checked, request.user, form.cleaned_data["reason"])

    def save_model(self, request, obj, form, change):
        if isinstance(form, RowForm):
            changed = [name for name in form.changed_data if name in EDITABLE_FIELDS]
            article_edits.save_article(obj, changed, request.user)
        elif change:
            article_edits.update_article(obj, form.checked, request.user, form.cleaned_data["reason"])

    def save_related(self, request, form, formsets, change):
        """Do nothing: topics and pictures are saved by the edit."""

    def _run(self, request, edit_function, queryset, done: str, *arguments) -> None:
        edit = edit_function(queryset.select_related(None), *arguments, user=request.user)
        count = edit.article_count if edit else 0
        self.message_user(request, f"{count} article{'' if count == 1 else 's'} {done}.", messages.SUCCESS)

    @admin.action(description="Publish the selected articles", permissions=["change"])
    def publish(self, request, queryset):
        self._run(request, article_edits.set_published, queryset, "published", True)

    @admin.action(description="Unpublish the selected articles", permissions=["change"])
    def unpublish(self, request, queryset):
        self._run(request, article_edits.set_published, queryset, "unpublished", False)

    @admin.action(description="Withdraw the selected articles for good", permissions=["withdraw"])
    def withdraw(self, request, queryset):
        self._run(request, article_edits.withdraw, queryset, "withdrawn")

    @admin.action(description="Restore the selected withdrawn articles", permissions=["withdraw"])
    def restore(self, request, queryset):
        self._run(request, article_edits.restore, queryset, "restored")
