"""Undo: a bulk edit as one, after imports, and never over what others have changed since."""

import pytest

from articles.editing import articles as article_edits
from articles.editing import stories as story_edits
from articles.editing.audit import EditError, record_edit
from articles.editing.undo import undo
from articles.models import Article, Decision, Edit, Image, Story, StoryAlias, Topic
from tests.newsroom import database
from tests.queries import queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(write_article, run_import):
    for number in range(500):
        title = f"Name{number} and thing{number} at place{number}"
        day = {"publishedDateTime": f"2023-{1 + number % 12:02}-{1 + number % 27:02}T10:00:00Z"}
        path = write_article(f"n{number}", title=title, excerpt="", published=number % 2 == 0, **day)
    run_import(path.parent)
    return list(Article.objects.order_by("pk"))


BULK = [
    lambda rows: article_edits.set_published(rows, True),
    lambda rows: article_edits.set_published(rows, False),
    lambda rows: article_edits.set_quality(rows, 77),
    lambda rows: article_edits.change_quality(rows, -60),
    lambda rows: article_edits.remove(rows),
]


@pytest.mark.thorough
def test_a_bulk_edit_of_five_hundred_articles_is_undone_as_one(many):
    before = database()
    for bulk_edit in BULK:
        edit = bulk_edit(Article.objects.order_by("pk"))
        changed = database()
        assert changed != before
        undoing = undo(edit)
        assert database() == before
        assert (edit.article_count, undoing.article_count, undoing.undoes) == (500, 500, edit)
    undo(undoing)
    assert database() == changed
    counts = [queries_of(article_edits.set_quality, many[:size], size) for size in (100, 400)]
    assert counts[1] - counts[0] < 30, "no query an article"


def test_merging_and_splitting_many_times_over_is_undone_step_by_step(stories):
    states, edits = [database()], []
    storm = stories["storm"]
    edits.append(story_edits.merge([storm, stories["turbine"]]))
    states.append(database())
    storm = Story.objects.get(article_count=6)
    edits.append(story_edits.merge([storm, stories["council"]]))
    states.append(database())
    storm = Story.objects.get(article_count=9)
    out = list(Article.objects.filter(story=storm).order_by("link_key").values_list("pk", flat=True))[::2]
    edits.append(story_edits.split(storm, out))
    states.append(database())
    edits.append(story_edits.retitle(Story.objects.get(article_count=5), "Half of everything", ""))
    known = {row for state in states for row in state["StoryAlias"]}
    for edit, state in zip(reversed(edits), reversed(states), strict=True):
        undo(edit)
        now = database()
        assert {row.split(",")[0] for row in now.pop("StoryAlias")} <= _numbers(edits) | {
            row.split(",")[0] for row in known
        }
        assert now == {name: rows for name, rows in state.items() if name != "StoryAlias"}
    assert not StoryAlias.objects.filter(old_id__in=[story.pk for story in stories.values()]).exists()


def _numbers(edits):
    return {f"({story['story']}" for edit in edits for story in edit.summary["after"]}


def test_what_others_changed_since_prevents_the_undo_and_is_named(stories):
    lead = stories["storm"].lead
    first = article_edits.set_quality([lead], 10)
    second = article_edits.set_quality(Article.objects.filter(pk=lead.pk), 20)
    before = database()
    with pytest.raises(EditError, match=f"quality of “{lead.title}"):
        undo(first)
    assert database() == before
    undo(second)
    undo(first)
    assert Article.objects.get(pk=lead.pk).quality == 60
    with pytest.raises(EditError, match="already undone"):
        undo(first)


def test_edits_of_other_fields_of_one_article_are_undone_in_any_order(stories):
    lead = stories["storm"].lead
    quality = article_edits.set_quality([lead], 10)
    published = article_edits.set_published(Article.objects.filter(pk=lead.pk), False)
    undo(quality)
    row = Article.objects.get(pk=lead.pk)
    assert (row.quality, row.is_published, row.edited_fields) == (60, False, ["is_published"])
    undo(published)
    assert Article.objects.get(pk=lead.pk).edited_fields == []


def test_after_an_undo_files_that_changed_meanwhile_decide_again(stories, write_article, run_import):
    lead = stories["storm"].lead
    edit = article_edits.set_quality([lead], 10)
    path = write_article("other")
    storm = path.parent / f"{lead.permalink}.md"
    storm.write_bytes(storm.read_bytes().replace(b"quality: 60", b"quality: 66"))
    run_import(path.parent)
    assert Article.objects.get(pk=lead.pk).quality == 10
    undo(edit)
    row = Article.objects.get(pk=lead.pk)
    assert (row.quality, row.edited_fields) == (66, [])
    report = run_import(path.parent)
    assert report.counts["updated"] == 0


