"""The log in the newsroom: every change of every model is in it, in words, and can be undone there."""

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile

from articles.editing.articles import set_published, set_quality
from articles.editing.audit import TRACKED, snapshot
from articles.images.process import store_picture
from articles.models import Article, Edit, Image, Provider, Source, Topic
from tests.feeds import make_source
from tests.pictures import add_image, jpeg

pytestmark = pytest.mark.django_db
LOG = "/admin/articles/edit/"
# What is in the log or a list and cannot be undone, and why. All else can be.
NOT_UNDONE = {
    "password": "no log holds passwords",
    "fetch again": "a picture is what its host answers",
    "withdraw": "the articles come back as the source is switched on and polled",
    "import": "imports have a list of their own, and are undone there",
}


@pytest.fixture
def newsroom(newsroom, editor):
    editor.groups.set(Group.objects.filter(name="Chiefs"))
    return newsroom


@pytest.fixture
def rows(stories):
    """A row of each model."""
    image = add_image()
    store_picture(image, jpeg())
    return {
        "article": stories["storm"].lead,
        "story": stories["storm"],
        "topic": Topic.objects.create(name="Beacons"),
        "provider": Provider.objects.first(),
        "source": make_source("https://paper.example/feed", name="Paper"),
        "image": image,
    }


SOURCE = {
    "url": "https://paper.example/feed", "name": "Paper", "site_url": "", "folder": "", "language": "",
    "provider": "", "weight": "50", "minimum_quality": "0", "is_active": "on", "shown_excerpts": "all",
    "shows_pictures": "on",
}  # fmt: skip
TOPIC = {"name": "Beacons", "short_name": "", "description": "", "keywords": "[]", "hashtags": "[]",
         "position": 1000}  # fmt: skip
# model, end of the address, form (a function for files), what the log says
CHANGES = [
    ("source", "change/", SOURCE | {"weight": "70"}, "Source: Paper — weight 50 → 70"),
    ("source", "change/", SOURCE | {"topics": "TOPIC"}, "Source: Paper — topics — → Beacons"),
    ("source", "delete/", {"post": "yes"}, "Source: Paper — deleted"),
    ("source", "", {"action": "switch_off"}, "Source: Paper — active yes → no"),
    ("topic", "change/", TOPIC | {"name": "Lights"}, "Topic: Lights — name Beacons → Lights"),
    ("topic", "delete/", {"post": "yes"}, "Topic: Beacons — deleted"),
    ("provider", "change/", {"name": "The Voice"}, "Provider: The Voice — name"),
    ("image", "change/", {"action": "hide"}, "state ready → no picture"),
    ("image", "change/", "upload", "files 5 → 2"),
    ("image", "", {"action": "show_no_picture"}, "state ready → no picture"),
    ("article", "", {"action": "unpublish"}, "published yes → no"),
]  # fmt: skip


@pytest.mark.parametrize(("model", "end", "form", "words"), CHANGES)
def test_each_change_has_its_line_in_the_log_and_its_undo(newsroom, rows, model, end, form, words):
    row = rows[model]
    before = snapshot(model, [row.pk])
    if form == "upload":
        form = {"upload": SimpleUploadedFile("other.jpg", jpeg(300, 200)), "action": ""}
    form = {name: rows["topic"].pk if value == "TOPIC" else value for name, value in form.items()}
    address = f"/admin/articles/{model}/{f'{row.pk}/' if end else ''}{end}"
    answer = newsroom.post(address, form | ({} if end else {"_selected_action": [row.pk]}))
    assert answer.status_code == 302, answer.text
    edit = Edit.objects.get()
    assert words in edit.description and "edited_fields" not in edit.description
    after = snapshot(model, [row.pk])
    assert words in newsroom.get(LOG).text
    assert edit.targets.filter(model=model, object_id=row.pk).exists()
    answer = newsroom.post(LOG + "?p=1", {"undo": edit.pk})
    assert answer.headers["Location"] == LOG + "?p=1"
    edit.refresh_from_db()
    assert edit.undone_by_id and after != before
    assert type(row).objects.filter(pk=row.pk).exists()
    assert ">undone</a>" in newsroom.get(LOG).text
    assert snapshot(model, [row.pk]) == before


