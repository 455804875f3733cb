"""Stories in the database: the same whatever the order, true to editors, with addresses that live on."""

from datetime import timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.utils import timezone

from articles.caching.writing import writing
from articles.editing.articles import save_article
from articles.models import Article, Decision, Placement, Provider, StaleDay, Story, Topic
from articles.models.grouping import day_of
from articles.stories import grouping
from articles.stories.assignment import current_constraints
from articles.stories.grouping import group_waiting
from articles.stories.matches import why_together
from tests import newsroom
from tests.state import archive_state, differences_of

EVENTS = list(newsroom.EVENTS.values())
ENDINGS = ["", ", officials say", " after long dispute", " as residents watch", " again"]


def write_reports(write_article, random, number):
    for place in range(number):
        event = random.randrange(len(EVENTS))
        write_article(
            f"r{place}",
            title=EVENTS[event] + random.choice(ENDINGS),
            excerpt=random.choice(["", f"{EVENTS[event]}. More is expected on day {random.randint(1, 9)}."]),
            publishedDateTime=f"2023-05-{random.randint(1, 20):02}T{random.randint(10, 20)}:00:00Z",
            quality=random.choice([20, 57, 80]),
            provider={"name": f"P{place % 5}", "domain": f"p{place % 5}.example"},
        )


def decide(kind, one, other=None):
    with writing():
        Decision.objects.create(kind=kind, article=one, other=other)
        for article in filter(None, (one, other)):
            StaleDay.objects.mark([day_of(article.published_at)])
            Article.objects.filter(pk=article.pk).update(needs_grouping=True)
    group_waiting()


@pytest.fixture
def storms(write_article, run_import):
    write_article("a", title=EVENTS[0], provider={"name": "A", "domain": "a.example"})
    provider = {"name": "B", "domain": "b.example"}
    run_import(write_article("b", title=f"{EVENTS[0]}, say officials", provider=provider).parent)
    return list(Article.objects.order_by("link_key"))


def test_similarity_makes_a_story_and_gives_the_reason(storms):
    assert Story.objects.get().provider_count == 2
    reasons = why_together(storms)
    assert reasons[storms[0].pk].kind == "first"
    reason = reasons[storms[1].pk]
    assert (reason.kind, reason.other) == ("similar", storms[0].title)
    assert {"storm", "ferry"} <= {word for word, _ in reason.words}
    assert reason.similarity > 0.2


def test_a_later_duplicate_takes_its_series_over_and_lets_it_go_when_it_is_withdrawn(
    write_article, run_import, tmp_path
):
    def add(day, title):
        papers = {"name": f"P{day}", "domain": f"p{day}.example"}
        moment = f"2023-05-{day:02}T{day:02}:00:00Z"
        run_import(write_article(f"r{day:02}", title=title, publishedDateTime=moment, provider=papers).parent)

    def days_of_stories():
        reports = Article.objects.live().order_by("published_at").values_list("story", "published_at__day")
        found = {}
        for story, day in reports:
            found.setdefault(story, []).append(day)
        return sorted(found.values())

    add(1, "Harbour lights festival begins at the harbour")
    for day in (3, 9):
        add(day, "Reminder about the harbour lights festival")
    assert days_of_stories() == [[1, 3, 9]]
    add(15, "Reminder about the harbour lights festival")
    assert days_of_stories() == [[1], [3, 9, 15]]
    reports = list(Article.objects.order_by("published_at"))
    assert [reason.kind for reason in why_together(reports[1:]).values()] == ["title", "title", "first"]
    state = archive_state()
    call_command("group_stories", "--rebuild", stdout=None)
    assert differences_of(archive_state(), state) == []
    [gone] = (tmp_path / "store").glob("*r15.md")
    gone.unlink()
    run_import(tmp_path / "store", prune=True)
    assert days_of_stories() == [[1, 3, 9]]


def test_put_apart_they_are_two_stories_and_the_address_stays_with_the_first(storms):
    story = Story.objects.get()
    decide("apart", *storms)
    assert Story.objects.count() == 2
    assert Article.objects.get(pk=storms[0].pk).story == story


def test_put_together_the_older_address_survives_and_the_other_leads_there(write_article, run_import, client):
    run_import(write_article("storm", title=EVENTS[0]))
    run_import(write_article("turbine", title=EVENTS[1]))
    older, younger = Story.objects.order_by("pk")
    decide("together", *Article.objects.order_by("pk"))
    assert Story.objects.get() == older
    answer = client.get(f"/stories/{younger.pk}-x/")
    assert (answer.status_code, answer.headers["Location"]) == (301, older.get_absolute_url())
    reasons = why_together(list(Article.objects.all()))
    assert {reason.kind for reason in reasons.values()} == {"editor"}


def test_an_editors_lead_leads_and_a_taken_back_decision_lets_go(storms):
    story = Story.objects.get()
    other = next(article for article in storms if article.pk != story.lead_id)
    decide("lead", other)
    story.refresh_from_db()
    assert story.lead == other
    Decision.objects.all().delete()
    Article.objects.update(needs_grouping=True)
    group_waiting()
    story.refresh_from_db()
    assert story.lead != other


