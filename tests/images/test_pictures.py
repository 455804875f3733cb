"""Pictures of a store: nothing outside its assets is read, and what is there is served."""

import os
from contextlib import contextmanager

import pytest

from articles.importing.images import local_picture
from articles.models import Image, Provider
from tests.pictures import jpeg


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


def test_a_logo_and_a_picture_of_a_store_are_served_from_the_site(write_article, run_import, client):
    url = "https://pictures.harbour-gazette.example/assets/images/news/tide.jpg"
    path = write_article("one", folder="_news", images=[{"url": url, "isCached": True}])
    root = path.parent.parent
    for place in ("assets/images/news/tide.jpg", "assets/images/organizations/logo.jpg"):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_bytes(jpeg(400, 400))
    (root / "_data" / "organizations").mkdir(parents=True)
    (root / "_data" / "organizations" / "harbour-gazette.example.md").write_text(
        "---\nname: The Gazette\ndomain: harbour-gazette.example\n"
        "images:\n  - url: /assets/images/organizations/logo.jpg\n---\n"
    )
    run_import(root)
    assert Provider.objects.get().name == "The Gazette"
    assert set(Image.objects.values_list("state", flat=True)) == {"ready"}
    card = client.get("/").context["cards"][0]
    for address in (card["image"]["src"], card["provider"]["logo"]):
        answer = client.get(address)
        assert answer["Content-Type"] == "image/webp"
        assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
        answer.close()
