"""Gaps are left to others where others have the database open, and only there."""

import sqlite3
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from articles.models import bulk, company
from articles.models.bulk import being_the_only_writer_here, has_server, writing

on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="seen on Linux only")
OTHER = """
import sqlite3, sys
opened = sqlite3.connect(sys.argv[1])
opened.execute("SELECT * FROM t")
print(flush=True)
input()
"""


@pytest.fixture
def database(tmp_path, monkeypatch):
    """An open database file, which the question is about."""
    path = tmp_path / "news.sqlite3"
    opened = sqlite3.connect(path)
    opened.execute("PRAGMA journal_mode=WAL")
    opened.execute("CREATE TABLE t (a)")
    opened.commit()
    settings = {"NAME": path}
    monkeypatch.setattr(company, "connection", SimpleNamespace(vendor="sqlite", settings_dict=settings))
    yield opened
    opened.close()


@on_linux
def test_another_process_is_seen_as_long_as_it_has_the_database_open(database):
    assert company.is_alone()
    path = company.connection.settings_dict["NAME"]
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        other.stdout.readline()
        assert not company.is_alone()
        other.communicate(b"\n")
    assert company.is_alone()


@on_linux
def test_asking_keeps_the_locks_of_this_process(database):
    database.execute("BEGIN IMMEDIATE")
    assert company.is_alone()
    path = company.connection.settings_dict["NAME"]
    code = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
    other = subprocess.run([sys.executable, "-c", code, str(path)], check=False, capture_output=True)
    assert b"database is locked" in other.stderr


def test_who_cannot_see_is_not_alone(tmp_path, monkeypatch):
    for vendor, name in (("sqlite", tmp_path / "none.sqlite3"), ("sqlite", ":memory:"), ("postgresql", "x")):
        other = SimpleNamespace(vendor=vendor, settings_dict={"NAME": name})
        monkeypatch.setattr(company, "connection", other)
        assert not company.is_alone()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("only_writer", "alone", "gaps"), [(True, True, 0), (True, False, 1), (False, True, 1), (False, False, 1)]
)
def test_a_gap_is_left_after_a_long_turn_unless_nobody_else_is_there(monkeypatch, only_writer, alone, gaps):
    if has_server():
        pytest.skip("PostgreSQL lets writers wait in a queue")
    slept = []
    monkeypatch.setattr(bulk, "is_alone", lambda: alone)
    monkeypatch.setattr(bulk, "_last", bulk._Turn(time.monotonic(), bulk._TURN))
    monkeypatch.setattr(bulk.time, "sleep", slept.append)
    if only_writer:
        with being_the_only_writer_here(), writing():
            pass
    else:
        with writing():
            pass
    assert len(slept) == gaps
