"""The import: what is stored, what is refused, what survives."""

import errno
import json
import os
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from articles.editing.articles import add_article, set_published
from articles.frontmatter.fields import LATEST, read_article
from articles.importing import importer
from articles.models import (
    Article,
    FormerPermalink,
    ImportOutcome,
    ImportRun,
    Provider,
    SourceDocument,
    Store,
    Story,
    Topic,
)


def test_a_key_of_control_characters_is_told_in_100_characters(write_article, run_import):
    path = write_article("bad")
    path.write_text('---\n"' + "\\x01" * 99 + '": !!python/x y\n---\n')
    [refused] = run_import(path, write_article("good")).files[:1]
    assert (refused.field[:8], len(refused.field), refused.line) == ("\\x01\\x01", 100, 2)
    assert ImportOutcome.objects.get(outcome="refused").field == refused.field


def test_a_second_run_of_the_same_folder_changes_nothing(write_article, run_import):
    folder = write_article("one", related=("ferry", "quay")).parent
    run_import(folder)
    report = run_import(folder)
    assert report.counts == dict.fromkeys(report.counts, 0) | {"unchanged": 1}


def test_an_article_known_from_a_copy_takes_its_own_file_whenever_it_comes(write_article, run_import):
    run_import(write_article("one", related=("ferry",)))
    copy = Article.objects.get(link_key="ferry.example/report")
    assert (copy.origin, copy.is_published) == ("copy", False)
    run_import(write_article("own", webUrl="https://ferry.example/report", title="The ferry's own words"))
    copy.refresh_from_db()
    assert (copy.origin, copy.title) == ("file", "The ferry's own words")
    run_import(write_article("one", related=("ferry",), quality=60))
    copy.refresh_from_db()
    assert copy.title == "The ferry's own words"


def test_the_newest_of_several_files_of_one_article_wins_and_the_permalink_of_the_older_leads_to_it(
    write_article, run_import, client
):
    link = "https://harbour-gazette.example/same"
    write_article("old", webUrl=link, publishedDateTime="2023-05-01T00:00:00Z", title="Old words")
    run_import(write_article("new", webUrl=f"{link}/?utm_source=x", title="New words").parent)
    assert [article.title for article in Article.objects.public()] == ["New words"]
    answer = client.get("/news/2023-05-04-old/")
    assert (answer.status_code, answer["Location"]) == (301, "/news/2023-05-04-new/")


def test_removal_in_any_file_wins(write_article, run_import):
    link = "https://harbour-gazette.example/same"
    write_article("old", webUrl=link, publishedDateTime="2023-05-01T00:00:00Z", removed=True)
    run_import(write_article("new", webUrl=link).parent)
    assert not Article.objects.public().exists()


@pytest.mark.parametrize("is_known", [False, True])
def test_a_file_named_like_its_link_gives_the_plain_permalink(is_known, write_article, run_import):
    link = "https://quay.example/report"
    path = write_article("quay", related=("quay",)) if is_known else None
    if path:
        run_import(path)
    own = write_article("own", webUrl=link)
    run_import(own.rename(own.with_name("report.md")))
    assert Article.objects.get(link_key="quay.example/report").permalink == "report"


def test_a_story_joins_relations_in_both_directions(write_article, run_import):
    write_article("one", related=("ferry",))
    folder = write_article("two", related=("ferry",), quality=40).parent
    run_import(folder)
    assert Story.objects.get().article_count == 3


def test_the_newest_report_names_its_provider(write_article, run_import):
    old = {"name": "Old Name", "domain": "harbour-gazette.example"}
    write_article("a", publishedDateTime="2020-01-01T00:00:00Z", provider=old)
    run_import(write_article("b").parent)
    assert Provider.objects.get().name == "Harbour Gazette"


