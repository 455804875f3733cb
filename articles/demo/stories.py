"""The stories of the invented news: who publishes what and when, how good it is, with which picture."""

import re
import unicodedata
from bisect import bisect
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate, count
from math import log
from random import Random

from articles.demo.content import Event, Provider, events, load, names, pictures_of, providers
from articles.demo.wording import Facts, StoryWriter, Wording

ARTICLES_A_DAY = 1700
# So long that a kind of event seldom comes twice within the days in which articles are grouped.
MIN_DAYS = 14
# How much denser the last hours of a small store are; 1 is even.
RECENCY = 1.4
# How many stories of 100 have 1, 2, 3 ... articles.
_UP_TO = list(accumulate((45, 17, 12, 8, 6, 4, 3, 2, 1.2, 0.8, 0.5, 0.5)))
# Of stories with several articles: those that start with an agency, its copies, those with a next day.
FROM_AGENCY, COPIED, FOLLOWED_UP = 0.4, 0.32, 0.2
VIDEOS, LEADS_WITH_PICTURE, OTHERS_WITH_PICTURE = 0.03, 0.94, 0.64
MIN_QUALITY, MAX_QUALITY = 20, 95
# What a lead needs to be published: the first is of quality, the second of heat.
MIN_PUBLISHED, MIN_HEAT = 50, 70


@dataclass(slots=True)
class Article:
    """One article; `stem` is the name of its file, `picture` that of its picture or "".

    The first of its `topics` is that of its event, the second the parent of the first.
    """

    provider: Provider
    wording: Wording
    published_at: datetime
    topics: tuple[str, str]
    stem: str
    quality: int
    is_video: bool
    picture: str = ""

    @property
    def link(self) -> str:
        """The address at its provider; the file's name begins with the day, the link ends in the rest."""
        path = f"{self.provider.section}/{self.published_at:%Y/%m/%d}/{self.stem[11:]}"
        return f"https://www.{self.provider.domain}/{path}/"


