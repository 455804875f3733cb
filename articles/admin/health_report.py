"""What wants a human's eye (floor 2): each check is a few bounded questions; another is one entry more.

A check is a function that gives rows, the worst first; CHECKS names it and says what it means.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice

from django.db.models import Count, F, Max, Min
from django.urls import reverse
from django.utils import timezone

from articles.models import (
    Article,
    Decision,
    Image,
    ImportOutcome,
    ImportRun,
    Placement,
    Provider,
    Source,
    SourceDocument,
    Story,
)
from articles.models.grouping import day_of
from articles.stories.clusters import Match
from articles.stories.grouping import current_constraints

SHOWN = 25
LARGE, LONG = 40, timedelta(days=7)
# A report joins a story by links of 0.19 on the mean: far below that, one more look is well spent.
WEAK = 0.15
RECENT, HALF_A_YEAR = timedelta(days=30), timedelta(days=182)
SILENT = timedelta(days=7)
SPOKEN = 5  # reports in the month before that make a silence one


@dataclass(frozen=True, slots=True)
class Row:
    """One finding: what it is about, why, and where it is dealt with."""

    title: str
    note: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    name: str
    title: str
    meaning: str
    rows: list[Row]
    is_cut: bool


def health() -> list[Finding]:
    """Run every check."""
    found = []
    for name, title, meaning, check in CHECKS:
        rows = list(islice(check(), SHOWN + 1))
        found.append(Finding(name, title, meaning, rows[:SHOWN], len(rows) > SHOWN))
    return found


def _desk(story_id: int | None) -> str:
    return reverse("admin:articles_story_change", args=[story_id]) if story_id else ""


def _contradictions() -> Iterator[Row]:
    found = current_constraints().contradictions
    keys = {key for each in found for key in (*each.apart, *each.chain)}
    rows = Article.objects.filter(link_key__in=list(keys)[:500])
    articles = {row.link_key: row for row in rows.only("link_key", "title", "story")}
    for each in found:
        one, other = (articles.get(key) for key in each.apart)
        if one and other:
            note = f"apart from “{other.title}”, but put together through {len(each.chain)} reports"
            yield Row(one.title, note, _desk(one.story_id))


def _unheard_leads() -> Iterator[Row]:
    """Leads that editors chose and that do not lead: another was chosen later, or they are not shown."""
    chosen = Decision.objects.filter(kind=Decision.Kind.LEAD).exclude(article__led_stories__isnull=False)
    for decision in chosen.select_related("article").order_by("-pk")[: SHOWN + 1]:
        article = decision.article
        yield Row(article.title, "chosen as lead, but does not lead its story", _desk(article.story_id))


def _large() -> Iterator[Row]:
    for story in _with_lead().filter(article_count__gte=LARGE).order_by("-article_count")[: SHOWN + 1]:
        yield Row(story.lead.title, f"{story.article_count} reports", _desk(story.pk))


def _long() -> Iterator[Row]:
    recent = _with_lead().filter(article_count__gt=1, last_report_at__gte=timezone.now() - HALF_A_YEAR)
    spans = recent.annotate(span=F("last_report_at") - F("first_report_at"))
    for story in spans.filter(span__gt=LONG).order_by("-span")[: SHOWN + 1]:
        yield Row(story.lead.title, f"{story.span.days} days", _desk(story.pk))


def _with_lead():
    return Story.objects.with_lead().filter(lead__isnull=False)


def _weak_links() -> Iterator[Row]:
    since = day_of(timezone.now() - RECENT)
    newest = Placement.objects.filter(day__gte=since, match__isnull=False).order_by("-day")[:5000]
    matches = ((pk, Match.from_json(match)) for pk, match in newest.values_list("pk", "match"))
    weak = sorted(
        (match.similarity, pk)
        for pk, match in matches
        if match.reason == "similar" and match.similarity < WEAK
    )
    articles = Article.objects.in_bulk([pk for _, pk in weak[: SHOWN + 1]])
    for similarity, pk in weak[: SHOWN + 1]:
        article = articles[pk]
        note = f"in its story for a similarity of {similarity:.2f}"
        yield Row(article.title, note, _desk(article.story_id))


def _same_titles() -> Iterator[Row]:
    recent = Article.objects.told().filter(published_at__gte=timezone.now() - RECENT)
    twice = recent.order_by().values("title").annotate(
        stories=Count("story", distinct=True), first=Min("story"), last=Max("story")
    ).filter(stories__gt=1).order_by("-stories", "title")  # fmt: skip
    for row in twice[: SHOWN + 1]:
        note = f"in {row['stories']} stories, {row['first']} and {row['last']} among them"
        yield Row(row["title"], note, _desk(row["first"]))


def _many_files() -> Iterator[Row]:
    several = SourceDocument.objects.live().order_by().values("article").annotate(files=Count("pk"))
    found = list(several.filter(files__gt=1).order_by("-files", "-article")[: SHOWN + 1])
    articles = Article.objects.in_bulk([row["article"] for row in found])
    for row in found:
        article = articles[row["article"]]
        address = reverse("admin:articles_article_change", args=[article.pk])
        yield Row(article.title, f"{row['files']} files tell of {article.url[:100]}", address)


def _failed_pictures() -> Iterator[Row]:
    bad = Image.objects.filter(state__in=[Image.State.FAILED, Image.State.REFUSED], is_edited=False)
    for image in bad.order_by("-pk")[: SHOWN + 1]:
        yield Row(str(image), image.reason, reverse("admin:articles_image_change", args=[image.pk]))


def _silent_providers() -> Iterator[Row]:
    """Providers that had been heard of regularly before the archive's newest week, and not in it."""
    newest = Article.objects.due().aggregate(newest=Max("published_at"))["newest"]
    if newest is None:
        return
    recent = Article.objects.told().filter(published_at__gte=newest - RECENT, published_at__lte=newest)
    heard = recent.order_by().values("provider").annotate(n=Count("pk"), last=Max("published_at"))
    silent = heard.filter(n__gte=SPOKEN, last__lt=newest - SILENT).order_by("last")
    rows = list(silent[: SHOWN + 1])
    providers = Provider.objects.in_bulk([row["provider"] for row in rows])
    for row in rows:
        provider = providers[row["provider"]]
        address = reverse("admin:articles_provider_change", args=[provider.pk])
        yield Row(provider.name, f"last report {row['last']:%Y-%m-%d %H:%M}", address)


