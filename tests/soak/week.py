"""A simulated week of polling: `python -m tests.soak.week [--sources 100] [--days 7] [--seed 1]`.

The clock is ours; the sources are local, each under a name of its own. A fifth of them fail, dawdle or lie.
Looked at: whether every good source was asked when it was due and all it published is there once, whether no
failing one was asked sooner than its back-off allows, whether anything crashed, and whether memory grew.
"""

import argparse
import gc
import os
import random
import re
import tempfile
from collections import Counter, defaultdict
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.network import Site, World
from tests.written_feeds import item, rss

START = datetime(2026, 3, 2, tzinfo=UTC)
STEP = timedelta(minutes=5)  # between two polls, at least
ADDRESS = "93.184.215.14"
WINDOW = 30  # entries that a feed shows
SECONDS = 5  # a fetch may take; on a busy machine less makes good sources fail
BAD = ("error", "later", "hangs", "page", "cut", "flaps", "gone", "moves", "future", "restless")
STAY_BAD = ("error", "later", "hangs", "page")


@dataclass
class Clock:
    now: datetime = START

    def __call__(self):
        return self.now


@dataclass
class Paper:
    """A source: what it publishes when, and how it behaves. `asked` are the times it was asked at."""

    number: int
    kind: str
    moments: list[datetime]
    clock: Clock
    is_dated: bool = True
    has_etag: bool = True
    asked: list[datetime] = field(default_factory=list)
    seen: int = 0

    @property
    def host(self) -> str:
        return f"paper-{self.number}.example"

    @property
    def url(self) -> str:
        return f"http://{self.host}/feed-{self.number}"

    def published(self) -> list[datetime]:
        return [moment for moment in self.moments if moment <= self.clock.now]

    def link(self, place: int) -> str:
        # The address of a report wears another tail each time that it is told.
        return f"http://{self.host}/news/{place}?utm_source={len(self.asked)}"

    def answer(self) -> tuple[int, dict, bytes]:
        self.asked.append(self.clock.now)
        age = self.clock.now - START
        if self.kind == "error" or (self.kind == "flaps" and len(self.asked) % 2):
            return 500, {}, b"broken"
        if self.kind == "later":
            return 503, {"Retry-After": "5400"}, b"later"
        if self.kind == "hangs":
            return 200, {"Content-Length": "5000"}, b"<rss>"
        if self.kind == "page":
            return 200, {}, b"<!doctype html><title>Buy this name</title>"
        if self.kind == "gone" and age > timedelta(days=1):
            return 410, {}, b"gone"
        if self.kind == "moves" and age > timedelta(days=1):
            return 301, {"Location": f"http://{self.host}/moved-{self.number}"}, b""
        return self.feed()

    def answer_where_it_moved(self) -> tuple[int, dict, bytes]:
        self.asked.append(self.clock.now)
        return self.feed()

    def feed(self) -> tuple[int, dict, bytes]:
        count = len(self.published())
        entries = [self._item(place) for place in range(max(count - WINDOW, 0), count)]
        if self.kind == "restless":
            random.Random(len(self.asked)).shuffle(entries)
        body = rss(*entries, title=f"Paper {self.number}")
        if self.kind == "cut":
            body = body[: len(body) * 4 // 5]
        return 200, ({"ETag": f'"{count}"'} if self.has_etag else {}), body

    def _item(self, place: int) -> str:
        moment = self.moments[place]
        if self.kind == "future":
            moment += timedelta(days=400)
        title = f"Paper {self.number} reports event {place} of {moment:%d %B}"
        text = " ".join(random.Random(f"{self.number} {place}").sample(WORDS, 12))
        return item("", title, self.link(place), format_datetime(moment) if self.is_dated else "", text)


WORDS = [
    "anchor", "beacon", "canal", "dune", "estuary", "ferry", "gull", "harbour", "island", "jetty", "kelp",
    "lagoon", "mast", "net", "oar", "pier", "quay", "reef", "sail", "tide", "upland", "vessel", "wharf",
]  # fmt: skip


def make_papers(count: int, days: float, clock: Clock, seed: int) -> list[Paper]:
    """Return sources: every fifth of them bad in some way, the others of very different diligence."""
    chance = random.Random(seed)
    papers = []
    for number in range(count):
        kind = BAD[number // 5 % len(BAD)] if number % 5 == 4 else "good"
        gap = timedelta(hours=chance.choice([1, 4, 8, 12, 24, 60]))
        moment, moments = START - timedelta(days=3), []
        while moment < START + timedelta(days=days):
            moment += gap * chance.uniform(0.3, 1.7)
            moments.append(moment.replace(microsecond=0))
        papers.append(Paper(number, kind, moments, clock, number % 7 != 3, number % 3 != 1))
    return papers


@dataclass
class Result:
    """What was seen; `wrong` says, a line each, what should not have been."""

    polls: int = 0
    articles: int = 0
    wrong: list[str] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)  # minutes from publication to the site
    memory: list[int] = field(default_factory=list)  # kB, at each midnight


def simulate(papers: list[Paper], days: float, clock: Clock, world: World) -> Result:
    """Poll these sources every five minutes, as cron would; returns what was seen."""
    from articles.http.client import Fetcher
    from articles.models import Source
    from articles.sources.poll import poll_sources
    from articles.stories.grouping import group_waiting

    result, counts = Result(), Counter()
    for paper in papers:
        Source.objects.create(url=paper.url, name=f"Paper {paper.number}", next_due_at=START)
    end, grouped_at, midnight = START + timedelta(days=days), START, START
    while clock.now < end:
        report = poll_sources(fetcher=Fetcher("t", seconds=SECONDS))
        counts.update(report.counts)
        if clock.now - grouped_at >= timedelta(hours=12):
            group_waiting()
            grouped_at = clock.now
        if clock.now >= midnight:
            _forget(world)
            result.memory.append(_memory())
            midnight += timedelta(days=1)
        due = Source.objects.active().order_by("next_due_at").values_list("next_due_at", flat=True).first()
        clock.now = max(clock.now + STEP, _next_step(due))
    group_waiting()
    result.polls = sum(counts.values())
    _look(papers, result, clock)
    return result


def _next_step(moment: datetime) -> datetime:
    return START + -((START - moment) // STEP) * STEP


def _forget(world: World) -> None:
    """Empty the simulation's own books, so that what grows from day to day is the product's."""
    for book in (world.site.requests, world.connects, world.lookups):
        book.clear()
    gc.collect()


def _memory() -> int:
    """Return this process's own memory in kB, without the pages of the database file."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"RssAnon:\s+(\d+)", status)[1])


def _look(papers: list[Paper], result: Result, clock: Clock) -> None:
    from articles.models import Article, Source, SourceEntry
    from articles.sources.poll import LONGEST, pause

    result.articles = Article.objects.count()
    sources = {source.name: source for source in Source.objects.all()}
    seen = defaultdict(dict)
    rows = SourceEntry.objects.values_list("source__name", "link_key", "first_seen_at")
    for name, key, first_seen in rows:
        seen[name][int(key.rpartition("/")[2])] = first_seen
    told = 0
    for paper in papers:
        name = f"Paper {paper.number}"
        source, came = sources[name], seen[name]
        told += len(came)
        gaps = [later - before for before, later in zip(paper.asked, paper.asked[1:], strict=False)]
        if paper.kind in STAY_BAD:
            for failures, gap in enumerate(gaps, 1):
                asked = timedelta(seconds=5400) if paper.kind == "later" else timedelta()
                if gap < pause(failures, asked):
                    result.wrong.append(f"{name} ({paper.kind}) asked again after {gap}, failure {failures}")
            if came:
                result.wrong.append(f"{name} ({paper.kind}) brought something")
        elif paper.kind == "good":
            if any(gap > LONGEST + STEP for gap in gaps) or clock.now - paper.asked[-1] > LONGEST + STEP:
                result.wrong.append(f"{name} was not asked for more than {LONGEST}")
            _look_at_good(paper, came, source, result)
        elif paper.kind == "gone" and (source.is_active or not source.retired_reason):
            result.wrong.append(f"{name} is gone and still polled")
        elif paper.kind == "moves" and "/moved-" not in source.url:
            result.wrong.append(f"{name} moved and is still asked at {source.url}")
    if result.articles != told:
        result.wrong.append(f"{told} entries made {result.articles} articles")
    titles = Article.objects.values_list("title", flat=True)
    if len(set(titles)) != result.articles:
        result.wrong.append("an article came twice")
    if Article.objects.filter(published_at__gt=clock.now).exists():
        result.wrong.append("an article is from the future")


def _look_at_good(paper: Paper, came: dict[int, datetime], source, result: Result) -> None:
    shown_first = max(sum(moment <= paper.asked[0] for moment in paper.moments) - WINDOW, 0)
    shown = enumerate(paper.moments)
    expected = {place for place, moment in shown if place >= shown_first and moment <= paper.asked[-1]}
    if came.keys() != expected:
        result.wrong.append(f"{source.name}: {len(expected - came.keys())} reports are missing")
    for place in expected & came.keys():
        moment = paper.moments[place]
        if moment > START:
            asked = next(at for at in paper.asked if at >= moment)
            if came[place] - asked > timedelta():
                result.wrong.append(f"{source.name}: report {place} came late")
            result.delays.append((came[place] - moment).total_seconds() / 60)


def in_a_world(count: int, days: float, seed: int = 1) -> Result:
    """Simulate with the network and the clock replaced for as long as it takes."""
    from django.utils import timezone

    from articles.sources import poll as polling

    clock = Clock()
    papers = make_papers(count, days, clock, seed)
    with pytest.MonkeyPatch.context() as patch, Site() as site:
        world = World(patch, site, site)
        world.names = {paper.host: [ADDRESS] for paper in papers}
        for paper in papers:
            site.pages[f"/feed-{paper.number}"] = paper.answer
            site.pages[f"/moved-{paper.number}"] = paper.answer_where_it_moved
        patch.setattr(timezone, "now", clock)
        # One process for all polls: a fresh one each minute would take most of the time.
        with polling.FeedParsers(1) as parsers:
            patch.setattr(polling, "FeedParsers", lambda count: nullcontext(parsers))
            return simulate(papers, days, clock, world)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sources", type=int, default=100)
    parser.add_argument("--days", type=float, default=7)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "aggregator.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        result = in_a_world(options.sources, options.days, options.seed)
    delays = sorted(result.delays)
    print(f"{result.polls:,} polls, {result.articles:,} articles, memory at each midnight in MB: "
          f"{', '.join(str(size // 1024) for size in result.memory)}")  # fmt: skip
    if delays:
        print(f"minutes from publication to the site: median {delays[len(delays) // 2]:.0f}, "
              f"95 of 100 within {delays[len(delays) * 95 // 100]:.0f}, most {delays[-1]:.0f}")  # fmt: skip
    print("\n".join(result.wrong) or "nothing was wrong")
    if result.wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
