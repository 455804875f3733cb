"""The page of a story and the queue: effects before edits, nothing lost between two editors."""

import re

import pytest

from articles.models import Article, Decision, Edit, Story
from tests.newsroom import database

pytestmark = pytest.mark.django_db


def address(story):
    return f"/admin/articles/story/{story.pk}/change/"


def hidden(page):
    """Return the hidden inputs of a screen, as a browser would send them."""
    html = page.content.decode()
    return dict(re.findall(r'<input type="hidden" name="(version|last_edit|shown)" value="(\w*)"', html))


def do(newsroom, story, edit, **given):
    """Press a button, look at the effect, and save it; returns both answers."""
    first = hidden(newsroom.get(address(story)))
    effect = newsroom.post(address(story), {**first, **given, "edit": edit})
    assert effect.status_code == 200, effect.content.decode()
    return effect, newsroom.post(address(story), {**hidden(effect), **given, "confirm": edit})


def checked(story, *places):
    rows = list(Article.objects.filter(story=story).order_by("story_position"))
    return [rows[place].pk for place in places]


def test_an_edit_first_shows_its_effect_and_changes_nothing(stories, newsroom):
    before = database()
    first = hidden(newsroom.get(address(stories["storm"])))
    answer = newsroom.post(
        address(stories["storm"]),
        {**first, "edit": "merge", "others": stories["herring"].pk, "reason": "One storm"},
    )
    page = answer.content.decode()
    assert "preview of the effect" in page
    assert re.search(r"3 \(3\)\s*→\s*6 \(", page)
    assert "→ merged" in page
    assert 'value="One storm"' in page
    assert database() == before
    assert not Edit.objects.exists()


def test_stories_are_merged_and_the_other_address_leads_on(stories, newsroom, editor):
    one, other = sorted((stories["storm"], stories["herring"]), key=lambda story: story.pk)
    _, saved = do(newsroom, other, "merge", others=one.pk, reason="One event")
    assert saved.status_code == 302
    assert not Story.objects.filter(pk=other.pk).exists()
    assert Story.objects.get(pk=one.pk).article_count == 6
    assert newsroom.get(address(other)).headers["Location"] == address(one)
    edit = Edit.objects.get()
    assert (edit.kind, edit.made_by, edit.reason) == ("merge", editor, "One event")


def test_a_merged_story_keeps_the_address_of_the_larger_one_and_an_undo_brings_both_back(stories, newsroom):
    one, other = sorted((stories["storm"], stories["herring"]), key=lambda story: story.pk)
    do(newsroom, one, "move_out", selected=checked(one, 1))
    before = database()
    do(newsroom, one, "merge", others=other.pk)
    assert Story.objects.get(pk=other.pk).article_count == 5
    assert newsroom.get(address(one)).headers["Location"] == address(other)
    newsroom.post(f"/admin/articles/edit/{Edit.objects.latest('pk').pk}/change/", {"undo": "1"})
    assert database() == before


def test_a_story_is_decided_at_the_top_of_its_page_and_what_was_typed_stays(stories, newsroom):
    storm = stories["storm"]
    page = newsroom.get(address(storm))
    following = page.context["next_story"]
    assert following not in (None, storm) and f'href="{address(following)}"' in page.content.decode()
    assert "3 independent providers in " in page.content.decode()
    stale = hidden(page)
    first = stale | {"title": storm.lead.title, "excerpt": storm.lead.excerpt, "heat": "0",
                     "topics": [link.topic.name for link in storm.topic_links.all()] + ["", ""]}  # fmt: skip
    answer = newsroom.post(address(storm), first | {"edit": "unpublish_story"}, follow=True)
    assert answer.redirect_chain, "nothing was typed"
    assert (
        "Unpublished: " in answer.content.decode()
        and "Not published</strong>, decided" in answer.content.decode()
    )
    assert newsroom.post(address(storm), first | {"edit": "publish_story"}).status_code == 409, "a stale form"
    typed = hidden(answer) | {"title": "Typed, not saved", "edit": "publish_story"}
    answer = newsroom.post(address(storm), typed)
    assert "Published: " in answer.content.decode() and 'value="Typed, not saved"' in answer.content.decode()
    assert Edit.objects.count() == 2 and Story.objects.get(pk=storm.pk).is_public
    newsroom.logout()
    assert newsroom.post(address(storm), first | {"edit": "unpublish_story"}).status_code == 403
    assert Edit.objects.count() == 2


def test_a_split_links_to_the_new_story(stories, newsroom):
    storm = stories["storm"]
    do(newsroom, storm, "split", selected=checked(storm, 1))
    new = Story.objects.get(article_count=1)
    assert f'The new story: <a href="{address(new)}">' in newsroom.get(address(storm)).content.decode()


