"""Bad values in every form of the newsroom: a sentence beside the field, the form filled, nothing changed."""

from html import unescape

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from articles.editing.articles import set_quality
from articles.http.client import MAX_BYTES
from articles.models import Article, Edit, Image, Provider, Story, Topic
from tests.feeds import make_source
from tests.newsroom import database

pytestmark = pytest.mark.django_db
NUL, LONG, MANY = "a\0b", "x" * 10_001, "9" * 30
NUMBERS = ("-1", "1e9", "ten", MANY)


@pytest.fixture
def rows(client, write_article, run_import):
    """Return addresses and good values of the forms, by name; a superuser is signed in."""
    picture = {"url": "https://pictures.example/one.jpg"}
    run_import(write_article("one", images=[picture], related=("ferry",)).parent)
    client.force_login(User.objects.create_superuser("root"))
    topic = Topic.objects.get()
    child = Topic.objects.create(name="Tides", slug="tides", parent=topic)
    article = Article.objects.order_by("pk").first()
    set_quality([article], 60)
    source = make_source("https://paper.example/feed")
    make_source("https://paper.example/other")
    story = Story.objects.with_lead().get()
    list_ = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "_save": "Save", "form-0-id": article.pk}
    topic_form = {"name": "Beacons", "keywords": "", "hashtags": "", "position": 5}
    return {
        "topic": (page("topic", topic.pk), topic_form, {
            "name": ["", "Tides", LONG, NUL], "parent": [topic.pk, child.pk, 999, "x"],
            "keywords": [LONG, ",".join(map(str, range(201))), NUL], "position": NUMBERS,
            "description": [NUL]}),
        "provider": (page("provider", Provider.objects.first().pk), {}, {"name": ["", LONG, NUL]}),
        "source": (page("source", source.pk), {"url": source.url, "weight": 0, "minimum_quality": 0}, {
            "url": ["", "javascript:x", "http://127.0.0.1/", "https://paper.example/other", LONG],
            "weight": ["ten", MANY, "1e9"], "minimum_quality": NUMBERS, "provider": [999, "x"],
            "topics": [999]}),
        "article": (page("article", article.pk), {"title": "New"}, {
            "quality": NUMBERS, "title": ["", LONG, NUL], "reason": ["x" * 301], "topic_names": [LONG]}),
        "new article": (reverse("admin:articles_article_add"), {
            "title": "New", "url": "https://a.example/new", "published_at": "2023-05-04", "kind": "article",
            "provider_name": "A", "provider_domain": "a.example"},
            {"published_at": ["yesterday", "31.2.", "2023-02-31", NUL], "quality": NUMBERS}),
        "list": (page("article"), list_, {"form-0-quality": [*NUMBERS, ""], "form-0-id": [999, "x"]}),
        "story": (page("story", story.pk), {}, {
            "heat": ["ten", MANY, "1e9", ""], "merge": [], "quality": NUMBERS, "title": ["", NUL, LONG],
            "topics": ["Nowhere", LONG]}),
        "image": (page("image", Image.objects.first().pk), {}, {"action": ["burn"], "upload": [
            SimpleUploadedFile("a.jpg", b"text"), SimpleUploadedFile("b.jpg", b"x" * (MAX_BYTES + 1))]}),
        "person": (reverse("admin:auth_user_add"), {
            "username": "ann", "password1": "spring-flood-9", "password2": "spring-flood-9"},
            {"username": ["", "root", "a b", LONG, NUL], "email": ["x"], "groups": [999, "x"],
             "password1": ["1"]}),
        "undo": (page("edit", Edit.objects.get().pk), {}, {"reason": ["x" * 301, NUL]}),
        "queue": (page("story"), {"action": "set_quality", "_selected_action": story.pk}, {
            "quality": NUMBERS, "reason": ["x" * 301, NUL]}),
    }  # fmt: skip


def page(model, pk=None):
    return reverse(f"admin:articles_{model}_{'change' if pk else 'changelist'}", args=[pk] if pk else [])


SENTENCES = ("errornote", "errorlist", 'class="error"', 'class="warning"')
EDIT_OF_FIELD = {"title": "retitle"}


