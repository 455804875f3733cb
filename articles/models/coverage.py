"""What lists of stories say, each in one statement (floor 1): the questions that new pages wait for most.

Raw SQL, because putting such a question together through the ORM takes three times as long as answering it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from articles.models.article import Report
from articles.models.image import File, files_sql, joined, read_files
from articles.models.provider import ToldProvider
from articles.models.story import SortedStories


class Picture(NamedTuple):
    """The first picture of an article that we have: what it shows, and its files, the narrowest first."""

    alt: str
    files: list[File]


@dataclass(slots=True)
class ToldStory:
    """What a card says of a story; the first of its reports is the lead."""

    pk: int
    published_at: datetime
    last_report_at: datetime
    heat: int
    article_count: int
    source_count: int
    more_provider_count: int
    topics: list[int]
    picture: Picture
    reports: list[Report] = field(default_factory=list)


class Told(NamedTuple):
    """Stories in the order asked for, and the files of logos, by the logo's image."""

    stories: list[ToldStory]
    logos: dict[int, list[File]]


class Newest(NamedTuple):
    """Numbers of the newest stories; the providers that lead them, most active first; their logos' files."""

    stories: list[int]
    providers: list[ToldProvider]
    logos: dict[int, list[File]]


def moment(value: datetime | str | None) -> datetime | None:
    """Return a time that raw SQL gives: SQLite's are without a zone, those of an aggregate are texts."""
    told = parse_datetime(value) if isinstance(value, str) else value
    return told.replace(tzinfo=UTC) if told and told.tzinfo is None else told


@cache
def _story_sql(vendor: str) -> str:
    """What cards of some stories say, a row for each report; what is the story's own stands with the lead."""
    # In no order that both databases would give alike: sorted afterwards.
    topics = (
        f"SELECT {joined()}(t.position || ':' || t.topic_id, ',') FROM articles_storytopic t "  # noqa: S608
        "WHERE t.story_id = s.id"
    )
    return (
        "SELECT s.id, s.published_at, s.last_report_at, s.heat, s.article_count, s.source_count, "  # noqa: S608
        f"s.more_provider_count, CASE WHEN a.story_position = 0 THEN ({topics}) END, "
        f"l.title, {files_sql('l.image_id')}, "
        "a.id, a.title, CASE WHEN a.story_position = 0 THEN a.excerpt ELSE '' END, a.url, a.stem, a.kind, "
        "a.published_at, a.is_published, a.is_removed, "
        f"p.id, p.name, p.domain, p.logo_id, {files_sql('p.logo_id')} "
        "FROM articles_story s "
        "JOIN articles_article a ON a.story_id = s.id AND a.story_position <= %s AND NOT a.published_at > %s "
        "JOIN articles_provider p ON p.id = a.provider_id "
        f"LEFT JOIN articles_articleimage l ON a.story_position = 0 AND l.id = ({_first_picture()}) "
        "WHERE s.id IN ({ids}) AND s.is_public AND NOT s.published_at > %s "
        "ORDER BY s.id, a.story_position"
    )


def _first_picture() -> str:
    """The first picture of an article `a` that we have."""
    return (
        "SELECT l.id FROM articles_articleimage l JOIN articles_image i ON i.id = l.image_id "
        "WHERE l.article_id = a.id AND i.state = 'ready' ORDER BY l.position, l.id LIMIT 1"
    )


def tell_stories(ids: Sequence[int], lines: int) -> Told:
    """Return what cards say of these stories, as far as they are public: lead and `lines` reports more."""
    stories: dict[int, ToldStory] = {}
    providers = _Providers()
    now = _now()
    for row in _rows(_story_sql(connection.vendor), ids, [lines, now], [now]):
        number, published, last, *counts, topics, alt, files = row[:10]
        article, title, excerpt, url, stem, kind, dated, is_published, is_removed = row[10:19]
        if number not in stories:
            stories[number] = ToldStory(
                number, moment(published), moment(last), *counts, _ordered(topics),
                Picture(alt, read_files(files)),
            )  # fmt: skip
        provider = providers.take(row[19:])
        stories[number].reports.append(
            Report(
                article, title, excerpt, url, stem, kind, moment(dated), bool(is_published),
                bool(is_removed), number, provider.pk, provider,
            )
        )  # fmt: skip
    return Told([stories[number] for number in ids if number in stories], providers.logos)


