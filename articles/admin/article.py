"""Articles in the Newsroom: publish and rate them in the list, change them one by one, add new ones.

The forms check what editors type by the rules of an article file.
"""

import re

from django import forms
from django.contrib import admin
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from articles.admin.base import (
    FullTextSearch,
    HistoryInAuditLog,
    LargeListAdmin,
    describe_reason,
    edit_in_bulk,
    first_thumbnail,
    rank_explanation,
)
from articles.editing import articles as article_edits
from articles.editing.audit import EditError
from articles.frontmatter.fields import LATEST, MAX_NUMBER, ArticleFields, FieldError, read_article
from articles.models import Article, SourceEntry
from articles.models.article import EDITABLE_FIELDS
from articles.sources.classify import quality
from articles.stories.matches import why_together

_AREA = {"rows": 3, "class": "vLargeTextField"}
# Key of an article file -> name of the same in the form and of the article's column
_NAMES = {
    "title": "title", "excerpt": "excerpt", "publishedDateTime": "published_at", "webUrl": "url",
    "type": "kind", "quality": "quality", "published": "is_published", "removed": "is_removed",
}  # fmt: skip
# Key of an article file -> field of the form where a mistake is shown
_PLACES = _NAMES | {
    "originalUrl": "url", "provider": "provider_name", "provider.domain": "provider_domain",
    "topics": "topic_names", "images": "image_urls",
}  # fmt: skip


class WholeNumber(forms.IntegerField):
    """A whole number written in ASCII digits, as in an article file."""

    def to_python(self, value):
        if value and not re.fullmatch(r"\s*-?[0-9]{1,9}\s*", str(value)):
            raise forms.ValidationError("This is not a whole number.")
        return super().to_python(value)


class ArticleForm(forms.ModelForm):
    """The fields of an article that editors decide; valid input ends up in `checked`."""

    title = forms.CharField(strip=False, widget=forms.TextInput(attrs={"class": "vTextField", "dir": "auto"}))
    excerpt = forms.CharField(strip=False, required=False, widget=forms.Textarea(attrs=_AREA))
    quality = WholeNumber(required=False)
    topic_names = forms.CharField(
        label="Topics", strip=False, required=False, widget=forms.Textarea(attrs=_AREA),
        help_text="One per line, the most important first.",
    )  # fmt: skip
    image_urls = forms.CharField(
        label="Pictures", strip=False, required=False, widget=forms.Textarea(attrs=_AREA),
        help_text="Addresses, one per line; the first that can be fetched is shown.",
    )  # fmt: skip
    reason = forms.CharField(max_length=300, required=False, help_text="Optional; stored in the audit log.")

    class Meta:
        model = Article
        fields = ("title", "excerpt", "quality", "is_published", "is_removed")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.checked: ArticleFields | None = None
        if self.instance.pk:
            self.initial["topic_names"] = "\n".join(article_edits.topic_names(self.instance))
            self.initial["image_urls"] = "\n".join(article_edits.image_urls(self.instance))

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        # The time of a stored article was checked before.
        now = LATEST if self.instance.pk else timezone.now()
        try:
            self.checked = read_article(self._front_matter(cleaned), now)
            article_edits.topic_rows(self.checked.topics)
        except FieldError as error:
            key = error.field.split(".")[0]
            name = _PLACES.get(error.field) or _PLACES.get(key, key)
            self.add_error(name if name in self.fields else None, f"This {error.reason}.")
        except EditError as error:
            self.add_error("topic_names", f"{error}.")
        return cleaned

    def _front_matter(self, cleaned: dict) -> dict:
        """Return the article as the front matter of a file, with the values of the form."""
        article = self.instance
        values = {name: getattr(article, name) for name in _NAMES.values()}
        if article.pk:
            values |= {"provider_name": article.provider.name, "provider_domain": article.provider.domain}
        values |= cleaned
        values |= {"excerpt": values["excerpt"] or None, "kind": values["kind"] or "article"}
        return {key: values[name] for key, name in _NAMES.items()} | {
            "provider": {"name": values["provider_name"], "domain": values["provider_domain"]},
            "topics": _lines(values.get("topic_names", "")),
            "images": [{"url": url} for url in _lines(values.get("image_urls", ""))],
        }

    def _post_clean(self):
        """Leave the article as it is: edits compare it with the form, and change it themselves."""


