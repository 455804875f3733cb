"""Processing of pictures: once for the same bytes, and never against an editor's choice."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection

from articles.images import process as processing
from articles.images.decoder import Decoders
from articles.models import Image, Rendition
from tests.pictures import add_image, jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted(monkeypatch):
    """Count the pictures that are really decoded."""
    decoded, real = [], Decoders.decode

    def decode(self, data, recipe):
        decoded.append(data)
        return real(self, data, recipe)

    monkeypatch.setattr(Decoders, "decode", decode)
    return decoded


def image(name="tide", **fields):
    return add_image(f"https://harbour-gazette.example/{name}.jpg", **fields)


def test_the_same_bytes_under_several_urls_are_decoded_once(counted):
    first, second, logo = image("a"), image("b"), image("c", purpose="logo")
    for each in (first, second, first, logo):
        assert processing.store_picture(each, jpeg())
    assert len(counted) == 2  # once as a picture, once as a logo
    names = [list(each.renditions.values_list("shape", "width", "name")) for each in (first, second)]
    assert names[0] == names[1]
    assert logo.renditions.count() == 1


def test_many_pictures_are_stored_and_the_same_bytes_still_decoded_once(counted):
    images = [image(str(number)) for number in range(6)]
    chosen = image("chosen", is_edited=True)
    data = [jpeg(shade=number % 3) for number in range(6)]
    processing.store_pictures([*zip(images, data, strict=True), (chosen, data[0]), (images[0], data[0])])
    assert sorted(counted) == sorted(data[:3])
    assert Image.objects.filter(state="ready").count() == 6
    assert images[0].renditions.first().name == images[3].renditions.first().name


def test_refused_bytes_are_refused_under_every_url_without_another_look(counted):
    for name in ("a", "b"):
        refused = image(name)
        assert not processing.store_picture(refused, b"<svg/>")
        assert refused.state == "refused"
        assert refused.reason == "is no JPEG, PNG, GIF, WebP or AVIF picture"
    assert len(counted) == 1


def test_new_bytes_replace_the_old_files():
    kept = image()
    processing.store_picture(kept, jpeg(shade=1))
    before = set(kept.renditions.values_list("name", flat=True))
    processing.store_picture(kept, jpeg(shade=200))
    assert not before & set(kept.renditions.values_list("name", flat=True))


def test_files_of_an_older_recipe_are_made_anew(counted):
    kept = image()
    processing.store_picture(kept, jpeg())
    Image.objects.update(recipe="")
    kept.refresh_from_db()
    assert processing.store_picture(kept, jpeg())
    assert len(counted) == 2
    assert kept.recipe == "picture-1"


def test_what_an_editor_chose_survives_an_import():
    kept, hidden = image("a"), image("b")
    processing.store_picture(kept, jpeg(shade=1), by_editor=True)
    processing.hide([hidden])
    hidden.refresh_from_db()
    chosen = kept.content_hash
    assert processing.store_picture(kept, jpeg(shade=200))
    assert not processing.store_picture(hidden, jpeg(shade=200))
    assert kept.content_hash == chosen
    assert hidden.state == "off"


def test_reset_pictures_wait_to_be_fetched_but_what_a_host_gave_is_shown_until_then():
    given, chosen = image("a"), image("b")
    hidden = image("c", state="refused", reason="is no picture", tries=3)
    processing.store_picture(given, jpeg())
    processing.store_picture(chosen, jpeg(), by_editor=True)
    processing.reset([given, chosen, hidden])
    states = dict(Image.objects.values_list("pk", "state"))
    assert states == {given.pk: "ready", chosen.pk: "waiting", hidden.pk: "waiting"}
    assert not Image.objects.filter(is_edited=True).exists()
    hidden.refresh_from_db()
    assert (hidden.tries, hidden.reason) == (0, "")


@pytest.mark.django_db(transaction=True)
def test_two_processes_may_store_one_picture_at_once(monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    stored, both = image(), threading.Barrier(2)
    bulk_create = Rendition.objects.bulk_create

    def create_when_both_are_there(*given, **options):
        with suppress(threading.BrokenBarrierError):  # who waits for the other's lock does not come
            both.wait(0.5)
        return bulk_create(*given, **options)

    monkeypatch.setattr(Rendition.objects, "bulk_create", create_when_both_are_there)
    files = ({"shape": "whole", "width": 320, "height": 200, "size": 1000, "name": "a/b.webp"},)

    def note():
        try:
            processed = processing.Processed("0" * 64, "picture-1", files)
            processing.save_processed(Image.objects.get(pk=stored.pk), processed)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(note), threads.submit(note)]:
            done.result()
    assert stored.renditions.count() == 1
