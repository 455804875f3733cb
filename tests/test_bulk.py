"""Many rows written at once: what goes in is what is there, on both databases."""

import gc
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.db import DataError, IntegrityError, connection, transaction

from articles.models import (
    Article,
    ArticleImage,
    ArticleTopic,
    Image,
    ImportOutcome,
    ImportRun,
    Pack,
    RelatedEntry,
    SourceDocument,
    StoryTopic,
    Topic,
)
from articles.models.bulk import committing_lightly, has_server, insert_rows, update_rows, writing

pytestmark = pytest.mark.django_db

OUTCOME = (
    "run",
    "sha256",
    "previous_size",
    "previous_sha256",
    "was_gone",
    "path",
    "outcome",
    "link",
    "field",
    "line",
    "reason",
    "changes",
)
TIME = datetime(2026, 2, 28, 23, 59, 59, 250_000, tzinfo=UTC)


def outcome(run, path, **values):
    given = {"sha256": "", "previous_size": None, "was_gone": False, "outcome": "created", "link": "",
             "field": "", "line": None, "reason": "", "changes": [], "previous_sha256": ""}  # fmt: skip
    return [({"run": run, "path": path} | given | values)[name] for name in OUTCOME]


def test_values_of_every_kind_come_back_as_they_went_in():
    run = ImportRun.objects.create()
    changes = [{"field": "title", "old": 'a "quoted" {text}, with \\', "new": "ü\n"}]
    rows = [
        outcome(run.pk, "a.md"),
        outcome(run.pk, 'b, "b" {b}.md', previous_size=3, was_gone=True, line=7, changes=changes),
    ]
    insert_rows(ImportOutcome, OUTCOME, rows)
    kept = list(ImportOutcome.objects.order_by("path").values_list(*OUTCOME))
    assert list(map(list, kept)) == rows


def test_bytes_come_back_as_they_went_in():
    contents = [b"\x00\\\xff{}", b"", b"plain"]
    insert_rows(Pack, ["content"], [(content,) for content in contents])
    assert sorted(bytes(found) for (found,) in Pack.objects.values_list("content")) == sorted(contents)


@pytest.mark.parametrize(
    "text",
    ["plain", "", "null", "a,b", '"a" "b"', "{a}", "\\a\\\\", "a\nb\t", "ü\u2028😀", "%s %(a)s %%", "'a''"],
)
def test_rows_are_found_among_texts_of_every_kind(text):
    run = ImportRun.objects.create()
    ImportOutcome.objects.bulk_create(
        ImportOutcome(run=run, path=path, outcome="created") for path in (text, f"{text}x", "other")
    )
    found = ImportOutcome.objects.filter(path__among=["nothing", text, f"{text}x"])
    assert sorted(found.values_list("path", flat=True)) == sorted([text, f"{text}x"])
    assert not ImportOutcome.objects.filter(path__among=[]).exists()


def test_rows_are_found_among_whole_numbers():
    runs = [ImportRun.objects.create() for _ in range(3)]
    outcomes = [ImportOutcome.objects.create(run=run, path="a.md", outcome="created") for run in runs]
    found = ImportOutcome.objects.filter(run__among={runs[0].pk, runs[2].pk, 1 << 62, -1})
    assert list(found.order_by("pk")) == [outcomes[0], outcomes[2]]
    assert not ImportOutcome.objects.filter(run__among=()).exists()


def test_a_column_may_be_empty_in_every_row():
    run = ImportRun.objects.create()
    insert_rows(ImportOutcome, OUTCOME, [outcome(run.pk, f"{place}.md") for place in range(3)])
    assert set(ImportOutcome.objects.values_list("previous_size", "line")) == {(None, None)}


def test_more_rows_than_one_statement_takes_are_all_written_and_returned():
    names = [f"{place:04}" for place in range(2345)]
    columns = ["name", "name_key", "slug"]
    made = Topic(name="", name_key="", slug="")
    fields = [field.name for field in Topic._meta.concrete_fields if not field.primary_key]
    rows = [[name if field in columns else getattr(made, field) for field in fields] for name in names]
    written = insert_rows(Topic, fields, rows, returning=["name", "id"])
    assert sorted(name for name, _ in written) == names
    update_rows(Topic, ["position", "image"], [(pk, int(name), None) for name, pk in written])
    assert list(Topic.objects.order_by("name").values_list("position", flat=True)) == list(range(2345))


def test_a_row_that_is_there_changes_only_what_it_shall():
    insert_rows(
        Image, ["url_hash", "url", "state", "reason", "content_hash"], [("1", "one", "ready", "", "x")]
    )
    again = [("1", "other", "waiting", "", ""), ("2", "two", "waiting", "", "")]
    insert_rows(
        Image,
        ["url_hash", "url", "state", "reason", "content_hash"],
        again,
        unique=["url_hash"],
        update=["url"],
    )
    found = Image.objects.order_by("url_hash").values_list("url_hash", "url", "state")
    assert list(found) == [("1", "other", "ready"), ("2", "two", "waiting")]


def test_moments_and_numbers_of_rows_are_changed_and_others_stay():
    first, second, third = (ImportRun.objects.create(created=place) for place in range(3))
    update_rows(
        ImportRun, ["finished_at", "created", "paths"], [(first.pk, TIME, 8, ["a"]), (third.pk, None, 9, [])]
    )
    found = ImportRun.objects.order_by("pk").values_list("finished_at", "created", "paths")
    assert list(found) == [(TIME, 8, ["a"]), (None, 1, []), (None, 9, [])]
    update_rows(ImportRun, ["created"], [])
    assert second.pk in ImportRun.objects.filter(created=1).values_list("pk", flat=True)


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


def test_what_the_database_refuses_is_an_error_of_django():
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(ImportOutcome, OUTCOME, [outcome(1, "a.md", outcome="lost")])


@pytest.mark.django_db(transaction=True)
def test_only_work_that_is_done_again_where_it_is_lost_does_not_wait_for_the_disk():
    def waits():
        with connection.cursor() as cursor:
            cursor.execute("SHOW synchronous_commit" if has_server() else "PRAGMA synchronous")
            return cursor.fetchone()[0]

    usual, light = ("on", "off") if has_server() else (1, 1)  # SQLite never waits but at checkpoints
    with committing_lightly():
        with writing():
            assert waits() == light
        assert waits() == usual
    with writing():
        assert waits() == usual


@pytest.mark.parametrize(
    ("model", "key"),
    [
        (Article, "provider_id"), (Article, "story_id"), (ArticleTopic, "article_id"),
        (ArticleImage, "article_id"), (SourceDocument, "store_id"), (RelatedEntry, "list_id"),
        (StoryTopic, "story_id"),
    ],
)  # fmt: skip
def test_a_key_with_which_an_index_begins_has_no_other_index(model, key):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table).values()
    begun = [each["columns"] for each in found if each["columns"][:1] == [key] and not each["foreign_key"]]
    assert len(begun) == 1
    assert len(begun[0]) > 1


def test_a_command_looks_for_garbage_once_all_modules_are_there():
    gc.disable()
    try:
        apps.get_app_config("articles").ready()
        assert gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()
