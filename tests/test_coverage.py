"""What lists of stories say, as one statement tells it."""

import pytest

from articles.images.process import keep_picture
from articles.models import Image, Provider, Story, StoryTopic, Topic
from articles.models.coverage import first_pictures, newest_in_topic, tell_stories
from articles.models.story import SortedStories
from articles.pages.paging import first_page, page_of
from tests.pictures import add_picture, jpeg


@pytest.fixture
def story(write_article, run_import):
    """A public story of three reports whose lead has two pictures; none is fetched."""
    images = [{"url": f"https://a.example/{name}.jpg", "title": f"The {name}"} for name in ("pier", "ferry")]
    topics = ["Tidal Energy", "Harbours", "Ferries"]
    run_import(write_article("one", related=("ferry", "pier"), images=images, topics=topics))
    return Story.objects.public().get()


def test_a_story_is_told_with_its_lead_first_and_its_topics_in_their_order(story):
    [told] = tell_stories([story.pk], 20).stories
    placed = StoryTopic.objects.filter(story=story).order_by("position").values_list("topic", flat=True)
    assert told.topics == list(placed)
    assert len(told.topics) == 3
    assert told.reports[0].pk == story.lead_id
    assert len(told.reports) == story.article_count == told.article_count
    assert told.published_at == story.published_at
    assert told.reports[0].provider.domain == story.lead.provider.domain


def test_only_so_many_lines_are_told(story):
    [told] = tell_stories([story.pk], 1).stories
    assert len(told.reports) == 2
    assert told.reports[0].pk == story.lead_id


def test_stories_are_told_in_the_order_asked_for_and_only_public_ones(story, write_article, run_import):
    run_import(write_article("two", publishedDateTime="2021-01-02T09:30:00Z"))
    other = Story.objects.public().exclude(pk=story.pk).get()
    for asked in ([story.pk, other.pk], [other.pk, 10**9, story.pk]):
        told = [told.pk for told in tell_stories(asked, 3).stories]
        assert told == [number for number in asked if number < 10**9]
    Story.objects.filter(pk=other.pk).update(is_public=False)
    assert [told.pk for told in tell_stories([other.pk, story.pk], 3).stories] == [story.pk]


def test_the_first_picture_that_we_have_is_told_with_its_files(story):
    [told] = tell_stories([story.pk], 3).stories
    assert told.picture.files == []
    keep_picture(Image.objects.get(url__endswith="ferry.jpg"), jpeg(900, 600))
    [told] = tell_stories([story.pk], 3).stories
    assert told.picture.alt == "The ferry"
    assert [file.width for file in told.picture.files] == sorted(file.width for file in told.picture.files)
    keep_picture(Image.objects.get(url__endswith="pier.jpg"), jpeg(900, 600, shade=3))
    [told] = tell_stories([story.pk], 3).stories
    assert told.picture.alt == "The pier"
    assert first_pictures([story.lead_id]) == {story.lead_id: told.picture}
    names = {rendition.name for rendition in Image.objects.get(url__endswith="pier.jpg").renditions.all()}
    assert {file.name for file in told.picture.files} == names


def test_logos_come_with_the_story_and_with_the_newest_of_a_topic(story):
    logo = add_picture(story.lead.provider, "logo", "logo", "logo")
    told = tell_stories([story.pk], 3)
    assert [file.name for file in told.logos[logo.pk]] == [r.name for r in logo.renditions.all()]
    newest = newest_in_topic(told.stories[0].topics[0], 10)
    assert newest.logos == told.logos
    assert newest.stories == [story.pk]
    assert [provider.pk for provider in newest.providers] == [story.lead.provider_id]
    assert newest.providers[0].get_absolute_url() == story.lead.provider.get_absolute_url()


def test_who_leads_a_topics_newest_stories_stands_there_by_activity(story, write_article, run_import):
    for place, name in enumerate(("two", "three"), start=1):
        provider = {"name": f"The {name}", "domain": f"{name}.example"}
        run_import(write_article(name, publishedDateTime=f"202{place}-01-02T09:30:00Z", provider=provider))
    Provider.objects.filter(domain="two.example").update(report_count=50)
    topic = Topic.objects.get(slug="tidal-energy")
    newest = newest_in_topic(topic.pk, 10)
    assert newest.providers[0].domain == "two.example"
    assert len(newest.stories) == 3
    assert newest_in_topic(topic.pk, 1).stories == [story.pk]


@pytest.mark.parametrize("sort", SortedStories.SORTS)
def test_a_first_page_is_that_which_a_query_set_gives(write_article, run_import, sort):
    for number in range(7):
        moment = f"2023-05-0{1 + number % 3}T12:00:00Z"
        write_article(f"a{number}", title=f"Word{number} alone{number}", publishedDateTime=moment)
    folder = write_article("later", title="Of the future", publishedDateTime="2999-01-01T00:00:00Z").parent
    run_import(folder)
    topic = Topic.objects.get()
    for size in (3, 7, 20):
        of_topic = page_of(topic.story_links.public(), sort, "", size)
        assert first_page(sort, size, topic.pk) == of_topic
        assert first_page(sort, size) == page_of(Story.objects.public(), sort, "", size)
        assert bool(of_topic.next_cursor) is (size == 3)


def test_topics_for_links_are_all_topics_in_order_and_ask_for_nothing_more(db, django_assert_num_queries):
    for position, name in enumerate(["Tides", "Ports", "Energy"]):
        Topic.objects.create(name=name, position=-position % 3 + 1)
    wanted = [(t.pk, t.name, t.get_absolute_url()) for t in Topic.objects.in_order()]
    with django_assert_num_queries(1):
        found = [(t.pk, t.name, t.get_absolute_url()) for t in Topic.objects.for_links() if not t.files]
    assert found == wanted
