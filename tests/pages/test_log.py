"""The open log: by setting, without names, and nothing of what readers may not see."""

from xml.etree import ElementTree as Xml

import pytest

from articles.editing import articles as article_edits
from articles.editing import stories as story_edits
from articles.editing.undo import undo
from articles.models import Article, Edit, Story

pytestmark = pytest.mark.django_db


@pytest.fixture
def stories(stories, settings):
    settings.OPEN_LOG = True
    return stories


def test_without_the_setting_there_is_no_log(stories, client, settings):
    settings.OPEN_LOG = False
    for path in ("/log/", "/log/feed.atom", "/log/feed.json"):
        assert client.get(path).status_code == 404
    assert "/log/" not in client.get("/about/").content.decode()


def test_the_log_follows_each_act_at_once_and_names_nobody(stories, client, editor):
    editor.username = "wilhelmina"
    editor.save()
    assert "Nothing yet" in client.get("/log/").content.decode()
    old = stories["storm"].lead.title
    edit = story_edits.retitle(stories["storm"], "The harbour is closed", "", editor, "Shorter")
    page = client.get("/log/").content.decode()
    assert "Retitled" in page and "The harbour is closed" in page and old in page and "Shorter" in page
    story_edits.merge([stories["turbine"], stories["council"]], editor, "One and the same")
    undo(edit, editor, "Longer again")
    page = client.get("/log/").content.decode()
    assert page.index("Taken back: Retitled") < page.index("Stories merged")
    assert editor.username not in page
    feed = Xml.fromstring(client.get("/log/feed.atom").content)
    titles = [entry.findtext("{*}title") for entry in feed.iterfind("{*}entry")]
    assert titles[0].startswith("Taken back: Retitled: ") and len(titles) == 3
    assert len(client.get("/log/feed.json").json()["items"]) == 3


def test_what_readers_never_saw_or_may_not_see_any_more_is_not_told(stories, client, editor):
    hidden = stories["storm"]
    article_edits.set_published(Article.objects.filter(story=hidden), False, editor)
    hidden.refresh_from_db()
    known = Edit.objects.for_visitors().count()
    secret = Article.objects.create(
        link_key="x.example/s", permalink="s", url="https://x.example/s", title="Never published",
        published_at=Article.objects.first().published_at, provider=Article.objects.first().provider,
        origin="file",
    )  # fmt: skip
    article_edits.save_article(secret, ["title"], editor)
    assert Edit.objects.for_visitors().count() == known
    turbine = stories["turbine"]
    title = turbine.lead.title
    story_edits.retitle(turbine, "Blades of glass", "", editor)
    article_edits.remove(Article.objects.filter(story=turbine), editor, "The source took it back")
    page = client.get("/log/").content.decode()
    assert "Withdrawn for good" in page and "The source took it back" in page
    for words in ("Blades of glass", title, "Never published", "Storm closes"):
        assert words not in page


@pytest.mark.thorough
def test_the_log_is_read_page_by_page_and_takes_any_cursor(stories, client):
    for number in range(45):
        story_edits.retitle(Story.objects.get(pk=stories["storm"].pk), f"Title {number}", "")
    first = client.get("/log/")
    assert len(first.context["entries"]) == 40
    second = client.get("/log/" + first.context["next_url"])
    assert len(second.context["entries"]) == 5
    for query in ("after=x", "after=-1", "after=99999999999999999999", "after=%00", "after=٣"):
        assert client.get(f"/log/?{query}").status_code == 200
