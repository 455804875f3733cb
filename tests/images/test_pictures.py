"""Pictures: only pixels survive, and nothing outside a store's assets is read."""

import io
import os
from contextlib import contextmanager

import pytest
from PIL import Image as Pillow

from articles.images.decoder import PictureError
from articles.images.renditions import make_renditions
from articles.importing.images import local_picture
from articles.models import Image, Provider


def jpeg(width=1200, height=800, **options):
    target = io.BytesIO()
    Pillow.new("RGB", (width, height), (20, 90, 120)).save(target, "JPEG", **options)
    return target.getvalue()


def test_renditions_are_webp_in_three_widths_without_comment_or_exif():
    exif = Pillow.Exif()
    exif[0x010E] = "<script>tide</script>"
    pictures = make_renditions(jpeg(comment=b"<script>quay</script>", exif=exif))
    whole = [(p.width, p.height) for p in pictures if p.shape == "whole"]
    assert whole == [(960, 640), (640, 427), (320, 213)]
    assert [(p.width, p.height) for p in pictures if p.shape == "card"] == [(640, 320), (320, 160)]
    for picture in pictures:
        opened = Pillow.open(io.BytesIO(picture.content))
        assert (opened.format, dict(opened.getexif())) == ("WEBP", {})
        assert b"<script" not in picture.content


def test_a_turned_picture_is_made_upright():
    exif = Pillow.Exif()
    exif[0x0112] = 6
    assert make_renditions(jpeg(300, 200, exif=exif))[0].height == 300


@pytest.mark.parametrize(
    "data",
    [b"", b"<svg/>", b"\xff\xd8\xff garbage", jpeg(31, 100), jpeg(2100, 100), jpeg()[:500]],
    ids=["empty", "svg", "garbage", "small", "long", "cut"],
)
def test_what_is_no_usable_picture_is_refused(data):
    with pytest.raises(PictureError):
        make_renditions(data)


@pytest.mark.parametrize(
    "url",
    ["https://a.example/assets/../secret", "https://a.example/assets/%2e%2e/secret", "/assets/link.jpg",
     "/assets/folder/secret", "https://a.example/other/x.jpg", "/assets/", "/assets/%00"],
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


def test_a_picture_whose_name_no_disk_can_hold_is_none_that_the_store_holds(tmp_path):
    (tmp_path / "assets").mkdir()
    assert local_picture(tmp_path, f"https://a.example/assets/{'x' * 300}.jpg") is None


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
