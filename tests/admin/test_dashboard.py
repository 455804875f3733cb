"""The front of the newsroom: what waits, what is new, what fails, the last edits."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from articles.editing.stories import publish
from articles.models import Account, Image, Source, Story
from tests.newsroom import write_stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def front(client, editor, write_article, run_import):
    run_import(write_stories(write_article))
    client.force_login(editor)
    return lambda: client.get("/admin/").content.decode()


def test_the_front_counts_what_waits_and_leads_to_its_list(front, client):
    Source.objects.create(url="https://a.example/feed", name="The Gazette", failures=2, last_outcome="404")
    Image.objects.create(
        url="https://a.example/x.jpg", url_hash="x", state=Image.State.FAILED, reason="404 Not Found"
    )
    page = front()
    assert "<b>4</b> stories to decide" in page
    assert page.count("/admin/articles/story/") >= 3
    assert "<b>1</b> failing source<" in page and "The Gazette" in page
    assert "<b>1</b> failed picture<" in page and "404 Not Found" in page
    assert "<b>0</b> files refused by the last import" in page
    assert "<b>0</b> contradicting decisions" in page
    for panel in client.get("/admin/").context["panels"]:
        assert client.get(panel.url.partition("#")[0]).status_code == 200, panel.name


def test_the_front_lists_the_last_edits_and_counts_no_decided_story(front, editor):
    publish([Story.objects.with_lead().first()], user=editor, reason="On the front")
    page = front()
    assert "<b>3</b> stories to decide" in page
    assert "On the front" in page


def test_the_front_counts_articles_since_the_last_visit(front, write_article, run_import):
    assert "since your last visit" not in front()
    run_import(write_article("late", webUrl="https://late.example/1"))
    Account.objects.update(seen_at=timezone.now() - timedelta(hours=3))
    for _ in range(2):  # the visit goes on
        page = front()
        assert "<b>1</b> new article since your last visit" in page


def test_the_front_shows_only_what_its_reader_may_see(front, client, editor):
    operators = Group.objects.get(name="Operators")
    operators.permissions.remove(*operators.permissions.filter(codename__in=["view_story", "view_edit"]))
    editor.groups.set([operators])
    page = front()
    assert "stories to decide" not in page and 'id="last-edits"' not in page
    assert "failing sources" in page
