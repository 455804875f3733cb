"""Every feed of the badly behaved server ends as its docstring says, and a second poll adds nothing."""

import re
import resource

import pytest
from django.utils import timezone

from articles.models import Article, ArticleImage, Source, SourceEntry
from articles.stories.grouping import group_waiting
from tests.conftest import SHARED
from tests.feeds import poll
from tests.http.test_hostile_network import hostile  # noqa: F401 (fixture)

HOSTILE = SHARED / "hostile"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.django_db,
    pytest.mark.skipif(not HOSTILE.is_dir(), reason="no folder of bad servers beside the checkout"),
]
# What each feed comes to: articles, or None where it is refused.
EXPECTED = {
    "rss.xml": 2, "atom.xml": 2, "rdf.xml": 2, "feed.json": 2, "bom.xml": 2, "utf16.xml": 2, "latin1.xml": 2,
    "wrong-encoding.xml": 2, "charset-conflict.xml": 2, "control-chars.xml": 2, "plain-type.xml": 2,
    "octet-type.xml": 2, "html-type.xml": 2, "xml-base.xml": 1, "no-dates.xml": 2,
    "bad-dates.xml": 4, "future.xml": 2, "no-guid.xml": 2, "same-guid.xml": 3, "changing.xml": 1,
    "changing-order.xml": 3, "no-links.xml": 1, "script.xml": 1, "escaped-script.xml": 1,
    "evil-images.xml": 3, "xxe-file.xml": None, "xxe-http.xml": None, "xxe-parameter.xml": None,
    "dtd-external.xml": None, "stylesheet.xml": 2, "xinclude.xml": 2, "entity-bomb.xml": None,
    "entity-quadratic.xml": None, "deep.xml": None, "long-title.xml": 1, "invalid.xml": 2, "cut.xml": 1,
    "html.html": None, "empty.xml": None, "blank.xml": None, "no-items.xml": 0, "two-roots.xml": 2,
    "many-attributes.xml": None, "deep.json": None, "types.json": 1, "nan.json": 1, "duplicate-keys.json": 0,
    "cut.json": None, "gone.xml": None, "moved.xml": 2,
}  # fmt: skip


@pytest.fixture
def server(hostile):  # noqa: F811
    with hostile.HostileServer() as server:
        server.robots = "missing"
        yield server


def _poll(server, *names):
    """Poll these feeds of the server, each once; returns the report and the articles by feed."""
    place = f"127.0.0.1:{server.port}"
    sources = [Source.objects.get_or_create(url=server.url(f"/feeds/{name}"))[0] for name in names]
    return poll(place, *sources), {
        name: SourceEntry.objects.filter(source=source).count()
        for name, source in zip(names, sources, strict=True)
    }


def test_the_table_names_every_feed_of_the_server(hostile):  # noqa: F811
    named = re.findall(r"\b([\w-]+\.(?:xml|json|html))\b", hostile.__doc__.partition("FEEDS (all")[2])
    apart = {"10000.xml", "relative.xml", "evil-links.xml"}
    assert {name for name in named if name != "robots.html"} == EXPECTED.keys() | apart


@pytest.mark.thorough
def test_each_feed_ends_as_documented_and_twice_is_as_once(server):
    feeds = {name: server.url(f"/feeds/{name}") for name in EXPECTED if name != "rss.xml"}
    sources = {name: Source.objects.create(url=url, name=name) for name, url in feeds.items()}
    place, wrong = f"127.0.0.1:{server.port}", []
    report = poll(place, *sources.values())
    by_source = {polled.source: polled for polled in report.told}
    for name, source in sources.items():
        expected, polled = EXPECTED[name], by_source[name]
        came = SourceEntry.objects.filter(source=source).count()
        ends = ("failed", "retired") if expected is None else ("read",)
        source.refresh_from_db()
        if came != (expected or 0) or polled.outcome not in ends or not source.last_outcome:
            wrong.append((name, polled, came))
        if re.search(r"<|script|http:", source.last_outcome) or source.is_active == (name == "gone.xml"):
            wrong.append((name, source.last_outcome))
    assert wrong == []
    before = set(Article.objects.values_list("link_key", flat=True))
    again = poll(place, *Source.objects.active())
    assert (again.new, again.counts["read"] > 0) == (0, True)
    assert set(Article.objects.values_list("link_key", flat=True)) == before
    assert server.internal_hits == 0


def test_a_moved_feed_is_asked_at_its_new_address_unless_another_source_is(server):
    _poll(server, "moved.xml")
    assert Source.objects.get().url == server.url("/feeds/rss.xml")
    report, _ = _poll(server, "moved.xml")
    assert (report.counts["retired"], report.new) == (1, 0)
    assert "another source" in Source.objects.get(is_active=False).retired_reason


def test_links_that_are_no_links_of_the_web_are_left_out_with_a_reason(server):
    _poll(server, "evil-images.xml")
    assert not ArticleImage.objects.exists(), "pictures inside the own network are not even named"
    assert server.internal_hits == 0
    report, _ = _poll(server, "evil-links.xml")
    urls = set(Article.objects.values_list("url", flat=True))
    assert urls
    assert all(re.match(r"https?://[a-z.-]+\.example/", url) for url in urls)
    assert sum(report.told[0].ingested.skipped.values()) >= 5
    assert all(link.image.url.startswith("http") for link in ArticleImage.objects.all())


def test_times_are_never_ahead_and_stay_as_first_told(server):
    _poll(server, "no-dates.xml", "bad-dates.xml", "future.xml")
    first = dict(Article.objects.values_list("link_key", "published_at"))
    assert all(moment <= timezone.now() for moment in first.values())
    Source.objects.update(content_hash="")
    SourceEntry.objects.update(digest="")
    report, _ = _poll(server, "no-dates.xml", "bad-dates.xml", "future.xml")
    assert report.changed > 4
    assert dict(Article.objects.values_list("link_key", "published_at")) == first


def test_no_markup_and_no_script_reaches_a_reader(server, client):
    _poll(server, "script.xml", "escaped-script.xml", "evil-links.xml", "types.json", "xinclude.xml")
    group_waiting()
    for path in ("/", "/feed.atom", "/feed.json", "/search/?q=tide", "/api/v1/articles/"):
        answer = client.get(path)
        page = (b"".join(answer.streaming_content) if answer.streaming else answer.content).decode()
        for piece in ("<script>alert", "<iframe", "<svg onload", "onerror", "javascript:alert"):
            assert piece not in page, (path, piece)


def _processor_seconds():
    """Return what this process and its workers have used: on a busy machine a clock says little."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in spent)


@pytest.mark.thorough
def test_ten_thousand_entries_come_in_bounded_time_and_memory(server):
    began = _processor_seconds()
    report, came = _poll(server, "10000.xml")
    assert _processor_seconds() - began < 60
    assert (report.new, came["10000.xml"]) == (10_000, 10_000)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    worker = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert max(own, worker) < 700_000  # kB, of the whole test run and of the largest worker
    again, _ = _poll(server, "10000.xml")
    assert again.new == again.changed == 0
