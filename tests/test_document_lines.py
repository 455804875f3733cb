"""Front matter read line by line: what it takes means what the parser says; the rest it leaves."""

import pytest
import yaml

from articles.frontmatter.lines import read_lines

ORDINARY = """\
category: news
title: "He said \\"no\\"\\nand left"
excerpt: ""
publishedDateTime: 2020-12-30T09:00:00Z
webUrl: https://a.example/b?c=d#e
quality: 51
published: false
secured:

provider:
  name: R&D, Inc.
  images:
    - url: "https://a.example/ü.png"
      width: 20

    - url: "https://a.example/2.png"
topics:
  - Azure
  - C#
"""


def test_ordinary_lines_have_the_values_that_the_parser_reads():
    assert read_lines(ORDINARY.encode()) == yaml.load(ORDINARY, yaml.CSafeLoader)


@pytest.mark.parametrize(
    "text",
    [
        "", "\n", "a: b\n  c", "a: b\n  c: d", "a:\n- b", "  a: b", "a: b\na: c", "yes: b", "a: *b", "a: [b]",
        "a: |\n  b", 'a: "b\n  c"', "a: b # c", "a: 'b'", "a: \tb", "a: b\r\nc: d", "- a",
        "a:\n  - b\n   - c",
        "a:\n    b: c\n  d: e", "a: =", "a: 2024-13-01",
        'a: "\\u0041"', "a:\n  - b: c\n    - d", "a:\n  - - b",
        "a: b\n---\nc: d", "a: \ufeffb", "a: \uffffb", f"{'k' * 1100}: b", "a:\n  ",
    ],
)  # fmt: skip
def test_what_is_not_complete_in_each_line_is_left_to_the_parser(text):
    assert read_lines(text.encode()) is None


def test_bytes_that_are_no_text_are_left_to_the_parser():
    assert read_lines(b"a: \xff") is None
