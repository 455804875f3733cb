"""Files that come together are kept together, and what many of them say is kept once."""

from functools import partialmethod
from hashlib import sha256
from random import Random

import pytest
from django.db import connection

from articles.importing.loading import Loading
from articles.importing.undo import undo_import
from articles.models import ImportOutcome, ImportRun, Pack, SourceDocument
from articles.packing import PACK, Packing, pack, pack_files, unpack
from tests.feeds import make_source, poll
from tests.network import Site
from tests.written_feeds import item, rss


def _read(places):
    return [unpack(packed)[start : start + size] for packed, start, size in places]


@pytest.mark.parametrize("sizes", [[], [0], [3, 0, 5], [PACK, 1, PACK + 1, 2, 3], [PACK // 2] * 5])
def test_packed_files_come_back_in_their_order(sizes):
    files = [bytes([place]) * size for place, size in enumerate(sizes)]
    places = pack_files(files)
    assert _read(places) == files
    by_pack = {place.pack: place.start + place.size for place in places}
    assert all(size <= max(PACK, *sizes) for size in by_pack.values())


def test_what_many_files_say_is_kept_once():
    said = Random(4).randbytes(40_000)
    files = [b"file %d " % place + said for place in range(90)]
    assert len({place.pack for place in pack_files(files)}) == 1
    assert len(pack_files(files)[0].pack) < 2 * len(pack(files[0]))


def test_packing_holds_no_more_files_than_lie_in_one_pack():
    packing = Packing()
    for _ in range(9):
        packing.add(b"x" * (PACK // 2))
        assert sum(map(len, packing._files)) <= PACK


@pytest.fixture
def folder(write_article):
    """A store of two files."""
    write_article("one", related=("ferry", "quay"))
    return write_article("two", related=("ferry", "quay")).parent


@pytest.fixture
def kept(db):
    """Return a function that gives the bytes kept of each file, by path."""
    return lambda: {path: content for (path,), content in SourceDocument.objects.with_bytes("path")}


def test_the_files_of_an_import_lie_in_one_pack(folder, run_import, kept):
    run_import(folder)
    assert Pack.objects.count() == 1
    assert sorted(kept().values()) == sorted(path.read_bytes() for path in folder.glob("*.md"))
    run_import(folder)
    assert Pack.objects.count() == 1


def test_a_dry_run_keeps_nothing(folder, run_import):
    run_import(folder, dry_run=True)
    assert not Pack.objects.exists()


@pytest.mark.parametrize("beside", [10_000, 0], ids=["by the caller", "in a process beside"])
def test_of_a_refused_file_nothing_is_kept(folder, write_article, run_import, monkeypatch, beside):
    monkeypatch.setattr(Loading, "__init__", partialmethod(Loading.__init__, beside=beside))
    refused = write_article("bad", title="").read_bytes()
    write_article("three")
    assert run_import(folder).counts["refused"] == 1
    [whole] = [unpack(content) for (content,) in Pack.objects.values_list("content")]
    files = [path.read_bytes() for path in folder.glob("*.md")]
    assert len(whole) == sum(map(len, files)) - len(refused)
    assert refused not in whole


def test_what_an_import_replaced_is_kept_until_it_is_had_back(folder, write_article, run_import, kept):
    run_import(folder)
    before = kept()
    write_article("one", quality=80)
    report = run_import(folder)
    assert kept() != before
    outcome = ImportOutcome.objects.exclude(previous_pack=None).get()
    [(_, content)] = Pack.objects.read([(outcome.previous, None)], gone=[])
    assert content == before[outcome.document.path]
    assert outcome.previous_sha256 == sha256(content).hexdigest()
    assert not Pack.objects.unused().exists()
    undo_import(ImportRun.objects.get(pk=report.run))
    assert kept() == before


def test_small_packs_are_read_many_at_a_time(db, django_assert_num_queries):
    files = [b"file %d" % number for number in range(45)]
    places = Pack.objects.keep(pack_files([content])[0] for content in files)
    with django_assert_num_queries(3):
        found = dict(Pack.objects.read(zip(places, files, strict=True), gone=[]))
    assert found == {content: content for content in files}


def test_what_a_feed_tells_no_more_is_not_kept(settings, kept):
    settings.FETCH_HOST_INTERVAL = 0.0
    with Site() as site:
        source = make_source(site.url("/feed"))
        for version in ("first", "second", "third"):
            site.pages["/feed"] = (200, {}, rss(item("tide", title=f"The {version} tide"), item("ebb")))
            poll(site.place, source)
    assert [b"The third tide" in content for content in kept().values()].count(True) == 1
    assert Pack.objects.count() == 2
    assert sorted(unpack(content) for (content,) in Pack.objects.values_list("content")) == sorted(
        kept().values()
    )


def test_a_file_that_moves_to_another_pack_while_it_is_read_is_read_there(
    folder, write_article, run_import, kept
):
    run_import(folder)
    run_import(write_article("three", folder="other"))
    moved = []

    def move(execute, sql, params, many, context):
        if "articles_pack" in sql and "content" in sql and not moved:
            moved.append(SourceDocument.objects.order_by("pk").first())
            pack_of = Pack.objects.create(content=pack(b"told anew"))
            documents = SourceDocument.objects.filter(pack=moved[0].pack_id)
            moved.append(documents.update(pack=pack_of, start=0, size=9))
            Pack.objects.unused().delete()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(move):
        found = kept()
    assert moved[1:] == [2]
    assert sorted(found.values())[1:] == [b"told anew"] * 2
    assert b"three" in min(found.values())
