"""The folder of pictures: whole files or none."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages

from articles.images.storage import PictureFolder


class Breaking(ContentFile):
    def chunks(self, chunk_size=None):
        yield b"half"
        raise OSError("the disk is full")


def test_a_file_appears_under_its_name_and_once_more_is_the_same_file(settings):
    assert isinstance(storages["default"], PictureFolder)
    for _ in range(2):
        assert default_storage.save("ab/tide.webp", ContentFile(b"tide")) == "ab/tide.webp"
    with default_storage.open("ab/tide.webp") as file:
        assert file.read() == b"tide"
    assert [path.name for path in (settings.MEDIA_ROOT / "ab").iterdir()] == ["tide.webp"]


def test_a_write_that_breaks_off_leaves_nothing(settings):
    with pytest.raises(OSError, match="full"):
        default_storage.save("ab/tide.webp", Breaking(b""))
    assert list((settings.MEDIA_ROOT / "ab").iterdir()) == []
    assert not default_storage.exists("ab/tide.webp")


def test_nothing_is_written_outside_the_folder():
    for name in ("../tide.webp", "/tmp/tide.webp", "ab/../../tide.webp"):
        with pytest.raises(Exception, match=r"path traversal|Detected|located outside"):
            default_storage.save(name, ContentFile(b"tide"))
