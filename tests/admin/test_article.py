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
    write_article, run_import, client, editor
):
    path = write_article("one")
    run_import(path)
    client.force_login(editor)
    article = Article.objects.get()
    client.post("/admin/articles/article/", _row(article, is_published=None))
    assert "The one report" not in client.get("/").content.decode()
    run_import(write_article("one", excerpt="Changed."))
    article.refresh_from_db()
    assert (article.is_published, article.excerpt, article.edited_fields) == (
        False,
        "Changed.",
        ["is_published"],
    )


def test_raising_quality_in_the_list_changes_heat(write_article, run_import, client, editor):
    run_import(write_article("one", related=("ferry",)))
    client.force_login(editor)
    article = Article.objects.get(origin="file")
    form = _row(article, quality=80) | {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2}
    other = Article.objects.get(origin="copy")
    rows = list(Article.objects.order_by("-published_at", "-pk"))
    form = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    for place, row in enumerate(rows):
        form[f"form-{place}-id"] = row.pk
        form[f"form-{place}-quality"] = 80 if row == article else other.quality
        if row.is_published:
            form[f"form-{place}-is_published"] = "on"
    client.post("/admin/articles/article/", form)
    assert Story.objects.get().heat == 100


def test_editors_publish_and_unpublish_in_bulk(write_article, run_import, client, editor):
    write_article("one", published=False)
    run_import(write_article("two", published=False).parent)
    client.force_login(editor)
    chosen = list(Article.objects.values_list("pk", flat=True))
    for action, count in (("publish", 2), ("unpublish", 0)):
        client.post("/admin/articles/article/", {"action": action, "_selected_action": chosen})
        assert Article.objects.public().count() == count


def test_editors_see_every_list_of_the_newsroom(seeds, client, editor):
    client.force_login(editor)
    for noun in ("article", "story", "provider", "topic", "image", "importrun"):
        assert client.get(f"/admin/articles/{noun}/").status_code == 200


def test_strangers_are_sent_to_the_sign_in(client, db):
    assert client.get("/admin/articles/article/").status_code == 302


def test_who_set_the_site_up_may_name_a_source(db, client, settings, capsys):
    call_command("prepare")
    client.force_login(User.objects.get(username="editor"))
    assert "sign in as editor with" in capsys.readouterr().out
    assert client.get("/admin/articles/source/add/").status_code == 200
    call_command("prepare")
    assert "sign in as editor" not in capsys.readouterr().out
