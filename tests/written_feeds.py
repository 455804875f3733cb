"""Feeds as bytes, written for tests; knows no Django."""

from xml.sax.saxutils import escape


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
