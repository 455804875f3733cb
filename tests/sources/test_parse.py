"""What feeds mean: text, links, times, pictures, and what is left out."""

import json

import pytest

from articles.http.response import decode_text
from articles.sources.feed import FeedError
from articles.sources.parse import html_to_text, parse_feed, shorten
from tests.written_feeds import item, rss

URL = "https://harbour-gazette.example/feeds/all.xml"


def _only(data):
    return parse_feed(data, "", URL).entries[0]


def _atom(inner):
    head = '<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><entry><title>T</title>'
    return f"{head}<link href='/tide'/>{inner}</entry></feed>".encode()


def _json(**fields):
    found = {"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [{"id": "1", **fields}]}
    return json.dumps(found).encode()


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("plain &amp; simple", "plain & simple"),
        ("<p>One</p><p>Two<br>three</p>", "One Two three"),
        ("in<b>line</b> <i>stays</i>", "inline stays"),
        ("a<script>b</script><style>c</style>d", "ad"),
        ("<svg><title>x</title></svg>y", "y"),
        ("<script>never closed", ""),
        ("1 < 2 & 3 > 2", "1 < 2 & 3 > 2"),
        ("<ul><li>a<li>b</ul>", "a b"),
        ("&lt;b&gt; is a tag <b>", "<b> is a tag"),
        ("", ""),
    ],
)
def test_the_text_of_markup_is_what_a_reader_would_see(markup, text):
    assert html_to_text(markup)[0] == text


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("Short.", 20, "Short."),
        ("One sentence here. And another one.", 25, "One sentence here."),
        ("No sentence ends in this one at all", 20, "No sentence ends in…"),
        ("Dr. Tide and many more words follow", 20, "Dr. Tide and many…"),
        ("Unbroken" * 10, 12, "UnbrokenUnb…"),
        ("A list, with commas, and more", 21, "A list, with commas…"),
    ],
)
def test_a_long_text_is_cut_and_nothing_is_added_but_three_dots(text, limit, expected):
    assert shorten(text, limit) == expected
    assert len(expected) <= limit
    assert text.startswith(expected.removesuffix("…"))


@pytest.mark.parametrize(
    ("data", "content_type", "text"),
    [
        ("<a>é</a>".encode(), "text/xml; charset=iso-8859-1", "<a>é</a>"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>'.encode("latin-1"), "", "<a>é</a>"),
        ("<a>é</a>".encode("latin-1"), "text/xml; charset=latin-1", "<a>é</a>"),
        ("<a>“é”</a>".encode("cp1252"), "", "<a>“é”</a>"),
        ("<a>é</a>".encode("utf-16"), "", "<a>é</a>"),
        ("<a>é</a>".encode("utf-16-be"), "", "<a>é</a>"),
        (b"\xef\xbb\xbf<a>\x08x\x00</a>", "", "<a>x</a>"),
        (b"<?xml version='1.0' encoding='no-such'?><a>\xe9</a>", "x; charset=rot13", "<a>é</a>"),
    ],
)
def test_bytes_are_read_whatever_they_are_said_to_be(data, content_type, text):
    assert decode_text(data, content_type) == text


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (rss(item("tide", title="AT&T <3 tides")), "AT&T <3 tides"),
        (rss(item("tide", title="A <b>bold</b> tide")), "A bold tide"),
        (_atom("").replace(b"<title>T<", b"<title type='html'>1 &amp;lt; 2 &lt;i>!&lt;/i><"), "1 < 2 !"),
        (_atom("").replace(b"<title>T<", b"<title>1 &lt; 2 &amp;amp; so<"), "1 < 2 &amp; so"),
        (_json(url="/tide", title="1 < 2 &amp; so"), "1 < 2 &amp; so"),
    ],
    ids=["plain", "markup", "atom html", "atom text", "json"],
)
def test_titles_are_plain_text(data, title):
    assert _only(data).title == title


