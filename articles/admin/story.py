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
from django.utils.safestring import SafeString
from django.utils.text import Truncator

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
from articles.editing.audit import EditError
from articles.editing.undo import undo
from articles.models import Article, Edit, Pin, Story

STEP = 10  # what one click adds to a quality, or subtracts
# Name of a row's button: sign, label, and the edit of a list of stories.
BUTTONS = {
    "publish": ("✓", "Publish", story_edits.publish),
    "unpublish": ("✕", "Unpublish", story_edits.unpublish),
    "raise": ("+", f"Quality +{STEP}", partial(story_edits.change_quality, step=STEP)),
    "lower": ("−", f"Quality −{STEP}", partial(story_edits.change_quality, step=-STEP)),
}


TITLES = {
    "no": "Stories to decide", "yes": "Decided stories", "shown": "Decided, shown",
    "hidden": "Decided, not shown",
}  # fmt: skip
ROW_KINDS = (Edit.Kind.PUBLISH, Edit.Kind.UNPUBLISH, Edit.Kind.QUALITY)  # what a row's buttons do
EXCERPT = 200  # characters shown of it
OTHERS = 3  # further providers named in a row
_DONE = "queue_done"  # in the session: what the last button did


class StoryQueue(ChangeList):
    """A page of the queue.

    Each story has a `next_id` (the story to decide after it, the one below it), the names of `others` who
    report it, and, once after a button was pressed in its row, what was `done`. A story that left the list by
    that stays in its place once more.
    """

    def get_results(self, request):
        super().get_results(request)
        self.result_list = list(self.result_list)
        done = request.session.pop(_DONE, None)
        if done and request.method == "GET":
            self._put_back(done)
        below = [*self.result_list[1:], *self.result_list[-2:-1], None]  # of the last one: the one above it
        others = _names_below([story.pk for story in self.result_list])
        for story, following in zip(self.result_list, below, strict=False):
            story.next_id = following.pk if following else ""
            story.others = others.get(story.pk, [])
            story.done = done if done and done["story"] == story.pk else None

    def _put_back(self, done: dict) -> None:
        keys = [story.pk for story in self.result_list]
        if done["story"] in keys:
            return
        story = self.root_queryset.filter(pk=done["story"]).select_related("lead__provider").first()
        if story:
            place = keys.index(done["next"]) if done["next"] in keys else len(keys)
            self.result_list.insert(place, story)


def _names_below(stories: list[int]) -> dict[int, list[str]]:
    """Return the providers of the articles below each story's lead, each once, in the story's order."""
    rows = Article.objects.filter(story__in=stories, story_position__range=(1, 3 * OTHERS))
    names: dict[int, list[str]] = {}
    for story, name in rows.coverage_order().values_list("story", "provider__name"):
        found = names.setdefault(story, [])
        if name not in found:
            found.append(name)
    return names


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
    """The story queue: stories to decide first, then by rank."""

    list_display = [
        "decide", "picture", "title", "lead__quality", "articles", "heat", "time", "state",
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
        return rows.prefetch_related("lead__image_links__image__renditions", "topic_links__topic", pins)

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
        title = TITLES.get(request.GET.get("decided", ""), "Stories")
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def _decide(self, request):
        """Make the edit of a row's button, and return to the same place in the list."""
        name, number, next_number = (request.POST["edit"] + "..").split(".")[:3]
        pk, following = parse_id(number), parse_id(next_number)
        story = Story.objects.with_lead().filter(pk=pk, lead__isnull=False).first() if pk else None
        back = request.get_full_path()
        if not self.has_change_permission(request, story):
            forbidden()
        if story is None or name not in (*BUTTONS, "undo"):
            self.message_user(request, "This story no longer exists.", messages.WARNING)
            return HttpResponseRedirect(back)
        if name == "undo":
            edit, text = self._undo(request, story)
        else:
            edit = BUTTONS[name][2]([story], user=request.user)
            if "front" in request.POST:
                message_edit(self, request, edit, str(story))
                return HttpResponseRedirect(reverse("admin:index"))
            text = edit.get_kind_display().capitalize() if edit else "Nothing to change"
        request.session[_DONE] = {
            "story": story.pk, "next": following, "edit": edit.pk if edit else None, "text": text,
        }  # fmt: skip
        if name in ("publish", "unpublish") and following:
            return HttpResponseRedirect(f"{back}#publish{following}")
        return HttpResponseRedirect(f"{back}#{'row' if name == 'undo' else name}{story.pk}")

    def _undo(self, request, story: Story) -> tuple[Edit | None, str]:
        """Undo the edit that a row's answer names, if it is one of this story."""
        edits = Edit.objects.about("story", story.pk).filter(kind__in=ROW_KINDS)
        edit = edits.filter(pk=parse_id(request.POST.get("undo")) or 0).first()
        if edit is None:
            return None, "This edit no longer exists"
        try:
            undo(edit, request.user)
        except EditError as error:
            return None, f"Not undone: {error}"
        return None, "Undone"

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
        html = '<span class="newsroom-buttons" id="row{}">{}</span>{}'
        return format_html(html, story.pk, format_html_join("", button, rows), self._answer(story))

    def _answer(self, story) -> SafeString | str:
        """Return what the last button in this row did, with a button that undoes it."""
        if not story.done:
            return ""
        html = '<p class="newsroom-answer" role="status">{}{}</p>'
        undo_button = format_html(
            '<input type="hidden" name="undo" value="{0}"> <button class="button" name="edit"'
            ' value="undo.{1}.{2}" data-key="z">Undo<span class="visually-hidden">: {3}</span></button>',
            story.done["edit"], story.pk, story.next_id, story.lead.title,
        )  # fmt: skip
        return format_html(html, story.done["text"], undo_button if story.done["edit"] else "")

    @admin.display(description="picture")
    def picture(self, story):
        return first_thumbnail(story.lead)

    @admin.display(description="story")
    def title(self, story):
        lead = story.lead
        more = len(story.others) - OTHERS
        others = ", ".join(story.others[:OTHERS]) + (f" and {more} more" if more > 0 else "")
        topics = ", ".join(link.topic.name for link in story.topic_links.all()[:4])
        facts = " · ".join(filter(None, [f"with {others}" if others else "", topics]))
        html = (
            '<a class="newsroom-title" href="{}" dir="auto">{}</a>'
            '<div class="newsroom-excerpt" dir="auto">{}</div><div class="newsroom-line">'
            '<b>{}</b> · {}{}<a href="{}" rel="noreferrer">publisher’s page</a></div>'
        )
        address = reverse("admin:articles_story_change", args=[story.pk])
        excerpt = Truncator(lead.excerpt).chars(EXCERPT)
        return format_html(
            html, address, lead.title, excerpt, lead.provider.name, facts, " · " if facts else "", lead.url
        )

    @admin.display(description="articles")
    def articles(self, story):
        return f"{story.article_count} ({story.provider_count})"

    @admin.display(description="time")
    def time(self, story):
        return f"{timezone.localtime(story.published_at):%Y-%m-%d %H:%M}"

    @admin.display(description="state")
    def state(self, story):
        state = "published" if story.is_public else "not published"
        if story.lead.is_under_embargo:
            state += f", not before {timezone.localtime(story.lead.embargo_until):%Y-%m-%d %H:%M}"
        if pin := next(iter(story.lead.pins.all()), None):
            state += f", pinned until {timezone.localtime(pin.until):%Y-%m-%d %H:%M}"
        return state if story.is_reviewed else f"{state}, to decide"
