"""The stories of the invented world (floor 0): who reports what and when, how well, with which picture."""

import re
import unicodedata
from bisect import bisect
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from math import log
from random import Random

from articles.demo.events import KINDS
from articles.demo.grammar import Facts, Kind
from articles.demo.press import PROVIDERS, TOPICS, Provider
from articles.demo.telling import Teller, Wording
from articles.demo.vocabulary import TABLES

ARTICLES_A_DAY = 1700
# So many that a kind of event seldom comes twice within the three days in which reports find each other.
LEAST_DAYS = 14
# How much denser the last hours of a small store are; 1 is even.
RECENT = 1.4
# How many stories of 100 have 1, 2, 3 ... reports.
SIZES = (45, 17, 12, 8, 6, 4, 3, 2, 1.2, 0.8, 0.5, 0.5)
_UP_TO = list(accumulate(SIZES))

# Of the stories with several reports: those with an agency's report that others copy, those told on next day.
WIRED, COPIED = 0.4, 0.32
TOLD_ON = 0.2
VIDEOS = 0.03
LEAD_PICTURED, PICTURED = 0.94, 0.64
MIN_QUALITY, MAX_QUALITY = 20, 95
MIN_PUBLISHED, MIN_ALONE = 50, 70

_PARENTS = {topic.name: topic.parent for topic in TOPICS}
_WRITERS = {
    topic.name: [provider for provider in PROVIDERS if provider.beat in ("", topic.name)] for topic in TOPICS
}
_AGENCIES = [provider for provider in PROVIDERS if provider.is_agency]
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
_MAX_SLUG = 72
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class Report:
    """One article; `stem` is the name of its file, `picture` that of its picture or ""."""

    provider: Provider
    wording: Wording
    at: datetime
    stem: str
    link: str
    is_video: bool
    quality: int
    picture: str


@dataclass(frozen=True, slots=True)
class Story:
    """The reports of one event, the best first: that one is the lead."""

    topics: tuple[str, str]
    reports: list[Report]


