"""An import can be looked at before it is done, and taken back after."""

from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command

from articles.importing.importer import _Importer
from articles.importing.report import ImportReport
from articles.importing.taxonomy import apply_taxonomy, read_taxonomy
from articles.importing.undo import UndoError
from articles.models import Article, ImportOutcome, ImportRun, SourceDocument, Store, Topic
from tests.importing.helpers import undo
from tests.state import archive_state, differences_of


@pytest.fixture
def changed(write_article, run_import):
    """Import an article file, then a change of its quality; return their folder and the second run."""
    folder = write_article("one").parent
    run_import(folder)
    write_article("one", quality=80)
    return folder, run_import(folder).run


def test_a_dry_run_tells_each_change_and_makes_none(write_article, run_import):
    folder = write_article("one").parent
    run_import(folder)
    before = archive_state()
    write_article("one", quality=80, topics=["Tidal Energy", "Ferries"])
    write_article("two")
    report = run_import(folder, dry_run=True)
    assert report.counts["updated"] == report.counts["created"] == 1
    assert report.files[0].changes == (
        {"field": "quality", "old": "57", "new": "80"},
        {"field": "topics", "old": "Tidal Energy", "new": "Tidal Energy, Ferries"},
    )
    assert differences_of(archive_state(), before) == []
    assert ImportRun.objects.count() == 1


def test_a_dry_run_reports_what_the_import_then_does(write_article, run_import):
    folder = write_article("one").parent
    write_article("bad", title="")
    foretold = run_import(folder, dry_run=True)
    done = run_import(folder)
    assert (foretold.counts, foretold.files) == (done.counts, done.files)


def test_pruning_withdraws_what_lost_its_file_and_deletes_nothing(write_article, run_import, client):
    gone = write_article("gone")
    folder = write_article("stays").parent
    run_import(folder)
    before = archive_state()
    gone.unlink()
    run_import(folder)
    assert differences_of(archive_state(), before) == [], "nothing changes without --prune"
    report = run_import(folder, prune=True)
    assert (report.counts["withdrawn"], report.counts["unchanged"]) == (1, 1)
    assert Article.objects.count() == 2
    assert client.get("/news/2023-05-04-gone/").status_code == 410
    assert client.get("/news/2023-05-04-stays/").status_code == 200


def test_an_empty_folder_is_taken_for_a_wrong_one(write_article, run_import, tmp_path):
    path = write_article("one")
    run_import(path.parent)
    path.unlink()
    report = run_import(path.parent, prune=True)
    assert (report.counts["refused"], report.counts["withdrawn"]) == (1, 0)
    assert SourceDocument.objects.live().count() == 1


def test_a_store_that_lost_its_folder_of_articles_is_taken_for_a_wrong_one(
    write_article, run_import, tmp_path
):
    root = tmp_path / "root"
    root.mkdir()
    news = write_article("one", folder="root/_news").parent
    run_import(root)
    news.rename(tmp_path / "elsewhere")
    (root / "README.md").write_text("# Not an article\n")
    report = run_import(root, prune=True)
    assert (report.counts["refused"], report.counts["withdrawn"]) == (2, 0)
    assert SourceDocument.objects.live().count() == 1


def test_a_renamed_file_takes_its_article_along_and_the_old_address_leads_on(
    write_article, run_import, client
):
    path = write_article("before")
    run_import(path.parent)
    path.rename(path.with_name("2023-05-04-after.md"))
    run_import(path.parent, prune=True)
    assert Article.objects.get().permalink == "2023-05-04-after"
    assert client.get("/news/2023-05-04-before/").headers["Location"] == "/news/2023-05-04-after/"


def test_undoing_an_import_restores_the_archive_from_before_it(write_article, run_import):
    folder = write_article("one", related=("ferry",)).parent
    gone = write_article("two")
    run_import(folder)
    before = archive_state()
    write_article("one", quality=80, related=("quay",))
    write_article("three")
    gone.unlink()
    run = run_import(folder, prune=True).run
    changed = archive_state()
    assert differences_of(changed, before)
    undoing = undo(run)
    assert differences_of(archive_state(), before) == []
    undo(undoing.run)
    assert differences_of(archive_state(), changed) == []


def test_editors_words_survive_an_undoing(write_article, run_import):
    from articles.editing.articles import save_article

    folder = write_article("one").parent
    run_import(folder)
    write_article("one", excerpt="New.", quality=60)
    run = run_import(folder).run
    article = Article.objects.get()
    article.quality = 90
    save_article(article, ["quality"])
    undo(run)
    article.refresh_from_db()
    assert (article.quality, article.excerpt) == (90, "What is known of the one.")


def test_a_file_changed_since_stays_and_is_told(changed, write_article, run_import):
    folder, run = changed
    write_article("one", quality=70)
    later = run_import(folder).run
    report = undo(run)
    assert [outcome.reason for outcome in report.files] == [f"was changed since, by import {later}"]
    assert Article.objects.get().quality == 70


def test_undoing_an_import_that_changed_nothing_says_so(write_article, run_import):
    folder = write_article("one").parent
    run_import(folder)
    run = run_import(folder).run
    with pytest.raises(UndoError):
        undo(run)
    with pytest.raises(CommandError, match="there is no import 99"):
        call_command("undo_import", "99")


def test_an_import_after_an_undoing_changes_it_again(changed, run_import):
    folder, run = changed
    undo(run)
    assert run_import(folder).counts["updated"] == 1
    assert Article.objects.get().quality == 80


