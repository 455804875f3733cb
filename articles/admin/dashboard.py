"""The front of the newsroom: what waits for an editor, what changed, and the last edits.

Each panel is a number that leads to its list, with the first rows of that list. A panel is shown to whoever
may see the list.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.http import urlencode
from django.utils.translation import ngettext

from articles.models import Account, Article, Edit, Image, ImportOutcome, ImportRun, Pin, Source, Story
from articles.stories.grouping import current_constraints

ROWS = 3  # of each panel
EDITS = 8


@dataclass
class Row:
    """A line of a panel: its text, a note, where it leads, and the story that can be decided in it."""

    title: str
    note: str
    url: str
    story: int | None = None


@dataclass
class Panel:
    """A number with its name, the list it leads to, and the first rows of that list."""

    count: int
    name: str
    url: str
    rows: list[Row] = field(default_factory=list)
    is_trouble: bool = False


def panels(user) -> list[Panel]:
    """Return the panels that a user may see; also records the visit, from which the next one counts."""
    account = Account.objects.record_visit(user)
    return [
        panel
        for permission, make in PANELS
        if user.has_perm(f"articles.{permission}") and (panel := make(account))
    ]


def undecided(account: Account) -> Panel:
    stories = Story.objects.filter(lead__isnull=False, is_reviewed=False)
    rows = [
        Row(str(story), _size(story), _page("story", story.pk), story.pk)
        for story in stories.select_related("lead__provider").order_by("-rank", "-pk")[:ROWS]
    ]
    count = stories.count()
    name = ngettext("story to decide", "stories to decide", count)
    return Panel(count, name, _list("story", decided="no"), rows)


def _size(story: Story) -> str:
    name = story.lead.provider.name if story.lead else ""
    others = story.provider_count - 1
    return f"{name} and {others} more" if others > 0 else name


def arrived(account: Account) -> Panel | None:
    if account.last_visit_at is None:
        return None
    articles = Article.objects.live().filter(pk__gt=account.last_visit_article)
    rows = [
        Row(article.title, article.provider.name, _page("article", article.pk))
        for article in articles.select_related("provider").order_by("-pk")[:ROWS]
    ]
    when = formats.date_format(timezone.localtime(account.last_visit_at), "SHORT_DATETIME_FORMAT")
    count = articles.count()
    name = ngettext("new article since your last visit", "new articles since your last visit", count)
    return Panel(count, f"{name}, {when}", _list("article", id__gt=account.last_visit_article), rows)


def failing_sources(account: Account) -> Panel:
    sources = Source.objects.active().failing()
    rows = [Row(str(each), each.last_outcome, _page("source", each.pk)) for each in sources[:ROWS]]
    count = sources.count()
    name = ngettext("failing source", "failing sources", count)
    return Panel(count, name, _list("source", state="failing"), rows, bool(rows))


def failed_pictures(account: Account) -> Panel:
    images = Image.objects.filter(state__in=[Image.State.FAILED, Image.State.REFUSED], is_edited=False)
    rows = [Row(str(each), each.reason, _page("image", each.pk)) for each in images.order_by("-pk")[:ROWS]]
    count = images.count()
    name = ngettext("failed picture", "failed pictures", count)
    states = f"{Image.State.FAILED},{Image.State.REFUSED}"
    return Panel(count, name, _list("image", state__in=states), rows, bool(rows))


def refused_files(account: Account) -> Panel | None:
    run = ImportRun.objects.order_by("-pk").first()
    if run is None:
        return None
    refused = ImportOutcome.objects.filter(run=run, outcome=ImportOutcome.Kind.REFUSED)
    rows = [
        Row(each.path[-80:], f"{each.field}: {each.reason}", _page("importoutcome", each.pk))
        for each in refused[:ROWS]
    ]
    address = _list("importoutcome", run__id__exact=run.pk, outcome__exact=ImportOutcome.Kind.REFUSED)
    name = ngettext("file refused by the last import", "files refused by the last import", run.refused)
    return Panel(run.refused, name, address, rows, bool(rows))


def contradictions(account: Account) -> Panel:
    count = len(current_constraints().contradictions)
    address = reverse("admin:articles_edit_health") + "#contradictions"
    name = ngettext("contradicting decision", "contradicting decisions", count)
    return Panel(count, name, address, is_trouble=bool(count))


def embargoed(account: Account) -> Panel | None:
    articles = Article.objects.filter(embargo_until__gt=timezone.now()).order_by("embargo_until")
    rows = [
        Row(str(each), f"not before {_time(each.embargo_until)}", _page("article", each.pk))
        for each in articles[:ROWS]
    ]
    count = len(rows) and articles.count()
    name = ngettext("article under embargo", "articles under embargo", count)
    return Panel(count, name, _list("article", state="embargo"), rows) if rows else None


def pinned(account: Account) -> Panel | None:
    pins = Pin.objects.active().select_related("article", "topic").order_by("until")
    rows = [
        Row(str(pin.article), f"{pin.topic or 'front page'}, until {_time(pin.until)}", _pinned_page(pin))
        for pin in pins[:ROWS]
    ]
    count = len(rows) and pins.count()
    name = ngettext("pinned story", "pinned stories", count)
    return Panel(count, name, _list("story", pinned="yes"), rows) if rows else None


def _pinned_page(pin: Pin) -> str:
    story = pin.article.story_id
    return _page("story", story) if story else _page("article", pin.article_id)


def _time(moment: datetime | None) -> str:
    return formats.date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


PANELS: tuple[tuple[str, Callable[..., Panel | None]], ...] = (
    ("view_story", undecided),
    ("view_article", arrived),
    ("view_article", embargoed),
    ("view_story", pinned),
    ("view_source", failing_sources),
    ("view_image", failed_pictures),
    ("view_importrun", refused_files),
    ("view_health", contradictions),
)


def last_edits(user) -> Iterable[Edit]:
    """Return the last rows of the audit log, for whoever may see it."""
    return Edit.objects.for_listing()[:EDITS] if user.has_perm("articles.view_edit") else []


def _list(model: str, **query) -> str:
    return f"{reverse(f'admin:articles_{model}_changelist')}?{urlencode(query)}"


def _page(model: str, pk: int) -> str:
    return reverse(f"admin:articles_{model}_change", args=[pk])