def test_the_checked_are_split_moved_out_and_led(stories, newsroom):
    storm = stories["storm"]
    do(newsroom, storm, "split", selected=checked(storm, 1, 2))
    assert Story.objects.get(pk=storm.pk).article_count == 1
    assert Story.objects.filter(article_count=2).count() == 1
    turbine = stories["turbine"]
    do(newsroom, turbine, "move_out", selected=checked(turbine, 1))
    assert Story.objects.get(pk=turbine.pk).article_count == 2
    council = stories["council"]
    [second] = checked(council, 1)
    do(newsroom, council, "lead", lead=second)
    assert Story.objects.get(pk=council.pk).lead_id == second


def test_words_topics_picture_quality_and_heat_follow(stories, newsroom):
    storm = stories["storm"]
    do(newsroom, storm, "retitle", title="  The harbour  is closed ", excerpt="By the storm.")
    storm = Story.objects.get(pk=storm.pk)
    assert (storm.lead.title, storm.lead.excerpt, storm.article_count) == (
        "The harbour is closed", "By the storm.", 3,
    )  # fmt: skip
    do(newsroom, storm, "topics", topics="Ports")
    assert [link.topic.name for link in storm.topic_links.all()] == ["Ports"]
    heat = storm.heat
    do(newsroom, storm, "heat", heat="-15")
    do(newsroom, storm, "quality", selected=[storm.lead_id], quality="90")
    assert Story.objects.get(pk=storm.pk).heat == heat - 15 + 30
    do(newsroom, storm, "picture", picture="none")
    assert not storm.lead.image_links.exists()
    assert Edit.objects.count() == 5


@pytest.mark.parametrize(
    ("edit", "given", "reason"),
    [
        ("split", {}, "select articles of this story"),
        ("move_out", {"selected": "all"}, "at least one article must stay"),
        ("merge", {}, "choose another story to merge with"),
        ("merge", {"others": "999999"}, "choose another story to merge with"),
        ("lead", {"lead": "12x"}, "choose an article"),
        ("lead", {"lead": "999999"}, "choose an article of this story"),
        ("retitle", {"title": " "}, "title: is blank"),
        ("retitle", {"title": "x" * 501}, "500 characters at most"),
        ("retitle", {"title": "a\x00b"}, "holds a NUL"),
        ("topics", {"topics": "Nowhere"}, "there is no topic"),
        ("heat", {"heat": "1e9"}, "heat must be a whole number"),
        ("heat", {"heat": "99999999"}, "between"),
        ("quality", {"selected": "all", "quality": "-1"}, "between 0 and"),
        ("picture", {"picture": "7" * 30}, "no longer exists"),
        ("publish", {"selected": ["x", "9" * 30]}, "select articles first"),
    ],
)
def test_senseless_input_is_reported_and_changes_nothing(stories, newsroom, edit, given, reason):
    storm = stories["storm"]
    if given.get("selected") == "all":
        given = {**given, "selected": checked(storm, 0, 1, 2)}
    before = database()
    answer = newsroom.post(address(storm), {**hidden(newsroom.get(address(storm))), **given, "edit": edit})
    assert reason in answer.content.decode()
    assert database() == before


