"""Feeds and sitemaps: well-formed whatever the data, one entry a story, ids that stay."""

import json
import re
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Story, StoryAlias

ATOM = "{http://www.w3.org/2005/Atom}"
NASTY = "</title><script>alert(1)</script> & ]]> \"'"


def entries(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("application/atom+xml")
    return ET.fromstring(answer.content).findall(f"{ATOM}entry")


@pytest.fixture
def addresses(write_article, run_import):
    write_article("two", topics=["Tidal Energy", "Ports & Ships"])
    run_import(write_article("one", title=NASTY, excerpt=NASTY, related=("ferry", "quay")).parent)
    story = Story.objects.public().get(lead__title=NASTY).get_absolute_url()
    return ["/", "/topics/tidal-energy/", "/providers/harbour-gazette.example/", "/search/", story]


def test_every_list_has_an_atom_and_a_json_feed_of_the_same_entries(addresses, client):
    for address in addresses:
        query = "?q=report" if address == "/search/" else ""
        atom = [entry.find(f"{ATOM}id").text for entry in entries(client, f"{address}feed.atom{query}")]
        answer = client.get(f"{address}feed.json{query}")
        assert answer["Content-Type"].startswith("application/feed+json")
        document = json.loads(answer.content)
        assert document["version"] == "https://jsonfeed.org/version/1.1"
        assert [item["id"] for item in document["items"]] == atom
        assert len(atom) == len(set(atom)) >= 1
        assert b"<" not in answer.content


def test_pages_name_their_feeds(addresses, client):
    for address in addresses:
        page = client.get(address, {"q": "report"}).content.decode()
        for found in re.findall(r'<link rel="alternate" type="[^"]+" title="[^"]+" href="([^"]+)"', page):
            assert client.get(found.replace("&amp;", "&")).status_code == 200
        assert page.count('rel="alternate"') == 2


def test_text_from_outside_stays_text(addresses, client):
    titles = {entry.find(f"{ATOM}title").text for entry in entries(client, "/feed.atom")}
    assert NASTY in titles
    page = client.get(addresses[-1]).content.decode()
    assert "<script>alert" not in page
    data = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1]
    assert json.loads(data)["name"] == NASTY


def test_a_storys_id_stays_and_its_time_moves_when_a_report_joins(write_article, run_import, client):
    run_import(write_article("one"))
    [before] = entries(client, "/feed.atom")
    run_import(write_article("one", title="Another title", related=("ferry",)))
    [after] = entries(client, "/feed.atom")
    assert before.find(f"{ATOM}id").text == after.find(f"{ATOM}id").text
    assert before.find(f"{ATOM}updated").text < after.find(f"{ATOM}updated").text


def feed_id(client, address):
    return ET.fromstring(client.get(address).content).find(f"{ATOM}id").text


def test_a_storys_feed_keeps_its_id_and_is_found_under_every_name_of_the_story(
    story, write_article, run_import, client
):
    before = story.get_absolute_url()
    known = feed_id(client, f"{before}feed.atom")
    run_import(write_article("one", title="Another title", related=("ferry",)))
    story = Story.objects.public().get()
    after = story.get_absolute_url()
    assert after != before
    assert feed_id(client, f"{after}feed.atom") == known
    for form in ("atom", "json"):
        for name in (before, f"/stories/{story.pk}/", f"/stories/{story.pk}-odd/"):
            answer = client.get(f"{name}feed.{form}?a=b")
            assert (answer.status_code, answer["Location"]) == (301, f"{after}feed.{form}?a=b")


def test_the_feed_of_a_merged_story_leads_to_its_heir_and_that_of_a_withdrawn_one_is_gone(
    story, write_article, run_import, client
):
    StoryAlias.objects.create(old_id=story.pk + 1000, story=story)
    answer = client.get(f"/stories/{story.pk + 1000}-old/feed.json")
    page = story.get_absolute_url()
    assert (answer.status_code, answer["Location"]) == (301, f"{page}feed.json")
    run_import(write_article("one", removed=True))
    assert client.get(page).status_code == client.get(f"{page}feed.json").status_code == 410


def test_the_feed_of_a_search_is_named_by_what_is_searched(addresses, client):
    known = feed_id(client, "/search/feed.atom?q=report")
    assert feed_id(client, "/search/feed.atom?utm_source=x&q=report&sort=new&junk=1") == known
    assert feed_id(client, "/search/feed.atom?q=report&since=2020-01-01") != known
    page = client.get("/search/?q=report&since=2020-01-01&until=2024-12-31&sort=new").content.decode()
    assert 'href="/search/feed.atom?q=report&amp;since=2020-01-01&amp;until=2024-12-31"' in page


def test_feeds_speak_of_the_sites_language_and_name_no_time_by_which_a_change_could_be_missed(
    addresses, client
):
    for headers in ({}, {"Accept-Language": "de"}):
        answer = client.get("/feed.atom", headers=headers)
        assert b'xml:lang="en"' in answer.content
        # A correction, and a report that is withdrawn, change a feed but not the time of its newest entry.
        assert not answer.has_header("Last-Modified")
        assert json.loads(client.get("/feed.json", headers=headers).content)["language"] == "en"


def test_a_hub_is_named_by_setting(addresses, client, settings):
    assert b"hub" not in client.get("/feed.atom").content
    settings.WEBSUB_HUB = "https://hub.example/"
    answer = client.get("/feed.atom?again")
    assert b'rel="hub" href="https://hub.example/"' in answer.content
    assert 'rel="hub"' in answer["Link"]
    assert json.loads(client.get("/feed.json?again").content)["hubs"][0]["url"] == "https://hub.example/"


def test_sitemaps_list_what_is_public_and_nothing_else(addresses, client):
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").text
    for month in ("2023-13", "0000-01", "1999-01", "9999-12"):
        assert client.get(f"/sitemap-{month}.xml").status_code == 404
    Article.objects.filter(permalink__contains="two").update(is_published=False)
    index = ET.fromstring(client.get("/sitemap.xml").content)
    places = [loc.text for loc in index.iter() if loc.tag.endswith("loc")]
    assert "http://testserver/sitemap-2023-05.xml" in places
    listed = [
        loc.text.removeprefix("http://testserver")
        for place in places
        for loc in ET.fromstring(client.get(place).content).iter()
        if loc.tag.endswith("loc")
    ]
    assert addresses[-1] in listed
    assert not [path for path in listed if "two" in path and path.startswith("/news/")]
    assert all(client.get(path).status_code == 200 for path in listed)


def test_the_news_sitemap_holds_two_days(write_article, run_import, client):
    now = timezone.now()
    for slug, age in (("new", 1), ("old", 80)):
        moment = (now - timedelta(hours=age)).isoformat(timespec="seconds")
        folder = write_article(slug, publishedDateTime=moment).parent
    run_import(folder)
    text = client.get("/news-sitemap.xml").content.decode()
    ET.fromstring(text)
    assert "The new report" in text
    assert "The old report" not in text


def test_the_news_sitemap_drops_what_has_grown_old_though_nothing_was_written(
    write_article, run_import, client, monkeypatch, settings
):
    settings.PAGE_CACHE_SECONDS = 60.0
    moment = (timezone.now() - timedelta(hours=47, minutes=50)).isoformat(timespec="seconds")
    run_import(write_article("new", publishedDateTime=moment))
    assert b"The new report" in client.get("/news-sitemap.xml").content
    later = timezone.now() + timedelta(minutes=15)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    monkeypatch.setattr("time.time", later.timestamp)
    assert b"The new report" not in client.get("/news-sitemap.xml").content
