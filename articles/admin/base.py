"""What several pages of the Newsroom share: history in the audit log, search, pictures, explanations."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import ClassVar, NoReturn

from django.contrib import admin, messages
from django.contrib.admin.utils import model_ngettext
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext

from articles.editing.audit import EditError, record_edit
from articles.frontmatter.links import LinkError, clean_link, link_key
from articles.models import Article, Edit, Image, Story
from articles.search.query import Scope, find_best
from articles.search.text import parse_query
from articles.stories.matches import Explanation
from articles.stories.ranking import heat_terms, rank_terms

THUMBNAIL_HEIGHT = 48
MAX_REASON = 300  # characters
_SAME = {"title": "the same title", "text": "the same text", "link": "the same address"}


def parse_id(text: str | None) -> int | None:
    """Return the primary key that a form or an address holds, or None if it cannot be one."""
    return int(text) if text and text.isdecimal() and len(text) <= 18 else None


def parse_time(text: str) -> datetime | None:
    """Return the time that an editor chose, in the site's time zone unless it names one; None for ""."""
    if not text.strip():
        return None
    try:
        moment = parse_datetime(text.strip())
        if moment is None:
            raise ValueError
        return timezone.make_aware(moment) if timezone.is_naive(moment) else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise EditError(f"“{text[:40]}” is no time: write it as 2026-12-31 18:00") from error


def typed_time(moment: datetime | None) -> str:
    """Return a time as an input of the browser takes it, in the site's time zone."""
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}" if moment else ""


def forbidden() -> NoReturn:
    """Refuse: the answer is a page that says who may."""
    raise PermissionDenied


class LargeListAdmin(admin.ModelAdmin):
    """A list that is as fast at any size: nothing beyond the page is counted or sorted."""

    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by: ClassVar[list[str] | tuple[str, ...]] = ()

    class Media:
        css = {"all": ["css/newsroom.css"]}

    def get_action_choices(self, request, *given):
        """Name the actions in the language of the page."""
        return [(name, gettext(str(text))) for name, text in super().get_action_choices(request, *given)]


class ReadOnly:
    """A ModelAdmin whose rows nobody adds, changes or deletes by hand."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class HistoryInAuditLog:
    """A ModelAdmin whose history is the audit log; nothing is written to Django's own log."""

    def history_view(self, request, object_id, extra_context=None):
        if not self.has_view_permission(request):
            raise PermissionDenied
        address = reverse("admin:articles_edit_changelist")
        return HttpResponseRedirect(f"{address}?{self.opts.model_name}={object_id}")

    def log_addition(self, request, obj, message):
        """Do nothing: the audit log says more."""

    def log_deletions(self, request, queryset):
        """Do nothing: the audit log says more."""

    def log_change(self, request, obj, message):
        """Do nothing: the audit log says more."""


class LoggedInAuditLog(HistoryInAuditLog):
    """A ModelAdmin of which every change is an edit in the audit log, the lists of the row included."""

    def save_row(self, request, obj, form, change):
        obj.save()

    def save_model(self, request, obj, form, change):
        """Do nothing: `save_related`, which follows, saves the row and its lists as one edit."""

    def save_related(self, request, form, formsets, change):
        name, obj = self.opts.model_name, form.instance
        kind = Edit.Kind.CHANGE if change else Edit.Kind.ADD
        with record_edit(kind, request.user, **{name: [obj.pk] if change else []}) as recorder:
            self.save_row(request, obj, form, change)
            recorder.rows[name].add(obj.pk)
            super().save_related(request, form, formsets, change)
        message_edit(self, request, recorder.edit, f"“{obj}”")

    def delete_model(self, request, obj):
        self.delete_queryset(request, self.model._default_manager.filter(pk=obj.pk))

    def delete_queryset(self, request, queryset):
        keys = {self.opts.model_name: list(queryset.values_list("pk", flat=True))}
        with record_edit(Edit.Kind.DELETE, request.user, **keys):
            queryset.delete()


class FullTextSearch:
    """A ModelAdmin whose search box uses the site's search index, at the same cost for any size."""

    def rows_with(self, article_ids):
        """Return the ids of this model's rows that belong to these articles."""
        return article_ids

    def get_search_results(self, request, queryset, search_term):
        """Find rows by words, by the link of an article, or by their own number."""
        text = search_term.strip()
        if not text:
            return queryset, False
        article_ids = find_best(parse_query(text), Scope(include_hidden=True)).ids
        if text.startswith(("http://", "https://")):
            with suppress(LinkError):
                same = Article.objects.filter(link_key=link_key(clean_link(text)))
                article_ids = [*same.values_list("pk", flat=True), *article_ids]
        found = Q(pk__in=self.rows_with(article_ids))
        return queryset.filter(found | Q(pk=number) if (number := parse_id(text)) else found), False