def test_an_undone_merge_gives_its_own_heat_and_old_addresses_back(stories):
    one, other = sorted((stories["storm"], stories["herring"]), key=lambda story: story.pk)
    story_edits.adjust_heat(other, 12)
    StoryAlias.objects.create(old_id=4711, story=other)
    edit = story_edits.merge([one, other])
    assert StoryAlias.objects.get(old_id=4711).story_id == one.pk
    undo(edit)
    assert StoryAlias.objects.get(old_id=4711).story_id == other.pk
    assert Story.objects.get(pk=other.pk).heat_adjustment == 12
    assert not StoryAlias.objects.filter(old_id=other.pk).exists()


def test_an_edit_that_changes_nothing_leaves_no_row(stories):
    storm = stories["storm"]
    assert story_edits.adjust_heat(storm, 0) is None
    assert story_edits.retitle(storm, storm.lead.title, storm.lead.excerpt) is None
    assert article_edits.restore([]) is None
    assert not Edit.objects.exists()


def test_what_was_read_before_another_editors_edit_does_not_undo_it(stories):
    pk = stories["storm"].lead_id
    one, other, third = (Article.objects.get(pk=pk) for _ in range(3))
    article_edits.set_quality([one], 10)
    article_edits.set_published([other], False)
    third.excerpt = "Shorter."
    article_edits.save_article(third, ["excerpt"])
    row = Article.objects.get(pk=pk)
    assert (row.quality, row.is_published, row.excerpt) == (10, False, "Shorter.")
    assert row.edited_fields == ["excerpt", "is_published", "quality"]


def test_a_hidden_picture_is_an_edit_that_can_be_undone(stories, client, editor):
    image = Image.objects.first()
    client.force_login(editor)
    client.post("/admin/articles/image/", {"action": "show_no_picture", "_selected_action": [image.pk]})
    image.refresh_from_db()
    assert (image.state, image.is_edited) == ("off", True)
    edit = Edit.objects.get()
    client.post(f"/admin/articles/edit/{edit.pk}/change/")
    image.refresh_from_db()
    assert (image.state, image.is_edited, Edit.objects.count()) == ("waiting", False, 2)


def test_a_decision_that_was_made_again_since_prevents_the_undo(stories):
    two = list(stories.values())[:2]
    one, other = sorted(story_edits.member_ids([story])[0] for story in two)
    apart = {"kind": Decision.Kind.APART, "article_id": one, "other_id": other}
    Decision.objects.create(**apart)
    merging = story_edits.merge(two)
    assert not Decision.objects.filter(**apart).exists()
    anew = Decision.objects.create(**apart)
    before = database()
    with pytest.raises(EditError, match="changed by a later edit"):
        undo(merging)
    assert database() == before
    anew.delete()
    undo(merging)
    assert Decision.objects.filter(**apart).exists()


def test_a_name_that_was_used_again_since_prevents_the_undo(stories):
    topic = Topic.objects.create(name="Lighthouses")
    with record_edit(Edit.Kind.DELETE, None, topic=[topic.pk]) as recorder:
        topic.delete()
    anew = Topic.objects.create(name="Lighthouses")
    with pytest.raises(EditError, match="changed by a later edit"):
        undo(recorder.edit)
    anew.delete()
    undo(recorder.edit)
    assert Topic.objects.filter(name="Lighthouses").exists()


def test_a_former_name_that_another_topic_has_taken_prevents_the_undo_of_a_renaming(stories):
    topic = Topic.objects.create(name="Lighthouses")
    topic.name = "Beacons"
    edit = article_edits.save_taxonomy(topic, ["name"])
    other = Topic.objects.create(name="Lighthouses", slug="others")
    with pytest.raises(EditError, match="changed by a later edit"):
        undo(edit)
    other.delete()
    undo(edit)
    assert Topic.objects.get(pk=topic.pk).name == "Lighthouses"


def test_one_article_is_chosen_as_lead_once(stories):
    one, other = Article.objects.filter(story=stories["storm"]).order_by("pk")[:2]
    story_edits.make_lead(one)
    edit = story_edits.make_lead(other)
    story_edits.split(Story.objects.get(pk=one.story_id), [one.pk])
    story_edits.make_lead(Article.objects.get(pk=one.pk))
    with pytest.raises(EditError, match="changed by a later edit"):
        undo(edit)
