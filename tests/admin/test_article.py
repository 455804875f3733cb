"""Articles in the newsroom: an edit shows at once and survives the next import."""

import re
from html import unescape
from urllib.parse import quote

from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client

from articles.editing.undo import undo
from articles.models import Article, Edit, Story


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


def _seen(page):
    """Return the form of a page as a browser would send it unchanged: what the editor sees."""
    html = page.content.decode()
    form = {}
    for tag in re.findall(r"<(?:input|textarea)[^>]*>(?:[^<]*</textarea>)?", html):
        name, kind = re.search(r'name="([^"]*)"', tag), re.search(r'type="(\w+)"', tag)
        if not name or (kind and kind[1] in ("checkbox", "radio", "submit") and "checked" not in tag):
            continue
        value = re.search(r'value="([^"]*)"', tag)
        text = tag.partition(">")[2].removesuffix("</textarea>").removeprefix("\n")
        form[name[1]] = unescape(value[1] if value else "on" if kind and kind[1] == "checkbox" else text)
    return form


def test_several_rows_are_saved_as_one_edit_with_one_link_to_undo(
    write_article, run_import, client, editor
):
    write_article("one")
    run_import(write_article("two").parent)
    client.force_login(editor)
    address = "/admin/articles/article/"
    form = _seen(client.get(address)) | {"_save": "Save", "form-0-quality": "61", "form-1-quality": "62"}
    del form["form-0-is_published"]
    page = client.post(address, form, follow=True).content.decode()
    edit = Edit.objects.get()
    assert page.count(f"/admin/articles/edit/{edit.pk}/change/") == 1 and "2 articles" in page
    assert set(Article.objects.values_list("quality", "is_published")) == {(61, False), (62, True)}
    undo(edit, editor)
    assert set(Article.objects.values_list("is_published", flat=True)) == {True}


def test_two_editors_of_one_row_keep_what_each_changed(write_article, run_import, client, editor):
    run_import(write_article("one"))
    client.force_login(editor)
    article = Article.objects.get()
    for address, prefix in (
        ("/admin/articles/article/", "form-0-"),
        (f"/admin/articles/article/{article.pk}/change/", ""),
    ):
        opened = _seen(client.get(address)) | {"_save": "Save"}
        first = Client()
        anna = User.objects.create_superuser(f"anna{len(prefix)}")
        first.force_login(anna)
        theirs = opened | {f"{prefix}quality": "71"}
        assert first.post(address, theirs).status_code == 302
        # Another field: both stay.
        mine = dict(opened)
        mine.pop(f"{prefix}is_published", None)
        again = client.post(address, mine)
        assert again.status_code == 302, (again.context["cl"].formset.errors, mine)
        article.refresh_from_db()
        assert (article.quality, article.is_published) == (71, False), address
        # The same field: nothing is overwritten before the second editor has seen it.
        answer = client.post(address, opened | {f"{prefix}quality": "99"})
        page = answer.content.decode()
        assert answer.status_code == 200
        assert f"{anna} changed this to “71” meanwhile" in page and 'value="99"' in page
        again = client.post(address, _seen(answer) | {"_save": "Save"})

        assert again.status_code == 302
        article.refresh_from_db()
        assert article.quality == 99
        Edit.objects.all().delete()
        Article.objects.update(quality=50, is_published=True)


def test_the_list_is_narrowed_by_state_days_picture_and_story(
    write_article, run_import, client, editor
):
    write_article("one", topics=["Tidal Energy"], publishedDateTime="2023-05-04T10:00:00Z")
    run_import(write_article("two", published=False, publishedDateTime="2023-06-05T10:00:00Z").parent)
    client.force_login(editor)
    one, two = Article.objects.order_by("published_at")
    for query, found in {
        "state=published": [one], "state=unpublished": [two], "since=2023-06-01": [two],
        "until=2023-05-04": [one], "since=2023-05-04&until=2023-05-04": [one], "story=several": [],
        "picture=no": [two, one], "since=yesterday": [two, one], "q=" + str(two.pk): [two],
        "q=" + quote(one.url): [one],
    }.items():  # fmt: skip
        page = client.get(f"/admin/articles/article/?{query}")
        assert list(page.context["cl"].result_list) == found, query
    assert "“31.2.” is no date" in client.get("/admin/articles/article/?until=31.2.").content.decode()
