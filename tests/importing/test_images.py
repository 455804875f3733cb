"""Pictures that a store names: held ones first, others wait to be fetched, an editor's word stays."""

import errno
import os
from contextlib import contextmanager

import pytest

from articles.images import process
from articles.images.fetch import wanted_images
from articles.images.process import hide
from articles.importing.images import local_picture
from articles.models import Article, Image, ImportRun, Provider
from tests.importing.helpers import undo
from tests.pictures import jpeg
from tests.state import archive_state, differences_of

pytestmark = pytest.mark.django_db
ELSEWHERE = "https://pictures.harbour-gazette.example/logo.png"
HELD = "/assets/images/organizations/logo.jpg"


@pytest.fixture
def store(write_article):
    """A store whose provider has a logo elsewhere and one in the store; returns its root."""
    root = write_article("one", folder="_news").parent.parent
    (root / "_data" / "organizations").mkdir(parents=True)
    (root / "_data" / "organizations" / "harbour-gazette.example.md").write_text(
        "---\nname: The Gazette\ndomain: harbour-gazette.example\n"
        f"images:\n  - url: {HELD}\n  - url: {ELSEWHERE}\n  - url: http://10.0.0.1/logo.png\n---\n"
    )
    return root


def hold(store, shade=90):
    (store / HELD[1:]).parent.mkdir(parents=True, exist_ok=True)
    (store / HELD[1:]).write_bytes(jpeg(200, 200, shade=shade))


def test_a_logo_that_the_store_does_not_hold_waits_to_be_fetched(store, run_import):
    run_import(store)
    logo = Provider.objects.get().logo
    assert (logo.url, logo.state, logo.purpose) == (ELSEWHERE, "waiting", "logo")
    assert wanted_images() == [logo.pk]


def test_pictures_and_logos_that_the_store_holds_are_served_before_those_elsewhere(
    store, run_import, write_article, client
):
    hold(store)
    url = "https://pictures.harbour-gazette.example/assets/images/news/tide.jpg"
    write_article("one", folder="_news", images=[{"url": url, "isCached": True}])
    (store / "assets" / "images" / "news").mkdir()
    (store / "assets" / "images" / "news" / "tide.jpg").write_bytes(jpeg(400, 400))
    run_import(store)
    provider = Provider.objects.get()
    assert provider.name == "The Gazette"
    assert provider.logo.url.startswith("store:")
    assert provider.logo.renditions.get().width == 96
    assert wanted_images() == []
    card = client.get("/").context["cards"][0]
    for address in (card["image"]["src"], card["provider"]["logo"]):
        answer = client.get(address)
        assert answer["Content-Type"] == "image/webp"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        answer.close()


def test_a_logo_that_an_editor_hid_stays_hidden(store, run_import):
    hold(store)
    run_import(store)
    hide(Image.objects.all())
    (store / "_data" / "organizations" / "other.example.md").write_text(
        "---\nname: Other\ndomain: other.example\n---\n"
    )
    run_import(store)
    logo = Provider.objects.get(domain="harbour-gazette.example").logo
    assert (logo.state, logo.is_edited) == ("off", True)


def test_where_no_picture_can_be_stored_the_stories_are_there_and_it_is_reported(
    store, run_import, monkeypatch
):
    hold(store)

    def refuse(*arguments):
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(process, "process", refuse)
        report = run_import(store)
    assert report.files[-1].reason == "its pictures cannot be stored: Permission denied"
    assert ImportRun.objects.get().refused == 1
    assert Article.objects.filter(story=None).count() == 0
    run_import(store)
    assert Provider.objects.get().logo.state == "ready"


@pytest.fixture
def write_topic(tmp_path):
    """Return a function that writes a topic file into a store, with a picture elsewhere if asked for."""

    def write(name, folder, picture="", **fields):
        path = tmp_path / folder / "_data" / "topics" / f"01-{name.lower()}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"{key}: {value}" for key, value in {"name": name, **fields}.items()]
        lines += ["images:", f"  - {picture}"] if picture else []
        path.write_text("\n".join(lines) + "\n")
        return path

    return write


def test_undoing_an_import_leaves_other_topics_the_pictures_that_wait_to_be_fetched(
    write_article, write_topic, run_import
):
    one = write_article("one", folder="harbour/_news").parent.parent
    other = write_article("two", folder="quay/_news").parent.parent
    write_topic("Ferries", "harbour", picture="https://pictures.example/ferries.jpg")
    write_topic("Docks", "quay", description="one")
    run_import(one, other)
    before = archive_state()
    write_topic("Docks", "quay", description="two")
    write_topic("Cranes", "quay", picture="https://pictures.example/cranes.jpg")
    write_topic("Tidal Energy", "quay", picture="https://pictures.example/tide.jpg")
    run = run_import(other).run
    undo(run)
    assert differences_of(archive_state(), before) == []


@pytest.mark.parametrize(
    "url",
    ["https://a.example/assets/../secret", "https://a.example/assets/%2e%2e/secret", "/assets/link.jpg",
     "/assets/folder/secret", "https://a.example/other/x.jpg", "/assets/", "/assets/%00",
     f"https://a.example/assets/{'x' * 300}.jpg"],
)  # fmt: skip
def test_nothing_outside_a_stores_assets_is_read(tmp_path, url):
    (tmp_path / "assets").mkdir()
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "assets" / "link.jpg").symlink_to(tmp_path / "secret")
    (tmp_path / "assets" / "folder").symlink_to(tmp_path)
    assert local_picture(tmp_path, url) is None


@contextmanager
def _not_root():
    """Be somebody who may not enter every folder, as root may."""
    is_root = os.geteuid() == 0
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


@pytest.mark.parametrize("shut", ["assets", "assets/images"])
def test_a_picture_in_a_folder_that_may_not_be_entered_is_none_that_the_store_holds(tmp_path, shut):
    (tmp_path / "assets" / "images").mkdir(parents=True)
    (tmp_path / "assets" / "images" / "tide.jpg").write_bytes(b"tide")
    assert local_picture(tmp_path, "/assets/images/tide.jpg") == b"tide"
    (tmp_path / shut).chmod(0o400)
    try:
        with _not_root():
            assert local_picture(tmp_path, "/assets/images/tide.jpg") is None
    finally:
        (tmp_path / shut).chmod(0o700)
