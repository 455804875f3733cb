"""Pictures and logos of the invented store: right files, right sizes, same bytes, letters one can read."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
import yaml
from PIL import Image, ImageStat

from articles.demo.drawing import MOTIFS, draw_logo, draw_picture, initials, picture_size
from articles.demo.press import ABROAD, PROVIDERS, TOPICS
from articles.demo.writing import write_store

pytestmark = pytest.mark.thorough

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)


def opened(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as image:
        image.load()
    return image


def size(path: Path) -> tuple[int, int]:
    return opened(path.read_bytes()).size


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    write_store(folder, 5, 2, now=NOW)
    return folder


def test_every_picture_an_article_names_is_in_the_store_with_the_size_it_states(store):
    images = []
    for path in (store / "_news").iterdir():
        values = yaml.load(path.read_text().split("---\n")[1], Loader=yaml.CSafeLoader)
        for report in (values, *values.get("related", [])):
            images += report.get("images", [])
    assert images
    for image in images:
        host, _, inside = image["url"].removeprefix("https://").partition("/")
        assert host.startswith("pictures.")
        assert size(store / inside) == (image["width"], image["height"])


def test_the_store_holds_no_picture_that_no_article_shows(store):
    text = "".join(path.read_text() for path in (store / "_news").iterdir())
    assert all(path.name in text for path in (store / "assets" / "images" / "news").iterdir())


def test_every_topic_and_organisation_has_its_pictures(store):
    for path in (store / "_data" / "topics").iterdir():
        for url in yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)["images"]:
            assert size(store / url[url.index("assets/") :]) == (600, 400)
    for path in (store / "_data" / "organizations").iterdir():
        for image in yaml.load(path.read_text().split("---\n")[1], Loader=yaml.CSafeLoader)["images"]:
            assert size(store / image["url"].lstrip("/")) == (image["width"], image["height"])


@pytest.mark.parametrize("motif", MOTIFS)
def test_a_motif_draws_something_with_contrast(motif):
    image = opened(draw_picture(f"{motif}-01", small=True))
    assert image.format == "JPEG"
    assert image.size == (600, 400)
    assert max(ImageStat.Stat(image).stddev) > 12


@pytest.mark.parametrize("name", ["hills-01", "hills-03", "hills-07"])
def test_pictures_come_in_three_shapes_of_the_size_known_before(name):
    data = draw_picture(name)
    assert opened(data).size == picture_size(name)
    assert 20_000 < len(data) < 300_000


def test_sizes_are_mostly_three_to_two():
    sizes = [picture_size(f"hills-{number:02d}") for number in range(1, 11)]
    assert sizes.count((1200, 800)) == 7
    assert set(sizes) == {(1200, 800), (1200, 675), (800, 800)}


def test_a_name_gives_the_same_bytes_each_time_and_another_name_others():
    assert draw_picture("orbit-01", small=True) == draw_picture("orbit-01", small=True)
    assert draw_picture("orbit-01", small=True) != draw_picture("orbit-02", small=True)


def test_every_topic_has_a_motif():
    assert {topic.motif for topic in TOPICS} <= set(MOTIFS)


@pytest.mark.parametrize("provider", [*PROVIDERS[::6], ABROAD[-1][0]], ids=lambda provider: provider.domain)
def test_white_letters_stand_out_from_the_logo(provider):
    image = opened(draw_logo(provider.name, provider.domain, 50))
    assert image.size == (50, 50)
    counts = image.convert("L").crop((6, 6, 44, 44)).histogram()
    assert sum(counts[235:]) >= 5
    assert sum(counts[:130]) > sum(counts) / 3


def test_logos_of_providers_differ():
    logos = {draw_logo(provider.name, provider.domain, 50) for provider in PROVIDERS}
    assert len(logos) == len(PROVIDERS)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        pytest.param("Harbour Gazette", "HG", id="two-words"),
        pytest.param("The Evening Lantern", "EL", id="article-left-out"),
        pytest.param("Ferry & Field", "FF", id="ampersand"),
        pytest.param("Byteferry", "B", id="one-word"),
        pytest.param("Le Carillon de Valbrume", "LC", id="four-words"),
        pytest.param("مرآة الميناء", "*", id="script-the-font-lacks"),
    ],
)
def test_initials(name, letters):
    assert initials(name) == letters
