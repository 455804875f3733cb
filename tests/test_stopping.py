"""A command that the database stops, or somebody at the keyboard, says so in one line."""

from contextlib import contextmanager
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from articles.management.common import stoppable
from articles.models import ImportRun


@contextmanager
def _read_only():
    """Let the database take no writes for a while."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET TRANSACTION READ ONLY")  # until the savepoint ends
            yield
            return
        cursor.execute("PRAGMA query_only = 1")
        try:
            yield
        finally:
            cursor.execute("PRAGMA query_only = 0")


def _run(command, *arguments):
    return call_command(command, *map(str, arguments), stdout=StringIO(), stderr=StringIO())


def test_a_database_that_cannot_be_written_stops_a_command_in_one_line(write_article, run_import):
    path = write_article("one")
    run = run_import(path).run
    write_article("two")
    for work, *command in (
        ("import", "import_articles", path.parent),
        ("undoing", "undo_import", run),
        ("grouping", "group_stories", "--rebuild"),
    ):
        with pytest.raises(CommandError) as stopped, _read_only():
            _run(*command)
        told = str(stopped.value)
        assert told.startswith(f"the database stopped the {work}: ")
        assert told.endswith("; run it again to go on")
        assert "\n" not in told
    assert ImportRun.objects.count() == 1


@pytest.mark.parametrize(
    ("work", "table", "command"),
    [
        ("import", "articles_importrun", ("import_articles", "seeds")),
        ("undoing", "articles_importrun", ("undo_import", "1")),
        ("export", "articles_sourcedocument", ("export_articles", "out")),
        ("grouping", "articles_article", ("group_stories", "--rebuild")),
        ("polling", "articles_source", ("poll_sources", "--due")),
        ("fetching of pictures", "articles_image", ("cache_images", "--limit", "1")),
        ("pruning", "articles_image", ("prune_images",)),
    ],
)
def test_a_database_without_tables_stops_a_command_in_one_line(work, table, command, db):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO elsewhere")
    with pytest.raises(CommandError, match=f"the database stopped the {work}: .*{table}") as stopped:
        _run(*command)
    assert "\n" not in str(stopped.value)


def test_ctrl_c_ends_an_undoing_as_it_ends_an_import(write_article, run_import, monkeypatch):
    def stop(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr("articles.management.commands.undo_import.undo_import", stop)
    run = run_import(write_article("one")).run
    with pytest.raises(CommandError, match="stopped; run it again to go on") as stopped:
        _run("undo_import", run)
    assert stopped.value.returncode == 130


@pytest.mark.django_db
def test_a_mistake_of_ours_keeps_its_traceback():
    with pytest.raises(IntegrityError), stoppable("import"):
        raise IntegrityError("UNIQUE constraint failed")


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL waits without a limit")
def test_every_stage_of_a_command_waits_for_a_locked_database(write_article, monkeypatch):
    def timeout(*given):
        with connection.cursor() as cursor:
            seen.extend(cursor.execute("PRAGMA busy_timeout").fetchone())

    seen = []
    timeout()
    for stage in ("group_waiting", "import_images"):
        monkeypatch.setattr(f"articles.management.commands.import_articles.{stage}", timeout)
    call_command("import_articles", str(write_article("one")), stdout=StringIO())
    timeout()
    usual, *stages, afterwards = seen
    assert stages == [300_000, 300_000] and afterwards == usual < 300_000