def test_sixty_bad_values_on_twelve_forms_break_nothing_and_lose_nothing(client, rows):
    wrong, count = [], 0
    client.raise_request_exception = False
    before = database(), Edit.objects.count(), User.objects.count()
    for form, (address, good, fields) in rows.items():
        for field, values in fields.items():
            for value in values:
                count += 1
                given = good | {field: value}
                if form == "story":
                    given |= {"edit": EDIT_OF_FIELD.get(field, field), "selected": Article.objects.first().pk}
                    given["version"] = client.get(address).context["version"]
                answer = client.post(address, given)
                html = unescape(answer.content.decode())
                what = (form, field, str(value)[:20])
                if answer.status_code not in (200, 409):
                    wrong.append((*what, answer.status_code))
                elif not any(mark in html for mark in SENTENCES):
                    wrong.append((*what, "no sentence"))
                elif isinstance(value, str) and "\0" not in value and value not in html:
                    wrong.append((*what, "lost"))
    assert not wrong, "\n".join(map(str, wrong))
    assert (database(), Edit.objects.count(), User.objects.count()) == before
    assert count >= 60


BAD_QUERIES = {
    "article": ["since=yesterday", "until=31.2.", "since=2023-02-31", "until=9999-12-31",
                "until=0001-01-01", "topic=nowhere", "p=ten", f"p={MANY}", "o=99", "q=%00", f"id__gt={MANY}"],
    "story": ["age=x", f"q={MANY}", "decided=perhaps", "provider=%00", "quality=ten"],
    "edit": [f"story={MANY}", "kind__exact=x", "topic=-1"],
    "source": ["state=x", f"topics__id__exact={MANY}"], "image": ["state__in=x,%00"],
}  # fmt: skip


def test_bad_filters_dates_and_buttons_break_nothing(client, rows):
    client.raise_request_exception = False
    queue, story = page("story"), Story.objects.get()
    wrong = [
        (model, query, answer.status_code)
        for model, queries in BAD_QUERIES.items()
        for query in queries
        if (answer := client.get(f"{page(model)}?{query}", follow=True)).status_code not in (200, 400)
    ]
    assert "is no date" in client.get(f"{page('article')}?since=31.2.").content.decode()
    before = database(), Edit.objects.count()
    edits = ("publish.999.", f"burn.{story.pk}", MANY, f"publish.{MANY}")
    actions = (("publish", ""), ("burn", story.pk), ("publish", "x"), ("publish", MANY))
    for given in [{"edit": edit} for edit in edits] + [
        {"action": action, "_selected_action": pk} for action, pk in actions
    ]:
        answer = client.post(queue, given, follow=True)
        if answer.status_code not in (200, 409):
            wrong.append((given, answer.status_code))
    address = page("story", story.pk)
    for given in (
        {"edit": "merge", "others": story.pk}, {"edit": "merge", "others": 999},
        {"edit": "lead", "lead": 999}, {"edit": "picture", "picture": MANY},
        {"edit": "split", "selected": "x"}, {"confirm": "burn"},
    ):  # fmt: skip
        answer = client.post(address, given | {"version": client.get(address).context["version"]})
        if answer.status_code != 200 or (given.get("edit") and "errornote" not in answer.content.decode()):
            wrong.append((given, answer.status_code))
    assert (database(), Edit.objects.count()) == before
    assert not wrong, "\n".join(map(str, wrong))


def test_an_edit_is_undone_once_however_often_the_button_is_pressed(client, rows):
    for _ in range(2):
        answer = client.post(page("edit", Edit.objects.earliest("pk").pk), {"reason": "Twice"}, follow=True)
    assert (answer.status_code, Edit.objects.count()) == (200, 2)
    assert "Not undone" in answer.content.decode()


def test_two_editors_of_a_topic_keep_both_words_or_see_what_the_other_changed(client, rows):
    topic = Topic.objects.get(name="Tidal Energy")
    address = page("topic", topic.pk)
    seen = {"initial-name": topic.name, "initial-keywords": "", "initial-position": 1000}
    form = {"name": topic.name, "keywords": "", "hashtags": "", "position": 1000}
    client.post(address, form | seen | {"keywords": "tide, flood\nebb"})
    client.post(address, form | seen | {"position": 7})
    topic.refresh_from_db()
    assert (topic.keywords, topic.position) == (["tide", "flood", "ebb"], 7)
    answer = client.post(address, form | seen | {"position": 9, "keywords": "moon"})
    assert set(answer.context["adminform"].form.errors) == {"position", "keywords"}
    assert "root changed this to “7”" in answer.content.decode()
