"""Files are loaded ahead of their writing: what each says, in order, whichever thread parses them."""

from datetime import UTC, datetime
from hashlib import sha256

import pytest

from articles.store.document import DocumentError
from articles.store.fields import FieldError
from articles.store.files import FileError, StoreFile
from articles.store.loading import CHUNK, Loading
from articles.store.pieces import Memo

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ARTICLE = """---
title: Report {number}
publishedDateTime: 2026-02-28T10:00:00Z
webUrl: https://news.example.com/{number}
quality: {quality}
provider:
  name: News
  domain: news.example.com
---
"""


def article(number, quality=50):
    return ARTICLE.format(number=number, quality=quality).encode()


@pytest.fixture(params=[False, True], ids=["in the caller's thread", "in a thread of its own"])
def load(request, tmp_path):
    def loaded(contents, known=()):
        files = []
        for name, content in contents.items():
            if content is not None:
                (tmp_path / name).write_bytes(content)
            files.append(StoreFile("store", name, str(tmp_path / name)))
        known = {name: sha256(content).hexdigest() for name, content in dict(known).items()}
        loading = Loading(lambda asked: known, lambda data: data[:3], Memo(), NOW, request.param)
        return list(loading.load(files))

    return loaded


def test_many_files_come_in_their_order(load):
    contents = {f"{number:04}.md": article(number) for number in range(9 * CHUNK + 5)}
    found = load(contents)
    assert [each.file.path for each in found] == list(contents)
    assert [each.fields.title for each in found] == [f"Report {number}" for number in range(len(contents))]


def test_a_new_file_brings_its_fields_its_hash_and_its_packed_bytes(load):
    [found] = load({"a.md": article(1)})
    assert (found.digest, found.packed) == (sha256(article(1)).hexdigest(), b"---")
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
