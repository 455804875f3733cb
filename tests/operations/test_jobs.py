"""One round of all jobs, from a feed to a page with its picture, in a small network of names."""

import pytest

from articles.models import Article, Image, Story, Topic
from articles.operations import jobs
from tests.feeds import make_source
from tests.network import authority, world  # noqa: F401 (fixtures)
from tests.pictures import jpeg
from tests.written_feeds import item, rss

pytestmark = pytest.mark.django_db


def test_one_round_turns_feed_entries_into_public_stories_with_pictures(world, client, monkeypatch):  # noqa: F811
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)
    world.names = {host: ["93.184.215.14"] for host in ("gazette.example", "post.example", "cdn.example")}
    picture = '<media:content url="http://cdn.example/tide.jpg" medium="image" width="640" height="480"/>'
    text = "The harbour board approved two tidal turbines below the old bridge after ten years of dispute."
    reports = {
        "gazette": ("Harbour board approves tidal turbines", "http://gazette.example/turbines?utm_source=rss"),
        "post": ("Tidal turbines approved by harbour board", "http://post.example/2023/turbines"),
    }
    Topic.objects.create(name="Tidal Energy", keywords=["tidal turbines"])
    world.site.pages = {"/tide.jpg": (200, {}, jpeg())}
    for name, (title, link) in reports.items():
        entry = item("", title, link, text=f"{text} So says the {name}.", more=picture)
        feed = rss(entry, title=name.title())
        world.site.pages[f"/{name}.xml"] = (200, {}, feed)
        make_source(f"http://{name}.example/{name}.xml")
    assert "turbines" not in client.get("/topics/tidal-energy/").content.decode()
    assert jobs.run_once()
    story = Story.objects.public().get()
    assert (story.article_count, story.provider_count) == (2, 2)
    page = client.get("/topics/tidal-energy/").content.decode()
    assert story.lead.title in page
    image = Image.objects.get()
    assert image.state == Image.State.READY
    assert any(file.url in page for file in image.renditions.all())
    asked = {path for path, _ in world.site.requests}
    assert asked == {"/robots.txt", "/gazette.xml", "/post.xml", "/tide.jpg"}
    assert jobs.run_once()
    assert Article.objects.count() == 2