def test_the_command_reports_in_json_and_ends_with_an_error(write_article, tmp_path, db):
    folder = write_article("bad", title="").parent
    report = tmp_path / "report.json"
    with pytest.raises(CommandError):
        call_command("import_articles", str(folder), report=str(report), stdout=StringIO())
    told = json.loads(report.read_text())
    assert told["counts"] == {"created": 0, "updated": 0, "unchanged": 0, "refused": 1, "withdrawn": 0}
    assert told["run"] == ImportRun.objects.get().pk
    assert set(told["files"][0]) == {"path", "outcome", "link", "field", "line", "reason"}


def test_what_no_reader_is_shown_is_not_shown_where_it_changes_either(write_article, run_import):
    def write(secret, title):
        link = {"pass": f"http://u:{secret}@a.example/"}
        hidden = {"secured": secret, "featuredContent": secret, "x": link}
        provider = {"name": "Harbour Gazette", "domain": "harbour-gazette.example", "y": secret}
        return write_article("one", title=title, **hidden, provider=provider)

    run_import(write("hunter2", "Old"))
    report = run_import(write("hunter3", "New"))
    assert "hunter" not in json.dumps(report.as_json())
    changes = {each["field"]: (each["old"], each["new"]) for each in ImportOutcome.objects.last().changes}
    assert changes["title"] == ("Old", "New")
    assert changes["secured"] == changes["featuredContent"] == changes["x"] == ("(not shown)", "(not shown)")


def test_a_key_that_is_a_link_with_a_password_is_told_without_it(write_article, run_import):
    link = "http://user:hunter2@example.org/"
    run_import(write_article("one", **{link: 1}))
    path = write_article("one", **{link: 2})
    [changed] = run_import(path).files
    path.write_text(f'---\n"{link}": &a b\n---\n')
    [refused] = run_import(path).files
    assert changed.changes[0]["field"] == refused.field == "http://***@example.org/"


def test_a_bad_topic_file_is_told_each_time_with_its_own_line(tmp_path, run_import):
    topics = tmp_path / "store" / "_data" / "topics"
    topics.mkdir(parents=True)
    (tmp_path / "store" / "_news").mkdir()
    (topics / "01-a.yaml").write_text("name: A\nname: B\n")
    (topics / "02-b.yaml").write_text("name: B\n")
    for _ in range(2):
        [refused] = run_import(tmp_path / "store").files
        assert (refused.path, refused.outcome) == ("_data/topics/01-a.yaml", "refused")
        assert refused.reason == "the key occurs twice (line 2, field name)"
        assert [topic.name for topic in Topic.objects.all()] == ["B"]
    (topics / "01-a.yaml").write_text("name: A\n")
    assert run_import(tmp_path / "store").counts["refused"] == 0
    assert Store.objects.get().taxonomy_digest


@pytest.mark.parametrize("place", ["nowhere/report.json", "."])
def test_a_report_that_cannot_be_written_is_told_before_the_import(place, write_article, tmp_path, db):
    with pytest.raises(CommandError, match=r"^no report can be written to "):
        call_command("import_articles", str(write_article("one")), report=str(tmp_path / place))
    assert not ImportRun.objects.exists()


def read_link(link="https://example.org/handmade"):
    """Return the fields of a report as an editor gives them."""
    return read_article(
        {
            "title": "By hand", "excerpt": "What an editor knows.", "webUrl": link,
            "publishedDateTime": "2023-05-04T08:00:00Z", "type": "article", "published": True, "quality": 70,
            "provider": {"name": "Example", "domain": "example.org"},
        },
        LATEST,
    )  # fmt: skip


def test_the_address_of_an_editors_article_leads_on_when_a_file_comes(write_article, run_import, client):
    article = add_article(read_link())
    address = article.get_absolute_url()
    assert client.get(address).status_code == 200
    run_import(write_article("f", webUrl=article.url))
    assert client.get(address).headers["Location"] == "/news/2023-05-04-f/"
    assert client.get("/news/2023-05-04-f/").status_code == 200
    run_import(write_article("f", webUrl=article.url, folder="zz", publishedDateTime="2023-05-05T09:30:00Z"))
    assert client.get(address).status_code == 301


