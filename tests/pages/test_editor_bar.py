"""The bar above readers' pages: for signed-in editors alone."""

import pytest
from django.test import Client

from articles.caching.times import without_texts_of_times
from articles.models import Story, Topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(write_article, run_import):
    run_import(write_article("one", topics=["Tidal Energy"]))
    return Story.objects.public().get()


def test_the_bar_leads_an_editor_to_the_same_thing_in_the_newsroom(story, client, editor):
    client.force_login(editor)
    topic = Topic.objects.get()
    for path, target in (
        (story.get_absolute_url(), f"/admin/articles/story/{story.pk}/change/"),
        (topic.get_absolute_url(), f"/admin/articles/topic/{topic.pk}/change/"),
        (story.lead.get_absolute_url(), f"/admin/articles/article/{story.lead_id}/change/"),
        ("/", "/admin/"),
    ):
        answer = client.get(path, HTTP_ACCEPT_ENCODING="gzip")
        bar = answer.content.decode().partition('<nav class="editor-bar"')[2].partition("</nav>")[0]
        assert f'href="{target}"' in bar, path
        assert answer["Cache-Control"] == "private, no-store"
        assert "ETag" not in answer


def test_no_visitor_ever_sees_the_bar(story, client, editor, django_user_model):
    path = story.get_absolute_url()
    newsroom, stranger = Client(), Client()
    newsroom.force_login(editor)
    stranger.force_login(django_user_model.objects.create_user("subscriber"))
    before = client.get(path).content
    assert b"editor-bar" in newsroom.get(path).content
    # Each client has a page cache of its own, so the time in "As of" may differ by a second.
    pages = [before, client.get(path).content, stranger.get(path).content]
    assert len({without_texts_of_times(page) for page in pages}) == 1
    assert b"editor-bar" not in before