def words_of_search(search_term: str) -> str:
    """Return what a list of names is searched for: of a link its domain."""
    text = search_term.strip()
    if not text.startswith(("http://", "https://")):
        return text
    return text.split("/")[2].removeprefix("www.") or text


class SearchByNumberToo:
    """A ModelAdmin whose search and autocomplete also find a row by its number, or by a link of its site."""

    def get_search_results(self, request, queryset, search_term):
        text = words_of_search(search_term)
        found, may_repeat = super().get_search_results(request, queryset, text)  # type: ignore[misc]
        number = parse_id(text)
        return (found | queryset.filter(pk=number) if number else found), may_repeat


def ask_first(model_admin: admin.ModelAdmin, request, title: str, text: str, action: str, rows):
    """Return a page that asks whether a weighty action is meant, or None once the editor has said so."""
    if "confirmed" in request.POST:
        return None
    context = {
        **model_admin.admin_site.each_context(request), "title": title, "text": text, "action": action,
        "rows": rows, "opts": model_admin.opts, "media": model_admin.media,
    }  # fmt: skip
    return TemplateResponse(request, "admin/confirm.html", context)


def message_edit(model_admin: admin.ModelAdmin, request, edit: Edit | None, subject: str) -> None:
    """Tell the editor what an edit changed, with a link to undo it."""
    if edit is None:
        model_admin.message_user(request, f"Nothing to change: {subject}")
        return
    address = reverse("admin:articles_edit_change", args=[edit.pk])
    html = '{}: {} — <a href="{}" data-key="z">undo</a>'
    text = format_html(html, edit.get_kind_display().capitalize(), subject, address)
    model_admin.message_user(request, text, messages.SUCCESS)


def edit_in_bulk(model_admin: admin.ModelAdmin, request, rows: Sequence, make_edit, *arguments) -> None:
    """Make a bulk action one edit of these rows, and tell the editor what it changed."""
    reason = request.POST.get("reason", "")
    try:
        if len(reason) > MAX_REASON or "\0" in reason:
            raise EditError(f"a reason has {MAX_REASON} characters at most")
        edit = make_edit(rows, *arguments, user=request.user, reason=reason)
    except EditError as error:
        model_admin.message_user(request, f"Nothing was changed: {error}.", messages.ERROR)
        return
    message_edit(model_admin, request, edit, f"{len(rows)} {model_ngettext(model_admin.opts, len(rows))}")


@admin.display(description="picture")
def thumbnail(image: Image) -> SafeString | str:
    """Return the smallest stored file of a picture as an <img>, or "" if there is none."""
    files = list(image.renditions.all())
    if not files:
        return ""
    width = max(1, round(THUMBNAIL_HEIGHT * files[0].width / files[0].height))
    html = '<img src="{}" width="{}" height="{}" alt="" loading="lazy">'
    return format_html(html, files[0].url, width, THUMBNAIL_HEIGHT)


@admin.display(description="picture")
def first_thumbnail(article: Article) -> SafeString | str:
    """Return the thumbnail of the first picture of an article that is ready, or ""."""
    links = article.image_links.all()
    return next((thumbnail(link.image) for link in links if link.image.state == Image.State.READY), "")


def rank_explanation(story: Story | None) -> SafeString | str:
    """Return the terms of a story's heat and rank as a table, with both sums."""
    if story is None or story.lead is None or story.published_at is None:
        return "—"
    heat = heat_terms(story.lead.quality, story.provider_count, story.heat_adjustment)
    rank = rank_terms(story.heat, story.published_at)
    rows = [(f"{value:+d}", name) for name, value in heat] + [(f"= {story.heat}", "heat")]
    rows += [(f"{value:+.3f}", name) for name, value in rank] + [(f"= {story.rank:.3f}", "rank")]
    cells = format_html_join("", "<tr><td>{}</td><td>{}</td></tr>", rows)
    return format_html("<table>{}</table>", cells)


def rank_in_words(story: Story) -> str:
    """Return what a rank follows from, as “9 independent providers in 4 hours, quality 50 of the lead”."""
    if story.lead is None:
        return "no article of this story is shown"
    count, first, last = story.provider_count, story.first_article_at, story.last_article_at
    words = "one provider" if count == 1 else f"{count} independent providers"
    if count > 1 and first and last:
        words += f" in {timesince(first, last, depth=1)}"
    words += f", quality {story.lead.quality} of the lead"
    added = story.heat_adjustment
    return f"{words}, {added:+d} by the editors" if added else words


def describe_reason(reason: Explanation) -> str:
    """Return in a few words what ties an article to its story; see `why_together`."""
    if reason.kind == "first":
        return "the first article of the story"
    if reason.kind == "editor":
        return f"an editor put it with “{reason.other}”"
    words = ", ".join(f"{word} {value:.2f}" for word, value in reason.words)
    cause = _SAME.get(reason.kind, f"similarity {reason.similarity:.2f}")
    return f"{cause} with “{reason.other}”{f': {words}' if words else ''}"
