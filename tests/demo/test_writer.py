"""The invented store: same bytes from the same seed, files as the format has them, stories like real ones."""

import os
import subprocess
import sys
from collections import Counter, deque
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
import yaml
from django.core.management import CommandError, call_command
from PIL import Image

from articles.demo.content import DATA, events, pictures_of
from articles.demo.stories import StoryGenerator
from articles.demo.wording import Facts, fill, templates
from articles.demo.writer import MARKER, DemoFolderError, clear_folder, write_store
from articles.frontmatter.emit import emit
from articles.frontmatter.fields import read_article
from articles.models import Article, Provider

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
RELATED = {
    "title", "excerpt", "publishedDateTime", "webUrl", "ampWebUrl", "type", "provider", "quality", "images",
}  # fmt: skip
WRITE = """
import sys
from datetime import datetime
from pathlib import Path
from articles.demo.writer import write_store
write_store(Path(sys.argv[1]), 60, 7, now=datetime.fromisoformat("2026-03-14T15:09:26Z"))
assert "django" not in sys.modules
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    write_store(folder, 600, 1, now=NOW)
    return folder


def front_matter(path: Path) -> dict:
    return yaml.load(path.read_text().split("---\n")[1], Loader=yaml.CSafeLoader)


@pytest.fixture(scope="module")
def articles(store) -> dict[str, dict]:
    return {path.stem: front_matter(path) for path in sorted((store / "_news").iterdir())}


@pytest.fixture(scope="module")
def stories(articles) -> list[list[dict]]:
    """The stories as their files relate them, each with its best article first."""
    by_link = {article["webUrl"]: article for article in articles.values()}
    found = {}
    for article in articles.values():
        links = [article["webUrl"], *(entry["webUrl"] for entry in article.get("related", []))]
        found.setdefault(tuple(sorted(links)), [by_link[link] for link in links])
    return [sorted(story, key=lambda article: -article["quality"]) for story in found.values()]


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_seed_gives_the_same_bytes_under_any_hash_seed_without_django(tmp_path):
    for hash_seed in ("0", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", WRITE, str(tmp_path / hash_seed)]
        subprocess.run(command, cwd=DATA.parents[2], env=environment, check=True)
    assert len(contents(tmp_path / "0")) > 200
    assert contents(tmp_path / "0") == contents(tmp_path / "4242")


def test_another_seed_or_another_time_gives_other_news(tmp_path):
    stores = [tmp_path / name for name in ("first", "seed", "time")]
    for folder, seed, hours in zip(stores, (1, 2, 1), (0, 0, 30), strict=True):
        write_store(folder, 30, seed, now=NOW + timedelta(hours=hours))
    first, *others = ({path.read_bytes() for path in (folder / "_news").iterdir()} for folder in stores)
    assert len(first) == 30
    assert not any(first & other for other in others)


def test_every_file_is_valid_in_canonical_form_and_named_after_day_and_link(store, articles):
    assert len(articles) == 600
    for stem, values in articles.items():
        read_article(values, NOW)
        assert emit(values) == (store / "_news" / f"{stem}.md").read_bytes()
        assert stem.startswith(f"{values['publishedDateTime']:%Y-%m-%d}-")
        assert values["webUrl"].startswith(f"https://www.{values['provider']['domain']}/")
        assert values["webUrl"].endswith(f"/{stem[11:]}/")
        assert stem.isascii()
        assert 11 < len(stem) < 100
    assert len({values["webUrl"] for values in articles.values()}) == 600


def test_related_lists_hold_all_other_articles_best_first(articles, stories):
    by_link = {article["webUrl"]: article for article in articles.values()}
    assert sum(map(len, stories)) == 600
    for values in articles.values():
        related = values.get("related", [])
        assert all(one["quality"] >= other["quality"] for one, other in pairwise(related))
        for entry in related:
            article = by_link[entry["webUrl"]]
            assert entry == {key: article[key] for key in article if key in RELATED}


def test_the_lead_has_the_highest_quality_and_alone_is_published(stories):
    for lead, *others in stories:
        heat = lead["quality"] + 20 * len(others)
        assert lead["published"] is (lead["quality"] >= 50 and heat >= 70)
        assert lead["heat"] == (heat if lead["published"] else lead["quality"])
        assert 20 <= lead["quality"] <= 95
        for other in others:
            assert 20 <= other["quality"] < lead["quality"]
            assert (other["heat"], other["published"]) == (-1, False)
    assert sum(story[0]["published"] for story in stories) > 0.6 * len(stories)


def test_titles_differ_and_a_few_of_them_are_hard_to_lay_out(articles, stories):
    titles = Counter(values["title"] for values in articles.values())
    assert len(titles) > 0.93 * len(articles)
    assert max(Counter(story[0]["title"] for story in stories).values()) == 1
    assert any(150 < len(title) < 250 for title in titles)
    assert any("<" in title for title in titles)
    assert any("ما نعرفه" in title for title in titles)
    assert 1 <= sum(not values["excerpt"] for values in articles.values()) < 20
    assert 5 <= sum(values["type"] == "video" for values in articles.values()) < 40


def test_every_template_of_every_event_can_be_filled():
    assert len(events()) >= 59
    rng = Random(1)
    for event in events():
        facts = Facts(rng, event.numbers, {})
        facts.update(day="Monday", month="May")
        for text in (event.headlines, event.openings, event.details, event.follow_up):
            assert len(templates(text)) >= (2 if text is event.follow_up else 4)
            for template in templates(text):
                filled = fill(template, facts, rng)
                assert not set("{}[]|()\\") & set(filled)
                assert "  " not in filled
                assert "the the " not in filled.lower()
        assert set(event.numbers) <= set(facts)


def test_every_picture_that_is_named_is_in_the_store_with_its_size_and_no_other(store, articles):
    images = [image for values in articles.values() for image in values.get("images", [])]
    organizations = [front_matter(path) for path in (store / "_data" / "organizations").iterdir()]
    assert 0.68 < len(images) / len(articles) < 0.82
    assert len(organizations) == 40
    images += [image for values in organizations for image in values["images"]]
    named = set()
    for image in images:
        path = store / image["url"][image["url"].index("assets/") :]
        with Image.open(path) as picture:
            assert (picture.format, *picture.size) == ("WEBP", image["width"], image["height"])
        named.add(path)
    for path in (store / "_data" / "topics").iterdir():
        [url] = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)["images"]
        named.add(store / url[url.index("assets/") :])
    assert named == {path for path in (store / "assets").rglob("*") if path.is_file()}


def test_pictures_take_turns_so_that_leads_near_each_other_show_different_ones():
    assert all(pictures_of(event.pictures) for event in events())
    recent = deque(maxlen=10)
    for story in StoryGenerator(Random(3), 2000, NOW).stories():
        if picture := story[0].picture:
            assert picture not in recent
            recent.append(picture)


def test_nothing_is_later_than_now_and_the_last_day_is_the_busiest(articles):
    ages = [(NOW - values["publishedDateTime"]) / timedelta(days=1) for values in articles.values()]
    assert 0 <= min(ages) <= max(ages) <= 14.01
    days = Counter(map(int, ages))
    assert days[0] == max(days.values())
    assert min(days[day] for day in range(14)) > 10


def test_topics_are_files_in_order_each_child_under_a_parent(store, articles):
    paths = sorted((store / "_data" / "topics").iterdir())
    topics = [yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader) for path in paths]
    names = [topic["name"] for topic in topics]
    parents = {topic["name"]: topic.get("parent") for topic in topics}
    assert all(names.index(parent) < names.index(name) for name, parent in parents.items() if parent)
    assert all(topic["description"] and topic["keywords"] for topic in topics)
    used = {tuple(values["topics"]) for values in articles.values()}
    assert used == {(name, parent) for name, parent in parents.items() if parent}


def test_an_earlier_demo_is_replaced_without_following_links(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.md").write_text("kept")
    folder = tmp_path / "new" / "demo"
    clear_folder(folder)
    write_store(folder, 3, 1, now=NOW)
    (folder / "_news" / "link").symlink_to(outside)
    (folder / "_data" / "topics").rename(folder / "topics")
    (folder / "assets").rename(folder / "other")
    (folder / "assets").symlink_to(outside)
    clear_folder(folder)
    assert {path.name for path in folder.iterdir()} == {MARKER, "topics", "other"}
    assert (outside / "kept.md").read_text() == "kept"


def test_a_folder_with_other_things_in_it_is_refused(tmp_path):
    letter = tmp_path / "letters" / "letter.txt"
    letter.parent.mkdir()
    letter.write_text("Dear all")
    with pytest.raises(DemoFolderError, match="not empty"):
        clear_folder(letter.parent)
    with pytest.raises(DemoFolderError, match="no folder"):
        clear_folder(letter)
    assert list(letter.parent.iterdir()) == [letter]


@pytest.mark.thorough
@pytest.mark.django_db(transaction=True)
def test_the_command_writes_a_store_and_imports_it_with_its_pictures(tmp_path, capsys):
    call_command("demo", articles=12, seed=3, folder=tmp_path / "demo")
    assert "12 created" in capsys.readouterr().out
    assert Article.objects.filter(images__renditions__isnull=False).exists()
    assert Provider.objects.filter(logo__renditions__isnull=False).exists()
    with pytest.raises(CommandError, match="not empty"):
        call_command("demo", articles=12, folder=DATA)
    with pytest.raises(CommandError, match="at least 1"):
        call_command("demo", articles=0)