class Newsroom:
    """Makes stories in the order of time; what it remembers does not grow with their number."""

    def __init__(self, rng: Random, articles: int, now: datetime, pictures_a_motif: int) -> None:
        self._rng, self._articles = rng, articles
        self._now = now.replace(second=0, microsecond=0)
        self._span = timedelta(days=max(LEAST_DAYS, articles / ARTICLES_A_DAY))
        self._pictures = pictures_a_motif
        self._kinds: list[Kind] = []
        self._lately: dict[str, deque] = {}
        self._stems: dict[date, set[str]] = {}
        self._turns: Counter[tuple[str, bool]] = Counter()

    def stories(self) -> Iterator[Story]:
        """Yield stories with exactly the number of articles asked for."""
        done = 0
        while done < self._articles:
            size = 1 + bisect(_UP_TO, self._rng.random() * _UP_TO[-1] * 0.9999)
            size = min(size, self._articles - done)
            yield self._story(self._start((done + self._rng.random() * size) / self._articles), size)
            done += size

    def _start(self, part: float) -> datetime:
        bend = RECENT
        if self._articles > ARTICLES_A_DAY:  # more would put too many on the last day
            bend = min(RECENT, max(1.0, log(LEAST_DAYS) / log(self._articles / ARTICLES_A_DAY)))
        start = self._now - self._span * (1 - part) ** bend
        return start.replace(second=0, microsecond=0)

    def _story(self, start: datetime, size: int) -> Story:
        rng = self._rng
        kind = self._next_kind()
        parent = _PARENTS[kind.topic]
        facts = Facts(rng, kind.numbers, TABLES, self._lately)
        facts.update(day=_DAYS[start.weekday()], month=_MONTHS[(start.month + rng.randint(0, 3)) % 12])
        moments, late = self._moments(start, size)
        writers = rng.sample(_WRITERS[parent], size)
        wired = size > 1 and rng.random() < WIRED
        if wired and not writers[0].is_agency:
            agency = rng.choice(_AGENCIES)
            writers = [agency, *(writer for writer in writers[1:] if writer is not agency)]
            writers += rng.sample(
                [each for each in _WRITERS[parent] if each not in writers], size - len(writers)
            )
        words = self._words(kind, facts, size, late, wired)
        lead = rng.choice([at for at, each in enumerate(words) if each.can_lead and each.excerpt] or [0])
        qualities = self._qualities(size, lead)
        for day in [day for day in self._stems if day < start.date() - timedelta(days=1)]:
            del self._stems[day]
        reports = [
            self._report(kind, *each, at == lead)
            for at, each in enumerate(zip(writers, words, moments, qualities, strict=True))
        ]
        reports.sort(key=lambda report: (-report.quality, report.at, report.link))
        return Story((kind.topic, parent), reports)

    def _next_kind(self) -> Kind:
        # Every kind has its turn before any comes again: no two stories near each other are alike.
        if not self._kinds:
            self._kinds = self._rng.sample(KINDS, len(KINDS))
        return self._kinds.pop()

    def _moments(self, start: datetime, size: int) -> tuple[list[datetime], int]:
        """Return the time of each report, and how many of them at the end are of the next day."""
        rng, room = self._rng, self._now - start
        late = rng.randint(1, 2) if size > 2 and room > timedelta(hours=20) and rng.random() < TOLD_ON else 0
        waits = [0.0]
        waits += [min(rng.expovariate(1 / 150), 840) for _ in range(size - 1 - late)]
        waits += [rng.uniform(1150, 1800) for _ in range(late)]
        moments = []
        for minutes in waits:
            wait = timedelta(minutes=int(minutes))
            moments.append(start + (wait if wait <= room else room * rng.random()))
        return [moment.replace(second=0, microsecond=0) for moment in moments], late

    def _words(self, kind: Kind, facts: Facts, size: int, late: int, wired: bool) -> list[Wording]:
        teller = Teller(kind, facts, self._rng)
        words: list[Wording] = []
        for at in range(size):
            if at >= size - late:
                words.append(teller.tell_later())
            elif at and wired and words[0].can_lead and words[0].excerpt and self._rng.random() < COPIED:
                words.append(teller.copy(words[0]))
            else:
                words.append(teller.tell())
        return words

    def _qualities(self, size: int, lead: int) -> list[int]:
        """Return the quality of each report: the lead's is the highest, and most leads may be published."""
        rng = self._rng
        if size == 1:
            low = MIN_QUALITY, MIN_ALONE - 1
            return [rng.randint(*(low if rng.random() < 0.45 else (MIN_ALONE, MAX_QUALITY)))]
        best = rng.randint(
            *((35, MIN_PUBLISHED - 1) if rng.random() < 0.07 else (MIN_PUBLISHED, MAX_QUALITY))
        )
        return [best if at == lead else rng.randint(MIN_QUALITY, best - 1) for at in range(size)]

    def _report(
        self, kind: Kind, writer: Provider, wording: Wording, at: datetime, quality: int, is_lead: bool
    ) -> Report:
        rng = self._rng
        provider = wording.provider or writer
        stem = self._stem(at, wording.slug)
        slug = stem[len("2000-01-01-") :]
        link = f"https://www.{provider.domain}/{provider.section}/{at:%Y/%m/%d}/{slug}/"
        picture = ""
        if rng.random() < (LEAD_PICTURED if is_lead else PICTURED):
            picture = self._picture(rng.choice(kind.motifs.split()), is_lead)
        return Report(provider, wording, at, stem, link, rng.random() < VIDEOS, quality, picture)

    def _picture(self, motif: str, is_lead: bool) -> str:
        # In turn, and leads apart: on a page of leads the same picture then comes late or never.
        turn = self._turns[motif, is_lead] = self._turns[motif, is_lead] % self._pictures + 1
        return f"{motif}-{turn:02d}"

    def _stem(self, at: datetime, title: str) -> str:
        """Return the name of a file; names begin with the day, so only those of a few days are remembered."""
        slug = slugified(title)
        taken = self._stems.setdefault(at.date(), set())
        name, number = slug, 1
        while name in taken:
            number += 1
            name = f"{slug}-{number}"
        taken.add(name)
        return f"{at:%Y-%m-%d}-{name}"


def slugified(text: str) -> str:
    """Return text as it stands in a file name or link."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = _NOT_IN_SLUG.sub("-", plain.replace("'", "")).strip("-")
    return slug if len(slug) <= _MAX_SLUG else slug[:_MAX_SLUG].rpartition("-")[0]
