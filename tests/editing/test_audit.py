"""Edits: each takes effect at once, is logged, and its undo leaves the archive as it was."""

import pytest

from articles.editing import articles as article_edits
from articles.editing import stories as story_edits
from articles.editing.articles import add_article
from articles.editing.undo import undo
from articles.frontmatter.fields import LATEST, read_article
from articles.models import Article, Edit, EditorVersion, Image
from tests.importing.helpers import undo as undo_import
from tests.newsroom import database
from tests.state import archive_state, differences_of

pytestmark = pytest.mark.django_db


def _picture(name):
    return Image.objects.get(url__contains=name)


def _members(story):
    return list(Article.objects.filter(story=story).order_by("story_position"))


EDITS = {
    "publish": lambda s: article_edits.set_published(_members(s["storm"])[1:], True),
    "unpublish": lambda s: article_edits.set_published([s["storm"].lead], False),
    "confirm": lambda s: article_edits.set_published([s["storm"].lead], True),
    "quality": lambda s: article_edits.set_quality([s["storm"].lead], 10),
    "raise": lambda s: article_edits.change_quality(_members(s["storm"]), 25),
    "remove": lambda s: article_edits.remove([s["storm"].lead]),
    "topics": lambda s: article_edits.set_topics(s["storm"].lead, ["Ports"]),
    "picture": lambda s: article_edits.set_picture(s["storm"].lead, _picture("storm-post")),
    "no picture": lambda s: article_edits.set_picture(s["storm"].lead, None),
    "retitle": lambda s: story_edits.retitle(s["storm"], "Something else altogether", "Short."),
    "heat": lambda s: story_edits.adjust_heat(s["storm"], 15),
    "lead": lambda s: story_edits.make_lead(_members(s["storm"])[2]),
    "merge": lambda s: story_edits.merge([s["storm"], s["herring"]]),
    "merge three": lambda s: story_edits.merge([s["herring"], s["storm"], s["council"]]),
    "split": lambda s: story_edits.split(s["storm"], [a.pk for a in _members(s["storm"])[1:]]),
    "split lead": lambda s: story_edits.split(s["storm"], [_members(s["storm"])[0].pk]),
    "move out": lambda s: story_edits.move_out(s["storm"], [_members(s["storm"])[1].pk]),
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_and_its_undo_leave_the_archive_as_it_was_and_both_are_in_the_log(stories, name, editor):
    before = database()
    edit = EDITS[name](stories)
    after = database()
    assert after != before
    undoing = undo(edit, editor, "a slip")
    now = database()
    aliases = now.pop("StoryAlias"), before.pop("StoryAlias")
    assert now == before
    assert list(Edit.objects.order_by("pk")) == [edit, undoing]
    edit.refresh_from_db()
    assert (edit.undone_by, undoing.undoes) == (undoing, edit)
    assert (undoing.made_by, undoing.reason) == (editor, "a slip")
    # What was a story for a while has an address that leads on; nothing else is left of it.
    newest = max(story.pk for story in stories.values())
    assert all(int(row.strip("()").split(", ")[0]) > newest for row in aliases[0])
    again = undo(undoing)
    redone = database()
    assert [redone[n] for n in redone if n != "Decision"] == [after[n] for n in after if n != "Decision"]
    undo(again)
    assert database() == now | {"StoryAlias": aliases[0]}


HANDMADE = {
    "title": "By hand", "excerpt": "What an editor knows.", "webUrl": "https://ferry.example/report",
    "publishedDateTime": "2023-05-04T08:00:00.123456Z", "type": "video", "published": True, "quality": 70,
    "provider": {"name": "Example", "domain": "example.org"},
}  # fmt: skip


def _columns(article):
    names = [field.attname for field in Article._meta.concrete_fields]
    return dict(Article.objects.filter(pk=article.pk).values(*names).get())


@pytest.mark.parametrize("ending", ["undone", "pruned", "pruned, with a copy left"])
def test_an_editors_article_is_that_again_when_its_file_goes(
    ending, stories, write_article, run_import, client
):
    article = add_article(read_article(HANDMADE, LATEST))
    before, was, address = archive_state(), _columns(article), article.get_absolute_url()
    told = {"webUrl": HANDMADE["webUrl"], "title": "Told otherwise"}
    path = write_article("f", folder="late", topics=["Ports"], **told)
    other = write_article("other", folder="late")
    if ending == "undone":
        other.unlink()
        run = run_import(path).run
        assert client.get(address).status_code == 301
        undo_import(run)
        assert differences_of(archive_state(), before) == []
    else:
        run_import(path.parent)
        path.unlink()
        if ending != "pruned":
            write_article("other", folder="late", related=("ferry",))
        assert run_import(other.parent, prune=True).counts["withdrawn"] == 1
    now = _columns(article)
    assert {name: (was[name], now[name]) for name in was if was[name] != now[name]} == {}
    assert client.get(address).status_code == 200
    assert client.get("/news/2023-05-04-f/").headers["Location"] == address


def test_an_editors_word_about_an_article_by_hand_holds_though_its_file_came_and_went(
    write_article, run_import
):
    article = add_article(read_article(HANDMADE, LATEST))
    path = write_article("f", webUrl=HANDMADE["webUrl"])
    write_article("other")
    run_import(path.parent)
    article.refresh_from_db()
    article_edits.set_quality([article], 90)
    path.unlink()
    run_import(path.parent, prune=True)
    path = write_article("f", webUrl=HANDMADE["webUrl"])
    run_import(path.parent)
    path.unlink()
    run_import(path.parent, prune=True)
    article.refresh_from_db()
    assert (article.quality, article.origin, article.kind) == (90, "admin", "video")
    assert not EditorVersion.objects.exists()
