"""The health list: what in the archive needs an editor's attention.

Each check is a function decorated with `check`: a few bounded queries that yield rows, the worst first. They
run in the order in which they stand here.
"""

from collections.abc import Callable, Hashable, Iterator
from datetime import timedelta
from itertools import islice
from typing import NamedTuple

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
from articles.stories.assignment import current_constraints
from articles.stories.clusters import Match

MAX_ROWS = 25  # per check
LARGE_STORY, LONG_STORY = 40, timedelta(days=7)
# Articles join a story by links of 0.19 on average: links far below that deserve a look.
WEAK_LINK = 0.15
MONTH, HALF_YEAR = timedelta(days=30), timedelta(days=182)
SILENCE = timedelta(days=7)
REGULAR = 5  # articles in the month before; a provider with fewer is not missed


class Row(NamedTuple):
    """One finding: its title, a note, and the row of the admin where it can be fixed (model name, key)."""

    title: str
    note: str
    model: str
    pk: int | None

    @property
    def url(self) -> str:
        return reverse(f"admin:articles_{self.model}_change", args=[self.pk]) if self.pk else ""


class Result(NamedTuple):
    """What one check found; `has_more`: there are more rows than are listed."""

    name: str
    title: str
    meaning: str
    rows: list[Row]
    has_more: bool


CHECKS: list[Callable[[], Result]] = []


def check(title: str, meaning: str):
    """Register a function that yields rows as a check of the health list."""

    def register(find_rows: Callable[[], Iterator[Row]]):
        def run() -> Result:
            rows = list(islice(find_rows(), MAX_ROWS + 1))
            return Result(find_rows.__name__, title, meaning, rows[:MAX_ROWS], len(rows) > MAX_ROWS)

        CHECKS.append(run)
        return find_rows

    return register


def run_checks() -> list[Result]:
    return [run() for run in CHECKS]


@check("Contradicting decisions", "Kept apart, though other decisions put them together. Undo one of these.")
def contradictions() -> Iterator[Row]:
    found = current_constraints().contradictions
    keys = {key for each in found for key in (*each.apart, *each.chain)}
    rows = Article.objects.filter(link_key__in=list(keys)[:500]).only("link_key", "title", "story")
    articles: dict[Hashable, Article] = {row.link_key: row for row in rows}
    for each in found:
        one, other = (articles.get(key) for key in each.apart)
        if one and other:
            note = f"kept apart from “{other.title}”, but put together through {len(each.chain)} articles"
            yield Row(one.title, note, "story", one.story_id)


@check("Chosen leads that do not lead", "Another lead was chosen later, or the article is not shown.")
def leads() -> Iterator[Row]:
    chosen = Decision.objects.filter(kind=Decision.Kind.LEAD).exclude(article__led_stories__isnull=False)
    for decision in chosen.select_related("article").order_by("-pk")[: MAX_ROWS + 1]:
        article = decision.article
        yield Row(article.title, "chosen as lead, but does not lead its story", "story", article.story_id)


@check("Large stories", f"{LARGE_STORY} articles or more: is it still one event?")
def large() -> Iterator[Row]:
    stories = _with_lead().filter(article_count__gte=LARGE_STORY)
    for story in stories.order_by("-article_count")[: MAX_ROWS + 1]:
        yield Row(story.lead.title, f"{story.article_count} articles", "story", story.pk)


@check("Long stories", f"More than {LONG_STORY.days} days from first to last article; of the last half year.")
def long() -> Iterator[Row]:
    recent = _with_lead().filter(article_count__gt=1, last_article_at__gte=timezone.now() - HALF_YEAR)
    spans = recent.annotate(span=F("last_article_at") - F("first_article_at"))
    for story in spans.filter(span__gt=LONG_STORY).order_by("-span")[: MAX_ROWS + 1]:
        yield Row(story.lead.title, f"{story.span.days} days", "story", story.pk)


def _with_lead():
    return Story.objects.with_lead().filter(lead__isnull=False)


