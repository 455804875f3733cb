"""A backup holds the site of one moment, and a restored site is that site."""

import json
import tarfile
from contextlib import suppress
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from articles.editing.articles import set_published
from articles.models import Article, Image, ImportRun, Rendition, SourceDocument, Story
from articles.operations.backup import BackupError, _save_table, backup, restore
from tests.state import archive_state, differences_of

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "ab/" + "0" * 32 + ".webp"


@pytest.fixture
def site(write_article, run_import):
    run_import(
        write_article("one", related=("ferry", "lighthouse")), write_article("two", title="Herring, quotas")
    )
    set_published(Article.objects.filter(permalink__contains="two"), False)
    user = User.objects.create_user("ed", password="tide-table", is_staff=True)
    user.groups.add(Group.objects.get_or_create(name="Editors")[0])
    image = Image.objects.create(url="https://pictures.example/a.jpg", state=Image.State.READY)
    default_storage.save(NAME, ContentFile(b"RIFF picture"))
    Rendition.objects.create(image=image, shape="whole", width=320, height=200, size=12, name=NAME)


def _tables(path: Path) -> dict:
    with tarfile.open(path) as tar:
        return json.loads(tar.extractfile("manifest.json").read())["tables"]


def test_a_restored_site_is_the_site_that_was_saved(site, tmp_path, client):
    before, page = archive_state(), client.get("/search/?q=report").content
    saved = backup(tmp_path / "one.tar")
    assert saved.rows["articles.Article"] == 4
    assert (tmp_path / "one.tar").stat().st_mode & 0o077 == 0, "only its owner reads it"
    assert list(tmp_path.glob("*.partial")) == []
    assert saved.pictures == 1
    Article.objects.update(title="spoiled", related_list=None)
    Story.objects.all().delete()
    User.objects.all().delete()
    SourceDocument.objects.all().delete()
    default_storage.delete(NAME)
    assert restore(tmp_path / "one.tar", replace=True) == saved
    assert not differences_of(before, archive_state())
    with default_storage.open(NAME) as file:
        assert file.read() == b"RIFF picture"
    again = client.get("/search/?q=report").content
    assert page.count(b"<mark>") == again.count(b"<mark>") > 0
    backup(tmp_path / "two.tar")
    assert _tables(tmp_path / "one.tar") == _tables(tmp_path / "two.tar")
    assert User.objects.get(username="ed").check_password("tide-table")


def test_what_comes_after_a_restore_is_numbered_on(site, tmp_path, write_article, run_import):
    backup(tmp_path / "site.tar")
    restore(tmp_path / "site.tar", replace=True)
    report = run_import(write_article("three", title="A lighthouse keeper retires"))
    assert report.counts["created"] == 1
    assert Article.objects.count() == 5
    assert ImportRun.objects.count() == 2


def test_a_backup_shows_one_moment_and_keeps_no_writer_waiting(site, tmp_path, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite in memory has no snapshots: tests/soak/backups.py tries it on files")
    seen, save = [], _save_table

    def write_meanwhile(tar, model):
        if model is Article and not seen:
            with transaction.atomic():
                ImportRun.objects.create(paths=["came meanwhile"])
                Article.objects.filter(permalink__contains="one").update(title="changed meanwhile")
            seen.append(True)
        return save(tar, model)

    monkeypatch.setattr("articles.operations.backup._save_table", write_meanwhile)
    backup(tmp_path / "site.tar")
    assert seen
    restore(tmp_path / "site.tar", replace=True)
    assert not Article.objects.filter(title="changed meanwhile").exists()
    assert ImportRun.objects.count() == 1


def test_a_damaged_backup_changes_nothing(site, tmp_path):
    backup(tmp_path / "site.tar")
    data = bytearray((tmp_path / "site.tar").read_bytes())
    before = archive_state()
    for place in range(3000, len(data) - 11_000, max(1, len(data) // 12)):
        broken = tmp_path / "broken.tar"
        broken.write_bytes(bytes(data[:place]) + bytes([data[place] ^ 0x55]) + bytes(data[place + 1 :]))
        with suppress(BackupError):
            restore(broken, replace=True)
        assert not differences_of(before, archive_state())
    (tmp_path / "short.tar").write_bytes(bytes(data[: len(data) // 2]))
    with pytest.raises(BackupError):
        restore(tmp_path / "short.tar", replace=True)
    (tmp_path / "other.tar").write_bytes(b"no tar at all")
    with pytest.raises(BackupError):
        restore(tmp_path / "other.tar", replace=True)
    assert not differences_of(before, archive_state())


def test_a_site_with_articles_is_not_replaced_unasked(site, tmp_path):
    call_command("backup", tmp_path / "site.tar", verbosity=0)
    with pytest.raises(CommandError, match="articles here already"):
        call_command("restore", tmp_path / "site.tar")
    assert Article.objects.count() == 4


def test_a_backup_of_another_version_is_refused(site, tmp_path):
    backup(tmp_path / "site.tar")
    recorder = MigrationRecorder(connection)
    recorder.record_applied("articles", "9999_later")
    try:
        with pytest.raises(BackupError, match="another version"):
            restore(tmp_path / "site.tar", replace=True)
    finally:
        recorder.record_unapplied("articles", "9999_later")