class NewArticleForm(ArticleForm):
    """A new article, that comes from no file."""

    url = forms.CharField(label="Link", strip=False, widget=forms.TextInput(attrs={"class": "vTextField"}))
    published_at = forms.CharField(
        label="Time",
        strip=False,
        help_text="Such as 2024-05-31 or 2024-05-31T09:30:00+02:00; UTC if there is no zone.",
    )
    kind = forms.CharField(
        initial="article", widget=forms.Select(choices=Article.Kind.choices), required=False
    )
    provider_name = forms.CharField(label="Provider", strip=False)
    provider_domain = forms.CharField(label="Domain of the provider", strip=False)

    class Meta:
        model = Article
        fields = ("title", "excerpt", "quality", "is_published")

    def clean(self):
        cleaned = super().clean()
        if self.checked:
            known = Article.objects.live().filter(link_key=self.checked.link_key).first()
            if known:
                self.add_error("url", f"There is already an article with this link: “{known.title}”.")
        return cleaned


class RowForm(forms.ModelForm):
    """The fields that can be changed in the list."""

    quality = WholeNumber(
        min_value=0, max_value=MAX_NUMBER, widget=forms.NumberInput(attrs={"class": "newsroom-number"})
    )

    class Meta:
        model = Article
        fields = ("quality", "is_published")


def _lines(text: str) -> list[str]:
    return [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


@admin.register(Article)
class ArticleAdmin(HistoryInAuditLog, FullTextSearch, LargeListAdmin):
    form = ArticleForm
    list_display = [
        first_thumbnail, "title", "provider", "published_at", "quality", "is_published", "story_heat",
    ]  # fmt: skip
    list_display_links = ["title"]
    list_editable = ["quality", "is_published"]
    list_filter = ["is_published", "is_removed", "kind", "origin"]
    list_select_related = ["provider", "story"]
    list_per_page = 30
    search_fields = ["title"]
    search_help_text = "Words of title, excerpt or provider"
    actions = ["publish", "unpublish", "remove", "restore"]
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

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("image_links__image__renditions")

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change=change, **kwargs) if obj else NewArticleForm

    def get_fields(self, request, obj=None):
        return self.fields if obj else self.new_fields

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        return [*self.readonly_fields, *([] if self.has_remove_permission(request) else ["is_removed"])]

    def get_changelist_form(self, request, **kwargs):
        return RowForm

    def has_remove_permission(self, request):
        return request.user.has_perm("articles.delete_article")

    def has_delete_permission(self, request, obj=None):
        return False  # articles are removed from the site, which can be undone

    def view_on_site(self, article):
        return article.get_absolute_url()

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
        if article.story_id is None:
            return "—"
        others = Article.objects.live().filter(story=article.story_id).order_by("published_at", "link_key")
        reason = why_together(list(others)).get(article.pk)
        return describe_reason(reason) if reason else "—"

    @admin.display(description="from feeds")
    def from_feeds(self, article):
        entries = SourceEntry.objects.of_article(article)
        context = {"entries": [(entry, quality(entry.quality)) for entry in entries]}
        return render_to_string("admin/from_feeds.html", context)

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

    @admin.action(description="Publish the selected articles", permissions=["change"])
    def publish(self, request, queryset):
        edit_in_bulk(self, request, queryset, article_edits.set_published, True)

    @admin.action(description="Unpublish the selected articles", permissions=["change"])
    def unpublish(self, request, queryset):
        edit_in_bulk(self, request, queryset, article_edits.set_published, False)

    @admin.action(description="Remove the selected articles from the site", permissions=["remove"])
    def remove(self, request, queryset):
        edit_in_bulk(self, request, queryset, article_edits.remove)

    @admin.action(description="Restore the selected removed articles", permissions=["remove"])
    def restore(self, request, queryset):
        edit_in_bulk(self, request, queryset, article_edits.restore)
