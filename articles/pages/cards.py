"""Story cards and lines (floor 3): rows to the plain dicts that templates show."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from django.utils.translation import ngettext

from articles.caching.version import cached_many
from articles.language import spoken
from articles.models import Article, Provider
from articles.models.article import Report
from articles.models.coverage import ToldStory, tell_stories
from articles.models.provider import ToldProvider
from articles.models.story import story_url
from articles.pages.markup import card_html
from articles.pages.pictures import image_of, initials_and_hue, logo_urls, logos_of
from articles.pages.shown import topic_chips
from articles.pages.times import Times, pieces_of
from articles.stories.aggregates import LINES_ON_CARD

MORE_ON_CARD = 12


def provider_dict(provider: Provider | ToldProvider, logos: dict[int, str]) -> dict:
    return {
        "name": provider.name,
        "domain": provider.domain,
        "url": provider.get_absolute_url(),
        "logo": logos.get(provider.logo_id, ""),
        **initials_and_hue(provider.name, provider.domain),
    }


def reports_text(reports: int, sources: int) -> str:
    """Say how many reports a story has, and from how many independent sources."""
    return _reports_text(spoken(), reports, sources)


@lru_cache(maxsize=2_000)
def _reports_text(language: str, reports: int, sources: int) -> str:
    text = ngettext("%d report", "%d reports", reports) % reports
    if reports == 1:
        return text
    return text + ", " + ngettext("%d independent source", "%d independent sources", sources) % sources


class Lines:
    """Makes lines of articles; asks for the logos of all their providers, unless they are given."""

    def __init__(self, articles: Sequence[Article | Report], logos: dict[int, str] | None = None):
        providers = {article.provider_id: article.provider for article in articles}
        logos = logos_of(providers.values()) if logos is None else logos
        self.times = Times()
        self.providers = {pk: provider_dict(provider, logos) for pk, provider in providers.items()}

    def provider(self, article: Article | Report) -> dict:
        return self.providers[article.provider_id]

    def line(self, article: Article | Report, *, full: bool = False) -> dict:
        return {
            "title": article.title,
            "link": article.url,
            "kind": article.kind,
            "provider": self.provider(article),
            "when": self.times.say(article.published_at),
            "excerpt": article.excerpt if full else "",
            "permalink": article.get_absolute_url() if article.is_public else "",
            "story_url": story_url(article.story_id, article.story.lead.title)
            if full and article.story_id and article.story.lead
            else "",
        }


def cards(ids: Sequence[int]) -> list[dict]:
    """Return cards of these public stories in their order, each with finished `html`, cut up at its marks.

    A card is made once per state of the site; a page of known cards costs no query here.
    """
    keys = [(number, place == 0) for place, number in enumerate(ids)]

    def make(missing: list) -> dict:
        told = told_cards([number for number, _first in missing])
        made = {key: told[key[0]] | {"first": key[1]} for key in missing if key[0] in told}
        return {key: card | {"html": pieces_of(card_html(card))} for key, card in made.items()}

    return list(cached_many("card", keys, make).values())


def told_cards(ids: Sequence[int]) -> dict[int, dict]:
    """Return what cards of these public stories say, by number: in one query, made once per state."""

    def make(missing: list) -> dict:
        stories, logos = tell_stories(missing, LINES_ON_CARD + MORE_ON_CARD)
        chips = topic_chips()
        lines = Lines([report for story in stories for report in story.reports], logo_urls(logos))
        return {story.pk: _card(story, [chips[topic] for topic in story.topics], lines) for story in stories}

    return cached_many("told", list(ids), make)


def _card(story: ToldStory, topics: list[dict], lines: Lines) -> dict:
    lead, *others = story.reports
    listed = [lines.line(article) for article in others]
    more_count = max(story.article_count - 1 - LINES_ON_CARD, 0)
    return {
        "id": story.pk,
        "title": lead.title,
        "link": lead.url,
        "permalink": lead.get_absolute_url(),
        "url": story_url(story.pk, lead.title),
        "excerpt": lead.excerpt,
        "kind": lead.kind,
        "provider": lines.provider(lead),
        "when": lines.times.say(lead.published_at),
        "published_at": story.published_at,
        "updated_at": story.last_report_at,
        "heat": story.heat,
        "reports": story.article_count,
        "sources": story.source_count,
        "reports_text": reports_text(story.article_count, story.source_count),
        "topics": topics,
        "image": image_of(story.picture),
        "lines": listed[:LINES_ON_CARD],
        "more": listed[LINES_ON_CARD:],
        "more_count": more_count,
        "more_text": _more_text(spoken(), more_count, story.more_provider_count) if more_count else "",
    }


@lru_cache(maxsize=2_000)
def _more_text(_language: str, reports: int, providers: int) -> str:
    return ngettext("%(n)d more from %(m)s", "%(n)d more from %(m)s", reports) % {
        "n": reports,
        "m": ngettext("%d provider", "%d providers", providers) % providers,
    }


def briefs(ids: Sequence[int]) -> dict[int, dict]:
    """Return public stories in two lines by number: the lead, and how many report it; made once per state."""

    def make(missing: list) -> dict:
        stories, logos = tell_stories(missing, 0)
        lines = Lines([story.reports[0] for story in stories], logo_urls(logos))
        return {story.pk: _brief(story, lines.line(story.reports[0])) for story in stories}

    return cached_many("brief", list(ids), make)


def _brief(story: ToldStory, line: dict) -> dict:
    return {
        **line,
        "url": story_url(story.pk, line["title"]),
        "reports_text": reports_text(story.article_count, story.source_count),
    }


def topic_tree(topics: Iterable, marks: Mapping[int, dict] | None = None) -> list[dict]:
    """Return topics as a tree of dicts: those without a parent, each with its children.

    `marks` are small pictures by topic, for pages that show them.
    """
    nodes, roots = {}, []
    topics = list(topics)
    for topic in topics:
        url = topic.get_absolute_url()
        nodes[topic.pk] = {"name": topic.name, "url": url, "count": topic.story_count, "children": []}
        nodes[topic.pk]["mark"] = marks.get(topic.pk) if marks else None
    for topic in topics:
        parent = nodes.get(topic.parent_id)
        (parent["children"] if parent else roots).append(nodes[topic.pk])
    return roots
