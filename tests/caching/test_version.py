"""The site version: what raises it, who sees it when, and what is cached for it."""

import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from django.core.management import call_command
from django.db import connection, connections, transaction
from django.test import Client

from articles.caching import version
from articles.caching.writing import writing
from articles.editing.audit import rolled_back
from articles.images.process import hide, reset, store_picture
from articles.models import Article, Image, Provider, Topic
from tests.pictures import jpeg
from tests.queries import queries_of


@contextmanager
def raises_the_version(expected=True):
    before = version.current_version()
    yield
    assert (version.current_version() != before) is expected


def test_every_way_of_changing_public_data_raises_the_version(story, write_article, run_import, editor):
    with raises_the_version():
        run_import(write_article("two"))
    with raises_the_version(), writing():
        Article.objects.update(title="Changed")
    image = Image.objects.create(url="https://a.example/a.jpg", url_hash="x")
    for change in (lambda: store_picture(image, jpeg()), lambda: hide([image]), lambda: reset([image])):
        with raises_the_version():
            change()
    with raises_the_version():
        call_command("rebuild_search")
    newsroom = Client()
    newsroom.force_login(editor)
    with raises_the_version():
        newsroom.post(
            "/admin/articles/article/", {"action": "publish", "_selected_action": story.lead_id, "index": 0}
        )


def test_what_changes_nothing_public_leaves_the_version(write_article, run_import, client, editor):
    path = write_article("one")
    run_import(path)
    with raises_the_version(expected=False):
        run_import(path)
        call_command("group_stories")
        client.force_login(editor)
        client.get("/admin/")
        with writing(changes_pages=False):
            Article.objects.update(needs_grouping=False)
        with rolled_back():
            Article.objects.update(title="Never saved")


def test_pages_changed_by_hand_are_made_anew_by_a_command(story, client, capsys):
    client.get("/")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_article SET title = %s", ["Buoys adrift"])
    assert "Buoys adrift" not in client.get("/").text
    call_command("clear_pages")
    assert "Buoys adrift" in client.get("/").text
    assert "anew" in capsys.readouterr().out


def test_a_change_counts_from_its_commit_on(transactional_db):
    topic = Topic.objects.create(name="Tides")
    with writing():
        pass
    before = version.current_version()
    with transaction.atomic(), writing():
        topic.name = "Ports"
        topic.save()
        transaction.set_rollback(True)
    version.clear()
    assert version.current_version() == before
    with writing():
        topic.save()
    assert version.current_version() != before
    connections.close_all()


def test_the_process_that_commits_sees_its_change_at_once_though_it_reads_rarely(transactional_db, settings):
    settings.SITE_VERSION_SECONDS = 100
    before = version.request_version()
    with writing():
        pass
    assert version.request_version() != before


def test_a_process_reads_the_version_rarely_and_for_editors_always(story, client, settings):
    settings.SITE_VERSION_SECONDS = 100
    client.get("/")
    assert queries_of(client.get, "/") == 0
    client.cookies[settings.SESSION_COOKIE_NAME] = "x"
    assert queries_of(client.get, "/") == 1


def test_visitors_follow_an_editor_at_once_and_all_else_soon(story, client, settings, monkeypatch):
    settings.PAGES_MAY_LAG = 5.0

    def shown():
        return client.get("/").headers["ETag"]

    def change(title, **given):
        Article.objects.update(title=title)
        version.bump(**given)

    before, current = shown(), version.current_version()
    change("Changed by an import")
    assert shown() == before
    assert version.current_version() != current, "only visitors may be behind"
    before = shown()
    change("Changed by another import")
    now = time.time()
    monkeypatch.setattr(version.time, "time", lambda: now + 6)
    assert shown() != before
    before = shown()
    change("Changed once more")
    assert shown() == before
    change("Changed by an editor", by_editor=True)
    assert "Changed by an editor" in client.get("/").text


def test_an_article_dated_ahead_appears_on_time(story, client, write_article, run_import, monkeypatch):
    now = datetime.now(UTC).replace(microsecond=0)
    due = now + timedelta(hours=1)
    run_import(write_article("ahead", title="Lock gates reopen", publishedDateTime=due.isoformat()))
    for moment, is_shown in ((now, False), (due - timedelta(seconds=2), False), (due, True)):
        monkeypatch.setattr(version.timezone, "now", lambda moment=moment: moment)
        monkeypatch.setattr(version.time, "time", moment.timestamp)
        assert ("Lock gates reopen" in client.get("/").text) is is_shown
        assert queries_of(client.get, "/") == 1


def test_nothing_cached_in_a_transaction_is_seen_after_its_rollback(story):
    def names():
        return version.cached("names", lambda: set(Provider.objects.values_list("name", flat=True)))

    with rolled_back():
        Provider.objects.update(name="Nobody")
        assert names() == {"Nobody"}
    assert "Nobody" not in names()


def test_values_known_stay_though_another_thread_forgets_them(db):
    version.cached_many("kind", [1, 2], lambda missing: {key: key * 10 for key in missing})

    def forgetful(missing):
        version.clear()
        return {key: key * 10 for key in missing}

    assert version.cached_many("kind", [1, 2, 3], forgetful) == {1: 10, 2: 20, 3: 30}
