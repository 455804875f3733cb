"""A story's screen and the queue: effects before acts, nothing lost between two editors."""

import re

import pytest

from articles.models import Article, Decision, Edit, Story
from tests.desk_help import PAPERS, database, write_stories

pytestmark = pytest.mark.django_db


@pytest.fixture
def stories(write_article, run_import):
    run_import(write_stories(write_article))
    return {story.lead.stem.split("-")[3]: story for story in Story.objects.select_related("lead")}


@pytest.fixture
def desk(client, editor):
    client.force_login(editor)
    return client


def address(story):
    return f"/admin/articles/story/{story.pk}/change/"


def hidden(page):
    """Return the hidden inputs of a screen, as a browser would send them."""
    html = page.content.decode()
    return dict(re.findall(r'<input type="hidden" name="(version|seen|shown)" value="(\w*)"', html))


def do(desk, story, act, **given):
    """Press a button, look at the effect, and save it; returns both answers."""
    first = hidden(desk.get(address(story)))
    effect = desk.post(address(story), {**first, **given, "act": act})
    assert effect.status_code == 200, effect.content.decode()
    return effect, desk.post(address(story), {**hidden(effect), **given, "confirm": act})


def checked(story, *places):
    rows = list(Article.objects.filter(story=story).order_by("story_position"))
    return [rows[place].pk for place in places]


def test_an_act_first_shows_its_effect_and_changes_nothing(stories, desk):
    before = database()
    first = hidden(desk.get(address(stories["storm"])))
    answer = desk.post(
        address(stories["storm"]),
        {**first, "act": "merge", "others": stories["herring"].pk, "why": "One storm"},
    )
    page = answer.content.decode()
    assert "what it would do" in page
    assert re.search(r"3 \(3\)\s*→\s*6 \(", page)
    assert "goes up in another" in page
    assert 'value="One storm"' in page
    assert database() == before
    assert not Edit.objects.exists()


def test_stories_are_merged_and_the_other_address_leads_on(stories, desk, editor):
    one, other = sorted((stories["storm"], stories["herring"]), key=lambda story: story.pk)
    _, saved = do(desk, other, "merge", others=one.pk, why="One event")
    assert saved.status_code == 302
    assert not Story.objects.filter(pk=other.pk).exists()
    assert Story.objects.get(pk=one.pk).article_count == 6
    assert desk.get(address(other)).headers["Location"] == address(one)
    edit = Edit.objects.get()
    assert (edit.kind, edit.made_by, edit.why) == ("merge", editor, "One event")


def test_the_checked_are_split_moved_out_and_led(stories, desk):
    storm = stories["storm"]
    do(desk, storm, "split", checked=checked(storm, 1, 2))
    assert Story.objects.get(pk=storm.pk).article_count == 1
    assert Story.objects.filter(article_count=2).count() == 1
    turbine = stories["turbine"]
    do(desk, turbine, "move_out", checked=checked(turbine, 1))
    assert Story.objects.get(pk=turbine.pk).article_count == 2
    council = stories["council"]
    [second] = checked(council, 1)
    do(desk, council, "lead", lead=second)
    assert Story.objects.get(pk=council.pk).lead_id == second


def test_words_topics_picture_quality_and_heat_follow(stories, desk):
    storm = stories["storm"]
    do(desk, storm, "words", title="  The harbour  is closed ", excerpt="By the storm.")
    storm = Story.objects.get(pk=storm.pk)
    assert (storm.lead.title, storm.lead.excerpt, storm.article_count) == (
        "The harbour is closed", "By the storm.", 3,
    )  # fmt: skip
    do(desk, storm, "topics", topics="Ports")
    assert [link.topic.name for link in storm.topic_links.all()] == ["Ports"]
    heat = storm.heat
    do(desk, storm, "heat", heat="-15")
    do(desk, storm, "quality", checked=[storm.lead_id], quality="90")
    assert Story.objects.get(pk=storm.pk).heat == heat - 15 + 30
    do(desk, storm, "picture", picture="none")
    assert not storm.lead.image_links.exists()
    assert Edit.objects.count() == 5


