"""Embargo and pins: set by editors, seen by visitors on time, logged and undone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.admin.base import typed_time
from articles.caching.version import current_version
from articles.editing import stories as story_edits
from articles.editing.audit import EditError
from articles.editing.undo import undo
from articles.models import Article, Edit, Pin, Story
from articles.stories.aggregates import refresh_stories
from tests.admin.test_story_page import address, do

pytestmark = pytest.mark.django_db

BAD_TIMES = (
    "yesterday",
    "31.2.",
    "2026-02-31 10:00",
    "2001-01-01T10:00",
    "9999-12-31T23:59",
    "0001-01-01 00:00",
)


@pytest.fixture
def later(monkeypatch):
    """Return a function that lets time pass."""
    now = timezone.now

    def let_pass(**time):
        monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(**time))
        monkeypatch.setattr("time.time", lambda: now().timestamp() + timedelta(**time).total_seconds())

    return let_pass


def tomorrow(days=1):
    return typed_time(timezone.now() + timedelta(days=days))


def shown(client, path="/"):
    return client.get(path).content.decode()


def test_a_story_under_embargo_is_nowhere_until_its_time_and_then_at_once(stories, newsroom, client, later):
    story = stories["storm"]
    title, own = story.lead.title, [story.get_absolute_url(), story.lead.get_absolute_url()]
    paths = ["/", *own, "/feed.atom", "/api/v1/articles", "/api/v1/stories", "/search/?q=storm"]
    before = [title in shown(client, path) for path in paths]
    do(newsroom, story, "embargo", embargo=tomorrow())
    for path in paths:
        assert title not in shown(client, path), path
    assert client.get(story.get_absolute_url()).status_code == 404
    assert "article under embargo" in shown(newsroom, "/admin/")
    assert "not before" in shown(newsroom, "/admin/articles/story/")
    assert "embargo until" in shown(newsroom, "/admin/articles/article/?state=embargo")
    version = current_version()
    later(days=1, minutes=1)
    assert current_version() != version
    assert [title in shown(client, path) for path in paths] == before


def test_an_embargo_is_one_edit_that_can_be_undone(stories, newsroom, client):
    story = stories["storm"]
    do(newsroom, story, "embargo", embargo=tomorrow(), reason="Agreed with the paper")
    edit = Edit.objects.get()
    assert (edit.kind, edit.reason) == ("embargo", "Agreed with the paper")
    undo(edit)
    assert not Article.objects.exclude(embargo_until=None).exists()
    assert story.lead.title in shown(client)


def test_a_lead_under_embargo_joins_its_story_when_it_is_over(stories, later):
    story = stories["storm"]
    others = [article.pk for article in story.articles.exclude(pk=story.lead_id)]
    Article.objects.filter(pk__in=others).update(is_published=True)
    Article.objects.filter(pk=story.lead_id).update(embargo_until=timezone.now() + timedelta(days=1))
    refresh_stories([story.pk])
    now = Story.objects.get(pk=story.pk)
    assert (now.lead_id in others, now.article_count, now.is_public) == (True, 2, True)
    later(days=1, minutes=1)
    refresh_stories(Story.objects.with_news_due().values_list("pk", flat=True))
    now = Story.objects.get(pk=story.pk)
    assert (now.lead_id, now.article_count, now.next_article_at) == (story.lead_id, 3, None)


def test_a_story_is_published_at_a_time(stories, newsroom, client, later):
    story = stories["storm"]
    story_edits.unpublish([story])
    do(newsroom, story, "publish_at", embargo=tomorrow())
    assert story.lead.title not in shown(client)
    later(days=1, minutes=1)
    assert story.lead.title in shown(client)


def test_an_article_gets_an_embargo_on_its_page(story, newsroom, client):
    path = f"/admin/articles/article/{story.lead_id}/change/"
    form = newsroom.get(path).context["adminform"].form
    fields = {name: form[name].value() or "" for name in form.fields if name != "is_removed"}
    for text in BAD_TIMES:
        answer = newsroom.post(path, fields | {"embargo_until": text})
        assert answer.status_code == 200, text
        assert answer.context["adminform"].form.errors["embargo_until"], text
        assert text in answer.content.decode()
    assert newsroom.post(path, fields | {"embargo_until": tomorrow()}).status_code == 302
    assert client.get(story.lead.get_absolute_url()).status_code == 404
    assert Edit.objects.get().kind == "embargo"


def test_bad_times_and_lists_are_a_sentence_beside_the_filled_form(stories, newsroom):
    story = stories["storm"]
    page = {"version": newsroom.get(address(story)).context["version"]}
    for edit, name in (("embargo", "embargo"), ("publish_at", "embargo"), ("pin", "pin_until")):
        for text in (*BAD_TIMES, *([""] if edit != "embargo" else [])):
            answer = newsroom.post(address(story), page | {"edit": edit, name: text})
            assert (answer.status_code, bool(answer.context["error"])) == (200, True), (edit, text)
            assert f'value="{text}"' in answer.content.decode()
    answer = newsroom.post(address(story), page | {"edit": "pin", "pin_until": tomorrow(), "pin_list": "999"})
    assert answer.context["error"] == "this topic no longer exists."
    assert not Edit.objects.exists()


def test_a_pinned_story_stands_first_with_a_note_until_its_time(stories, newsroom, client, later):
    last = Story.objects.public().sorted_by("hot").last()
    topic = last.topic_links.first().topic
    for key, path in (("", "/"), (topic.pk, topic.get_absolute_url())):
        note = "Pinned by the editors"
        assert note not in shown(client, path)
        do(newsroom, last, "pin", pin_list=key, pin_until=tomorrow())
        page = shown(client, path)
        assert (page.count(note), page.count(f'id="s{last.pk}"')) == (1, 1)
        assert page.index("<article") < page.index(f'id="s{last.pk}"') < page.index("</article>")
    assert "pinned until" in shown(newsroom, "/admin/articles/story/?pinned=yes")
    assert "2</b> pinned stories" in shown(newsroom, "/admin/")
    version = current_version()
    later(days=1, minutes=1)
    assert current_version() != version
    assert note not in shown(client)


def test_a_pin_survives_a_merge_and_is_undone_and_unpinned(stories, newsroom, client):
    story, other = stories["storm"], stories["herring"]
    do(newsroom, story, "pin", pin_until=tomorrow())
    pinned = Edit.objects.get(kind="pin")
    story_edits.merge([story, other])
    merged = Article.objects.get(pk=story.lead_id).story
    assert Pin.objects.stories_in() == [merged.pk]
    undo(pinned)
    assert Pin.objects.stories_in() == []
    do(newsroom, merged, "pin", pin_until=tomorrow())
    do(newsroom, merged, "pin", pin_until=tomorrow(2))
    assert Pin.objects.count() == 1
    do(newsroom, merged, "unpin")
    assert Pin.objects.count() == 0
    undo(Edit.objects.get(kind="unpin"))
    assert Pin.objects.stories_in() == [merged.pk]


def test_a_pinned_story_that_is_not_public_is_not_shown(stories, client):
    story = stories["storm"]
    story_edits.pin(story, None, timezone.now() + timedelta(days=1))
    story_edits.unpublish([story])
    assert story.lead.title not in shown(client)
    with pytest.raises(EditError, match="passed"):
        story_edits.pin(story, None, timezone.now())
