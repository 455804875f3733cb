"""Articles in the Newsroom: publish and rate them in the list, change them one by one, add new ones.

The forms check what editors type by the rules of an article file.
"""

import re

from django import forms
from django.contrib import admin
from django.http import HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from articles.admin import filters
from articles.admin.base import (
    FullTextSearch,
    HistoryInAuditLog,
    LargeListAdmin,
    describe_reason,
    edit_in_bulk,
    first_thumbnail,
    message_edit,
    rank_explanation,
    typed_time,
)
from articles.admin.concurrency import ConcurrentForm, RowForm
from articles.editing import articles as article_edits
from articles.editing.audit import EditError
from articles.frontmatter.fields import LATEST, MAX_NUMBER, ArticleFields, FieldError, read_article
from articles.models import Article, SourceEntry
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


class ArticleForm(ConcurrentForm):
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

    embargo_until = forms.DateTimeField(
        label="Not public before", required=False, help_text="Left empty: public at its time.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "This is no time: write it as 2026-12-31 18:00."},
    )  # fmt: skip

    class Meta:
        model = Article
        fields = ("title", "excerpt", "quality", "is_published", "is_removed", "embargo_until")

    shared_fields = (
        "title", "excerpt", "quality", "is_published", "is_removed", "embargo_until", "topic_names",
        "image_urls",
    )  # fmt: skip

    columns = {"topic_names": "topics", "image_urls": "images"}

    def __init__(self, *args, instance=None, initial=None, **kwargs):
        if instance and instance.pk:
            lists = {
                "topic_names": "\n".join(article_edits.topic_names(instance)),
                "image_urls": "\n".join(article_edits.image_urls(instance)),
            }
            initial = lists | (initial or {})
        super().__init__(*args, instance=instance, initial=initial, **kwargs)
        self.checked: ArticleFields | None = None

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

    def clean_excerpt(self):
        return self._refuse_taken_down("excerpt")

    def clean_is_removed(self):
        return self._refuse_taken_down("is_removed")

    def _refuse_taken_down(self, name: str):
        value = self.cleaned_data[name]
        if self.instance.pk and value != getattr(self.instance, name):
            try:
                article_edits.refuse_taken_down([self.instance.pk], name)
            except EditError as error:
                raise forms.ValidationError(f"{error}.") from error
        return value

    def clean_embargo_until(self):
        until = self.cleaned_data["embargo_until"]
        if until and until != self.instance.embargo_until:
            try:
                article_edits.check_future(until)
            except EditError as error:
                raise forms.ValidationError(f"{str(error).capitalize()}.") from error
        return until

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


class ArticleRowForm(RowForm):
    """The fields that can be changed in the list."""

    shared_fields = ("is_published", "quality")
    quality = WholeNumber(
        min_value=0, max_value=MAX_NUMBER, widget=forms.NumberInput(attrs={"class": "newsroom-number"})
    )

    class Meta:
        model = Article
        fields = ("is_published", "quality")

    def _post_clean(self):
        """Leave the article as it is: the edit changes it."""


