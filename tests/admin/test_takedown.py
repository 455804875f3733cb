"""Take-downs: what a publisher wishes away stays away after every import, is listed, and can come back."""

import pytest
from django.contrib.auth.models import Group

from articles.editing import articles as article_edits
from articles.editing.audit import EditError
from articles.images import process
from articles.models import Article, Edit, Image, Provider, Source, Story, TakeDown
from tests.feeds import make_source

pytestmark = pytest.mark.django_db

ADD, LIST = "/admin/articles/takedown/add/", "/admin/articles/takedown/"


@pytest.fixture
def chief(newsroom, editor):
    editor.groups.add(Group.objects.get(name="Chiefs"))
    return newsroom


def bring_back(client):
    keys = list(TakeDown.objects.values_list("pk", flat=True))
    return client.post(LIST, {"action": "bring_back", "_selected_action": keys}, follow=True)


@pytest.fixture
def imported(write_article, run_import):
    """Return a function that imports the same article again, changed, and a new one of the same provider."""

    def run(text=""):
        run_import(
            write_article("one", excerpt=f"Tidal power {text}.", related=("ferry",),
                          images=[{"url": "https://harbour-gazette.example/one.jpg"}]),
            write_article("two", title="Quite another matter"),
        )  # fmt: skip
        return Article.objects.get(url="https://harbour-gazette.example/one")

    return run


@pytest.mark.parametrize("what", ["article", "excerpt", "picture", "provider"])
def test_what_is_taken_down_stays_down_after_an_import_and_comes_back(what, imported, chief, client):
    imported()
    article = imported("once")
    Image.objects.update(state=Image.State.READY)
    image = Image.objects.first()
    row = {"picture": image, "provider": article.provider}.get(what, article)
    page = chief.get(f"{ADD}?what={what}&row={row.pk}")
    assert "article" in page.context["title"]
    assert chief.post(ADD, {"what": what, "row": row.pk, "reason": "The publisher wrote"}).status_code == 302
    for text in ("", "anew"):
        article = imported(text) if text else article
        article.refresh_from_db()
        if image:
            process.reset([image])
        front = client.get("/").content.decode()
        if what == "excerpt":
            assert article.excerpt == ""
        elif what == "picture":
            assert Image.objects.get(pk=image.pk).state == Image.State.OFF
        else:
            assert article.title not in front
            assert client.get(article.get_absolute_url()).status_code in (404, 410)
            assert client.get("/api/v1/articles").content.decode().count(article.title) == 0
        assert ("Quite another matter" in front) == (what != "provider")
    edit = Edit.objects.get(kind="take_down")
    assert edit.reason == "The publisher wrote"
    assert "The publisher wrote" in chief.get(LIST).content.decode()
    assert "undo" in bring_back(chief).content.decode()
    assert not TakeDown.objects.exists()
    article.refresh_from_db()
    if what in ("article", "provider"):
        assert client.get(article.get_absolute_url()).status_code == 200
    elif what == "excerpt":
        assert article.excerpt.startswith("Tidal power")
    else:
        assert Image.objects.get(pk=image.pk).state == Image.State.READY


@pytest.mark.parametrize("what", ["provider", "source"])
def test_a_feed_that_was_taken_down_is_not_polled(what, story, chief):
    source = make_source("https://harbour-gazette.example/feed")
    other = make_source("https://elsewhere.example/feed")
    row = Provider.objects.get(domain="harbour-gazette.example") if what == "provider" else source
    chief.post(ADD, {"what": what, "row": row.pk, "reason": "As they wish"})
    for is_on in (False, True):
        Source.objects.filter(pk=source.pk).update(
            is_active=is_on, provider=is_on and row if what == "provider" else None
        )
        assert list(Source.objects.active()) == [other]


def test_what_is_taken_down_is_restored_in_no_other_way(story, chief):
    lead = story.lead
    chief.post(ADD, {"what": "article", "row": lead.pk, "reason": "As they wish"})
    chief.post(ADD, {"what": "excerpt", "row": lead.pk, "reason": "As they wish"})
    with pytest.raises(EditError, match="taken down"):
        article_edits.restore([lead])
    path = f"/admin/articles/article/{lead.pk}/change/"
    form = chief.get(path).context["adminform"].form
    fields = {name: form[name].value() or "" for name in form.fields if name != "is_removed"}
    answer = chief.post(path, fields | {"excerpt": "Back again"})
    assert (answer.status_code, "taken down" in answer.content.decode()) == (200, True)
    lead.refresh_from_db()
    assert (lead.is_removed, lead.excerpt) == (True, "")


def test_bad_input_is_a_sentence_and_a_reason_is_needed(story, chief):
    good = {"what": "article", "row": story.lead_id, "reason": "As they wish"}
    for bad in ({"reason": " "}, {"row": "999999"}, {"row": "x" * 5000}, {"row": ""}, {"what": "site"}):
        answer = chief.post(ADD, good | bad)
        assert answer.status_code == 200
        assert answer.context["adminform"].form.errors
    assert not Edit.objects.exists()
    assert chief.post(ADD, good).status_code == 302
    answer = chief.post(ADD, good)
    assert "is taken down already" in answer.content.decode()
    assert Edit.objects.count() == 1


def test_only_who_may_remove_takes_down(story, newsroom):
    page = newsroom.get(f"/admin/articles/article/{story.lead_id}/change/").content.decode()
    assert "Take down" not in page
    assert newsroom.get(LIST).status_code == 200
    assert newsroom.post(ADD, {"what": "article", "row": story.lead_id, "reason": "No"}).status_code == 403


def test_the_pages_of_what_can_be_taken_down_have_the_link(story, chief):
    source = make_source("https://harbour-gazette.example/feed")
    for model, pk in (
        ("article", story.lead_id),
        ("provider", story.lead.provider_id),
        ("source", source.pk),
    ):
        page = chief.get(f"/admin/articles/{model}/{pk}/change/").content.decode()
        assert f"{ADD}?what={model}&amp;row={pk}" in page


def test_a_provider_taken_down_leaves_the_story_to_the_others(story, chief, client):
    Article.objects.filter(story=story).update(is_published=True)
    chief.post(ADD, {"what": "provider", "row": story.lead.provider_id, "reason": "As they wish"})
    now = Story.objects.get(pk=story.pk)
    assert (now.lead.provider.domain, now.article_count) == ("ferry.example", 1)
    assert client.get(f"/providers/{story.lead.provider.domain}/").status_code == 404