def test_the_address_of_a_copy_that_an_editor_published_leads_on_when_its_own_file_comes(
    write_article, run_import, client
):
    run_import(write_article("one", related=("ferry", "quay")))
    copy = Article.objects.get(link_key="ferry.example/report")
    set_published([copy], True)
    address = copy.get_absolute_url()
    assert client.get(address).status_code == 200
    run_import(write_article("own", webUrl=copy.url))
    assert client.get(address).headers["Location"] == "/news/2023-05-04-own/"
    run_import(write_article("quay", webUrl="https://quay.example/report"))
    assert FormerPermalink.objects.count() == 1  # what had no page needs no way to it


def test_an_article_by_hand_does_not_take_the_address_that_another_had(write_article, run_import, client):
    first = add_article(read_link())
    address = first.get_absolute_url()
    run_import(write_article("f", webUrl=first.url))
    second = add_article(read_link("https://example.org/another"))
    assert second.get_absolute_url() != address
    assert client.get(address).headers["Location"] == "/news/2023-05-04-f/"


def test_a_topic_of_100_letters_is_taken_however_they_unfold(write_article, run_import):
    names = [letter * 100 for letter in "ﬃΐß🌊"]
    assert run_import(write_article("one", topics=names)).counts["created"] == 1
    assert [link.topic.name for link in Article.objects.get().topic_links.all()] == names


@pytest.mark.parametrize("name", ["..", ".", "a/_news", "/", "../a", "caf\udce9", "n" * 256])
def test_a_name_that_is_no_folders_name_names_no_store(name, write_article, db):
    with pytest.raises(CommandError, match=r"^no store can be called .*: its name must be"):
        call_command("import_articles", str(write_article("one")), store=name)
    assert not ImportRun.objects.exists()


def test_a_folder_whose_name_is_not_utf_8_is_refused_and_the_rest_imported(write_article, run_import):
    odd = write_article("odd", folder="caf\udce9")
    report = run_import(odd.parent, odd, write_article("one"))
    assert (report.counts["refused"], report.counts["created"]) == (2, 1)
    assert report.files[0].reason.startswith("no store can be called caf\\udce9: ")
    assert run_import(odd, store_name="cafe").counts["created"] == 1


@pytest.mark.parametrize("options", [{}, {"store": "a"}, {"prune": True}])
def test_two_folders_that_would_be_one_store_are_refused_before_anything_is_imported(
    options, tmp_path, write_article, db
):
    for name in ("x1", "x2"):
        (tmp_path / name).mkdir()
    paths = [str(write_article("one", folder=f"{name}/news").parent) for name in ("x1", "x2")]
    with pytest.raises(CommandError, match=r"would both be the store (news|a): .* --store of its own"):
        call_command("import_articles", *paths, **options)
    assert not ImportRun.objects.exists()


def test_paths_of_one_folder_are_one_store(write_article, run_import, tmp_path):
    one, two = write_article("one"), write_article("two")
    (tmp_path / "link").symlink_to(one.parent)
    report = run_import(one, two, one.parent, tmp_path / "link")
    assert (report.counts["created"], report.counts["unchanged"]) == (2, 4)


def test_the_rest_is_said_to_be_imported_only_where_it_is(write_article, db):
    def said(*paths, **options):
        with pytest.raises(CommandError) as caught:
            call_command("import_articles", *map(str, paths), **options, stdout=StringIO())
        return str(caught.value)

    bad, good = write_article("bad", title=""), write_article("good")
    assert said(bad) == "1 refused"
    assert said(bad, good, dry_run=True) == "1 refused"
    assert said(bad, good) == "1 refused; the rest is imported"


def _denied(path, *others, **options):
    raise PermissionError(errno.EACCES, "Permission denied", path)


