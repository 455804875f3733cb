"""The parser against PyYAML's CSafeLoader: on damaged invented files, and on a real store if there is one."""

import os
import random
from pathlib import Path

import pytest
import yaml

from articles.frontmatter.document import Memo, parse
from articles.frontmatter.emit import emit
from benchmarks.differential import run

pytestmark = pytest.mark.thorough

CORPUS = Path(os.environ.get("NEWS_CORPUS", Path(__file__).parents[3] / "shared" / "corpus"))


@pytest.fixture(scope="module")
def corpus() -> list[bytes]:
    files = sorted(CORPUS.glob("*/_news/*.md"))
    if not files:
        pytest.skip("no store to read; NEWS_CORPUS names one")
    return [path.read_bytes() for path in files]


def test_whatever_the_parser_accepts_of_3000_damaged_files_equals_what_csafeloader_reads():
    results, reasons, differences = run(3000, seed=20)
    assert differences == []
    # Enough of both kinds, else the damage tests nothing.
    assert results["equal"] > 750
    assert results["refused"] > 750
    # The parser is stricter only where the format says so.
    assert set(reasons) <= {
        "the key occurs twice", "a NUL is not allowed", "a key is not a string",
        "anchors and tags are not allowed", "directives and further documents are not allowed",
    }  # fmt: skip


@pytest.mark.corpus
def test_values_of_real_files_equal_those_of_csafeloader(corpus):
    memo = Memo()
    for data in random.Random(3).sample(corpus, min(150, len(corpus))):
        front = data[len(b"---\n") : data.rindex(b"\n---") + 1]
        expected = yaml.load(front, yaml.CSafeLoader)
        assert parse(data, memo).values == expected


@pytest.mark.corpus
def test_every_real_file_is_emitted_byte_for_byte_from_its_values(corpus):
    memo = Memo()
    documents = ((data, parse(data, memo)) for data in corpus)
    assert not [data for data, document in documents if emit(document.values, document.body) != data]
