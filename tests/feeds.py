"""Feeds for tests: written here, served on loopback."""

from xml.sax.saxutils import escape

from articles.models import Source
from articles.net import Fetcher
from articles.sources.polling import poll_sources

RSS = {"Content-Type": "application/rss+xml"}


def item(slug, title=None, link=None, date="Thu, 04 May 2023 09:30:00 GMT", text="", more=""):
    """Return one entry of an RSS feed."""
    return (
        f"<item><title>{escape(title or f'The {slug} report')}</title>"
        f"<link>{escape(link or f'https://harbour-gazette.example/news/{slug}')}</link>"
        f"{f'<pubDate>{date}</pubDate>' if date else ''}"
        f"<description>{escape(text or f'What is known of the {slug}.')}</description>{more}</item>"
    )


def rss(*items, title="Harbour Gazette", site="https://harbour-gazette.example/", head=""):
    """Return an RSS feed of these entries, as bytes."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/">'
        f"<channel><title>{title}</title><link>{site}</link>{head}{''.join(items)}</channel></rss>"
    ).encode()


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
