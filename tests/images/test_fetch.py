"""The picture run: newest public stories first, resumable, polite, and no picture stops another."""

import time
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.http.client import make_fetcher
from articles.images.decoder import Decoders
from articles.images.fetch import cache_images, wanted_images
from articles.models import Image, Provider, Rendition, Topic
from tests.pictures import add_image, jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture
def add(write_article, run_import):
    """Add a public article with pictures at these URLs, and return the images in their order."""
    numbers = count(1)

    def add(*urls, **fields):
        name = f"a{next(numbers)}"
        # A file may not name a picture on loopback, so the links are put in afterwards.
        given = [{"url": f"https://pictures.example/{name}-{place}.jpg"} for place in range(len(urls))]
        run_import(write_article(name, images=given, **fields))
        images = []
        for entry, url in zip(given, urls, strict=True):
            image = Image.objects.get(url=entry["url"])
            image.url, image.url_hash = url, Image.hash_of(url)
            image.save()
            images.append(image)
        return images

    return add


def states():
    return dict(Image.objects.order_by("pk").values_list("url", "state"))


def test_pictures_are_fetched_and_kept_with_their_validators(site, add):
    site.pages["/a.jpg"] = (200, {"ETag": '"1"'}, jpeg())
    (image,) = add(site.url("/a.jpg"))
    report = cache_images(wanted_images())
    image.refresh_from_db()
    assert (image.state, image.etag, report.counts["ready"], report.total) == ("ready", '"1"', 1, 1)
    assert image.renditions.count() == 5
    assert wanted_images() == []


def test_the_newest_public_stories_come_first_and_hidden_ones_not_at_all(add):
    old = add("https://a.example/1.jpg", publishedDateTime="2023-05-01T00:00:00Z")
    new = add("https://a.example/2.jpg", publishedDateTime="2023-05-03T00:00:00Z")
    add("https://a.example/3.jpg", published=False)
    add("https://a.example/4.jpg", removed=True)
    assert wanted_images() == [new[0].pk, old[0].pk]
    assert wanted_images(limit=1) == [new[0].pk]
    assert wanted_images(since=datetime(2023, 5, 2, tzinfo=UTC)) == [new[0].pk]


def test_of_an_articles_pictures_only_the_first_that_may_still_come_is_wanted(add):
    first, second = add("https://a.example/1.jpg", "https://a.example/2.jpg")
    assert wanted_images() == [first.pk]
    Image.objects.filter(pk=first.pk).update(state="refused")
    assert wanted_images() == [second.pk]
    assert wanted_images(retry=True) == [first.pk]
    Image.objects.filter(pk=first.pk).update(state="ready")
    assert wanted_images() == []


def test_logos_and_topic_pictures_are_fetched_too(site, add):
    add()
    site.pages["*"] = (200, {}, jpeg(200, 200))
    for owner, field, purpose in ((Provider, "logo", "logo"), (Topic, "image", "picture")):
        owner.objects.update(**{field: add_image(site.url(f"/{field}"), purpose=purpose)})
    report = cache_images(wanted_images())
    assert report.counts["ready"] == 2
    assert Provider.objects.get().logo.renditions.get().width == 96


def test_failures_are_told_and_tried_again_later_and_refusals_only_when_asked(site, add):
    answers = (500, {}, b"sorry"), (404, {}, b"none"), (200, {}, b"<svg/>")
    site.pages |= dict(zip(("/a.jpg", "/b.jpg", "/c.jpg"), answers, strict=True))
    images = [add(site.url(f"/{name}.jpg"))[0] for name in "abc"]
    inside = add("http://10.0.0.1/x.jpg")[0]
    report = cache_images(wanted_images())
    assert report.counts == {"ready": 0, "unchanged": 0, "refused": 3, "failed": 1, "left": 0}
    for image, state, reason in zip(
        [*images, inside],
        ["failed", "refused", "refused", "refused"],
        ["the server answered 500", "the server answered 404", "is no JPEG, PNG, GIF, WebP or AVIF picture",
         "the host is not a public address"],
        strict=True,
    ):  # fmt: skip
        image.refresh_from_db()
        assert (image.state, image.reason) == (state, reason)
    assert wanted_images() == []
    assert len(wanted_images(retry=True)) == 4
    Image.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
    assert wanted_images() == [images[0].pk]
    cache_images(wanted_images())
    images[0].refresh_from_db()
    assert images[0].tries == 2
    assert images[0].next_try_at > timezone.now() + timedelta(minutes=15)