def test_contradictions_are_listed_and_not_resolved(write_article, run_import):
    for place, event in enumerate(EVENTS[:3]):
        folder = write_article(f"e{place}", title=event).parent
    run_import(folder)
    one, two, three = Article.objects.order_by("link_key")
    decide("together", one, two)
    decide("together", two, three)
    decide("apart", one, three)
    [found] = current_constraints().contradictions
    assert found.chain == (one.link_key, two.link_key, three.link_key)


def test_a_withdrawn_article_leaves_its_story(storms, tmp_path, run_import):
    (tmp_path / "store" / "2023-05-04-b.md").unlink()
    run_import(tmp_path / "store", prune=True)
    assert Story.objects.get(article_count__gt=0).article_count == 1
    assert Placement.objects.count() == 1


def test_the_newsroom_and_the_page_show_why(storms, admin_client):
    story = Story.objects.get()
    for address in (
        f"/admin/articles/story/{story.pk}/change/",
        f"/admin/articles/article/{storms[1].pk}/change/",
        story.get_absolute_url(),
    ):
        page = admin_client.get(address).content.decode()
        assert "storm" in page
        assert "further independent providers" in page


def test_an_editors_action_does_not_do_the_grouping_of_an_import_under_way(storms, write_article, run_import):
    StaleDay.objects.mark([1, 2, 3])
    save_article(Article.objects.get(pk=storms[0].pk), ["quality"])
    article = Article.objects.get(pk=storms[0].pk)
    article.title = "Another title"
    save_article(article, ["title"])
    assert StaleDay.objects.count() == 4


def test_a_changed_title_is_grouped_at_once(storms):
    article = Article.objects.get(pk=storms[1].pk)
    article.title, article.excerpt = "Herring quotas fall", "Nothing to do with any of it."
    save_article(article, ["title", "excerpt"])
    assert Story.objects.filter(article_count=1).count() == 2
    assert not StaleDay.objects.exists()


def test_an_article_from_the_future_counts_from_its_time_on(write_article, run_import, monkeypatch):
    now = timezone.now()
    ahead = (now + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
    run_import(
        write_article("ferry"), write_article("ahead", publishedDateTime=ahead, title="Quay walls raised")
    )
    topic = Topic.objects.get(name="Tidal Energy")
    assert topic.story_count == 1
    assert Provider.objects.get().article_count == 1
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(hours=6))
    group_waiting()
    topic.refresh_from_db()
    assert topic.story_count == 2
    assert Provider.objects.get().article_count == 2


@pytest.mark.parametrize(
    ("change", "days"),
    [
        ({"quality": 80, "topics": ["Ferries"], "published": False, "heat": 5}, set()),
        ({"title": "Another title"}, {19481}),
        ({"excerpt": ""}, {19481}),
        ({"publishedDateTime": "2023-05-06T09:30:00Z"}, {19481, 19483}),
        ({"provider": {"name": "Pier Post", "domain": "pier-post.example"}}, {19481}),
        ({"related": ["ferry"]}, {19481}),
        ({"related": ["ferry", "quay"], "quality": 3}, set()),
    ],
)
def test_a_file_lets_days_wait_where_it_changes_what_articles_are_compared_by(
    change, days, write_article, run_import, monkeypatch
):
    related = {"related": ["ferry", "quay"]}
    run_import(write_article(**related))
    monkeypatch.setattr("tests.importing.helpers.group_waiting", lambda: 0)
    run_import(write_article(**{**related, **change}))
    assert set(StaleDay.objects.values_list("day", flat=True)) == days
    assert Article.objects.waiting_for_grouping().filter(origin=Article.Origin.FILE).exists()


@pytest.fixture
def archive(write_article, run_import, tmp_path, monkeypatch):
    """An archive that was grouped in one step; from then on steps are short."""
    write_reports(write_article, Random(4), 30)
    run_import(tmp_path / "store")
    monkeypatch.setattr(grouping, "STEP", 2)
    return archive_state()


def test_a_rebuild_and_a_first_grouping_in_many_steps_are_as_one_in_one_step(archive, monkeypatch):
    steps, init = [], grouping._Step.__init__
    monkeypatch.setattr(grouping._Step, "__init__", lambda step, days: steps.append(days) or init(step, days))
    call_command("group_stories", "--rebuild", stdout=None)
    assert len(steps) > 3
    assert differences_of(archive_state(), archive) == []
    Article.objects.update(story=None, story_position=None)
    Story.objects.all().delete()
    Placement.objects.all().delete()
    call_command("group_stories", "--rebuild", stdout=None)
    assert differences_of(archive_state(), archive) == []


def test_what_is_grouped_between_two_steps_is_seen(archive, monkeypatch):
    cluster_some_days, steps = grouping._cluster_some_days, []

    def disturbed():
        steps.append(1)
        if len(steps) == 3:
            # A change of days that are done, and another grouping with time for one step of it.
            with writing():
                early = Article.objects.order_by("published_at", "link_key")[1]
                Article.objects.filter(pk=early.pk).update(title="Council votes on a new lighthouse keeper")
                StaleDay.objects.mark([day_of(early.published_at)])
            cluster_some_days()
        return cluster_some_days()

    monkeypatch.setattr(grouping, "_cluster_some_days", disturbed)
    call_command("group_stories", "--rebuild", stdout=None)
    monkeypatch.undo()
    found = archive_state()
    call_command("group_stories", "--rebuild", stdout=None)
    assert differences_of(archive_state(), found) == []
