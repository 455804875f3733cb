"""One transaction for all writers, and many rows written and looked up at once, on both databases."""

from datetime import UTC, datetime

import pytest
from django.db import DataError, transaction

from articles.caching.writing import chunked, update_rows, writing
from articles.models import Image, ImportRun, Topic

pytestmark = pytest.mark.django_db

TIME = datetime(2026, 2, 28, 23, 59, 59, 250_000, tzinfo=UTC)


def test_moments_numbers_and_lists_are_updated_and_other_rows_stay():
    first, _, third = (ImportRun.objects.create(created=place) for place in range(3))
    rows = [(first.pk, TIME, 8, ["a"]), (third.pk, None, 9, [])]
    update_rows(ImportRun, ["finished_at", "created", "paths"], rows)
    update_rows(ImportRun, ["created"], [])
    found = ImportRun.objects.order_by("pk").values_list("finished_at", "created", "paths")
    assert list(found) == [(TIME, 8, ["a"]), (None, 1, []), (None, 9, [])]


def test_more_rows_than_one_query_takes_are_updated_and_found():
    names = [f"{place:04}" for place in range(2345)]
    Topic.objects.bulk_create(Topic(name=name, name_key=name, slug=name) for name in names)
    parts = [Topic.objects.filter(name__in=part) for part in chunked(names)]
    rows = [(topic.pk, int(topic.name), None) for part in parts for topic in part]
    update_rows(Topic, ["position", "image"], rows)
    assert list(Topic.objects.order_by("name").values_list("position", flat=True)) == list(range(2345))


def test_text_that_is_too_long_is_never_cut():
    long = "x" * 70
    image = Image.objects.create(url_hash="1", url="one")
    try:
        with transaction.atomic():
            update_rows(Image, ["url_hash"], [(image.pk, long)])
    except DataError:
        long = "1"
    image.refresh_from_db()
    assert image.url_hash == long


def test_what_fails_while_writing_leaves_nothing():
    with pytest.raises(ValueError, match="no"), writing():
        ImportRun.objects.create()
        raise ValueError("no")
    assert not ImportRun.objects.exists()