def test_the_second_of_two_editors_sees_what_changed_and_loses_nothing(stories, newsroom, client, editor):
    storm = stories["storm"]
    opened = hidden(newsroom.get(address(storm)))
    do(newsroom, storm, "heat", heat="7", reason="A big one")
    answer = newsroom.post(
        address(storm),
        {
            **opened,
            "edit": "retitle",
            "title": "My long title",
            "selected": checked(storm, 1),
            "reason": "Mine",
        },
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "has changed since you opened it" in page
    assert "heat adjusted" in page and "A big one" in page
    assert 'value="My long title"' in page and 'value="Mine"' in page
    assert re.search(rf'value="{checked(storm, 1)[0]}"[^>]* checked', page)
    assert Edit.objects.count() == 1
    effect = newsroom.post(address(storm), {**hidden(answer), "edit": "retitle", "title": "My long title"})
    assert "preview of the effect" in effect.content.decode()


def test_input_for_a_story_that_went_up_in_another_is_kept_on_the_other_page(stories, newsroom):
    one, other = sorted((stories["storm"], stories["herring"]), key=lambda story: story.pk)
    opened = hidden(newsroom.get(address(other)))
    do(newsroom, one, "merge", others=other.pk)
    answer = newsroom.post(address(other), {**opened, "edit": "retitle", "title": "Typed in vain?"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'action="{address(one)}"' in page and 'value="Typed in vain?"' in page


def test_what_is_saved_is_what_was_shown(stories, newsroom):
    storm = stories["storm"]
    do(newsroom, storm, "heat", heat="3")
    again = hidden(newsroom.get(address(storm)))
    shown = newsroom.post(address(storm), {**again, "edit": "heat", "heat": "5"})
    other = newsroom.post(address(storm), {**hidden(shown), "confirm": "heat", "heat": "500"})
    assert "preview of the effect" in other.content.decode()
    assert Story.objects.get(pk=storm.pk).heat_adjustment == 3


def test_the_preview_is_the_readers_page_with_a_banner_and_leaves_nothing(stories, newsroom, client):
    storm = stories["storm"]
    before = database()
    first = hidden(newsroom.get(address(storm)))
    answer = newsroom.post(
        address(storm), {**first, "preview": "retitle", "title": "A title nobody saves", "excerpt": ""}
    )
    page = answer.content.decode()
    assert "Preview: visitors do not see this." in page
    assert '<h1 dir="auto">' in page and "A title nobody saves" in page
    assert "no-store" in answer.headers["Cache-Control"]
    assert database() == before
    for public in ("/", storm.get_absolute_url()):
        assert "A title nobody saves" not in client.get(public).content.decode()


def test_suggestions_are_alike_and_search_finds_by_word_or_number(stories, newsroom):
    storm = stories["storm"]
    do(newsroom, storm, "split", selected=checked(storm, 1))
    page = newsroom.get(address(storm)).content.decode()
    assert "% similar" in page
    first = hidden(newsroom.get(address(storm)))
    herring = stories["herring"]
    Article.objects.filter(pk=herring.lead_id).update(is_published=False)
    for words in ("herring quotas", str(herring.pk), herring.lead.url):
        page = newsroom.post(address(storm), {**first, "edit": "refresh", "search": words}).content.decode()
        assert f'name="others" value="{stories["herring"].pk}"' in page


def test_the_queue_shows_unreviewed_leads_by_rank_and_stays_in_its_place(stories, newsroom):
    queue = "/admin/articles/story/"
    rows = list(newsroom.get(queue).context["cl"].result_list)
    assert rows == sorted(rows, key=lambda story: -story.rank)
    publish = re.search(rf'value="(publish\.{rows[1].pk}\.\d+)"', newsroom.get(queue).content.decode())[1]
    answer = newsroom.post(f"{queue}?size=2", {"edit": publish})
    assert answer.headers["Location"] == f"{queue}?size=2#publish{rows[2].pk}"
    now = list(newsroom.get(queue).context["cl"].result_list)
    assert now == [rows[0], rows[2], rows[3], rows[1]]
    answer = newsroom.post(queue, {"edit": f"raise.{rows[0].pk}"})
    assert answer.headers["Location"] == f"{queue}#raise{rows[0].pk}"
    assert Article.objects.get(pk=rows[0].lead_id).quality == 70


def test_unpublishing_in_the_queue_takes_a_story_from_readers_at_once(stories, newsroom, client):
    storm = stories["storm"]
    assert storm.lead.title in client.get("/").content.decode()
    newsroom.post("/admin/articles/story/", {"edit": f"unpublish.{storm.pk}"})
    assert storm.lead.title not in client.get("/").content.decode()
    assert Story.objects.get(pk=storm.pk).is_reviewed


@pytest.mark.parametrize(
    "query", ["decided=no", "public=yes", "quality=50", "size=2", "age=old", "picture=no", "import=last",
              "topic=ports", "provider=gazette.example", "q=herring", "q=%22", "topic=none", "age=x"],
)  # fmt: skip
def test_filters_of_the_queue_narrow_it_and_take_any_value(stories, newsroom, query):
    found = newsroom.get(f"/admin/articles/story/?{query}")
    assert found.status_code == 200
    count = {"q=herring": 1, "q=%22": 0, "topic=none": 0, "age=old": 0}.get(query, 4)
    assert len(found.context["cl"].result_list) == count


def test_a_row_of_the_queue_says_what_its_button_did_and_undoes_it_there(stories, newsroom):
    storm, before = stories["storm"], database()
    queue = "/admin/articles/story/?decided=no"
    for button, answer in (("unpublish", "Unpublished"), ("raise", "Quality changed")):
        newsroom.post(queue, {"edit": f"{button}.{storm.pk}."})
        page = newsroom.get(queue)
        row = page.content.decode().partition(f'id="row{storm.pk}"')[2].partition("</tr>")[0]
        assert f'role="status">{answer}' in row, "in its place, although it is decided now"
        assert "<h1>Stories to decide</h1>" in page.content.decode()
        edit = Edit.objects.latest("pk")
        newsroom.post(queue, {"edit": f"undo.{storm.pk}.", "undo": edit.pk})
        assert ">Undone<" in newsroom.get(queue).content.decode()
        assert newsroom.get(queue).content.decode().count("newsroom-answer") == 0
    assert database() == before
    for wrong in ("", "x", "999999", Edit.objects.filter(kind="undo").latest("pk").pk):
        newsroom.post(queue, {"edit": f"undo.{storm.pk}.", "undo": wrong})
        assert "This edit no longer exists" in newsroom.get(queue).content.decode()


def test_a_row_of_the_queue_names_what_an_editor_decides_by(stories, newsroom):
    storm = stories["storm"]
    row = newsroom.get("/admin/articles/story/").content.decode()
    row = row.partition(f'id="row{storm.pk}"')[2].partition("</tr>")[0]
    for text in (
        storm.lead.excerpt,
        "Gazette",
        "with Post, Herald",
        "Tidal Energy",
        f'href="{storm.lead.url}"',
    ):
        assert text in row, text
    newsroom.post("/admin/articles/story/", {"edit": f"unpublish.{storm.pk}."})
    hidden_ones = newsroom.get("/admin/articles/story/?decided=hidden")
    assert [story.pk for story in hidden_ones.context["cl"].result_list] == [storm.pk]


def test_a_story_that_is_unpublished_wholly_stays_in_the_queue_with_its_title(stories, newsroom, client):
    storm, title = stories["storm"], stories["storm"].lead.title
    do(newsroom, storm, "unpublish", selected=checked(storm, 0, 1, 2))
    page = newsroom.get("/admin/articles/story/?decided=hidden")
    assert [story.pk for story in page.context["cl"].result_list] == [storm.pk]
    assert title in page.content.decode()
    assert 'name="title"' in (page := newsroom.get(address(storm)).content.decode()) and title in page
    for public in ("/", storm.get_absolute_url(), f"/api/v1/stories/{storm.pk}"):
        assert title not in client.get(public).content.decode()
    newsroom.post(address(storm), hidden(newsroom.get(address(storm))) | {"edit": "publish_story"})
    assert title in client.get("/").content.decode()


def test_the_best_stories_are_decided_on_the_front(stories, newsroom):
    best = Story.objects.order_by("-rank").first()
    assert f'value="unpublish.{best.pk}"' in newsroom.get("/admin/").content.decode()
    answer = newsroom.post(
        "/admin/articles/story/", {"edit": f"unpublish.{best.pk}", "front": "1"}, follow=True
    )
    assert answer.redirect_chain[-1][0] == "/admin/"
    assert "Unpublished: " in answer.content.decode() and "undo</a>" in answer.content.decode()


def test_bulk_edits_of_the_queue_are_one_edit_each_with_a_reason(stories, newsroom):
    ids = [story.pk for story in stories.values()]
    queue = "/admin/articles/story/"
    for action, more in (("publish", {}), ("unpublish", {}), ("set_quality", {"quality": "33"})):
        form = {"action": action, "_selected_action": ids, "index": 0, "reason": "Evening", **more}
        newsroom.post(queue, form)
    assert list(Edit.objects.order_by("pk").values_list("kind", "article_count", "reason")) == [
        ("publish", 4, "Evening"), ("unpublish", 4, "Evening"), ("quality", 4, "Evening"),
    ]  # fmt: skip
    newsroom.post(queue, {"action": "set_quality", "_selected_action": ids, "index": 0, "quality": "x"})
    assert Edit.objects.count() == 3


def test_junk_sent_to_the_queue_or_a_page_is_no_error(stories, newsroom):
    for edit in ("", "publish", "publish.", "publish.x", f"publish.{'9' * 30}", "nothing.1", "publish.\x00"):
        assert newsroom.post("/admin/articles/story/", {"edit": edit}).status_code == 302
    for number in ("x", "9" * 30, "999999"):
        assert newsroom.get(f"/admin/articles/story/{number}/change/").status_code == 302
    assert not Edit.objects.exists()
    assert not Decision.objects.exists()


def test_every_edit_has_its_page_with_what_changed(stories, newsroom):
    storm = stories["storm"]
    do(newsroom, storm, "lead", lead=checked(storm, 1))
    do(newsroom, storm, "split", selected=checked(storm, 2))
    do(newsroom, storm, "merge", others=stories["herring"].pk)
    for edit in Edit.objects.all():
        page = newsroom.get(f"/admin/articles/edit/{edit.pk}/change/").content.decode()
        assert "Undo" in page
        assert "decision" in page
    assert newsroom.get(f"/admin/articles/edit/?story={storm.pk}").context["cl"].result_count == 3
    assert newsroom.get("/admin/articles/edit/?kind__exact=merge").context["cl"].result_count == 1
