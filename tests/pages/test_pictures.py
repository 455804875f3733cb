"""Pictures on pages: our own files in real sizes, a calm tile where there is none, no other host."""

import re
from pathlib import Path

import pytest

from articles.caching import version as site_version
from articles.images.process import hide, store_picture
from articles.models import Image, Provider, Story, Topic
from articles.pages.cards import HUES, initials_and_hue
from tests.pictures import add_picture, jpeg
from tests.queries import queries_of

CSS = Path(__file__).parents[2] / "static" / "css" / "site.css"


@pytest.fixture
def pictured(write_article, run_import):
    """Two public stories with pictures; the pictures."""
    for month, name in enumerate(("a", "b"), start=1):
        image = {"url": f"https://a.example/{name}.jpg", "title": f"A <view> of {name}"}
        day = f"2023-0{month}-04T09:30:00Z"  # far apart, so that these are no reports of one event
        folder = write_article(name, images=[image], publishedDateTime=day).parent
    run_import(folder)
    images = list(Image.objects.order_by("url"))
    for shade, image in enumerate(images):
        store_picture(image, jpeg(1200, 800, shade=shade))
    return images


def tags(page):
    return re.findall(r"<img[^>]*>", page)


def test_only_the_first_picture_of_a_list_is_fetched_at_once(pictured, client):
    first, second = tags(client.get("/").content.decode())
    assert 'loading="eager" fetchpriority="high"' in first
    assert 'loading="lazy" decoding="async"' in second
    assert "fetchpriority" not in second


def test_a_cards_picture_names_its_files_and_sizes_as_they_are(pictured, client):
    tag = tags(client.get("/").content.decode())[1]
    files = {file.url: file for image in pictured for file in image.renditions.filter(shape="card")}
    listed = re.search(r'srcset="([^"]*)"', tag)[1].split(", ")
    assert [entry.split()[1] for entry in listed] == ["320w", "640w"]
    for entry in listed:
        url, width = entry.split()
        assert f"{files[url].width}w" == width
    source = files[re.search(r' src="([^"]*)"', tag)[1]]
    assert f'width="{source.width}" height="{source.height}"' in tag
    assert "A &lt;view&gt; of" in tag


def test_a_story_and_a_report_show_the_whole_picture(pictured, client):
    story = Story.objects.public().first()
    for address in (story.get_absolute_url(), story.lead.get_absolute_url()):
        tag = tags(client.get(address).content.decode())[0]
        assert re.findall(r" ([0-9]+w)", tag) == ["320w", "640w", "960w"]


def test_a_picture_that_an_editor_hid_is_gone_everywhere(pictured, client):
    hide(pictured)
    story = Story.objects.public().first()
    for address in ("/", story.get_absolute_url(), story.lead.get_absolute_url(), "/topics/tidal-energy/"):
        assert tags(client.get(address).content.decode()) == []


def test_no_picture_of_another_host_is_ever_shown(write_article, run_import, client):
    run_import(write_article("a", images=[{"url": "https://a.example/a.jpg", "isCached": True}]))
    story = Story.objects.public().first()
    for address in ("/", story.get_absolute_url(), story.lead.get_absolute_url(), "/topics/tidal-energy/"):
        page = client.get(address).content.decode()
        assert "a.example/a.jpg" not in page
        assert "card-pictured" not in page


def test_a_topic_shows_its_picture_on_its_page_and_in_the_list(pictured, client):
    topic = Topic.objects.get()
    assert 'class="tile hue-' in client.get("/topics/").content.decode()
    image = add_picture(topic, "image", "topic")
    smallest = image.renditions.filter(shape="card").first().url
    assert f'<img class="tile tile-cut" src="{smallest}"' in client.get("/topics/").content.decode()
    assert client.get("/topics/tidal-energy/").context["topic"]["image"]["card"]["smallest"] == smallest
    hide([image])
    assert client.get("/topics/tidal-energy/").context["topic"]["image"] is None


def test_a_provider_shows_its_logo_or_a_tile(pictured, client):
    assert 'class="tile hue-' in client.get("/providers/").content.decode()
    image = add_picture(Provider.objects.get(), "logo", "logo", "logo")
    assert image.renditions.get().url in client.get("/providers/").content.decode()
    hide([image])
    assert 'class="tile hue-' in client.get("/providers/").content.decode()


def test_lists_of_topics_take_as_many_queries_for_twice_the_topics(db, client):
    counts = []
    for size in range(2):
        for number in range(4):
            add_picture(Topic.objects.create(name=f"Topic {size} {number}"), "image", f"t{size}{number}")
        site_version.clear()
        counts.append(queries_of(client.get, "/topics/"))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Harbour Gazette", "HG"), ("The “Evening” Lantern", "TL"), ("Der Morgensteg", "DM"),
     ("مرآة الميناء", "ما"),
     ("Ærø Avis", "ÆA"), ("— ☂", "H"), ("One", "O")],
)  # fmt: skip
def test_a_tile_has_up_to_two_letters(name, initials):
    told = initials_and_hue(name, "harbour-gazette.example")
    assert told["initials"] == initials
    assert 0 <= told["hue"] < HUES
    assert told["hue"] == initials_and_hue("another name", "harbour-gazette.example")["hue"]


def luminance(lightness, chroma, hue):
    """Relative luminance (WCAG 2) of a colour given as oklch; what no screen shows is clipped."""
    from math import cos, radians, sin

    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(max(part, 0), 1) for part in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_letters_of_every_tile_stand_out_in_light_and_dark():
    css = CSS.read_text()
    rule = re.search(r"^\.tile \{.*\}$", css, re.MULTILINE)[0]
    pairs = re.findall(r"oklch\((\.\d+) (\.\d+) var", rule)
    grounds, inks = pairs[:2], pairs[2:4]
    hues = [int(hue) for hue in re.findall(r"\.hue-\d+ \{ --hue: (\d+); \}", css)]
    assert len(hues) == HUES
    for ground, ink in zip(grounds, inks, strict=True):
        for hue in hues:
            one, other = (luminance(*map(float, colour), hue) for colour in (ground, ink))
            assert (max(one, other) + 0.05) / (min(one, other) + 0.05) >= 4.5


def test_files_are_served_for_ever_as_what_they_are_and_can_do_nothing(pictured, client):
    file = pictured[0].renditions.first()
    answer = client.get(file.url)
    assert answer["Content-Type"] == "image/webp"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer["Content-Length"] == str(file.size)
    assert "Set-Cookie" not in answer
    answer.close()
    again = client.get(file.url, headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert again["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.post(file.url).status_code == 405


def test_nothing_else_of_the_folder_is_served(client, db):
    unknown = "00/" + "0" * 32
    names = [f"{unknown}.webp", f"{unknown}.svg", "../secret_key", "00/../../secret_key", "00/0.webp"]
    for name in [*names, "00/.new-x"]:
        assert client.get(f"/media/{name}").status_code == 404
