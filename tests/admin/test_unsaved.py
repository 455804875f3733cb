"""Nothing that an editor typed is lost: a session that ended, a stale form, a row or a right taken away."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError
from django.test import Client

from articles.admin.taxonomy import TopicAdmin
from articles.models import Article, Edit, Topic
from tests.newsroom import database

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"
TYPED = {
    "title": "A <late> ferry & “more”", "excerpt": "Line one\r\nline two </textarea>",
    "url": "https://a.example/late", "published_at": "2023-05-04", "kind": "article", "quality": "57",
    "topic_names": "Tidal Energy", "provider_name": "Gazette", "provider_domain": "a.example",
    "image_urls": "", "reason": "Seen at the quay",
}  # fmt: skip


def value_of(answer, name):
    from html import unescape

    page = answer.content.decode()
    area = re.search(rf'<textarea name="{name}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    found = area or re.search(rf'<input(?=[^>]* name="{name}")[^>]* value="([^"]*)"', page)
    return unescape(found[1]) if found else ""


def checked_rows(answer):
    rows = re.findall(r"<input[^>]*_selected_action[^>]*>", answer.content.decode())
    return [row for row in rows if " checked" in row]


@pytest.fixture
def topic(write_article, run_import):
    run_import(write_article("one"))
    return Topic.objects.get()


def sign_in(client, answer, password="tide-table"):
    given = {"username": "ed", "password": password, "next": "/admin/"}
    return client.post("/admin/login/", given | {"unsaved": value_of(answer, "unsaved")})


def test_a_form_sent_after_the_session_ended_comes_back_filled_after_signing_in(editor, client, topic):
    before = database()
    answer = client.post(f"{ADD}?x=1", TYPED | {"password": "secret"})
    assert answer.status_code == 403 and "no longer signed in" in answer.content.decode()
    assert "secret" not in answer.content.decode()
    answer = sign_in(client, answer, "wrong")
    assert value_of(answer, "unsaved"), "a wrong password does not lose it either"
    answer = sign_in(client, answer)
    assert answer.headers["Location"] == f"{ADD}?x=1"
    page = client.get(f"{ADD}?x=1")
    assert "not saved yet" in page.content.decode()
    for name, value in TYPED.items():
        if name != "kind":
            assert value_of(page, name) == value, name
    assert 'name="is_published" id="id_is_published" checked' not in page.content.decode()
    assert database() == before
    assert value_of(client.get(f"{ADD}?x=1"), "title") == ""
    client.post(ADD, {name: value_of(page, name) for name in TYPED} | {"kind": "article"})
    assert Article.objects.filter(title="A ferry & “more”").exists() or Article.objects.count() > 1


def test_rows_of_a_list_come_back_by_their_ids_and_the_selection_too(editor, client, stories):
    first, second = Article.objects.order_by("-published_at", "-pk")[:2]
    form = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_selected_action": [second.pk], "_save": "x",
            "form-0-id": second.pk, "form-0-quality": 71, "form-1-id": first.pk,
            "form-1-quality": 72}  # fmt: skip
    answer = client.post("/admin/articles/article/", form)
    sign_in(client, answer)
    page = client.get("/admin/articles/article/")
    assert (value_of(page, "form-0-quality"), value_of(page, "form-1-quality")) == ("72", "71")
    assert value_of(page, "form-2-quality") not in ("", "71", "72")
    checked = checked_rows(page)
    assert len(checked) == 1 and f'value="{second.pk}"' in checked[0]


def test_a_forged_or_foreign_form_is_not_carried(editor, client):
    for text in ("x", "eyJ4Ijo:1:x"):
        given = {"username": "ed", "password": "tide-table", "next": "/admin/", "unsaved": text}
        answer = client.post("/admin/login/", given)
        assert answer.headers["Location"] == "/admin/"
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(editor)
    refused = strict.post(ADD, TYPED, headers={"origin": "https://evil.example"})
    assert refused.status_code == 403 and "was not accepted" in refused.content.decode()
    assert "as you filled it" not in refused.content.decode()
    refused = strict.post(ADD, TYPED, headers={"origin": "http://testserver"})
    assert refused.status_code == 403 and f'href="{ADD}"' in refused.content.decode()
    assert value_of(strict.get(ADD), "title") == TYPED["title"]
    assert not Article.objects.exists()


def test_a_bulk_action_with_an_error_keeps_the_selection(newsroom, stories):
    story = stories["storm"]
    given = {"action": "set_quality", "_selected_action": [story.pk], "quality": "ten", "reason": "Why"}
    page = newsroom.post("/admin/articles/story/", given)
    assert page.status_code == 200 and "Enter a quality" in page.content.decode()
    assert [f'value="{story.pk}"' in row for row in checked_rows(page)] == [True]
    assert (value_of(page, "reason"), Edit.objects.count()) == ("Why", 0)


@pytest.mark.parametrize("error", [OperationalError("database is locked"), IntegrityError("same name")])
def test_an_import_or_another_editor_in_the_way_gives_the_form_again(client, topic, monkeypatch, error):
    client.force_login(User.objects.create_superuser("root"))
    monkeypatch.setattr(TopicAdmin, "save_model", lambda *given: (_ for _ in ()).throw(error))
    given = {"name": "Beacons", "keywords": "", "hashtags": "", "position": "5"}
    page = client.post(f"/admin/articles/topic/{topic.pk}/change/", given)
    assert page.status_code == 409 and "Nothing was saved" in page.content.decode()
    assert value_of(page, "name") == "Beacons"


def test_a_row_or_a_right_that_is_gone_answers_in_the_newsrooms_design(client, editor, topic):
    client.force_login(User.objects.create_superuser("root"))
    page = client.post("/admin/articles/topic/999/change/", {"name": "Beacons"})
    assert page.status_code == 409
    assert all(text in page.content.decode() for text in ("no longer here", "Beacons", "newsroom-sections"))
    client.force_login(editor)
    page = client.post(f"/admin/articles/topic/{topic.pk}/change/", {"name": "Beacons"})
    assert page.status_code == 403
    assert all(text in page.content.decode() for text in ("Who may: Chiefs", "Beacons", "newsroom-sections"))
