"""What readers see of a story (floor 2): lead, heat, rank, coverage and lists, counted from its articles."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from datetime import datetime
from itertools import chain
from typing import NamedTuple

from django.db.models import Count, Model
from django.utils import timezone

from articles.caching.writing import chunked, update_rows
from articles.models import Article, ArticleTopic, Decision, Provider, Story, StoryTopic, Topic
from articles.models.bulk import insert_rows
from articles.stories import ranking

LINES_ON_CARD = 4


class _Counted(NamedTuple):
    """The columns of a story that follow from its reports."""

    lead: int | None = None
    is_public: bool = False
    is_decided: bool = False
    heat: int = 0
    rank: float = 0.0
    published_at: datetime | None = None
    first_report_at: datetime | None = None
    last_report_at: datetime | None = None
    article_count: int = 0
    source_count: int = 0
    more_provider_count: int = 0
    next_report_at: datetime | None = None


def refresh_stories(ids: Iterable[int]) -> None:
    """Count all that depends on these stories' articles anew; the caller holds a transaction."""
    _place_and_mark(ids)
    count_lists()


def place_due() -> None:
    """Count anew the stories with a report whose time has come since they were counted."""
    _place_and_mark(Story.objects.with_news_due().values_list("pk", flat=True))


def _place_and_mark(ids: Iterable[int]) -> None:
    for part in chunked(sorted(ids)):
        _mark_lists(part)
        _place_part(part, {}, frozenset(), Given())
        _mark_lists(part)


class Given:
    """What some stories give to lists: so many public ones to each topic, so many reports to each provider.

    To add what they give more than before takes the time of what changed; to count the lists anew, which all
    the archive's articles take part in, takes longer with each year.
    """

    def __init__(self) -> None:
        self.counts: dict[type[Model], Counter[int]] = {Topic: Counter(), Provider: Counter()}

    def more_than(self, before: "Given") -> None:
        """Let lists count what is given now beyond what was given before."""
        for model, column in ((Topic, "story_count"), (Provider, "report_count")):
            more = self.counts[model].copy()
            more.subtract(before.counts[model])
            for part in chunked(pk for pk, count in more.items() if count):
                rows = model.objects.select_for_update().filter(pk__in=part).order_by("pk")
                known = rows.values_list("pk", column)  # locked: an editor's act may count them meanwhile
                update_rows(model, [column], [(pk, max(count + more[pk], 0)) for pk, count in known])


def given_by(stories: Iterable[int]) -> Given:
    """Return what these stories give to lists now."""
    given = Given()
    for part in chunked(sorted(stories)):
        timed = Story.objects.filter(pk__in=part, next_report_at__isnull=False)
        _mark_timed(timed.values_list("pk", flat=True))
        listed = StoryTopic.objects.filter(story__in=part, is_public=True)
        given.counts[Topic].update(dict(listed.order_by().values_list("topic").annotate(n=Count("pk"))))
        shown = Article.objects.filter(story__in=part, story__is_public=True)
        rows = shown.filter(story_position__isnull=False).order_by().values_list("provider")
        given.counts[Provider].update(dict(rows.annotate(n=Count("pk"))))
    return given


def place_stories(ids: Iterable[int], moved: Mapping[int, int], fresh: Set[int]) -> Given:
    """Count lead, heat, rank, coverage and topics of these stories anew from their articles; returns what
    they give to lists then.

    `moved`: the stories, of these, into which articles come, which is written down too: they wait no more.
    `fresh`: those of these stories that are not there yet.
    """
    given = Given()
    for part in chunked(sorted(ids)):
        _mark_timed(_place_part(part, moved, fresh, given))
    return given


def _mark_timed(stories: Iterable[int]) -> None:
    """Let the lists of stories be counted of which time alone may have changed what was counted before."""
    if timed := list(stories):
        _mark_lists(timed)


def _mark_lists(stories: Collection[int]) -> None:
    """Note that the lists of these stories' topics and providers have to be counted."""
    links = StoryTopic.objects.filter(story__in=stories)
    Topic.objects.filter(needs_count=False, story_links__in=links).update(needs_count=True)
    reports = Article.objects.filter(story__in=stories)
    Provider.objects.filter(needs_count=False, articles__in=reports).update(needs_count=True)


def mark_all_lists() -> None:
    """Note that all lists have to be counted."""
    for model in (Topic, Provider):
        model.objects.filter(needs_count=False).update(needs_count=True)


def count_lists() -> None:
    """Count the public stories of topics and the reports shown of providers whose lists have changed."""
    for part in chunked(Topic.objects.filter(needs_count=True).values_list("pk", flat=True)):
        listed = StoryTopic.objects.public().filter(topic__in=part).order_by()
        counts = dict(listed.values_list("topic").annotate(n=Count("pk")))
        rows = [(pk, counts.get(pk, 0), False) for pk in part]
        update_rows(Topic, ["story_count", "needs_count"], rows)
    for part in chunked(Provider.objects.filter(needs_count=True).values_list("pk", flat=True)):
        shown = Article.objects.in_public_stories().filter(provider__in=part)
        counts = dict(shown.order_by().values_list("provider").annotate(n=Count("pk")))
        rows = [(pk, counts.get(pk, 0), False) for pk in part]
        update_rows(Provider, ["report_count", "needs_count"], rows)