@check("Weak links", f"In their stories by a similarity below {WEAK_LINK}, within the last 30 days.")
def weak() -> Iterator[Row]:
    since = day_of(timezone.now() - MONTH)
    newest = Placement.objects.filter(day__gte=since, match__isnull=False).order_by("-day")[:5000]
    matches = ((pk, Match.from_json(match)) for pk, match in newest.values_list("pk", "match") if match)
    similar = ((match.similarity, pk) for pk, match in matches if match.kind == "similar")
    found = sorted(link for link in similar if link[0] < WEAK_LINK)[: MAX_ROWS + 1]
    articles = Article.objects.in_bulk([pk for _, pk in found])
    for similarity, pk in found:
        note = f"in its story by a similarity of {similarity:.2f}"
        yield Row(articles[pk].title, note, "story", articles[pk].story_id)


@check("Identical titles in different stories", "Of the last 30 days. Merge the stories, or leave them.")
def titles() -> Iterator[Row]:
    recent = Article.objects.live().filter(published_at__gte=timezone.now() - MONTH)
    stories = {"stories": Count("story", distinct=True), "first": Min("story"), "last": Max("story")}
    shared = recent.order_by().values("title").annotate(**stories).filter(stories__gt=1)
    for row in shared.order_by("-stories", "title")[: MAX_ROWS + 1]:
        note = f"in {row['stories']} stories, among them {row['first']} and {row['last']}"
        yield Row(row["title"], note, "story", row["first"])


@check("Several files for one link", "The newest file decides; the others add topics.")
def files() -> Iterator[Row]:
    counts = SourceDocument.objects.live().order_by().values("article").annotate(files=Count("pk"))
    found = list(counts.filter(files__gt=1).order_by("-files", "-article")[: MAX_ROWS + 1])
    articles = Article.objects.in_bulk([row["article"] for row in found])
    for row in found:
        article = articles[row["article"]]
        yield Row(article.title, f"{row['files']} files for {article.url[:100]}", "article", article.pk)


@check("Failed pictures", "Not fetched, or refused, with the reason.")
def pictures() -> Iterator[Row]:
    failed = Image.objects.filter(state__in=[Image.State.FAILED, Image.State.REFUSED], is_edited=False)
    for image in failed.order_by("-pk")[: MAX_ROWS + 1]:
        yield Row(str(image), image.reason, "image", image.pk)


@check("Failing sources", "Their last polls failed. They are polled less and less often.")
def failing() -> Iterator[Row]:
    for source in Source.objects.active().failing()[: MAX_ROWS + 1]:
        note = f"{source.failures} times in a row: {source.last_outcome}"
        yield Row(str(source), note, "source", source.pk)


@check(
    "Silent providers",
    f"At least {REGULAR} articles in a month, but none in the newest {SILENCE.days} days of the archive.",
)
def silent() -> Iterator[Row]:
    newest = Article.objects.due().aggregate(newest=Max("published_at"))["newest"]
    if newest is None:
        return
    recent = Article.objects.live().filter(published_at__gte=newest - MONTH, published_at__lte=newest)
    counts = recent.order_by().values("provider").annotate(n=Count("pk"), last=Max("published_at"))
    rows = list(counts.filter(n__gte=REGULAR, last__lt=newest - SILENCE).order_by("last")[: MAX_ROWS + 1])
    providers = Provider.objects.in_bulk([row["provider"] for row in rows])
    for row in rows:
        note = f"last article {row['last']:%Y-%m-%d %H:%M}"
        yield Row(providers[row["provider"]].name, note, "provider", row["provider"])


@check("Refused files of the last import", "Nothing of them was stored.")
def refused() -> Iterator[Row]:
    run = ImportRun.objects.order_by("-pk").first()
    if run is None:
        return
    for outcome in ImportOutcome.objects.filter(run=run, outcome=ImportOutcome.Kind.REFUSED)[: MAX_ROWS + 1]:
        line = f", line {outcome.line}" if outcome.line else ""
        note = f"{outcome.field}{line}: {outcome.reason}"
        yield Row(outcome.path[:200], note, "importoutcome", outcome.pk)