def test_editors_see_each_file_of_an_import_and_administrators_take_it_back(changed, newsroom, admin_user):
    _, run = changed
    listed = newsroom.get(f"/admin/articles/importoutcome/?run__id__exact={run}").text
    assert "2023-05-04-one.md" in listed
    assert "quality: 57 → 80" in listed
    take_back = {"action": "undo", "_selected_action": run}
    newsroom.post("/admin/articles/importrun/", take_back)
    assert Article.objects.get().quality == 80
    newsroom.force_login(admin_user)
    assert newsroom.get(f"/admin/articles/importrun/{run}/change/").status_code == 200
    assert "This takes back" in newsroom.post("/admin/articles/importrun/", take_back).text
    newsroom.post("/admin/articles/importrun/", take_back | {"confirmed": "yes"})
    assert Article.objects.get().quality == 57


def test_undoing_an_import_of_two_folders_as_one_store_restores_the_topics_from_before_both(tmp_path, db):
    run, store = ImportRun.objects.create(), Store.objects.create(name="store")
    (tmp_path / "_data" / "topics").mkdir(parents=True)
    for said in ("one", "two"):
        (tmp_path / "_data" / "topics" / "01-docks.yaml").write_text(f"name: Docks\ndescription: {said}\n")
        apply_taxonomy(store, read_taxonomy(tmp_path)[0], run)
    assert Topic.objects.get(name="Docks").description == "two"
    undo(run.pk)
    assert Topic.objects.get(name="Docks").description == ""
    assert not Topic.objects.get(name="Docks").is_described


def test_imports_are_undone_one_after_the_other_the_newest_first(write_article, run_import):
    states, runs = [], []
    for quality in (50, 60, 70):
        states.append(archive_state())
        runs.append(run_import(write_article("one", quality=quality).parent).run)
    for run, before in zip(reversed(runs), reversed(states), strict=True):
        assert undo(run).counts["refused"] == 0
        assert differences_of(archive_state(), before) == []


def test_withdrawals_too_are_undone_one_after_the_other(write_article, run_import):
    one = write_article("a")
    run_import(one.parent)
    first = archive_state()
    text = one.read_bytes()
    one.unlink()
    write_article("b")
    second = run_import(one.parent, prune=True).run
    one.write_bytes(text)
    third = run_import(one.parent).run
    assert undo(third).counts["withdrawn"] == 1
    assert undo(second).counts["refused"] == 0
    assert differences_of(archive_state(), first) == []


def test_an_undoing_that_was_stopped_is_taken_up_by_undoing_again(write_article, run_import, monkeypatch):
    folder = write_article("one").parent
    run_import(folder)
    before = archive_state()
    for slug in ("one", "two", "three"):
        write_article(slug, quality=80)
    run = run_import(folder).run
    monkeypatch.setattr("articles.importing.undo.BATCH", 1)
    with monkeypatch.context() as stopping:
        stopping.setattr(ImportReport, "add", Mock(side_effect=[None, KeyboardInterrupt]))
        with pytest.raises(KeyboardInterrupt):
            undo(run)
    counts = undo(run).counts
    assert (counts["withdrawn"], counts["unchanged"], counts["refused"]) == (1, 2, 0)
    assert differences_of(archive_state(), before) == []


def test_an_undoing_that_changes_nothing_leaves_no_import(write_article, run_import, capsys):
    folder = write_article("one").parent
    first = run_import(folder).run
    write_article("one", quality=60)
    run_import(folder)
    report = undo(first)
    assert (report.run, report.counts["refused"]) == (0, 1)
    assert ImportRun.objects.count() == 2
    write_article("two")
    run = run_import(folder).run
    undo(run)
    call_command("undo_import", str(run))
    assert capsys.readouterr().out == f"nothing was changed, 1 already as before import {run}\n"
    assert ImportRun.objects.count() == 4


def test_a_file_that_an_import_changed_twice_goes_back_to_before_the_first_time(write_article, run_import):
    run = run_import(write_article("one").parent).run
    later = run_import(write_article("one", quality=60).parent).run
    ImportOutcome.objects.filter(run=later).update(run=run)
    assert undo(run).counts["withdrawn"] == 1
    assert not SourceDocument.objects.live().exists()


def test_topics_that_are_as_before_already_are_not_refused(write_article, run_import, tmp_path):
    root = write_article("one", folder="store/_news").parent.parent
    topics = root / "_data" / "topics"
    topics.mkdir(parents=True)
    (topics / "01-docks.yaml").write_text("name: Docks\n")
    run = run_import(root).run
    assert undo(run).counts["refused"] == 0
    assert (undo(run).run, undo(run).counts["refused"]) == (0, 0)


def test_of_two_imports_at_once_each_claims_what_it_brought(write_article, run_import, monkeypatch):
    folder = write_article("one", related=("ferry",)).parent
    run_import(folder)
    gone, text = write_article("gone"), write_article("one", quality=80).read_bytes()
    run_import(folder)
    write_article("one", quality=90)
    write_article("two", related=("quay",))
    gone.unlink()
    before, write, reports = archive_state(), _Importer._write, []

    def write_after_another(importer, *arguments):
        with monkeypatch.context() as other:
            other.setattr(_Importer, "_write", write)
            reports.append(run_import(folder, prune=True))
        write(importer, *arguments)

    monkeypatch.setattr(_Importer, "_write", write_after_another)
    late = run_import(folder, prune=True)
    early = reports[0]
    assert [early.counts[name] for name in ("created", "updated", "withdrawn")] == [1, 1, 1]
    assert (late.counts["unchanged"], [entry.outcome for entry in late.files]) == (2, ["unchanged"] * 2)
    assert write_article("one", quality=80).read_bytes() == text
    assert undo(early.run).counts["refused"] == 0
    assert differences_of(archive_state(), before) == []
    with pytest.raises(UndoError, match="changed nothing"):
        undo(late.run)
