"""Lead, heat and rank of a story (floor 0): pure rules, each term named."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from articles.stories.copies import copy_sets

# Each further independent report adds this much heat (recovered from the stores: quality + 20 x related).
HEAT_PER_REPORT = 20
# A story needs twice the heat to stand beside one that is this much younger.
HALF_LIFE = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Report:
    """What ranking needs of an article. `can_lead`: public by itself; `is_shown`: ever seen."""

    id: int
    link_key: str
    quality: int
    published_at: datetime
    provider: object
    title: str
    excerpt: str
    can_lead: bool
    is_shown: bool = True


def best_first(reports: Iterable[Report]) -> list[Report]:
    """Sort reports: highest quality first; ties: earliest, then lowest link key."""
    return sorted(reports, key=lambda report: (-report.quality, report.published_at, report.link_key))


def choose_lead(reports: Sequence[Report], chosen: int | None = None) -> Report | None:
    """Return the lead: the editors' choice, else the best of those that may lead, else the best of all."""
    ranked = best_first(report for report in reports if report.is_shown)
    for report in ranked:
        if report.id == chosen:
            return report
    return next((report for report in ranked if report.can_lead), ranked[0] if ranked else None)


def count_independent(reports: Sequence[Report]) -> int:
    """Count the independent sources among reports.

    Several reports of one provider count once, and so do copies of one text: the same title, or an excerpt
    of at least 60 characters that is the beginning of another's.
    """
    if len(reports) < 2:  # as most stories have
        return len(reports)
    texts = [(report.title, report.excerpt) for report in reports]
    return len(copy_sets(texts, also=[[report.provider for report in reports]]).lists())


def heat_terms(lead_quality: int, sources: int, adjustment: int = 0) -> list[tuple[str, int]]:
    """Return the terms of a story's heat; their sum is the heat."""
    return [
        ("quality of the lead", lead_quality),
        ("further independent sources", HEAT_PER_REPORT * max(sources - 1, 0)),
        ("the editors' adjustment", adjustment),
    ]


def heat(lead_quality: int, sources: int, adjustment: int = 0) -> int:
    """Return a story's heat: quality of the lead + 20 for each further independent source + adjustment."""
    return sum(value for _, value in heat_terms(lead_quality, sources, adjustment))


def rank_terms(story_heat: int, published_at: datetime) -> list[tuple[str, float]]:
    """Return the terms of the sort key of "hot" lists; their sum is the key.

    Age enters by the time of publication alone (as in the ranking of reddit, published in 2010), so nothing
    needs to be counted anew as time passes.
    """
    return [
        ("heat, in doublings", math.log2(max(story_heat, 1))),
        ("time of publication, in days", published_at.timestamp() / HALF_LIFE.total_seconds()),
    ]


def rank(story_heat: int, published_at: datetime) -> float:
    """Return the sort key of "hot" lists: log2(heat) + time of publication / half-life."""
    return sum(value for _, value in rank_terms(story_heat, published_at))