@pytest.mark.parametrize(
    ("data", "excerpt"),
    [
        (rss(item("tide", text="<p>What is &amp;amp; was.</p>")), "What is &amp; was."),
        (_atom("<summary>Short</summary><content type='html'>&lt;p>Long&lt;/p></content>"), "Short"),
        (_atom("<content type='html'>&lt;p>Long&lt;/p></content>"), "Long"),
        (rss(item("tide", title="The same", text="The same")), ""),
        (_json(url="/t", title="T", content_html="<p>A</p><p>B</p>"), "A B"),
        (_json(url="/t", title="T", content_html="<p>A</p>", summary="S"), "S"),
    ],
)
def test_an_excerpt_is_the_summary_else_the_beginning_of_the_content(data, excerpt):
    assert _only(data).excerpt == excerpt


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Thu, 04 May 2023 09:30:00 +0200", "2023-05-04T07:30:00+00:00"),
        ("2023-05-04T09:30:00-05:00", "2023-05-04T14:30:00+00:00"),
        ("2023-05-04", "2023-05-04T00:00:00+00:00"),
        ("yesterday", ""),
        ("", ""),
    ],
)
def test_times_are_in_utc_or_missing(date, expected):
    assert _only(rss(item("tide", date=date))).published == expected


def test_pictures_are_the_largest_first_without_counters():
    more = (
        '<media:thumbnail url="/small.jpg" width="80" height="60"/>'
        '<media:content url="/640.jpg" medium="image" width="640"/>'
        '<media:content url="/1280.jpg" type="image/jpeg" width="1280"/>'
        '<media:content url="/film.mp4" medium="video"/>'
        '<enclosure url="https://cdn.example/e.png" type="image/png" length="1"/>'
        '<enclosure url="https://cdn.example/talk.mp3" type="audio/mpeg" length="1"/>'
    )
    text = '<img src="inside.jpg"><img src="/pixel.gif" width="1" height="1">'
    site = "https://harbour-gazette.example"
    assert [picture.url for picture in _only(rss(item("tide", text=text, more=more))).pictures] == [
        f"{site}/1280.jpg", f"{site}/640.jpg", "https://cdn.example/e.png", f"{site}/small.jpg",
        f"{site}/news/inside.jpg",
    ]  # fmt: skip


def test_a_feed_may_say_how_often_it_is_to_be_asked():
    assert parse_feed(rss(item("a"), head="<ttl>90</ttl>"), "", URL).minutes == 90
    period = (
        "<sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>daily</sy:updatePeriod>"
    )
    assert parse_feed(rss(item("a"), head=period), "", URL).minutes == 1440
    assert parse_feed(rss(item("a"), head="<ttl>-5</ttl>"), "", URL).minutes == 0


def test_skipped_entries_are_listed_with_the_reason():
    data = rss(item("a"), item("b", title="t" * 501), item("c", link="https://a.example/" + "x" * 2000))
    feed = parse_feed(data.replace(b"<title>The a report</title>", b""), "", URL)
    assert feed.entries == ()
    assert [each.reason for each in feed.skipped] == [
        "no title",
        "a title of more than 500 characters",
        "a link of more than 2,000 characters",
    ]


@pytest.mark.parametrize(
    ("head", "named"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/rss">', f"{URL[:31]}/rss"),
        ('<LINK TYPE="application/atom+xml" REL="home alternate" HREF="a.xml"/>', f"{URL[:31]}/feeds/a.xml"),
        ('<link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" href="/s.css">', ""),
        ('<link rel="alternate" type="application/rss+xml">', ""),
    ],
)
def test_a_web_page_is_refused_and_the_feed_that_it_names_is_told(head, named):
    with pytest.raises(FeedError) as caught:
        parse_feed(f"<!doctype html><html><head>{head}</head><body>x".encode(), "", URL)
    assert str(caught.value) == "is a web page, no feed" + (f"; it names one: {named}" if named else "")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "blank"), (b"<!-- hello --><html><body>", "web page"), (b"just words", "no feed"),
        (b"<opml/>", "no feed"), (b'{"version": "1"}', "no JSON Feed"), (b'{"a": ', "no sound JSON"),
        (b'{"version": "https://jsonfeed.org/version/1"}', "without items"),
        (b"<!DOCTYPE rss><rss version='2.0'/>", "DOCTYPE"),
        (b"<rss version='2.0'><channel><b></channel><!DOCTYPE x>", "DOCTYPE"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_refused_with_a_reason(data, reason):
    with pytest.raises(FeedError, match=reason):
        parse_feed(data, "", URL)