class StoryGenerator:
    """Makes stories in the order of time; its memory does not grow with their number."""

    def __init__(self, rng: Random, articles: int, now: datetime) -> None:
        self._rng, self._articles = rng, articles
        self._now = now.replace(second=0, microsecond=0)
        days = articles / ARTICLES_A_DAY
        self._span = timedelta(days=max(MIN_DAYS, days))
        # More would put too many on the last day.
        self._bend = min(RECENCY, max(1.0, log(MIN_DAYS) / log(max(days, 2))))
        self._parents = {topic["name"]: topic.get("parent", "") for topic in load("topics")}
        self._recent_names: dict[str, deque[str]] = {}
        self._stems: dict[date, set[str]] = {}
        self._turns = count(1)
        self._used_at: Counter[tuple[str, str]] = Counter()

    def stories(self) -> Iterator[list[Article]]:
        """Yield stories, which together have as many articles as were asked for; the first article leads."""
        remaining: list[Event] = []
        done, rng = 0, self._rng
        while done < self._articles:
            size = min(1 + bisect(_UP_TO, rng.random() * _UP_TO[-1] * 0.9999), self._articles - done)
            part = (done + rng.random() * size) / self._articles
            start = self._now - self._span * (1 - part) ** self._bend
            # Every event has its turn before any comes again: no two stories near each other are alike.
            remaining = remaining or rng.sample(events(), len(events()))
            yield self._story(remaining.pop(), start.replace(second=0, microsecond=0), size)
            done += size

    def _story(self, event: Event, start: datetime, size: int) -> list[Article]:
        rng, topics = self._rng, (event.topic, self._parents[event.topic])
        facts = Facts(rng, event.numbers, self._recent_names)
        facts["day"] = names()["day"][start.weekday()]
        facts["month"] = names()["month"][(start.month + rng.randint(0, 3)) % 12]
        times, late = self._times(start, size)
        from_agency = size > 1 and rng.random() < FROM_AGENCY
        publishers = self._publishers(topics[1], size, from_agency)
        words = self._words(event, facts, size, late, from_agency)
        lead = rng.choice([at for at, each in enumerate(words) if each.can_lead and each.excerpt] or [0])
        qualities = self._qualities(size, lead)
        for day in [day for day in self._stems if day < start.date() - timedelta(days=1)]:
            del self._stems[day]
        articles = []
        for provider, each, at, quality in zip(publishers, words, times, qualities, strict=True):
            stem, is_video = self._stem(at, each.title), rng.random() < VIDEOS
            articles.append(Article(each.provider or provider, each, at, topics, stem, quality, is_video))
        articles.sort(key=lambda article: (-article.quality, article.published_at, article.link))
        for place, article in enumerate(articles):
            if rng.random() < (OTHERS_WITH_PICTURE if place else LEADS_WITH_PICTURE):
                article.picture = self._picture(event, is_lead=place == 0)
        return articles

    def _times(self, start: datetime, size: int) -> tuple[list[datetime], int]:
        """Return the time of each article, and how many of them at the end are of the next day."""
        rng, room = self._rng, self._now - start
        is_followed_up = size > 2 and room > timedelta(hours=20) and rng.random() < FOLLOWED_UP
        late = rng.randint(1, 2) if is_followed_up else 0
        minutes = [0.0]
        minutes += [min(rng.expovariate(1 / 150), 840) for _ in range(size - 1 - late)]
        minutes += [rng.uniform(1150, 1800) for _ in range(late)]
        waits = [timedelta(minutes=int(each)) for each in minutes]
        times = [start + (wait if wait <= room else room * rng.random()) for wait in waits]
        return [time.replace(second=0, microsecond=0) for time in times], late

    def _publishers(self, parent: str, size: int, from_agency: bool) -> list[Provider]:
        """Return different providers that cover a top topic, an agency first if asked for."""
        writers = [each for each in providers() if each.beat in ("", parent) and not each.title]
        first = self._rng.choice([each for each in writers if each.agency or not from_agency])
        return [first, *self._rng.sample([each for each in writers if each is not first], size - 1)]

    def _words(self, event: Event, facts: Facts, size: int, late: int, from_agency: bool) -> list[Wording]:
        writer = StoryWriter(event, facts, self._rng)
        words = [writer.article()]
        has_copies = from_agency and words[0].can_lead and words[0].excerpt
        while len(words) < size - late:
            is_copy = has_copies and self._rng.random() < COPIED
            words.append(writer.copy(words[0]) if is_copy else writer.article())
        return words + [writer.follow_up() for _ in range(late)]

    def _qualities(self, size: int, lead: int) -> list[int]:
        """Return the quality of each article: the lead's is the highest, and most leads may be published."""
        rng = self._rng
        enough, weak = (MIN_HEAT, 0.45) if size == 1 else (MIN_PUBLISHED, 0.07)
        limits = (MIN_QUALITY + 1, enough - 1) if rng.random() < weak else (enough, MAX_QUALITY)
        best = rng.randint(*limits)
        return [best if at == lead else rng.randint(MIN_QUALITY, best - 1) for at in range(size)]

    def _picture(self, event: Event, is_lead: bool) -> str:
        """Return a picture that fits and was not used lately, by leads on the front or their topic's page."""
        fitting = [event] if is_lead else [each for each in events() if each.topic == event.topic]
        weights: dict[str, int] = {"front": 1, event.topic: 5} if is_lead else {"": 1}
        turn, used_at = next(self._turns), self._used_at

        def nearness(name: str) -> float:
            return sum(weight / (turn - used_at[page, name]) for page, weight in weights.items())

        name = min(pictures_of(" ".join(each.pictures for each in fitting)), key=nearness)
        for page in {"", *weights}:
            used_at[page, name] = turn
        return name

    def _stem(self, at: datetime, title: str) -> str:
        """Return the name of a file; names begin with the day, so only those of a few days are remembered."""
        used, numbers = self._stems.setdefault(at.date(), set()), count(2)
        name = slug = slugify(title)
        while name in used:
            name = f"{slug}-{next(numbers)}"
        used.add(name)
        return f"{at:%Y-%m-%d}-{name}"


def slugify(text: str) -> str:
    """Return text as it stands in a file name or link."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_text.replace("'", "")).strip("-")
    return slug if len(slug) <= 72 else slug[:72].rpartition("-")[0]
