"""Stories in the Newsroom: the queue, in which editors decide about stories one by one or in bulk."""

from functools import partial

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.views.main import ChangeList
from django.db.models import Prefetch
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from articles.admin import filters, story_page
from articles.admin.base import (
    MAX_REASON,
    FullTextSearch,
    HistoryInAuditLog,
    LargeListAdmin,
    edit_in_bulk,
    first_thumbnail,
    forbidden,
    message_edit,
    parse_id,
)
from articles.editing import stories as story_edits
from articles.models import Article, Pin, Story

STEP = 10  # what one click adds to a quality, or subtracts
# Name of a row's button: sign, label, and the edit of a list of stories.
BUTTONS = {
    "publish": ("✓", "Publish", story_edits.publish),
    "unpublish": ("✕", "Unpublish", story_edits.unpublish),
    "raise": ("+", f"Quality +{STEP}", partial(story_edits.change_quality, step=STEP)),
    "lower": ("−", f"Quality −{STEP}", partial(story_edits.change_quality, step=-STEP)),
}


class StoryQueue(ChangeList):
    """A page of the queue. Each story has a `next_id`: the story to decide after it, the one below it."""

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        below = [*self.result_list[1:], *self.result_list[-2:-1], None]  # of the last one: the one above it
        for story, following in zip(self.result_list, below, strict=False):
            story.next_id = following.pk if following else ""


class BulkActionForm(ActionForm):
    """What the editor adds to a bulk edit."""

    # Checked by the action, which says what is wrong; Django would only say “No action selected”.
    quality = forms.CharField(
        required=False, label="Quality:", widget=forms.NumberInput(attrs={"min": 0, "max": 1_000_000})
    )
    reason = forms.CharField(
        required=False, label="Reason:", widget=forms.TextInput(attrs={"maxlength": MAX_REASON})
    )


@admin.register(Story)
class StoryAdmin(HistoryInAuditLog, FullTextSearch, LargeListAdmin):
    """The story queue: unreviewed stories first, then by rank."""

    list_display = [
        "decide", "picture", "title", "lead__provider", "lead__quality", "articles", "heat", "time", "state",
    ]  # fmt: skip
    list_display_links = None
    list_filter = [
        filters.ReviewedFilter, filters.PublicFilter, filters.QualityFilter, filters.SizeFilter,
        filters.AgeFilter, filters.PictureFilter, filters.PinnedFilter,
        filters.LastImportFilter, filters.TopicFilter, filters.ProviderFilter,
    ]  # fmt: skip
    list_select_related = ["lead__provider"]
    search_fields = ["lead__title"]
    actions = ["publish", "unpublish", "set_quality"]
    action_form = BulkActionForm
    change_list_template = "admin/story_queue.html"

    class Media:
        js = ["js/newsroom.js"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).filter(lead__isnull=False)
        pins = Prefetch("lead__pins", queryset=Pin.objects.active())
        return rows.prefetch_related("lead__image_links__image__renditions", pins)

    def get_changelist(self, request, **kwargs):
        return StoryQueue

    def get_ordering(self, request):
        return ["is_reviewed", "-rank", "-pk"]

    def rows_with(self, article_ids):
        return Article.objects.filter(pk__in=article_ids).exclude(story=None).values("story")

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def view_on_site(self, story):
        return story.get_absolute_url() if story.is_public else None

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return story_page.respond(self, request, object_id)

    def changelist_view(self, request, extra_context=None):
        if request.method == "POST" and "edit" in request.POST:
            return self._decide(request)
        return super().changelist_view(request, {"title": "Story queue"} | (extra_context or {}))

    def _decide(self, request):
        """Make the edit of a row's button, and return to the same place in the list."""
        name, number, next_number = (request.POST["edit"] + "..").split(".")[:3]
        pk = parse_id(number)
        story = Story.objects.with_lead().filter(pk=pk, lead__isnull=False).first() if pk else None
        back = request.get_full_path()
        if not self.has_change_permission(request, story):
            return forbidden()
        if story is None or name not in BUTTONS:
            self.message_user(request, "This story no longer exists.", messages.WARNING)
            return HttpResponseRedirect(back)
        _, _, edit_stories = BUTTONS[name]
        message_edit(self, request, edit_stories([story], user=request.user), str(story))
        if name not in ("publish", "unpublish"):
            return HttpResponseRedirect(f"{back}#{name}{story.pk}")
        focus = parse_id(next_number)
        return HttpResponseRedirect(f"{back}#publish{focus}" if focus else back)

    def _edit_all(self, request, queryset, make_edit, *arguments) -> None:
        stories = queryset.select_related("lead").prefetch_related(None)[: story_edits.MAX_STORIES + 1]
        edit_in_bulk(self, request, list(stories), make_edit, *arguments)

    @admin.action(description="Publish", permissions=["change"])
    def publish(self, request, queryset):
        self._edit_all(request, queryset, story_edits.publish)

    @admin.action(description="Unpublish", permissions=["change"])
    def unpublish(self, request, queryset):
        self._edit_all(request, queryset, story_edits.unpublish)

    @admin.action(description="Set quality", permissions=["change"])
    def set_quality(self, request, queryset):
        quality = request.POST.get("quality", "").strip()
        if not quality.isdecimal() or not quality.isascii() or len(quality) > 7 or int(quality) > 1_000_000:
            text = "Enter a quality next to the action: a whole number from 0 to 1,000,000."
            self.message_user(request, text, messages.ERROR)
            return
        self._edit_all(request, queryset, story_edits.set_quality, int(quality))

    @admin.display(description="decide")
    def decide(self, story):
        # Not a template: 50 of them would take 10 ms more.
        button = (
            '<button name="edit" value="{0}.{3}.{4}" id="{0}{3}" title="{2}">'
            '<span aria-hidden="true">{1}</span><span class="visually-hidden">{2}: {5}</span></button>'
        )
        facts = (story.pk, story.next_id, story.lead.title)
        rows = ((name, sign, label, *facts) for name, (sign, label, _) in BUTTONS.items())
        return format_html('<span class="newsroom-buttons">{}</span>', format_html_join("", button, rows))

    @admin.display(description="picture")
    def picture(self, story):
        return first_thumbnail(story.lead)

    @admin.display(description="lead")
    def title(self, story):
        address = reverse("admin:articles_story_change", args=[story.pk])
        return format_html('<a class="newsroom-title" href="{}" dir="auto">{}</a>', address, story.lead.title)

    @admin.display(description="articles")
    def articles(self, story):
        return f"{story.article_count} ({story.provider_count})"

    @admin.display(description="time")
    def time(self, story):
        return f"{story.published_at:%Y-%m-%d %H:%M}"

    @admin.display(description="state")
    def state(self, story):
        state = "published" if story.is_public else "not published"
        if story.lead.is_under_embargo:
            state += f", not before {timezone.localtime(story.lead.embargo_until):%Y-%m-%d %H:%M}"
        if pin := next(iter(story.lead.pins.all()), None):
            state += f", pinned until {timezone.localtime(pin.until):%Y-%m-%d %H:%M}"
        return state if story.is_reviewed else f"{state}, unreviewed"