@pytest.mark.parametrize(
    ("act", "given", "reason"),
    [
        ("split", {}, "choose reports of this story"),
        ("move_out", {"checked": "all"}, "at least one report has to stay"),
        ("merge", {}, "merged with another one"),
        ("merge", {"others": "999999"}, "merged with another one"),
        ("lead", {"lead": "12x"}, "choose a report"),
        ("lead", {"lead": "999999"}, "not in this story"),
        ("words", {"title": " "}, "title: is blank"),
        ("words", {"title": "x" * 501}, "500 characters at most"),
        ("words", {"title": "a\x00b"}, "holds a NUL"),
        ("topics", {"topics": "Nowhere"}, "there is no topic"),
        ("heat", {"heat": "1e9"}, "heat is a whole number"),
        ("heat", {"heat": "99999999"}, "between"),
        ("quality", {"checked": "all", "quality": "-1"}, "between 0 and"),
        ("picture", {"picture": "7" * 30}, "no longer here"),
        ("publish", {"checked": ["x", "9" * 30]}, "check the reports"),
    ],
)
def test_senseless_input_is_told_and_changes_nothing(stories, desk, act, given, reason):
    storm = stories["storm"]
    if given.get("checked") == "all":
        given = {**given, "checked": checked(storm, 0, 1, 2)}
    before = database()
    answer = desk.post(address(storm), {**hidden(desk.get(address(storm))), **given, "act": act})
    assert reason in answer.content.decode()
    assert database() == before