def _lines(text: str) -> list[str]:
    return [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


@admin.register(Article)
class ArticleAdmin(HistoryInAuditLog, FullTextSearch, LargeListAdmin):
    form = ArticleForm
    list_display = [
        first_thumbnail, "headline", "is_published", "quality", "provider", "time", "in_story",
    ]  # fmt: skip
    list_display_links = None
    list_editable = ["is_published", "quality"]
    list_filter = [
        filters.ArticleStateFilter, filters.DateFilter, filters.ArticleTopicFilter,
        filters.ArticleProviderFilter, "origin", "kind", filters.ArticlePictureFilter,
        filters.ArticleStoryFilter,
    ]  # fmt: skip
    ordering = ["-published_at", "-pk"]
    list_select_related = ["provider", "story"]
    list_per_page = 30
    sortable_by = ["headline", "is_published", "quality", "provider", "time"]
    search_fields = ["title"]
    search_help_text = "Words of title, excerpt or provider; a link; a number"
    actions = ["publish", "unpublish", "remove", "restore"]
    readonly_fields = [
        "url", "published_at", "kind", "provider", "heat", "origin", "edited_fields", "permalink", "why_here",
        "why_together", "from_feeds",
    ]  # fmt: skip
    fields = [
        "title", "excerpt", "url", "published_at", "kind", "provider", "quality", "is_published",
        "is_removed", "embargo_until", "topic_names", "image_urls", "reason", *readonly_fields[4:],
    ]  # fmt: skip
    new_fields = [
        "url", "title", "excerpt", "published_at", "kind", "provider_name", "provider_domain", "quality",
        "is_published", "topic_names", "image_urls", "reason",
    ]  # fmt: skip

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows.prefetch_related("image_links__image__renditions", "topic_links__topic")

    def get_form(self, request, obj=None, change=False, **kwargs):
        return super().get_form(request, obj, change=change, **kwargs) if obj else NewArticleForm

    def get_fields(self, request, obj=None):
        return self.fields if obj else self.new_fields

    def get_readonly_fields(self, request, obj=None):
        if obj is None:
            return []
        return [*self.readonly_fields, *([] if self.has_remove_permission(request) else ["is_removed"])]

    def get_changelist_form(self, request, **kwargs):
        return ArticleRowForm

    def has_remove_permission(self, request):
        return request.user.has_perm("articles.delete_article")

    def has_delete_permission(self, request, obj=None):
        return False  # articles are removed from the site, which can be undone

    def view_on_site(self, article):
        return article.get_absolute_url()

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and "_save" in request.POST and self.has_change_permission(request):
            formset_class = self.get_changelist_formset(request)
            rows = self._get_list_editable_queryset(request, formset_class.get_default_prefix())
            formset = formset_class(request.POST, queryset=rows)
            if formset.is_valid():
                return self._save_rows(request, formset)
        return super().changelist_view(request, {"title": "Articles"} | (extra_context or {}))

    def _save_rows(self, request, formset):
        """Save all changed rows as one edit, with one link to undo it."""
        rows = {
            form.instance.pk: {name: form.cleaned_data[name] for name in form.changed_data if name != "id"}
            for form in formset.forms
        }
        rows = {pk: values for pk, values in rows.items() if values}
        edit = article_edits.save_rows(rows, request.user)
        message_edit(self, request, edit, f"{len(rows)} article{'' if len(rows) == 1 else 's'}")
        return HttpResponseRedirect(request.get_full_path())

    @admin.display(description="title", ordering="title")
    def headline(self, article):
        names = ", ".join(link.name or link.topic.name for link in article.topic_links.all()[:4])
        html = (
            '<a class="newsroom-title" href="{}" dir="auto">{}</a>'
            '<div class="newsroom-line">{} <a href="{}" rel="noreferrer">publisher’s page</a></div>'
        )
        address = reverse("admin:articles_article_change", args=[article.pk])
        embargo = article.is_under_embargo and f"embargo until {typed_time(article.embargo_until)}"
        facts = " · ".join(filter(None, ["removed" if article.is_removed else "", embargo, names]))
        return format_html(html, address, article.title, facts and f"{facts} ·", article.url)

    @admin.display(description="time", ordering="published_at")
    def time(self, article):
        return f"{timezone.localtime(article.published_at):%Y-%m-%d %H:%M}"

    @admin.display(description="story")
    def in_story(self, article):
        if article.story is None:
            return "—"
        count = article.story.article_count
        text = "lead" if article.story.lead_id == article.pk else "in story"
        address = reverse("admin:articles_story_change", args=[article.story_id])
        return format_html('<a href="{}">{}{}</a>', address, text, f" of {count}" if count > 1 else "")

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
        if change:
            until = form.cleaned_data["embargo_until"]
            article_edits.update_article(
                obj, form.checked, request.user, form.cleaned_data["reason"], embargo_until=until
            )

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
