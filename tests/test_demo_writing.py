"""The invented store: same bytes from the same seed, files as the format has them, stories like real ones."""

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
import yaml

from articles.demo.drawing import MOTIFS
from articles.demo.events import KINDS
from articles.demo.grammar import Facts, fill, templates
from articles.demo.press import ABROAD, PROVIDERS, TOPICS
from articles.demo.stories import ARTICLES_A_DAY, Newsroom
from articles.demo.vocabulary import TABLES
from articles.demo.writing import (
    MARK,
    MAX_PICTURES,
    DemoFolderError,
    clear_folder,
    pictures_a_motif,
    write_store,
)
from articles.frontmatter.emit import emit
from articles.frontmatter.fields import read_article

pytestmark = pytest.mark.thorough

NOW = datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC)
COPIED = (
    "title", "excerpt", "publishedDateTime", "webUrl", "ampWebUrl", "type", "provider", "quality", "images",
)  # fmt: skip
ROOT = Path(__file__).resolve().parent.parent
DIGEST = """
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from articles.demo.drawing import draw_logo, draw_picture
from articles.demo.writing import write_store
folder = Path(sys.argv[1])
write_store(folder, 60, 7, now=datetime(2026, 3, 14, 15, 9, 26, tzinfo=UTC), pictures=False)
paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
parts = [str(path.relative_to(folder)).encode() + path.read_bytes() for path in paths]
parts += [draw_picture("harbour-01", small=True), draw_logo("Tide & Pier", "tide-pier.example", 50)]
print(sha256(b"".join(parts)).hexdigest())
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    assert write_store(folder, 600, 1, now=NOW, pictures=False) == 600
    return folder


@pytest.fixture(scope="module")
def files(store) -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in sorted((store / "_news").iterdir())}


@pytest.fixture(scope="module")
def articles(files) -> dict[str, dict]:
    fronts = {stem: data.split(b"---\n")[1] for stem, data in files.items()}
    return {stem: yaml.load(front, Loader=yaml.CSafeLoader) for stem, front in fronts.items()}


@pytest.fixture(scope="module")
def stories(articles) -> list[list[dict]]:
    """The stories as their files relate them, each with its best report first."""
    by_link = {article["webUrl"]: article for article in articles.values()}
    found = {}
    for article in articles.values():
        links = [article["webUrl"], *(entry["webUrl"] for entry in article.get("related", []))]
        found.setdefault(tuple(sorted(links)), [by_link[link] for link in links])
    return [sorted(reports, key=lambda report: -report["quality"]) for reports in found.values()]


def test_the_same_seed_gives_the_same_bytes_under_any_hash_seed(tmp_path):
    digests = set()
    for hash_seed in ("0", "4242"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
        command = [sys.executable, "-c", DIGEST, str(tmp_path / hash_seed)]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        digests.add(done.stdout)
    assert len(digests) == 1


def test_another_seed_gives_other_news(tmp_path):
    for seed in (1, 2):
        write_store(tmp_path / str(seed), 30, seed, now=NOW, pictures=False)
    first, second = ({path.name for path in (tmp_path / seed / "_news").iterdir()} for seed in "12")
    assert len(first & second) < 5


@pytest.mark.parametrize("number", [1, 2, 13])
def test_there_are_exactly_as_many_files_as_asked_for(tmp_path, number):
    calls = []
    assert write_store(tmp_path, number, 3, now=NOW, pictures=False, progress=calls.append) == number
    assert len(list((tmp_path / "_news").iterdir())) == number
    assert calls[-1] == number


def test_every_file_is_valid_and_in_canonical_form(files, articles):
    assert len(files) == 600
    for stem, values in articles.items():
        read_article(values, NOW)
        assert emit(values) == files[stem]
        assert "secured" not in values
        assert values["category"] == "news"


def test_names_of_files_begin_with_the_day_of_publication(articles):
    for stem, values in articles.items():
        assert stem.startswith(f"{values['publishedDateTime']:%Y-%m-%d}-")
        assert values["webUrl"].endswith(f"/{stem[11:]}/")
        assert stem.isascii()
        assert len(stem) < 100


def test_links_are_on_the_domain_of_the_provider_and_all_different(store, articles):
    domains = {path.stem for path in (store / "_data" / "organizations").iterdir()}
    assert len(domains) == 40
    for values in articles.values():
        domain = values["provider"]["domain"]
        assert domain in domains
        assert domain.endswith(".example")
        assert values["webUrl"].startswith(f"https://www.{domain}/")
    assert len({values["webUrl"] for values in articles.values()}) == 600


def test_related_lists_hold_all_other_reports_best_first(articles, stories):
    by_link = {article["webUrl"]: article for article in articles.values()}
    assert sum(map(len, stories)) == 600
    for values in articles.values():
        related = values.get("related", [])
        assert "related" not in values or related
        assert all(one["quality"] >= other["quality"] for one, other in pairwise(related))
        for entry in related:
            assert entry.items() <= by_link[entry["webUrl"]].items()
            assert list(entry) == [key for key in COPIED if key in entry]
            assert set(entry) == set(by_link[entry["webUrl"]]) & set(COPIED)


def test_the_lead_has_the_highest_quality_and_alone_is_published(stories):
    for lead, *others in stories:
        heat = lead["quality"] + 20 * len(others)
        published = lead["quality"] >= 50 and heat >= 70
        assert lead["published"] is published
        assert lead["heat"] == (heat if published else lead["quality"])
        assert 20 <= lead["quality"] <= 95
        for other in others:
            assert 20 <= other["quality"] < lead["quality"]
            assert other["heat"] == -1
            assert other["published"] is False
    assert sum(story[0]["published"] for story in stories) > 0.6 * len(stories)


def test_most_stories_are_short_and_a_few_are_long(stories):
    sizes = Counter(map(len, stories))
    assert 0.35 < sizes[1] / len(stories) < 0.55
    assert sum(sizes[size] for size in (2, 3, 4, 5)) > 0.35 * len(stories)
    assert 1 <= sum(sizes[size] for size in range(8, 13)) < 0.1 * len(stories)
    assert max(sizes) <= 12


def test_the_reports_of_a_story_come_from_different_providers_and_share_its_topics(stories):
    for story in stories:
        at_home = [report["provider"]["domain"] for report in story]
        abroad = {provider.domain for provider, _, _ in ABROAD}
        at_home = [domain for domain in at_home if domain not in abroad]
        assert len(set(at_home)) == len(at_home)
        assert len({tuple(report["topics"]) for report in story}) == 1


def test_some_reports_are_copies_and_most_have_words_of_their_own(stories):
    copies = own = 0
    for story in stories:
        texts = [report["excerpt"].removesuffix(" ...") for report in story if len(report["excerpt"]) > 90]
        for place, text in enumerate(texts):
            others = texts[:place] + texts[place + 1 :]
            is_copy = any(text.startswith(other) or other.startswith(text) for other in others)
            copies, own = copies + is_copy, own + (not is_copy)
    assert 20 < copies < own / 3


def test_titles_are_nearly_all_different(articles):
    titles = Counter(values["title"] for values in articles.values())
    assert len(titles) > 0.93 * len(articles)
    assert max(titles.values()) <= 5
    leads = [values["title"] for values in articles.values() if values["published"]]
    assert len(set(leads)) == len(leads)


def test_a_few_titles_and_excerpts_try_the_layout(articles):
    titles = [values["title"] for values in articles.values()]
    assert any(150 < len(title) < 250 for title in titles)
    assert any("<" in title for title in titles)
    assert any("&" in title for title in titles)
    assert any(not title.isascii() and "“" not in title for title in titles)
    assert 1 <= sum(not values["excerpt"] for values in articles.values()) < 20
    assert 5 <= sum(values["type"] == "video" for values in articles.values()) < 40


def test_about_three_quarters_have_a_picture_on_the_host_of_the_provider(articles):
    pictured = [values for values in articles.values() if "images" in values]
    assert 0.68 < len(pictured) / len(articles) < 0.82
    for values in pictured:
        [image] = values["images"]
        host = f"https://pictures.{values['provider']['domain']}/assets/images/news/"
        assert image["url"].startswith(host)
        assert image["isCached"] is True


def test_nothing_is_later_than_now_and_the_last_day_is_the_busiest(articles):
    ages = [(NOW - values["publishedDateTime"]) / timedelta(days=1) for values in articles.values()]
    assert min(ages) >= 0
    assert max(ages) <= 14.01
    days = Counter(map(int, ages))
    assert days[0] == max(days.values())
    assert min(days[day] for day in range(14)) > 10


def test_a_large_store_has_about_1700_articles_a_day():
    newsroom = Newsroom(Random(5), 25_500, NOW, 2)
    days, number = Counter(), 0
    for story in newsroom.stories():
        for report in story.reports:
            assert report.at <= NOW
            days[report.at.date()] += 1
            number += 1
    assert number == 25_500
    assert max(days.values()) < 1.15 * ARTICLES_A_DAY
    first = (NOW - timedelta(days=25_500 / ARTICLES_A_DAY)).date()
    assert sorted(days) == [first + timedelta(days=day) for day in range(16)]


def test_pictures_are_bounded_however_many_articles_there_are():
    assert pictures_a_motif(10**6) * len(MOTIFS) <= MAX_PICTURES
    assert pictures_a_motif(1) > 1


def test_topics_are_files_in_order_each_child_under_a_parent(store, articles):
    topics = [yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
              for path in sorted((store / "_data" / "topics").iterdir())]  # fmt: skip
    names = [topic["name"] for topic in topics]
    parents = {topic["name"]: topic.get("parent") for topic in topics}
    children = Counter(parent for parent in parents.values() if parent)
    assert sorted(children) == sorted(name for name, parent in parents.items() if parent is None)
    assert set(children.values()) <= {2, 3, 4}
    assert all(names.index(parent) < names.index(name) for name, parent in parents.items() if parent)
    assert all(topic["description"] and topic["keywords"] and topic["images"] for topic in topics)
    used = {tuple(values["topics"]) for values in articles.values()}
    assert used == {(name, parent) for name, parent in parents.items() if parent}


def test_organisations_are_front_matter_with_both_logos(store):
    for provider in PROVIDERS:
        text = (store / "_data" / "organizations" / f"{provider.domain}.md").read_text()
        values = yaml.load(text.split("---\n")[1], Loader=yaml.CSafeLoader)
        assert values["name"] == provider.name
        assert values["_id"] == values["domain"] == provider.domain
        assert [image["width"] for image in values["images"]] == [50, 400]


def test_every_kind_of_event_has_several_wordings_and_every_slot_a_table():
    assert len(KINDS) >= 40
    assert {kind.topic for kind in KINDS} == {topic.name for topic in TOPICS if topic.parent}
    rng = Random(1)
    for kind in KINDS:
        assert min(len(templates(kind.heads)), len(templates(kind.details))) >= 5
        assert len(templates(kind.leads)) >= 4
        assert len(templates(kind.later)) == 2
        facts = Facts(rng, kind.numbers, TABLES, {})
        facts.update(day="Monday", month="May")
        for template in templates(f"{kind.heads}\n{kind.leads}\n{kind.details}\n{kind.later}"):
            text = fill(template, facts, rng)
            assert not set("{}[]|\\") & set(text)
            assert "  " not in text
            assert "the the " not in text.lower()
        assert set(kind.numbers) <= set(facts)
        assert set(kind.motifs.split()) <= set(MOTIFS)


def test_a_new_folder_is_marked_and_a_demo_in_it_can_be_replaced(tmp_path):
    folder = tmp_path / "new" / "demo"
    clear_folder(folder)
    write_store(folder, 3, 1, now=NOW, pictures=False)
    clear_folder(folder)
    assert [path.name for path in folder.iterdir()] == [MARK]


def test_a_folder_with_other_things_in_it_is_refused(tmp_path):
    folder = tmp_path / "desk"
    folder.mkdir()
    (folder / "letter.txt").write_text("Dear all")
    with pytest.raises(DemoFolderError, match="not empty"):
        clear_folder(folder)
    with pytest.raises(DemoFolderError, match="no folder"):
        clear_folder(folder / "letter.txt")
    assert [path.name for path in folder.iterdir()] == ["letter.txt"]


def test_clearing_a_folder_follows_no_link(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept.md").write_text("kept")
    folder = tmp_path / "demo"
    clear_folder(folder)
    (folder / "_news").mkdir()
    (folder / "_news" / "link").symlink_to(outside)
    (folder / "assets").symlink_to(outside)
    clear_folder(folder)
    assert (outside / "kept.md").read_text() == "kept"
    assert not (folder / "_news").exists()


def test_files_of_two_stores_differ_by_the_time_they_were_written_for(tmp_path):
    digests = set()
    for hours in (0, 0, 30):
        folder = tmp_path / f"{hours}-{len(digests)}"
        write_store(folder, 5, 1, now=NOW + timedelta(hours=hours), pictures=False)
        data = b"".join(path.read_bytes() for path in sorted((folder / "_news").iterdir()))
        digests.add(sha256(data).hexdigest())
    assert len(digests) == 2