def test_a_host_that_asks_for_time_is_left_alone_and_its_pictures_wait(site, add):
    site.pages["*"] = (503, {"Retry-After": "3600"}, b"later")
    for number in range(6):
        add(site.url(f"/{number}.jpg"))
    report = cache_images(wanted_images())
    assert len(site.requests) <= 2
    assert report.counts["failed"] + report.counts["left"] == 6
    assert wanted_images() == []
    assert min(Image.objects.values_list("next_try_at", flat=True)) > timezone.now() + timedelta(minutes=50)


def test_one_host_is_asked_for_few_pictures_at_once(site, add):
    running, most = [], []

    def page():
        running.append(1)
        most.append(len(running))
        time.sleep(0.02)
        running.pop()
        return 200, {}, jpeg()

    site.pages["*"] = page
    for number in range(8):
        add(site.url(f"/{number}.jpg"))
    cache_images(wanted_images())
    assert max(most) <= 2


def test_a_picture_that_kills_its_decoder_does_not_stop_the_run(site, add, monkeypatch):
    deadly = (
        "import os; from articles.images import renditions; real = renditions.respond; "
        "renditions.respond = lambda data, recipe: os.abort() if b'TIDE' in data else real(data, recipe); "
        "renditions.main()"
    )
    head = Decoders.program.partition("from articles")[0]
    monkeypatch.setattr(Decoders, "program", head + deadly)
    urls = [site.url(f"/{number}.jpg") for number in range(5)]
    site.pages = {f"/{number}.jpg": (200, {}, jpeg(shade=number)) for number in range(5)}
    site.pages["/2.jpg"] = (200, {}, jpeg() + b"TIDE")
    for url in urls:
        add(url)
    report = cache_images(wanted_images(), cores=1)
    assert report.counts["ready"] == 4
    assert states()[urls[2]] == "refused"


def test_a_run_that_was_stopped_goes_on_where_it_was(site, add):
    site.pages["*"] = lambda: (200, {}, jpeg(shade=len(site.requests)))
    for number in range(5):
        add(site.url(f"/{number}.jpg"))

    def stop(report):
        if report.done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache_images(wanted_images(), on_image=stop)
    assert Image.objects.filter(state="ready").count() == 2
    assert cache_images(wanted_images()).counts["ready"] == 3


def test_a_picture_that_did_not_change_is_kept_without_another_decoding(site, add, monkeypatch):
    site.pages["/a.jpg"] = (200, {"ETag": '"1"'}, jpeg())
    (image,) = add(site.url("/a.jpg"))
    cache_images([image.pk])
    before = list(image.renditions.values_list("pk", flat=True))
    monkeypatch.setattr("articles.images.fetch.process", None)
    assert cache_images([image.pk]).counts["unchanged"] == 1
    assert site.requests[-1][1]["If-None-Match"] == '"1"'
    site.pages["/a.jpg"] = (304, {}, b"")
    assert cache_images([image.pk]).counts["unchanged"] == 1
    site.pages["/a.jpg"] = (500, {}, b"sorry")
    assert cache_images([image.pk]).counts["failed"] == 1
    image.refresh_from_db()
    assert image.state == "ready"
    assert list(image.renditions.values_list("pk", flat=True)) == before


def test_a_full_store_takes_no_more(site, add, settings):
    site.pages["*"] = lambda: (200, {}, jpeg(shade=len(site.requests)))
    cache_images([add(site.url("/0.jpg"))[0].pk])
    Rendition.objects.update(size=500_000)
    settings.PICTURES_QUOTA_MB = 1
    add(site.url("/1.jpg"))
    report = cache_images(wanted_images())
    assert report.counts["left"] == 1
    assert "quota" in " ".join(report.lines())


def test_a_run_begins_nothing_after_its_time(site, add):
    add(site.url("/a.jpg"))
    assert cache_images(wanted_images(), seconds=-1).counts["left"] == 1
    assert site.requests == []
    assert len(wanted_images()) == 1


def test_the_command_draws_a_bar_on_a_terminal_and_says_what_came_of_it(site, add):
    site.pages["/a.jpg"] = (200, {}, jpeg())
    add(site.url("/a.jpg"))
    add(site.url("/b.jpg"))
    out = StringIO()
    out.isatty = lambda: True
    call_command("cache_images", stdout=out)
    assert "2/2" in out.getvalue()
    assert "1 ready, 0 unchanged, 1 refused, 0 failed, 0 left of 2" in out.getvalue()
    assert "1 x the server answered 404" in out.getvalue()
    with pytest.raises(CommandError):
        call_command("cache_images", "--since", "yesterday")


def test_the_door_is_opened_as_the_settings_say(settings):
    settings.FETCH_CONTACT = "https://news.example/contact"
    assert make_fetcher().agent == "NewsAggregator/0.1 (+https://news.example/contact)"


def test_an_image_deleted_meanwhile_is_passed_over():
    assert cache_images([12345]).counts["left"] == 1