def _ordered(topics: str | None) -> list[int]:
    places = (place.split(":") for place in (topics or "").split(",") if place)
    return [topic for _position, topic in sorted((int(position), int(topic)) for position, topic in places)]


class _Providers:
    """The providers that rows name: `found` by number, each made once, and the files of their logos."""

    def __init__(self):
        self.found: dict[int, ToldProvider] = {}
        self.logos: dict[int, list[File]] = {}

    def take(self, row: Sequence) -> ToldProvider:
        """Return the provider of number, name, domain, logo, its files and, where asked for, reports."""
        number, name, domain, logo, files, *count = row
        if number not in self.found:
            self.found[number] = ToldProvider(number, name, domain, logo, *count)
            if files:
                self.logos[logo] = read_files(files)
        return self.found[number]


def first_pictures(articles: Sequence[int]) -> dict[int, Picture]:
    """Return the first picture that we have of each of these articles."""
    asked = (
        f"SELECT a.id, l.title, {files_sql('l.image_id')} FROM articles_article a "  # noqa: S608
        f"JOIN articles_articleimage l ON l.id = ({_first_picture()}) WHERE a.id IN ({{ids}})"
    )
    return {article: Picture(alt, read_files(files)) for article, alt, files in _rows(asked, articles)}


@cache
def _newest_sql(vendor: str) -> str:
    return (
        f"SELECT story, p.id, p.name, p.domain, p.logo_id, {files_sql('p.logo_id')}, p.report_count "  # noqa: S608
        "FROM (SELECT t.story_id AS story, t.published_at AS moment FROM articles_storytopic t "
        "WHERE t.topic_id = %s AND t.is_public AND NOT t.published_at > %s "
        "ORDER BY t.published_at DESC, t.story_id DESC LIMIT %s) AS newest "
        "JOIN articles_story s ON s.id = story JOIN articles_article a ON a.id = s.lead_id "
        "JOIN articles_provider p ON p.id = a.provider_id ORDER BY moment DESC, story DESC"
    )


@cache
def _first_sql(column: str, is_of_topic: bool) -> str:
    table, story = ("storytopic", "story_id") if is_of_topic else ("story", "id")
    return (
        f"SELECT {story}, rank, heat, published_at FROM articles_{table} WHERE "  # noqa: S608
        f"{'topic_id = %s AND ' if is_of_topic else ''}is_public AND NOT published_at > %s "
        f"ORDER BY {column} DESC, {story} DESC LIMIT %s"
    )


def first_places(sort: str, size: int, topic: int | None = None) -> list[tuple]:
    """Return number, rank, heat and time of the first public stories in an order of SortedStories."""
    given = [] if topic is None else [topic]
    with connection.cursor() as cursor:
        cursor.execute(_first_sql(SortedStories.SORTS[sort], topic is not None), [*given, _now(), size])
        return [(*row[:3], moment(row[3])) for row in cursor.fetchall()]


def newest_in_topic(topic: int, size: int) -> Newest:
    """Return the `size` newest public stories of a topic, and those who lead them."""
    stories, providers = [], _Providers()
    with connection.cursor() as cursor:
        cursor.execute(_newest_sql(connection.vendor), [topic, _now(), size])
        for story, *provider in cursor.fetchall():
            stories.append(story)
            providers.take(provider)
    active = (provider for provider in providers.found.values() if provider.report_count)
    placed = sorted(active, key=lambda provider: (-provider.report_count, provider.domain))
    return Newest(stories, placed, providers.logos)


def _now():
    return connection.ops.adapt_datetimefield_value(timezone.now())


def _rows(asked: str, ids: Sequence[int], before: Sequence = (), after: Sequence = ()) -> list[tuple]:
    """Ask for some numbers; other parameters stand before and after them."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(asked.replace("{ids}", ", ".join(["%s"] * len(ids))), [*before, *ids, *after])
        return cursor.fetchall()
