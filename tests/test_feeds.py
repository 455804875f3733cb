"""Feeds and sitemaps: well-formed whatever the data, one entry a story, ids that stay."""

import json
import re
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Story

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
        query = "?q=report+alert" if address == "/search/" else ""
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


def test_a_hub_is_named_by_setting(addresses, client, settings):
    assert b"hub" not in client.get("/feed.atom").content
    settings.WEBSUB_HUB = "https://hub.example/"
    answer = client.get("/feed.atom?again")
    assert b'rel="hub" href="https://hub.example/"' in answer.content
    assert 'rel="hub"' in answer["Link"]
    assert json.loads(client.get("/feed.json?again").content)["hubs"][0]["url"] == "https://hub.example/"


def test_sitemaps_list_what_is_public_and_nothing_else(addresses, client):
    Article.objects.filter(stem__contains="two").update(is_published=False)
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


@pytest.mark.parametrize("address", ["/sitemap-2023-13.xml", "/sitemap-0000-01.xml", "/sitemap-1999-01.xml"])
def test_a_month_without_stories_has_no_sitemap(db, client, address):
    assert client.get(address).status_code == 404


def test_robots_name_the_sitemaps(db, client):
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_feeds_have_the_time_of_their_newest_entry(addresses, client):
    assert client.get("/feed.atom")["Last-Modified"] == "Thu, 04 May 2023 10:00:00 GMT"