def test_what_an_account_may_do_is_in_the_log_and_undone_by_a_superuser_alone(client, editor, admin_user):
    client.force_login(admin_user)
    person = {"username": "nele", "email": "", "password1": "Tide-table-4711", "password2": "Tide-table-4711"}
    chiefs = Group.objects.get(name="Chiefs")
    client.post("/admin/auth/user/add/", person | {"groups": [chiefs.pk]})
    added = Edit.objects.get()
    nele = User.objects.get(username="nele")
    assert added.description == "User: nele — added" and "Tide" not in str(added.after)
    client.post(
        f"/admin/auth/user/{nele.pk}/change/", {"username": "nele", "is_active": "on", "is_staff": "on"}
    )
    edit = Edit.objects.first()
    assert edit.description == "User: nele — roles Chiefs → —"
    client.force_login(User.objects.get(username=editor.username))
    assert client.post(LOG, {"undo": edit.pk}).status_code == 403
    client.force_login(admin_user)
    client.post(LOG, {"undo": edit.pk})
    assert list(nele.groups.all()) == [chiefs]


def test_every_tracked_model_has_a_case_here_or_a_test_of_its_own():
    elsewhere = {"story", "decision", "user", "pin", "takedown"}  # or in tests of the edits
    assert TRACKED.keys() - {model for model, *_ in CHANGES} - elsewhere == set()


def test_a_deleted_source_comes_back_with_its_topics(newsroom, rows):
    source = rows["source"]
    source.topics.add(rows["topic"])
    newsroom.post(f"/admin/articles/source/{source.pk}/delete/", {"post": "yes"})
    newsroom.post(LOG, {"undo": Edit.objects.get().pk})
    assert list(Source.objects.get().topics.all()) == [rows["topic"]]
    assert Source.objects.get().weight == source.weight


def test_an_image_uploaded_by_an_editor_is_the_earlier_one_again_after_undo(newsroom, rows):
    image = rows["image"]
    files = sorted(image.renditions.values_list("name", flat=True))
    upload = SimpleUploadedFile("other.jpg", jpeg(300, 200))
    newsroom.post(f"/admin/articles/image/{image.pk}/change/", {"upload": upload, "action": ""})
    assert sorted(image.renditions.values_list("name", flat=True)) != files
    newsroom.post(LOG, {"undo": Edit.objects.get().pk})
    assert sorted(Image.objects.get(pk=image.pk).renditions.values_list("name", flat=True)) == files


def test_the_log_is_searched_and_filtered(newsroom, rows, editor):
    set_quality([rows["article"]], 7, editor, "a slip of the pen")
    set_published(Article.objects.exclude(pk=rows["article"].pk)[:1], False)
    title = rows["article"].title

    def found(query):
        answer = newsroom.get(f"{LOG}?{query}")
        assert answer.status_code == 200
        return answer.context["cl"].result_count

    for query, count in (
        ("", 2), ("q=slip+pen", 1), (f"q={title}", 1), (f"q={editor.username}", 1), ("q=nothing", 0),
        (f"by={editor.pk}", 1), ("by=x", 2), ("kind__exact=quality", 1), ("since=2001-01-01", 2),
        ("until=2001-01-01", 0), ("since=yesterday", 2), ("until=31.2.", 2), ("until=9999-12-31", 2),
    ):  # fmt: skip
        assert found(query) == count, query
    assert "is no date" in newsroom.get(f"{LOG}?since=yesterday").text


def test_what_cannot_be_undone_from_the_list_says_so_and_stays_in_it(newsroom, client, rows, editor):
    first = set_quality([rows["article"]], 7, editor)
    set_quality([rows["article"]], 8, editor)
    for key, text in ((first.pk, "undo that first"), ("x", "no such edit"), (10**17, "no such edit")):
        page = newsroom.post(f"{LOG}?by={editor.pk}", {"undo": key}, follow=True)
        assert text in page.text and page.redirect_chain[0][0] == f"{LOG}?by={editor.pk}"
    second = Edit.objects.first()
    newsroom.post(LOG, {"undo": second.pk})
    assert "already undone" in newsroom.post(LOG, {"undo": second.pk}, follow=True).text  # a double click
    editor.groups.set(Group.objects.filter(name="Operators"))
    assert 'name="undo"' not in newsroom.get(LOG).text
    assert newsroom.post(LOG, {"undo": first.pk}).status_code == 403
    assert Edit.objects.count() == 3


def test_the_log_takes_as_many_queries_for_many_edits(newsroom, rows, editor, django_assert_max_num_queries):
    for value in range(20):
        set_quality([rows["article"]], value, editor)
    with django_assert_max_num_queries(13):
        assert newsroom.get(LOG).text.count('name="undo"') == 20