def test_a_path_that_cannot_be_read_is_refused_and_the_rest_imported(
    write_article, run_import, tmp_path, monkeypatch
):
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    shut = write_article("shut", folder="shut").parent
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda place: (_denied if place == shut else scandir)(place))
    nowhere = tmp_path / "nothing"
    report = run_import("a" * 5000, tmp_path / "circle", shut, write_article("one"), nowhere)
    assert [(each.outcome, each.reason) for each in report.files] == [
        ("refused", "cannot be read: File name too long"),
        ("refused", "cannot be read: its links lead in a circle"),
        ("refused", "cannot be read: Permission denied"),
        ("refused", "there is no such file or folder"),
        ("created", ""),
    ]


def test_pictures_that_cannot_be_looked_at_keep_no_article_from_being_imported(
    write_article, run_import, tmp_path, monkeypatch
):
    (tmp_path / "store").mkdir()
    write_article("one", folder="store/_news")
    for folder, name in (("assets", "a.png"), ("_data/topics", "01-a.yaml")):
        (tmp_path / "store" / folder).mkdir(parents=True)
        (tmp_path / "store" / folder / name).write_text("name: A\nimages: [/assets/a.png]\n")
    lstat, is_file = os.lstat, Path.is_file
    monkeypatch.setattr(os, "lstat", lambda path, **given: (
        _denied if Path(path).suffix == ".png" else lstat)(path, **given))  # fmt: skip
    monkeypatch.setattr(Path, "is_file", lambda path: (_denied if path.suffix == ".png" else is_file)(path))
    report = run_import(tmp_path / "store", write_article("two"))
    assert report.counts["created"] == 2
    assert report.counts["refused"] == 0, "the topic goes without its picture"
    assert Topic.objects.get(name="A").is_described


def test_bad_files_name_what_is_wrong_and_do_not_stop_the_others(write_article, run_import):
    folder = write_article("e", title="The good report").parent
    (folder / "b.md").write_bytes(b"---\ntitle: [\n---\n")
    write_article("c", quality=-5)
    (folder / "d\udcff.md").write_bytes(b"---\n---\n")
    outcomes = run_import(folder).files
    assert [(each.outcome, each.field, each.line) for each in outcomes] == [
        ("refused", "quality", 7),
        ("created", "", None),
        ("refused", "", 3),
        ("refused", "", None),
    ]
    assert [each.reason for each in outcomes[-1:]] == ["the file's name is not UTF-8"]
    assert list(SourceDocument.objects.values_list("article__title", flat=True)) == ["The good report"]


@pytest.mark.parametrize("fails_at", ["_import_taxonomy", "_write"])
def test_a_store_that_cannot_be_read_to_its_end_is_reported_and_the_next_is_imported(
    write_article, run_import, tmp_path, monkeypatch, fails_at
):
    for store in ("one", "two"):
        for number in range(10):
            write_article(f"{store}{number}", folder=f"{store}/_news")
    monkeypatch.setattr(importer, "BATCH", 4)
    real = getattr(importer._Importer, fails_at)

    def fails(self, opened, *arguments):
        if opened.name == "one":
            raise OSError(5, "Input/output error")
        return real(self, opened, *arguments)

    monkeypatch.setattr(importer._Importer, fails_at, fails)
    report = run_import(tmp_path / "one", tmp_path / "two")
    assert [each.path for each in report.files if each.outcome == "refused"] == ["one"]
    assert Article.objects.count() == report.counts["created"] == 10
    assert set(SourceDocument.objects.values_list("store__name", flat=True)) == {"two"}


@pytest.mark.parametrize("command", ["import_articles", "export_articles"])
def test_a_command_that_is_stopped_says_so_in_one_line(command, write_article, tmp_path, monkeypatch, db):
    def interrupted(*args, **options):
        raise KeyboardInterrupt

    for name in ("import_articles.import_paths", "export_articles.export_articles"):
        monkeypatch.setattr(f"articles.management.commands.{name}", interrupted)
    with pytest.raises(CommandError, match=r"^stopped; run it again to go on$") as caught:
        call_command(command, str(tmp_path))
    assert caught.value.returncode == 130
