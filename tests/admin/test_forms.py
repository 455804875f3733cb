"""The forms of an article refuse what a file may not hold: one set of rules for both."""

import json
from datetime import UTC, datetime

import pytest

from articles.frontmatter.document import DocumentError, Memo, parse
from articles.frontmatter.fields import FieldError, read_article
from articles.models import Article, Edit
from tests.conftest import SHARED
from tests.newsroom import database

pytestmark = pytest.mark.django_db
HOSTILE = SHARED / "hostile" / "frontmatter"
ADD = "/admin/articles/article/add/"
GOOD = {
    "title": "A ferry is late", "excerpt": "By an hour.", "url": "https://harbour-gazette.example/late",
    "published_at": "2023-05-04T09:30:00Z", "kind": "article", "provider_name": "Harbour Gazette",
    "provider_domain": "harbour-gazette.example", "quality": "57", "is_published": "on",
    "topic_names": "Tidal Energy", "image_urls": "https://pictures.example/ferry.jpg",
}  # fmt: skip
# Keys of a file, and the field of the form that holds the same.
FIELDS = {
    "title": "title", "excerpt": "excerpt", "webUrl": "url", "originalUrl": "url", "ampWebUrl": "url",
    "publishedDateTime": "published_at", "quality": "quality", "type": "kind", "topics": "topic_names",
    "images": "image_urls", "provider": "provider_name", "provider.name": "provider_name",
    "provider.domain": "provider_domain",
}  # fmt: skip
# What is wrong with these is a kind of YAML value; a form holds text, which is right as text.
RIGHT_AS_TEXT = {"032", "033", "034", "048", "087", "102", "110", "111", "113", "125"}


@pytest.fixture
def newsroom(newsroom, write_article, run_import):
    run_import(write_article("one"))
    return newsroom


def bad_values():
    """Yield each value of the corpus that the rules refuse and that a form could hold, with its field."""
    lines = (HOSTILE / "manifest.jsonl").read_text().splitlines() if HOSTILE.is_dir() else ()
    for case in map(json.loads, lines):
        try:
            values = parse((HOSTILE / case["file"]).read_bytes(), Memo()).values
            read_article(values, datetime.now(UTC))
        except DocumentError:
            continue
        except FieldError as error:
            path = error.field
        else:
            continue
        key = ".".join(path.split(".")[:2]) if path.startswith("provider") else path.split(".")[0]
        number = case["file"][:3]
        if case["outcome"] == "reject" and key in FIELDS and number not in RIGHT_AS_TEXT:
            value = values
            for part in path.split(".") if path.count(".") and key == "provider" else key.split("."):
                value = value.get(part) if hasattr(value, "get") else None
            if not (key == "images" and "width" in path) and "isCached" not in path:
                yield case["file"], FIELDS[key], text_of(value)


def text_of(value) -> str:
    """Return what an editor would have to type to say the same."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(str(each.get("url", "") if hasattr(each, "get") else each) for each in value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


CASES = list(bad_values())
needs_corpus = pytest.mark.skipif(not CASES, reason="no folder of bad files beside the checkout")


@pytest.mark.corpus
@needs_corpus
def test_every_bad_value_of_the_corpus_is_refused_where_an_article_is_added(newsroom):
    before = database()
    for file, field, value in CASES:
        if field == "image_urls" and not value:
            value = "not a link"
        answer = newsroom.post(ADD, GOOD | {field: value})
        assert answer.status_code == 200, file
        assert answer.context["adminform"].form.errors, file
    assert database() == before


@pytest.mark.corpus
@needs_corpus
def test_every_bad_value_of_the_corpus_is_refused_where_an_article_is_changed(newsroom):
    article = Article.objects.get()
    address = f"/admin/articles/article/{article.pk}/change/"
    names = ("title", "excerpt", "quality", "is_published", "topic_names", "image_urls")
    good = {name: GOOD[name] for name in names}
    before, tried = database(), 0
    for file, field, value in CASES:
        if field in good:
            answer = newsroom.post(address, good | {field: value or ("" if field == "title" else "-1")})
            assert answer.status_code == 200, file
            assert answer.context["adminform"].form.errors, file
            tried += 1
    assert tried >= 10
    assert database() == before
    assert newsroom.post(address, good).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
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
