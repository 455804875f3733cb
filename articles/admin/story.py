"""Stories on the desk: the queue, in which editors decide, and a screen for each story."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from articles.admin import filters, story_desk
from articles.admin.history import HistoryInLog
from articles.admin.image import thumbnail
from articles.admin.searched import FullTextSearch
from articles.editing import articles as editing
from articles.editing.articles import EditError
from articles.models import Article, Story

STEP = 10  # what one press adds to a quality, or takes from it
AT_ONCE = 2000  # stories that one act may decide
BUTTONS = (
    ("publish", "✓", "Publish"), ("unpublish", "✕", "Unpublish"), ("raise", "+", f"Quality +{STEP}"),
    ("lower", "−", f"Quality −{STEP}"),
)  # fmt: skip


class QueueActionForm(ActionForm):
    """What bulk acts may be given."""

    quality = forms.IntegerField(required=False, min_value=0, max_value=1_000_000, label="Quality:")
    why = forms.CharField(required=False, max_length=300, label="Why:")


@admin.register(Story)
class StoryAdmin(HistoryInLog, FullTextSearch, admin.ModelAdmin):
    """Undecided leads first, by rank."""

    list_display = [
        "decide", "picture", "title", "provider", "quality", "reports", "heat", "time", "state",
    ]  # fmt: skip
    list_display_links = None
    list_filter = [
        filters.DecidedFilter, filters.PublicFilter, filters.QualityFilter, filters.SizeFilter,
        filters.AgeFilter, filters.PictureFilter, filters.LastImportFilter, filters.TopicFilter,
        filters.ProviderFilter,
    ]  # fmt: skip
    list_select_related = ["lead__provider"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()
    search_fields = ["lead__title"]
    actions = ["publish", "unpublish", "set_quality"]
    action_form = QueueActionForm
    change_list_template = "admin/queue.html"

    class Media:
        css = {"all": ["css/desk.css"]}
        js = ["js/desk.js"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).filter(lead__isnull=False)
        return rows.prefetch_related("lead__image_links__image__renditions")

    def get_ordering(self, request):
        return ["is_decided", "-rank", "-pk"]

    def searched(self, articles):
        return Article.objects.filter(pk__in=articles).exclude(story=None).values("story")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def view_on_site(self, story):
        return story.get_absolute_url() if story.is_public else None

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return story_desk.show(self, request, object_id)

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and "act" in request.POST:
            return self._decide(request)
        return super().changelist_view(request, extra_context)

    def _decide(self, request):
        """Do what a row's button says, and come back to the same place of the list."""
        name, _, number = request.POST["act"].partition(".")
        story = Story.objects.with_lead().filter(pk=number, lead__isnull=False).first() if (
            number.isdecimal() and len(number) < 18) else None  # fmt: skip
        back = request.get_full_path()
        if not self.has_change_permission(request, story):
            return story_desk.refuse()
        if story is None or name not in ACTS:
            self.message_user(request, "This story is no longer here.", messages.WARNING)
            return HttpResponseRedirect(back)
        place = self._place_after(request, story) if name in ("publish", "unpublish") else story.pk
        self._tell(request, ACTS[name]([story], request.user, ""), str(story))
        button = name if place == story.pk else "publish"
        return HttpResponseRedirect(f"{back}#{button}{place}" if place else back)

    def _place_after(self, request, story) -> int | None:
        """The row below the decided one: where the next decision is made."""
        rows = [row.pk for row in self.get_changelist_instance(request).result_list]
        if story.pk not in rows:
            return None
        place = rows.index(story.pk)
        return next(iter(rows[place + 1 :] or rows[:place][-1:]), None)

    def _tell(self, request, edit, title: str) -> None:
        if edit is None:
            self.message_user(request, f"Nothing to change: {title}")
            return
        address = reverse("admin:articles_edit_change", args=[edit.pk])
        text = '{}: {} — <a href="{}" data-key="z">undo</a>'
        self.message_user(
            request, format_html(text, edit.get_kind_display(), title, address), messages.SUCCESS
        )

    def _in_bulk(self, request, queryset, act) -> None:
        """Do one act on the leads of all these stories; `act` is given them, the editor and the reason."""
        stories = list(queryset.select_related("lead").prefetch_related(None)[: AT_ONCE + 1])
        try:
            if len(stories) > AT_ONCE:
                raise EditError(f"one act decides {AT_ONCE:,} stories at most")
            edit = act(stories, request.user, request.POST.get("why", ""))
        except EditError as error:
            self.message_user(request, f"Nothing was changed: {error}.", messages.ERROR)
            return
        self._tell(request, edit, f"{len(stories)} stories")

    @admin.action(description="Publish", permissions=["change"])
    def publish(self, request, queryset):
        self._in_bulk(request, queryset, ACTS["publish"])

    @admin.action(description="Unpublish", permissions=["change"])
    def unpublish(self, request, queryset):
        self._in_bulk(request, queryset, ACTS["unpublish"])

    @admin.action(description="Set quality", permissions=["change"])
    def set_quality(self, request, queryset):
        value = request.POST.get("quality", "").strip()
        if not value.isdecimal() or len(value) > 7:
            self.message_user(request, "Which quality? Write a number beside the act.", messages.ERROR)
            return
        self._in_bulk(
            request,
            queryset,
            lambda stories, by, why: editing.set_quality(_leads(stories), int(value), by, why),
        )

    @admin.display(description="decide")
    def decide(self, story):
        rows = ((name, sign, told, story.pk, story.lead.title) for name, sign, told in BUTTONS)
        buttons = format_html_join(
            "",
            '<button name="act" value="{0}.{3}" id="{0}{3}" title="{2}"><span aria-hidden="true">{1}</span>'
            '<span class="desk-said">{2}: {4}</span></button>',
            rows,
        )
        return format_html('<span class="desk-acts">{}</span>', buttons)

    @admin.display(description="picture")
    def picture(self, story):
        links = story.lead.image_links.all()
        return next((thumbnail(link.image) for link in links if link.image.state == "ready"), "")

    @admin.display(description="lead")
    def title(self, story):
        address = reverse("admin:articles_story_change", args=[story.pk])
        return format_html('<a class="desk-title" href="{}" dir="auto">{}</a>', address, story.lead.title)

    @admin.display(description="provider")
    def provider(self, story):
        return story.lead.provider.name

    @admin.display(description="quality")
    def quality(self, story):
        return story.lead.quality

    @admin.display(description="reports")
    def reports(self, story):
        return f"{story.article_count} ({story.source_count})"

    @admin.display(description="time")
    def time(self, story):
        return f"{story.published_at:%Y-%m-%d %H:%M}"

    @admin.display(description="state")
    def state(self, story):
        told = "published" if story.is_public else "not shown"
        return told if story.is_decided else f"{told}, undecided"


def _leads(stories) -> list[Article]:
    return [story.lead for story in stories]


def published_or_leading(stories) -> list[Article]:
    """Return the reports of these stories that put them before readers, and their leads."""
    ids = [story.pk for story in stories]
    shown = Article.objects.told().filter(story__in=ids, is_published=True)
    return list({article.pk: article for article in [*shown, *_leads(stories)]}.values())


ACTS = {
    "publish": lambda stories, by, why: editing.set_published(_leads(stories), True, by, why),
    "unpublish": lambda stories, by, why: editing.set_published(
        published_or_leading(stories), False, by, why
    ),
    "raise": lambda stories, by, why: editing.change_quality(_leads(stories), STEP, by, why),
    "lower": lambda stories, by, why: editing.change_quality(_leads(stories), -STEP, by, why),
}
