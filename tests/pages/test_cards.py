"""Cards: what they show, what it costs, when they are rendered again, and how a site owner changes them."""

from itertools import count

import pytest
from django.test.signals import template_rendered

from articles.caching import version as site_version
from articles.images.process import store_picture
from articles.models import Image, Provider, Story, StoryTopic, Topic
from articles.pages.cards import pictures_of, story_cards
from articles.pages.filters import active_providers
from tests.pictures import add_picture, jpeg
from tests.queries import queries_of

CARD = "components/card.html"


@pytest.fixture
def story(write_article, run_import):
    """A public story of three reports whose lead has two pictures; none is fetched."""
    images = [{"url": f"https://a.example/{name}.jpg", "title": f"The {name}"} for name in ("pier", "ferry")]
    topics = ["Tidal Energy", "Harbours", "Ferries"]
    run_import(write_article("one", related=("ferry", "pier"), images=images, topics=topics))
    return Story.objects.public().get()


@pytest.fixture
def rendered():
    """The names of the templates that are rendered from here on."""
    names = []

    def note(template, **_given):
        names.append(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


def card_of(story):
    site_version.clear()
    [card] = story_cards([story.pk])
    return card


def test_a_card_shows_its_lead_then_the_others_and_its_topics_in_their_order(story):
    card = card_of(story)
    placed = StoryTopic.objects.filter(story=story).order_by("position").values_list("topic__name", flat=True)
    assert [topic["name"] for topic in card["topics"]] == list(placed)
    assert (card["title"], card["provider"]["domain"]) == (story.lead.title, story.lead.provider.domain)
    others = [line["provider"]["name"] for line in card["lines"]]
    assert len(others) == story.article_count - 1 and others[0] == "Ferry"


def test_a_card_shows_the_first_picture_that_there_is_and_a_logo(story):
    assert card_of(story)["image"] is None
    store_picture(Image.objects.get(url__endswith="ferry.jpg"), jpeg(900, 600))
    assert card_of(story)["image"]["alt"] == "The ferry"
    pier = Image.objects.get(url__endswith="pier.jpg")
    store_picture(pier, jpeg(900, 600, shade=3))
    image = card_of(story)["image"]
    assert image["alt"] == "The pier"
    assert pictures_of([story.lead]) == {story.lead_id: image}
    whole = pier.renditions.filter(shape="whole").order_by("width")
    assert image["srcset"] == ", ".join(f"{file.url} {file.width}w" for file in whole)
    logo = add_picture(story.lead.provider, "logo", "logo", "logo")
    assert card_of(story)["provider"]["logo"] == logo.renditions.get().url


def test_twice_the_stories_with_pictures_take_as_many_queries(write_article, run_import):
    numbers, counts = count(), []
    for _round in range(2):
        for number in range(3):
            name = f"a{next(numbers)}"
            folder = write_article(
                name, related=(f"ferry{number}",), images=[{"url": f"https://a.example/{name}.jpg"}],
                publishedDateTime=f"20{10 + next(numbers)}-01-02T09:30:00Z",
            ).parent  # fmt: skip
        run_import(folder)
        for image in Image.objects.filter(state="waiting"):
            store_picture(image, jpeg(900, 600))
        ids = list(Story.objects.public().values_list("pk", flat=True))
        site_version.clear()
        counts.append(queries_of(story_cards, ids))
        assert len(story_cards(ids)) == len(ids)
    assert counts[0] == counts[1]


def test_who_leads_a_topics_newest_stories_is_active_there(story, write_article, run_import):
    for place, name in enumerate(("two", "three"), start=1):
        provider = {"name": f"The {name}", "domain": f"{name}.example"}
        run_import(write_article(name, publishedDateTime=f"202{place}-01-02T09:30:00Z", provider=provider))
    Provider.objects.filter(domain="two.example").update(article_count=50)
    site_version.clear()
    active = active_providers(Topic.objects.get(slug="tidal-energy"))
    assert active[0].domain == "two.example"
    assert {provider.domain for provider in active} == {
        "two.example", "three.example", story.lead.provider.domain,
    }  # fmt: skip


def test_an_import_renders_only_the_cards_that_it_changed(write_article, run_import, client, rendered):
    for number in range(3):
        day = f"2023-0{number + 1}-04T09:30:00Z"
        title = f"Word{number} alone{number}"
        folder = write_article(f"a{number}", title=title, publishedDateTime=day).parent
    run_import(folder)
    client.get("/")
    assert rendered.count(CARD) == 3
    rendered.clear()
    write_article("a1", title="Word1 retold1", publishedDateTime="2023-02-04T09:30:00Z")
    run_import(folder)
    assert "Word1 retold1" in client.get("/").text
    assert rendered.count(CARD) == 1


@pytest.mark.parametrize("change", ["provider", "topic", "logo"])
def test_whatever_a_card_shows_of_others_renders_it_again(story, client, change):
    client.get("/")
    provider = story.lead.provider
    if change == "provider":
        Provider.objects.filter(pk=provider.pk).update(name="The Quay Post")
        new = "The Quay Post"
    elif change == "topic":
        Topic.objects.filter(slug="ferries").update(name="Ships and boats")
        new = "Ships and boats"
    else:
        new = add_picture(provider, "logo", "logo", "logo").renditions.get().url
    site_version.bump()
    assert new in client.get("/").text.split('<article class="card')[1].split("</article>")[0]


def test_a_card_changed_in_a_folder_of_ones_own_changes_every_page_that_shows_cards(
    story, client, tmp_path, settings
):
    """TEMPLATES_DIR is the first folder that templates are looked for in."""
    own = tmp_path / "own" / "components"
    own.mkdir(parents=True)
    (own / "card.html").write_text('<p class="own">{{ card.title }} by {{ card.provider.name }}</p>')
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path / "own", *engine["DIRS"]]}]
    site_version.clear()
    provider = story.lead.provider
    own_card = f'<p class="own">{story.lead.title} by {provider.name}</p>'
    lists = ("/", "/topics/tidal-energy/", provider.get_absolute_url(), "/search/?q=report")
    for address in (*lists, "/archive/2023/05/"):
        assert own_card in client.get(address).text, address
