"""The forms of an article refuse what a file may not hold: one set of rules for both."""


import pytest

from articles.models import Article, Edit
from tests.newsroom import database

pytestmark = pytest.mark.django_db
ADD = "/admin/articles/article/add/"
CHANGED = ("title", "excerpt", "quality", "is_published", "topic_names", "image_urls")  # of a known article
GOOD = {
    "title": "A ferry is late", "excerpt": "By an hour.", "url": "https://harbour-gazette.example/late",
    "published_at": "2023-05-04T09:30:00Z", "kind": "article", "provider_name": "Harbour Gazette",
    "provider_domain": "harbour-gazette.example", "quality": "57", "is_published": "on",
    "topic_names": "Tidal Energy", "image_urls": "https://pictures.example/ferry.jpg",
}  # fmt: skip


@pytest.fixture
def newsroom(newsroom, write_article, run_import):
    run_import(write_article("one"))
    return newsroom


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("title", "x" * 501), ("excerpt", "a\x00b"), ("quality", "-1"), ("kind", "song"),
        ("provider_name", ""), ("provider_domain", "a b"), ("published_at", "2023-13-04"),
        ("published_at", "9999-01-01"), ("image_urls", "not a link"), ("image_urls", "file:///etc/passwd"),
        ("url", "javascript:alert(1)"), ("url", "https://u:p@harbour-gazette.example/x"),
        ("title", "a\x00b"), ("title", "\u200b"), ("quality", "1_0"), ("quality", "٣"), ("quality", "1e3"),
        ("quality", "9" * 30), ("topic_names", "Nowhere"), ("topic_names", "x" * 101),
        ("image_urls", "http://127.0.0.1/a.png"), ("url", "http://localhost/x"), ("published_at", "soon"),
        ("provider_domain", "10.0.0.1"), ("url", "https://harbour-gazette.example/one"),
    ],
)  # fmt: skip
def test_what_a_form_must_not_take_is_refused_by_field(newsroom, field, value):
    before = database()
    answer = newsroom.post(ADD, GOOD | {field: value})
    assert field in answer.context["adminform"].form.errors
    if field in CHANGED:
        change = {name: GOOD[name] for name in CHANGED} | {field: value}
        answer = newsroom.post(f"/admin/articles/article/{Article.objects.get().pk}/change/", change)
        assert field in answer.context["adminform"].form.errors
    assert database() == before


def test_text_is_cleaned_as_in_a_file(newsroom):
    newsroom.post(ADD, GOOD | {"title": "  Fish &amp;  chips\u202e ", "reason": "Seen at the quay"})
    article = Article.objects.get(url=GOOD["url"])
    assert article.title == "Fish & chips"
    edit = Edit.objects.get()
    assert (edit.kind, edit.reason) == ("add", "Seen at the quay")


def test_an_added_article_joins_its_story_and_survives_imports_and_its_undo(
    newsroom, client, run_import, write_article
):
    told_by_others = {"title": "The one report, told by others", "excerpt": "What is known of the one."}
    newsroom.post(ADD, GOOD | told_by_others)
    article = Article.objects.get(url=GOOD["url"])
    assert article.origin == "admin"
    assert article.story == Article.objects.get(permalink__endswith="-one").story
    assert client.get(article.get_absolute_url()).status_code == 200
    run_import(write_article("two").parent)
    edit = Edit.objects.get()
    newsroom.post(f"/admin/articles/edit/{edit.pk}/change/")
    assert client.get(article.get_absolute_url()).status_code == 410
    newsroom.post(ADD, GOOD)
    assert client.get(article.get_absolute_url()).status_code == 200


def test_a_changed_article_is_one_edit_with_topics_and_pictures(newsroom):
    article = Article.objects.get()
    newsroom.post(
        f"/admin/articles/article/{article.pk}/change/",
        {"title": "Another", "excerpt": "", "quality": "90", "is_published": "on", "topic_names": "",
         "image_urls": "https://pictures.example/other.jpg", "reason": "Better"},
    )  # fmt: skip
    article.refresh_from_db()
    assert (article.title, article.excerpt, article.quality) == ("Another", "", 90)
    assert article.edited_fields == ["excerpt", "images", "quality", "title", "topics"]
    assert [link.image.url for link in article.image_links.all()] == ["https://pictures.example/other.jpg"]
    assert Edit.objects.get().kind == "change"


def test_the_list_refuses_bad_numbers_too(newsroom):
    article = Article.objects.get()
    form = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "_save": "Save", "form-0-id": article.pk}
    for value in ("-1", "1000001", "x", "1_0", ""):
        answer = newsroom.post("/admin/articles/article/", form | {"form-0-quality": value})
        assert answer.status_code == 200, value
    assert not Edit.objects.exists()