def _failing_sources() -> Iterator[Row]:
    for source in Source.objects.active().failing()[: SHOWN + 1]:
        address = reverse("admin:articles_source_change", args=[source.pk])
        yield Row(str(source), f"{source.failures} times in a row: {source.last_outcome}", address)


def _refused_files() -> Iterator[Row]:
    run = ImportRun.objects.order_by("-pk").first()
    if run is None:
        return
    refused = ImportOutcome.objects.filter(run=run, outcome=ImportOutcome.Kind.REFUSED)
    for outcome in refused[: SHOWN + 1]:
        place = f", line {outcome.line}" if outcome.line else ""
        address = reverse("admin:articles_importoutcome_change", args=[outcome.pk])
        yield Row(outcome.path[:200], f"{outcome.field}{place}: {outcome.reason}", address)


CHECKS: list[tuple[str, str, str, Callable[[], Iterable[Row]]]] = [
    ("contradictions", "Decisions that contradict each other",
     "Put apart, though other decisions hold them together. Take one of the words back.", _contradictions),
    ("leads", "Chosen leads that do not lead",
     "Another was chosen later in the same story, or the report is not shown.", _unheard_leads),
    ("large", "Large stories", f"{LARGE} reports or more: is it still one event?", _large),
    ("long", "Long stories", f"More than {LONG.days} days from first to last report; of half a year.", _long),
    ("weak", "Weak links", f"In their stories for a similarity below {WEAK}; of the last 30 days.",
     _weak_links),
    ("titles", "Identical titles in different stories", "Of the last 30 days: merge them, or leave them.",
     _same_titles),
    ("files", "Several files for one link", "The newest wins; the others add topics.", _many_files),
    ("pictures", "Failed pictures", "Not fetched, or refused, with the reason.", _failed_pictures),
    ("failing", "Failing sources", "Their last polls failed; they are asked less and less often.",
     _failing_sources),
    ("silent", "Silent providers",
     f"At least {SPOKEN} reports in a month, and none in the archive's newest {SILENT.days} days.",
     _silent_providers),
    ("refused", "Refused files of the last import", "Nothing of them was stored.", _refused_files),
]  # fmt: skip
