"""Sources for tests, polled on loopback."""

from articles.http.client import Fetcher
from articles.models import Source
from articles.sources.poll import poll_sources


def fetcher_of(place, **options):
    """Return a fetcher that may ask this place on loopback."""
    return Fetcher("t", loopback_allowed=place, **options)


def make_source(url, topics=(), **fields):
    """Make a source of this address with these topics."""
    source = Source.objects.create(url=url, **fields)
    source.topics.set(topics)
    return source


def poll(place, *sources, seconds=5.0, **options):
    """Poll these sources, or those that are due, at this place; returns the report, outcomes in `told`."""
    told = []
    report = poll_sources(
        [source.pk for source in sources] or None,
        fetcher=fetcher_of(place, seconds=seconds),
        on_source=told.append,
        **options,
    )
    report.told = told
    return report
