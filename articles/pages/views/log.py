"""What editors did, for readers: merged, split, retitled, withdrawn; when and why, but not who.

Only where the setting OPEN_LOG says so, and only what touched stories that readers saw. The words of a report
that readers may not see any more are not shown here either.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from articles.models import Article, Edit
from articles.pages.context import feed_links, render_page

PAGE = 40
_KINDS = Edit.Kind
LABELS = {
    _KINDS.MERGE: gettext_noop("Stories merged"),
    _KINDS.SPLIT: gettext_noop("Story split"),
    _KINDS.MOVE_OUT: gettext_noop("Reports moved out"),
    _KINDS.RETITLE: gettext_noop("Retitled"),
    _KINDS.UNPUBLISH: gettext_noop("Withdrawn"),
    _KINDS.REMOVE: gettext_noop("Withdrawn for good"),
    _KINDS.CHANGE: gettext_noop("Changed"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """An edit: what was done, when and why, and the stories that readers see of it, each with its address."""

    number: int
    label: str
    moment: datetime
    reason: str
    stories: list[tuple[str, str]]
    old_titles: list[str]

    @property
    def title(self) -> str:
        """The edit in one line."""
        named = " / ".join(title for title, _url in self.stories)
        return f"{self.label}: {named}" if named else self.label


def log_entries(before: int = 0) -> list[Entry]:
    """Return a page of edits and one more, latest first, from the one before the number `before` on."""
    if not settings.OPEN_LOG:
        raise Http404
    published = Edit.objects.for_visitors()
    edits = list((published.filter(pk__lt=before) if before else published)[: PAGE + 1])
    visible = {edit.pk: _public(edit) for edit in edits}
    leads = {story["lead"] for stories in visible.values() for story in stories}
    seen = {article.pk: article for article in Article.objects.shown_to_visitors(leads - {None})}
    return [_entry(edit, visible[edit.pk], seen) for edit in edits]


def _public(edit: Edit) -> list[dict]:
    """The stories of an edit that visitors saw, or see, as they became, or as they were."""
    sides = (*edit.summary.get("after", ()), *edit.summary.get("before", ()))
    return [story for story in sides if story["public"]]


def _entry(edit: Edit, stories: list[dict], seen: dict[int, Article]) -> Entry:
    label = _(LABELS[_KINDS((edit.undoes or edit).kind)])
    leads = (seen.get(story["lead"]) for story in stories)
    shown = [lead.story for lead in leads if lead and lead.story]
    now = {story.pk: (story.required_lead.title, story.get_absolute_url()) for story in shown}
    titles = {title for title, _url in now.values()}
    old = dict.fromkeys(story["title"] for story in stories if story["lead"] in seen)
    return Entry(
        number=edit.pk,
        label=_("Taken back: %s") % label if edit.undoes_id else label,
        moment=edit.made_at,
        reason=edit.reason,
        stories=list(now.values()),
        old_titles=[title for title in old if title not in titles],
    )


@require_safe
def log(request):
    """The log's page; `after` is the number of the last edit of the page before."""
    given = request.GET.get("after", "")
    after = int(given) if given.isascii() and given.isdigit() and len(given) < 18 else 0
    found = log_entries(after)
    entries, more = found[:PAGE], len(found) > PAGE
    return render_page(
        request,
        "pages/log.html",
        _("What the editors did"),
        description=_("Stories that were merged, split, retitled or withdrawn, when and why."),
        entries=entries,
        feeds=feed_links(reverse("articles:log"), _("What the editors did")),
        next_url=f"?after={entries[-1].number}" if more else "",
        first_url=request.path if after else "",
    )