def test_the_second_of_two_editors_sees_what_changed_and_loses_nothing(stories, desk, client, editor):
    storm = stories["storm"]
    opened = hidden(desk.get(address(storm)))
    do(desk, storm, "heat", heat="7", why="A big one")
    answer = desk.post(
        address(storm),
        {**opened, "act": "words", "title": "My long title", "checked": checked(storm, 1), "why": "Mine"},
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "has changed since you opened it" in page
    assert "heat adjusted" in page and "A big one" in page
    assert 'value="My long title"' in page and 'value="Mine"' in page
    assert re.search(rf'value="{checked(storm, 1)[0]}"[^>]* checked', page)
    assert Edit.objects.count() == 1
    effect = desk.post(address(storm), {**hidden(answer), "act": "words", "title": "My long title"})
    assert "what it would do" in effect.content.decode()


def test_input_for_a_story_that_went_up_in_another_is_kept_on_that_ones_screen(stories, desk):
    one, other = sorted((stories["storm"], stories["herring"]), key=lambda story: story.pk)
    opened = hidden(desk.get(address(other)))
    do(desk, one, "merge", others=other.pk)
    answer = desk.post(address(other), {**opened, "act": "words", "title": "Typed in vain?"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert f'action="{address(one)}"' in page and 'value="Typed in vain?"' in page


def test_what_is_saved_is_what_was_shown(stories, desk):
    storm = stories["storm"]
    do(desk, storm, "heat", heat="3")
    again = hidden(desk.get(address(storm)))
    shown = desk.post(address(storm), {**again, "act": "heat", "heat": "5"})
    other = desk.post(address(storm), {**hidden(shown), "confirm": "heat", "heat": "500"})
    assert "what it would do" in other.content.decode()
    assert Story.objects.get(pk=storm.pk).heat_adjustment == 3


def test_the_preview_is_the_readers_page_with_a_banner_and_leaves_nothing(stories, desk, client):
    storm = stories["storm"]
    before = database()
    first = hidden(desk.get(address(storm)))
    answer = desk.post(
        address(storm), {**first, "preview": "words", "title": "A title nobody saves", "excerpt": ""}
    )
    page = answer.content.decode()
    assert "Draft: readers do not see this." in page
    assert '<h1 dir="auto">' in page and "A title nobody saves" in page
    assert "no-store" in answer.headers["Cache-Control"]
    assert database() == before
    for public in ("/", storm.get_absolute_url()):
        assert "A title nobody saves" not in client.get(public).content.decode()


def test_suggestions_are_alike_and_search_finds_by_word_or_number(stories, desk):
    storm = stories["storm"]
    do(desk, storm, "split", checked=checked(storm, 1))
    page = desk.get(address(storm)).content.decode()
    assert "% alike" in page
    first = hidden(desk.get(address(storm)))
    for words in ("herring quotas", str(stories["herring"].pk)):
        page = desk.post(address(storm), {**first, "act": "look", "words": words}).content.decode()
        assert f'name="others" value="{stories["herring"].pk}"' in page


def test_the_queue_shows_undecided_leads_by_rank_and_stays_in_its_place(stories, desk):
    queue = "/admin/articles/story/"
    rows = list(desk.get(queue).context["cl"].result_list)
    assert rows == sorted(rows, key=lambda story: -story.rank)
    answer = desk.post(f"{queue}?size=2", {"act": f"publish.{rows[1].pk}"})
    assert answer.headers["Location"] == f"{queue}?size=2#publish{rows[2].pk}"
    now = list(desk.get(queue).context["cl"].result_list)
    assert now == [rows[0], rows[2], rows[3], rows[1]]
    answer = desk.post(queue, {"act": f"raise.{rows[0].pk}"})
    assert answer.headers["Location"] == f"{queue}#raise{rows[0].pk}"
    assert Article.objects.get(pk=rows[0].lead_id).quality == 70


def test_unpublishing_in_the_queue_takes_a_story_from_readers_at_once(stories, desk, client):
    storm = stories["storm"]
    assert storm.lead.title in client.get("/").content.decode()
    desk.post("/admin/articles/story/", {"act": f"unpublish.{storm.pk}"})
    assert storm.lead.title not in client.get("/").content.decode()
    assert Story.objects.get(pk=storm.pk).is_decided


@pytest.mark.parametrize(
    "query", ["decided=no", "public=yes", "quality=50", "size=2", "age=old", "picture=no", "import=last",
              "topic=ports", "provider=gazette.example", "q=herring", "q=%22", "topic=none", "age=x"],
)  # fmt: skip
def test_filters_of_the_queue_narrow_it_and_take_any_value(stories, desk, query):
    found = desk.get(f"/admin/articles/story/?{query}")
    assert found.status_code == 200
    count = {"q=herring": 1, "q=%22": 0, "topic=none": 0}.get(query, 4)
    assert len(found.context["cl"].result_list) == count


def test_bulk_acts_of_the_queue_are_one_act_each_with_a_reason(stories, desk):
    ids = [story.pk for story in stories.values()]
    queue = "/admin/articles/story/"
    for action, more in (("publish", {}), ("unpublish", {}), ("set_quality", {"quality": "33"})):
        desk.post(queue, {"action": action, "_selected_action": ids, "index": 0, "why": "Evening", **more})
    assert list(Edit.objects.order_by("pk").values_list("kind", "article_count", "why")) == [
        ("publish", 4, "Evening"), ("unpublish", 4, "Evening"), ("quality", 4, "Evening"),
    ]  # fmt: skip
    desk.post(queue, {"action": "set_quality", "_selected_action": ids, "index": 0, "quality": "x"})
    assert Edit.objects.count() == 3


def test_junk_sent_to_the_queue_or_a_screen_is_no_error(stories, desk):
    for act in ("", "publish", "publish.", "publish.x", f"publish.{'9' * 30}", "nothing.1", "publish.\x00"):
        assert desk.post("/admin/articles/story/", {"act": act}).status_code == 302
    for number in ("x", "9" * 30, "999999"):
        assert desk.get(f"/admin/articles/story/{number}/change/").status_code == 302
    assert not Edit.objects.exists()
    assert not Decision.objects.exists()
    assert len(PAPERS) == 3


def test_every_act_has_its_page_with_what_changed(stories, desk):
    storm = stories["storm"]
    do(desk, storm, "lead", lead=checked(storm, 1))
    do(desk, storm, "split", checked=checked(storm, 2))
    do(desk, storm, "merge", others=stories["herring"].pk)
    for edit in Edit.objects.all():
        page = desk.get(f"/admin/articles/edit/{edit.pk}/change/").content.decode()
        assert "Take it back" in page
        assert "decision" in page
    assert desk.get(f"/admin/articles/edit/?story={storm.pk}").context["cl"].result_count == 3
    assert desk.get("/admin/articles/edit/?kind__exact=merge").context["cl"].result_count == 1
