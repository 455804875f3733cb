"""Topics in the newsroom: renamed, merged, hidden, ordered; old addresses lead on, all of it is undone."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from articles.editing.articles import topic_rows
from articles.editing.audit import snapshot
from articles.importing.lookups import find_or_create_topics
from articles.models import Article, ArticleTopic, Edit, Topic
from tests.feeds import make_source

pytestmark = pytest.mark.django_db
LIST, LOG = "/admin/articles/topic/", "/admin/articles/edit/"


@pytest.fixture
def newsroom(newsroom, editor):
    editor.groups.set(Group.objects.filter(name="Chiefs"))
    return newsroom


@pytest.fixture
def topics(stories):
    """Three topics: the first two share an article, the third stands below the first."""
    first, second = Topic.objects.filter(story_count__gt=0)[:2]
    third = Topic.objects.create(name="Piers", parent=first, keywords=["pier"])
    link = ArticleTopic.objects.filter(topic=first).first()
    ArticleTopic.objects.get_or_create(article=link.article, topic=second, defaults={"position": 40})
    make_source("https://paper.example/feed").topics.add(first)
    return first, second, third


def form_of(topic, **changed):
    return {
        "name": topic.name, "short_name": "", "slug": topic.slug, "description": "", "keywords": "",
        "hashtags": "", "position": topic.position, "parent": topic.parent_id or "", "image": "",
    } | changed  # fmt: skip


def act(newsroom, action, chosen, **fields):
    form = {"action": action, "_selected_action": [topic.pk for topic in chosen], **fields}
    return newsroom.post(LIST, form, follow=True)


def state():
    rows = {name: snapshot(name, model.objects.values_list("pk", flat=True))
            for name, model in (("topic", Topic), ("article", Article))}  # fmt: skip
    return rows, dict(Topic.objects.values_list("pk", "story_count"))


def test_merged_topics_are_one_with_articles_keywords_addresses_and_children_until_undone(
    newsroom, client, topics
):
    first, second, third = topics
    before, articles = state(), set(first.article_links.values_list("article", flat=True))
    page = act(newsroom, "merge", [first, second]).text
    assert "Which topic stays?" in page and f"{first.article_links.count()} article" in page
    assert state() == before
    assert "are now" in act(newsroom, "merge", [first, second], into=second.pk).text
    assert articles <= set(second.article_links.values_list("article", flat=True))
    third.refresh_from_db()
    assert third.parent == second and not first.article_links.exists()
    assert list(second.sources.values_list("url", flat=True)) == ["https://paper.example/feed"]
    feeds = [reverse("articles:topic_feed", args=[topic.slug, "atom"]) for topic in (first, second)]
    assert client.get(feeds[0]).headers["Location"] == feeds[1]
    assert client.get(first.get_absolute_url()).headers["Location"] == second.get_absolute_url()
    assert first.name not in newsroom.get(LIST).text
    # Files and editors that name the merged one mean the other.
    assert find_or_create_topics([first.name])[first.name_key] == second
    assert topic_rows([first.name, second.name]) == [(second.pk, first.name)]
    edit = Edit.objects.get()
    assert edit.kind == "join"
    assert f"{first.name} — " in edit.description and f"merged into — → {second.name}" in edit.description
    newsroom.post(LOG, {"undo": edit.pk})
    assert state() == before
    assert client.get(first.get_absolute_url()).status_code == 200


def test_a_merge_that_makes_no_sense_changes_nothing(newsroom, topics):
    first, second, third = topics
    before = state()
    assert "two topics or more" in act(newsroom, "merge", [first]).text
    for into in ("x", third.pk, 10**12):
        assert "Which topic stays?" in act(newsroom, "merge", [first, second], into=into).text
    assert state() == before
    act(newsroom, "merge", [first, third], into=third.pk)  # into its own subtopic
    third.refresh_from_db()
    assert third.parent is None
    assert (
        "two topics or more" in act(newsroom, "merge", [first, third], into=third.pk).text
    )  # a double click


def test_a_renamed_topic_is_found_at_its_former_address(newsroom, client, topics):
    topic = topics[0]
    old = topic.get_absolute_url()
    form = form_of(topic, name="Quays", slug="quays")
    assert newsroom.post(f"{LIST}{topic.pk}/change/", form).status_code == 302
    assert client.get(old).headers["Location"] == "/topics/quays/"
    assert "Quays" in client.get("/topics/quays/").text
    for slug, text in ((topics[1].slug, "already an address"), ("a b", "small letters"), ("x" * 121, "120")):
        answer = newsroom.post(f"{LIST}{topic.pk}/change/", form | {"slug": slug})
        assert answer.status_code == 200 and text in answer.text, slug
    answer = newsroom.post(f"{LIST}{topics[1].pk}/change/", form_of(topics[1], slug=old.split("/")[2]))
    assert "already an address" in answer.text
    newsroom.post(LOG, {"undo": Edit.objects.get().pk})
    assert client.get(old).status_code == 200 and client.get("/topics/quays/").status_code == 404


def test_a_hidden_topic_is_nowhere_for_visitors(newsroom, client, topics):
    topic = topics[0]
    address = topic.get_absolute_url()
    pages = ("/", "/topics/", "/api/v1/topics", "/sitemap.xml")
    act(newsroom, "hide", [topic])
    assert client.get(address).status_code == 404
    for page in pages:
        assert address not in client.get(page).text, page
    assert topic.name in newsroom.get(LIST).text
    newsroom.post(LOG, {"undo": Edit.objects.get().pk})
    assert client.get(address).status_code == 200
    assert address in client.get("/").text


def test_the_order_of_several_topics_is_saved_as_one_edit(newsroom, topics):
    rows = newsroom.get(LIST).context["cl"].result_list
    form = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": len(rows), "_save": "Save"}
    for number, topic in enumerate(rows):
        form |= {f"form-{number}-id": topic.pk, f"form-{number}-position": 9 - number}
    assert "undo" in newsroom.post(LIST, form, follow=True).text
    assert "position" in Edit.objects.get().description
    assert list(Topic.objects.in_order()) == list(reversed(rows))
    answer = newsroom.post(LIST, form | {"form-0-position": "ten"})
    assert answer.status_code == 200 and "whole number" in answer.text
