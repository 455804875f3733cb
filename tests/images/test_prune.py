"""Throwing pictures away: only what nothing needs, and never what readers see."""

import os
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command

from articles.images.process import store_picture
from articles.images.storage import prune_images
from articles.models import Article, Image, Rendition
from tests.pictures import jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(write_article, run_import):
    """A picture of a public article."""
    run_import(write_article("shown", images=[{"url": "https://a.example/shown.jpg"}]))
    image = Image.objects.get()
    store_picture(image, jpeg(shade=1))
    return image


@pytest.fixture
def spare(write_article, run_import):
    """Two pictures of articles that readers do not see, the first one older."""
    found = []
    for day, name in enumerate(("older", "newer"), start=1):
        url = f"https://a.example/{name}.jpg"
        run_import(write_article(name, published=False, images=[{"url": url}]))
        image = Image.objects.get(url=url)
        store_picture(image, jpeg(shade=50 * day))
        Image.objects.filter(pk=image.pk).update(fetched_at=datetime(2023, 5, day, tzinfo=UTC))
        found.append(image)
    return found


def age(settings):
    """Make every file older than the grace period."""
    for path in settings.MEDIA_ROOT.rglob("*"):
        os.utime(path, (1_600_000_000, 1_600_000_000))


def names(image):
    return list(image.renditions.values_list("name", flat=True))


def test_images_that_nothing_names_go_with_their_files(shown, spare, settings):
    gone = names(spare[0])
    Article.objects.filter(image_links__image=spare[0]).delete()
    age(settings)
    report = prune_images()
    assert report.images == 1
    assert not any(default_storage.exists(name) for name in gone)
    assert all(default_storage.exists(name) for name in names(shown) + names(spare[1]))


def test_files_without_a_row_go_once_they_are_old(shown, settings):
    for name in ("ab/orphan.webp", "ab/.new-half"):
        default_storage.save(name, ContentFile(b"x"))
    assert prune_images().files == 0
    age(settings)
    assert prune_images().files == 2
    assert all(default_storage.exists(name) for name in names(shown))


def test_above_the_quota_unused_pictures_go_and_the_oldest_first(shown, spare):
    total = Rendition.objects.bytes_in_all()
    report = prune_images(quota=total - 1)
    states = [Image.objects.get(pk=image.pk).state for image in (shown, *spare)]
    assert states == ["ready", "waiting", "ready"]
    assert report.bytes_left < total
    assert not report.is_over


def test_what_readers_see_stays_even_above_the_quota(shown, spare):
    report = prune_images(quota=1)
    assert report.is_over
    assert Image.objects.get(state="ready") == shown
    assert all(default_storage.exists(name) for name in names(shown))


def test_a_file_that_two_pictures_share_stays_as_long_as_one_needs_it(shown, spare):
    store_picture(spare[0], jpeg(shade=1))
    prune_images(quota=1)
    assert not spare[0].renditions.exists()
    assert all(default_storage.exists(name) for name in names(shown))


def test_what_an_editor_chose_stays(spare):
    Image.objects.filter(pk=spare[0].pk).update(is_edited=True)
    prune_images(quota=1)
    assert Image.objects.get(pk=spare[0].pk).state == "ready"


def test_nothing_kept_is_nothing_to_prune(db):
    out = StringIO()
    call_command("prune_images", quota=1, stdout=out)
    assert out.getvalue() == "0 images and 0 files removed, 0 bytes in use\n"
