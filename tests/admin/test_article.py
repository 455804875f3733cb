"""Articles in the newsroom: an edit shows at once and survives the next import."""

from django.contrib.auth.models import User
from django.core.management import call_command

from articles.models import Article, Story


def _row(article, **changes):
    values = {"quality": article.quality, "is_published": "on" if article.is_published else None} | changes
    form = {
        "form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "_save": "Save", "form-0-id": article.pk,
    }  # fmt: skip
    return form | {f"form-0-{name}": value for name, value in values.items() if value is not None}


def test_unpublishing_in_the_list_hides_the_story_and_survives_an_import(
    write_article, run_import, newsroom, client
):
    path = write_article("one")
    run_import(path)
    article = Article.objects.get()
    client.post("/admin/articles/article/", _row(article, is_published=None))
    assert "The one report" not in client.get("/").content.decode()
    run_import(write_article("one", excerpt="Changed."))
    article.refresh_from_db()
    assert (article.is_published, article.excerpt) == (False, "Changed.")
    assert article.edited_fields == ["is_published"]


def test_raising_quality_in_the_list_changes_heat(write_article, run_import, newsroom):
    run_import(write_article("one"))
    newsroom.post("/admin/articles/article/", _row(Article.objects.get(), quality=80))
    assert Story.objects.get().heat == 80


def test_editors_publish_and_unpublish_in_bulk(write_article, run_import, newsroom):
    write_article("one", published=False)
    run_import(write_article("two", published=False).parent)
    chosen = list(Article.objects.values_list("pk", flat=True))
    for action, count in (("publish", 2), ("unpublish", 0)):
        newsroom.post("/admin/articles/article/", {"action": action, "_selected_action": chosen})
        assert Article.objects.public().count() == count


def test_who_set_the_site_up_may_name_a_source(db, client, settings, capsys):
    call_command("prepare")
    client.force_login(User.objects.get(username="editor"))
    assert "sign in as editor with" in capsys.readouterr().out
    assert client.get("/admin/articles/source/add/").status_code == 200
    call_command("prepare")
    assert "sign in as editor" not in capsys.readouterr().out
