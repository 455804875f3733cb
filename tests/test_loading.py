"""Files are loaded ahead of their writing: what each says, in order, whichever process reads them."""

import os
import signal
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from io import BytesIO

import pytest

from articles import early
from articles.frontmatter.document import Memo
from articles.frontmatter.errors import DocumentError
from articles.frontmatter.fields import FieldError
from articles.http import sandbox as workers
from articles.importing import importer as importing
from articles.importing import loading, reader
from articles.importing.files import FileError, StoreFile
from articles.importing.loading import CHUNK, Loading
from articles.importing.merge import Telling, alone
from articles.importing.readers import Readers
from articles.models import SourceDocument
from articles.packing import unpack
from articles.plain import read_answer

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ARTICLE = """---
title: Report {number}
publishedDateTime: 2026-02-28T10:00:00.250Z
webUrl: https://news.example.com/{number}
quality: {quality}
provider:
  name: News
  domain: news.example.com
  images:
  - url: https://news.example.com/logo.png
images:
- url: https://news.example.com/{number}.png
  width: 640
  isCached: true
  title: A picture of {number}
topics:
- Ports
related:
{related}---
"""
COPY = """  - title: Copy {number}
    publishedDateTime: 2026-02-27T10:00:00Z
    webUrl: https://other.example.com/{number}
    provider:
      name: Other
      domain: other.example.com
"""


def article(number, quality=50, related=()):
    copies = "".join(COPY.format(number=each) for each in related)
    return ARTICLE.format(number=number, quality=quality, related=copies).encode()


@pytest.fixture(params=[10_000, 0], ids=["by the caller", "in a process beside"])
def load(request, tmp_path):
    """Return a function that loads files of these contents."""

    def loaded(contents, known=()):
        files = []
        for name, content in contents.items():
            if content is not None:
                (tmp_path / name).write_bytes(content)
            files.append(StoreFile("store", name, str(tmp_path / name)))
        known = {name: sha256(content).hexdigest() for name, content in dict(known).items()}
        with Readers(NOW) as beside:
            loading = Loading(lambda asked: known, beside, Memo(), NOW, request.param)
            return list(loading.load(files))

    return loaded


def _bytes_of(loaded):
    packed, start, size = loaded.place
    return unpack(packed)[start : start + size]


def test_many_files_come_in_their_order(load):
    contents = {f"{number:04}.md": article(number) for number in range(13 * CHUNK + 5)}
    found = load(contents)
    assert [each.file.path for each in found] == list(contents)
    assert [each.fields.title for each in found] == [f"Report {number}" for number in range(len(contents))]


def test_a_new_file_brings_its_fields_its_hash_and_its_packed_bytes(load):
    [found] = load({"a.md": article(1)})
    assert found.digest == sha256(article(1)).hexdigest()
    assert _bytes_of(found) == article(1)
    assert found.fields.quality == 50
    assert found.error is None


def test_a_file_with_the_known_bytes_is_not_parsed(load):
    [found] = load({"a.md": article(1)}, known={"a.md": article(1)})
    assert found.digest
    assert (found.fields, found.document, found.error) == (None, None, None)


def test_a_file_known_otherwise_brings_its_values_to_be_compared(load):
    [found] = load({"a.md": article(1, quality=60)}, known={"a.md": article(1)})
    assert found.fields.quality == found.document.values["quality"] == 60


def test_bad_files_bring_what_is_wrong_and_do_not_stop_the_others(load):
    contents = {
        "a.md": None,
        "b.md": b"---\ntitle: [\n---\n",
        "c.md": article(1, quality=-5),
        "d\udcff.md": article(2),
        "e.md": article(3),
    }
    found = load(contents)
    assert [type(each.error) for each in found[:4]] == [FileError, DocumentError, FieldError, FileError]
    assert found[2].document.line_of(found[2].error.field) == 5
    assert found[4].fields.title == "Report 3"


def _contents(count):
    return {f"{number:04}.md": article(number, related=[number % 7, number % 11]) for number in range(count)}


def _write(contents, folder):
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [StoreFile("store", name, str(folder / name)) for name in contents]