def _place_part(ids: Collection[int], moved: Mapping[int, int], fresh: Set[int], given: Given) -> list[int]:
    """Place some stories, and add what they give to `given`; returns those that time alone will change."""
    members: dict[int, list[ranking.Report]] = defaultdict(list)
    placed: dict[int, int | None] = {}
    decided: dict[int, set[int]] = defaultdict(set)
    story_of: dict[int, int] = {}
    for story, position, origin, *facts in _articles_of(ids, moved):
        report = _report(*facts)
        story = moved.get(report.id, story)
        placed[report.id], story_of[report.id] = position, story
        if origin != Article.Origin.GONE:
            members[story].append(report)
            if "is_published" in facts[-1]:
                decided[story].add(report.id)
    leads, now = Decision.objects.leads_among(story_of), timezone.now()
    chosen = {story_of[article]: article for article in leads}
    positions: dict[int, int] = {}
    counted: dict[int, _Counted] = {}
    changed, made = [], []
    rows = Story.objects.filter(pk__in=ids).order_by()
    there = rows.values_list("pk", "heat_adjustment", *_Counted._fields)
    new = ((story, 0) for story in ids if story in fresh)
    for story, adjustment, *before in chain(there, new):
        due = [report for report in members[story] if report.published_at <= now]
        ahead = min(
            (report.published_at for report in members[story] if report.published_at > now), default=None
        )
        # A story that lies in the future as a whole is counted for the day when readers see it.
        found = _count(due or members[story], chosen.get(story), adjustment, positions)
        # Of a story that readers do not see, an editor may have taken the lead away.
        is_decided = found.lead in decided[story] or bool(decided[story] and not found.is_public)
        counted[story] = found._replace(next_report_at=ahead, is_decided=is_decided)
        if story in fresh:
            made.append((story, adjustment, *counted[story]))
        elif counted[story] != tuple(before):
            changed.append((story, *counted[story]))
    insert_rows(Story, ["id", "heat_adjustment", *_Counted._fields], made)
    update_rows(Story, _Counted._fields, changed)
    came = [(pk, story_of[pk], positions.get(pk), False) for pk in placed if pk in moved]
    update_rows(Article, ["story", "story_position", "needs_grouping"], came)
    shifted = [(pk, positions.get(pk)) for pk, position in placed.items() if position != positions.get(pk)]
    update_rows(Article, ["story_position"], [row for row in shifted if row[0] not in moved])
    for story, reports in members.items():
        if counted[story].is_public:
            shown = (report.provider for report in reports if report.id in positions)
            given.counts[Provider].update(shown)
    given.counts[Topic].update(_list_in_topics(counted, fresh))
    return [story for story, each in counted.items() if each.next_report_at]


def _articles_of(ids: Collection[int], moved: Mapping[int, int]) -> Iterator[tuple]:
    """Yield the articles that are in these stories once others have moved."""
    columns = ("story", "story_position", "origin", *_REPORTED)
    rows = Article.objects.filter(story__in=ids).order_by().values_list(*columns)
    yield from (row for row in rows if row[3] not in moved)
    wanted = set(ids)
    for part in chunked(pk for pk, story in moved.items() if story in wanted):
        yield from Article.objects.filter(pk__in=part).order_by().values_list(*columns)


_REPORTED = (
    "pk", "link_key", "quality", "published_at", "provider", "title", "excerpt", "is_published", "is_removed",
    "edited_fields",
)  # fmt: skip


def _report(pk, link_key, quality, published_at, provider, title, excerpt, is_published, is_removed, edited):
    hidden = is_removed or ("is_published" in edited and not is_published)
    return ranking.Report(
        id=pk,
        link_key=link_key,
        quality=quality,
        published_at=published_at,
        provider=provider,
        title=title,
        excerpt=excerpt,
        can_lead=is_published and not is_removed,
        is_shown=not hidden,
    )


def _count(
    reports: list[ranking.Report], chosen_lead: int | None, adjustment: int, positions: dict[int, int]
) -> _Counted:
    """Count a story from its reports; the places of those that readers see go into `positions`."""
    shown = ranking.best_first(report for report in reports if report.is_shown)
    lead = ranking.choose_lead(shown, chosen_lead)
    if lead is None:
        return _Counted()
    ordered = [lead] + [report for report in shown if report.id != lead.id]
    positions.update((report.id, place) for place, report in enumerate(ordered))
    sources = ranking.count_independent(ordered)
    heat = ranking.heat(lead.quality, sources, adjustment)
    return _Counted(
        lead=lead.id,
        is_public=lead.can_lead,
        heat=heat,
        rank=ranking.rank(heat, lead.published_at),
        published_at=lead.published_at,
        first_report_at=min(report.published_at for report in ordered),
        last_report_at=max(report.published_at for report in ordered),
        article_count=len(ordered),
        source_count=sources,
        more_provider_count=len({report.provider for report in ordered[1 + LINES_ON_CARD :]}),
    )


def _list_in_topics(stories: Mapping[int, _Counted], fresh: Set[int]) -> Iterable[int]:
    """Put stories into the lists of their lead's topics; the fresh ones are in none yet. Returns the topic of
    each public entry."""
    if listed := stories.keys() - fresh:
        StoryTopic.objects.filter(story__in=listed).delete()
    facts = {
        counted.lead: (story, counted.is_public, counted.heat, counted.rank, counted.published_at)
        for story, counted in stories.items()
        if counted.lead
    }
    links = ArticleTopic.objects.filter(article__in=facts).order_by()
    rows = [(*facts[article], *link) for article, *link in links.values_list("article", "topic", "position")]
    names = ["story", "is_public", "heat", "rank", "published_at", "topic", "position"]
    insert_rows(StoryTopic, names, rows)
    return [row[names.index("topic")] for row in rows if row[names.index("is_public")]]
