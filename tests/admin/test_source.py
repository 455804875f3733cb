"""Sources in the newsroom: added, checked, polled, switched on and off; every reason is shown."""

import pytest
from django.contrib.auth.models import Group

from articles.models import Article, Source, Topic
from tests.feeds import make_source
from tests.written_feeds import item, rss

FORM = {
    "name": "", "site_url": "", "folder": "", "language": "", "provider": "", "weight": "50",
    "minimum_quality": "0", "is_active": "on", "shown_excerpts": "all", "shows_pictures": "on",
}  # fmt: skip


@pytest.fixture
def feed(site):
    text = "Machine learning reads the tide. " * 8
    site.pages["/feed"] = (200, {"ETag": '"1"'}, rss(item("tide", text=text)))
    return site


@pytest.fixture
def newsroom(newsroom, editor):
    editor.groups.set(Group.objects.filter(name="Chiefs"))
    return newsroom


def act(newsroom, action, *sources, **fields):
    """Choose an action for these sources in their list; returns the page that follows."""
    form = {"action": action, "_selected_action": [source.pk for source in sources], **fields}
    return newsroom.post("/admin/articles/source/", form, follow=True).text


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "http://127.0.0.1/feed", "http://10.0.0.1/feed", "https://a:b@paper.example/",
     "https://paper.example:22/", "paper.example"],
)  # fmt: skip
def test_an_address_that_may_not_be_fetched_is_refused(newsroom, url):
    page = newsroom.post("/admin/articles/source/add/", FORM | {"url": url}).content.decode()
    assert "This address cannot be fetched" in page
    assert not Source.objects.exists()


def test_a_source_added_in_the_newsroom_is_polled_there(newsroom, feed):
    topic = Topic.objects.create(name="Tides")
    Topic.objects.create(name="AI", keywords=["machine learning"])
    newsroom.post("/admin/articles/source/add/", FORM | {"url": feed.url("/feed"), "topics": [topic.pk]})
    source = Source.objects.get()
    assert "1 new articles" in act(newsroom, "poll_now", source)
    assert "The tide report" in newsroom.get("/topics/tides/").content.decode()
    article = Article.objects.get()
    page = newsroom.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
    assert "because of “machine learning” in the excerpt" in page
    assert "every entry of this source has it" in page
    for term in ("weight of the source", "excerpt of 263 characters", "1 topic by keywords", "= 65"):
        assert term in page, term
    page = newsroom.get(f"/admin/articles/source/{source.pk}/change/").content.decode()
    assert "1 new, 0 changed, 0 known" in page


def test_saving_leaves_alone_what_polls_write(newsroom, db):
    source = make_source("https://paper.example/feed", failures=3, etag='"1"')
    form = FORM | {"url": source.url, "name": "Paper"}
    newsroom.post(f"/admin/articles/source/{source.pk}/change/", form)
    source.refresh_from_db()
    assert (source.name, source.failures, source.etag) == ("Paper", 3, '"1"')
    newsroom.post(f"/admin/articles/source/{source.pk}/change/", form | {"url": "https://paper.example/new"})
    source.refresh_from_db()
    assert (source.url, source.failures, source.etag) == ("https://paper.example/new", 0, "")


def test_a_retired_source_says_so_and_can_be_switched_on_again(newsroom, feed):
    feed.pages["/feed"] = (410, {}, b"gone")
    source = make_source(feed.url("/feed"))
    for action in ("poll_now", "switch_on", "switch_off"):
        page = act(newsroom, action, source)
        source.refresh_from_db()
        assert source.is_active == (action == "switch_on")
        assert ("retired: the server says" in page) == (action == "poll_now")


def test_what_a_source_brought_can_be_withdrawn_and_comes_again(newsroom, feed):
    source = make_source(feed.url("/feed"))
    feed.pages["/other"] = (200, {}, rss(item("ebb"), item("flood")))
    feed.pages["/feed"] = (200, {"ETag": '"2"'}, rss(item("tide"), item("ebb")))
    other = make_source(feed.url("/other"))

    def public():
        return sorted(Article.objects.public().values_list("title", flat=True))

    act(newsroom, "poll_now", source, other)
    everything = ["The ebb report", "The flood report", "The tide report"]
    assert public() == everything
    assert "2 articles of 1 sources will be withdrawn" in act(newsroom, "withdraw", source)
    assert public() == everything
    assert "2 articles withdrawn" in act(newsroom, "withdraw", source, confirmed="yes")
    assert public() == everything[:2]
    assert newsroom.get(Article.objects.get(title="The tide report").get_absolute_url()).status_code == 410
    act(newsroom, "poll_now", source)
    assert public() == everything[:2]
    act(newsroom, "switch_on", source)
    act(newsroom, "poll_now", source)
    assert public() == everything


def test_many_sources_at_once_are_left_to_the_next_poll(newsroom, db, django_assert_max_num_queries):
    sources = [make_source(f"https://paper-{place}.example/feed") for place in range(12)]
    assert "The next poll will fetch these 12 sources" in act(newsroom, "poll_now", *sources)
    with django_assert_max_num_queries(20):
        assert newsroom.get("/admin/articles/source/").status_code == 200