def _read(contents, folder, *, beside):
    files = _write(contents, folder)
    with Readers(NOW) as found:
        return list(Loading(lambda asked: {}, found, Memo(), NOW, beside).load(files))


def test_a_process_reads_what_the_caller_would_read(tmp_path, monkeypatch):
    contents = _contents(3 * CHUNK)
    here = _read(contents, tmp_path, beside=10_000)
    there = _read(contents, tmp_path, beside=0)
    for one, other in zip(here, there, strict=True):
        assert (one.file, one.digest, _bytes_of(one), one.fields) == (
            other.file, other.digest, _bytes_of(other), other.fields,
        )  # fmt: skip
        assert other.told == alone(Telling(one.file.path, "store", one.fields)).digest


def test_what_many_files_name_is_one_object(tmp_path):
    found = _read(_contents(3 * CHUNK), tmp_path, beside=0)
    copies = {id(copy) for each in found for copy in each.fields.related}
    assert len(copies) == len({copy for each in found for copy in each.fields.related}) == 11
    assert len({id(each.fields.provider) for each in found}) == 1


def test_the_numbers_of_copies_begin_anew_before_they_are_too_many(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "MAX_COPIES", 5)
    files = [[file.path, file.full, None] for file in _write(_contents(6), tmp_path)]
    here, taken = reader.Reader(), Readers(NOW)
    for place in range(3):
        answer = here.reply(place, NOW.isoformat(), files)
        read = taken._read(place, BytesIO(answer))
        assert [fields.related[1].title for _, _, fields, _ in read] == [f"Copy {n}" for n in range(6)]
        assert len(here._copies) == len(taken._copies) == 6


def test_files_looked_at_ahead_are_read_as_ever(tmp_path):
    contents = _contents(8)
    files = _write(contents, tmp_path)
    asked = [(file.path, file.full, None) for file in files]
    ahead, plain = reader.Reader(), reader.Reader()
    ahead.look_ahead([str(tmp_path), str(tmp_path / "nothing"), "news"], None, lambda: False)
    seen = {file.full: sha256(contents[file.path]).hexdigest() for file in files}
    assert read_answer(BytesIO(ahead.seen())) == seen
    (tmp_path / "0003.md").write_bytes(article(99))
    found = [Readers(NOW)._read(1, BytesIO(each.reply(1, NOW.isoformat(), asked))) for each in (ahead, plain)]
    assert found[0] == found[1]
    assert found[0][3][2].title == "Report 99"


@pytest.mark.parametrize("looks", [0, 1, 2])
def test_looking_ahead_ends_when_something_is_asked(tmp_path, monkeypatch, looks):
    monkeypatch.setattr(reader, "SOME", 4)
    _write(_contents(12), tmp_path)
    ahead, asked = reader.Reader(), iter([False] * looks + [True])
    ahead.look_ahead([str(tmp_path)], 1 << 20, lambda: next(asked))
    assert len(read_answer(BytesIO(ahead.seen()))) == 4 * looks


def test_an_import_goes_on_with_the_process_that_was_started_early(
    write_article, run_import, tmp_path, settings
):
    for number in range(4):
        write_article(f"r{number}")
    store = tmp_path / "store"

    def imported():
        early.start()
        early.begin(["--store", str(store)], settings.DATABASES["default"])
        [worker] = early._early
        report = run_import(store)
        assert worker.process.poll() is not None, "it is ended"
        return [each.outcome for each in report.files]

    assert imported() == ["created"] * 4
    assert imported() == ["unchanged"] * 4
    write_article("r2", title="Told anew")
    assert imported() == ["unchanged", "unchanged", "updated", "unchanged"]


def test_of_early_processes_there_is_none_where_there_is_no_processor_for_it(monkeypatch, settings):
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    early.start()
    early.begin([], settings.DATABASES["default"])
    assert early.early_worker() is None


@pytest.mark.parametrize(("kept", "seen"), [(2 * 1024, 0), (12 * 1024, 12), (None, 12)])
def test_files_that_a_small_database_cannot_know_are_not_hashed_ahead(tmp_path, kept, seen):
    _write(_contents(12), tmp_path)
    ahead = reader.Reader()
    ahead.look_ahead([str(tmp_path)], kept, lambda: False)
    assert len(read_answer(BytesIO(ahead.seen()))) == seen
    assert len(ahead._ahead) == 12


