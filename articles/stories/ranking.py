"""Lead, heat and rank of a story (pure): every term has a name, and the terms add up."""

import math
from collections.abc import Collection, Hashable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from articles.stories.clusters import MIN_DUPLICATE_TEXT, join_overlapping
from articles.stories.similarity import normalize

# Added for each further independent provider. The stores' own files give a lead the heat
# quality + 20 x (number of related articles).
HEAT_PER_PROVIDER = 20
# A story needs twice the heat to rank with one that is this much younger.
HALF_LIFE = timedelta(hours=24)


class RankedArticle(NamedTuple):
    """What ranking needs of an article."""

    id: int
    link_key: str
    quality: int
    published_at: datetime
    provider: Hashable
    title: str
    excerpt: str
    is_published: bool = True
    is_removed: bool = False
    edited_fields: Collection[str] = ()
    embargo_until: datetime | None = None
    provider__is_taken_down: bool = False

    @property
    def visible_from(self) -> datetime:
        """The time from which visitors may see it."""
        return max(self.published_at, self.embargo_until or self.published_at)

    @property
    def is_reviewed(self) -> bool:
        """Whether an editor has published or unpublished it."""
        return "is_published" in self.edited_fields

    @property
    def can_lead(self) -> bool:
        """Whether a story that it leads is public."""
        return self.is_published and not self.is_removed and not self.provider__is_taken_down

    @property
    def is_shown(self) -> bool:
        """Whether visitors see it in its story: not if an editor has unpublished or removed it."""
        is_hidden = self.is_removed or self.provider__is_taken_down
        return not is_hidden and (self.is_published or not self.is_reviewed)


def best_first(articles: Iterable[RankedArticle]) -> list[RankedArticle]:
    """Sort articles: highest quality first; ties: earliest, then lowest link key."""
    return sorted(articles, key=lambda article: (-article.quality, article.published_at, article.link_key))


def choose_lead(articles: Sequence[RankedArticle], chosen: int | None = None) -> RankedArticle | None:
    """Return the lead: the editors' choice (an id), else the best that can lead, else the best of all."""
    ranked = best_first(article for article in articles if article.is_shown)
    for article in ranked:
        if article.id == chosen:
            return article
    return next((article for article in ranked if article.can_lead), ranked[0] if ranked else None)


def count_independent(articles: Sequence[RankedArticle]) -> int:
    """Count the independent providers of articles.

    Several articles of one provider count once, and so do duplicates: the same title, or an excerpt of at
    least 60 characters that is the beginning of another's.
    """
    if len(articles) < 2:  # as most stories have
        return len(articles)
    return len(join_overlapping([*([article.id] for article in articles), *_dependent_pairs(articles)]))


def _dependent_pairs(articles: Sequence[RankedArticle]) -> Iterator[tuple[int, int]]:
    """Yield pairs of articles (ids) of one provider, and of duplicates."""
    first: dict[Hashable, int] = {}
    for article in articles:
        yield article.id, first.setdefault(("provider", article.provider), article.id)
        if title := normalize(article.title):
            yield article.id, first.setdefault(("title", title), article.id)
    # In sorted order a text stands right before those that begin with it.
    beginnings: list[tuple[str, int]] = []
    for text, pk in sorted((normalize(article.excerpt), article.id) for article in articles):
        while beginnings and not text.startswith(beginnings[-1][0]):
            beginnings.pop()
        if beginnings:
            yield pk, beginnings[-1][1]
        if len(text) >= MIN_DUPLICATE_TEXT:
            beginnings.append((text, pk))


def heat_terms(lead_quality: int, providers: int, adjustment: int = 0) -> list[tuple[str, int]]:
    """Return the terms of a story's heat; their sum is the heat."""
    return [
        ("quality of the lead", lead_quality),
        ("further independent providers", HEAT_PER_PROVIDER * max(providers - 1, 0)),
        ("the editors' adjustment", adjustment),
    ]


def heat(lead_quality: int, providers: int, adjustment: int = 0) -> int:
    """Return a story's heat: quality of the lead + 20 for each further independent provider + adjustment."""
    return sum(value for _, value in heat_terms(lead_quality, providers, adjustment))


def rank_terms(story_heat: int, published_at: datetime) -> list[tuple[str, float]]:
    """Return the terms of the sort key of "hot" lists; their sum is the key.

    Age enters by the time of publication alone (as in the ranking of reddit, published in 2010), so no rank
    changes as time passes.
    """
    return [
        ("heat, in doublings", math.log2(max(story_heat, 1))),
        ("time of publication, in days", published_at.timestamp() / HALF_LIFE.total_seconds()),
    ]


def rank(story_heat: int, published_at: datetime) -> float:
    """Return the sort key of "hot" lists: log2(heat) + time of publication / half-life."""
    return sum(value for _, value in rank_terms(story_heat, published_at))
