"""Shared by the tests of grouping: reports in a line, stories as sets of keys."""

from articles.stories.clustering import group
from articles.stories.reports import Report
from articles.stories.similarity import DAY, HOUR

NOON = 19_480 * DAY + 12 * HOUR  # a day in 2023


def report(key, title, excerpt="", hours=0.0, provider=None, **more):
    """Return a report so many hours after NOON; providers differ unless given."""
    moment = NOON + int(hours * HOUR)
    return Report(key, title, excerpt, moment, provider or f"paper-{key}.example", **more)


def in_time(reports):
    return sorted(reports, key=lambda report: (report.published_at, report.key))


def placings_of(reports, **options):
    return {placing.key: placing for story in group(in_time(reports), **options) for placing in story}


def stories_of(reports, **options):
    """Return the stories as a set of sets of keys."""
    return {frozenset(placing.key for placing in story) for story in group(in_time(reports), **options)}


def together(reports, *keys, **options):
    return any(story.issuperset(keys) for story in stories_of(reports, **options))