def test_the_size_of_a_database_counts_what_it_has_not_taken_over_yet(tmp_path):
    (tmp_path / "news.sqlite3").write_bytes(b"x" * 50)
    (tmp_path / "news.sqlite3-wal").write_bytes(b"x" * 7)
    sqlite = {"ENGINE": "django.db.backends.sqlite3"}
    assert early._size_of({**sqlite, "NAME": tmp_path / "news.sqlite3"}) == 57
    assert early._size_of({**sqlite, "NAME": tmp_path / "none"}) == 0
    assert early._size_of({"ENGINE": "django.db.backends.postgresql", "NAME": "news"}) is None


def test_a_process_that_read_is_handed_over_once_nobody_waits_for_its_answers(tmp_path):
    files = [(file.path, file.full, None) for file in _write(_contents(2), tmp_path)]
    with Readers(NOW) as found:
        answer = found.ask(files)
        first = found._worker
        answer()
        handed = found.hand_over()
        assert handed is first
        found.ask(files)
        other = found.hand_over()
        assert other not in (first, found._worker)
    for worker in (handed, other):
        assert worker.process.poll() is None
        worker.close()


@pytest.mark.parametrize(
    "program",
    ["raise SystemExit", "import os; os.kill(os.getpid(), 9)", "import os; os.write(1, b'x' * 30)"],
    ids=["ends", "is killed", "lies"],
)
def test_a_process_that_dies_costs_no_file(tmp_path, monkeypatch, program):
    monkeypatch.setattr(workers, "_BESIDE", program)
    found = _read(_contents(3 * CHUNK), tmp_path, beside=0)
    assert [each.fields.title for each in found] == [f"Report {number}" for number in range(3 * CHUNK)]


def test_a_process_killed_in_the_middle_costs_no_file(tmp_path):
    files = _write(_contents(4 * CHUNK), tmp_path)
    with Readers(NOW) as beside:
        found = []
        for loaded in Loading(lambda asked: {}, beside, Memo(), NOW, 0).load(files):
            found.append(loaded)
            if len(found) == CHUNK + 1:
                os.kill(beside._worker.process.pid, signal.SIGKILL)
        assert beside._worker is None
    assert [each.fields.title for each in found] == [f"Report {number}" for number in range(4 * CHUNK)]


def test_where_no_process_can_be_started_files_are_read_here(tmp_path, monkeypatch):
    def fails(program):
        raise OSError(12, "Cannot allocate memory")

    monkeypatch.setattr(workers, "Worker", fails)
    found = _read(_contents(3 * CHUNK), tmp_path, beside=0)
    assert [each.fields.title for each in found] == [f"Report {number}" for number in range(3 * CHUNK)]


@pytest.mark.parametrize("fails_at", ["_take_taxonomy", "_write"])
def test_what_was_asked_for_a_store_that_fails_is_not_taken_for_the_next(
    write_article, run_import, tmp_path, monkeypatch, fails_at
):
    for store in ("one", "two"):
        for number in range(40):
            write_article(f"{store}{number:02}", folder=f"{store}/_news")
    monkeypatch.setattr(loading, "CHUNK", 4)
    monkeypatch.setattr(importing, "Loading", partial(Loading, beside=1))
    real = getattr(importing._Importer, fails_at)

    def fails(importer, opened, *given):
        if opened.name == "one":
            raise OSError(5, "Input/output error")
        return real(importer, opened, *given)

    monkeypatch.setattr(importing._Importer, fails_at, fails)
    report = run_import(tmp_path / "one", tmp_path / "two")
    assert [each.path for each in report.files if each.outcome == "refused"] == ["one"]
    found = SourceDocument.objects.values_list("path", "article__title", "store__name")
    assert sorted(found) == [
        (f"_news/2023-05-04-two{number:02}.md", f"The two{number:02} report", "two") for number in range(40)
    ]
