"""Writing an article file: the canonical form, what survives the round trip, and one block replaced."""

import math
from datetime import UTC, date, datetime, timedelta, timezone
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.frontmatter.document import MAX_BYTES, DocumentError, parse
from articles.frontmatter.emit import emit, replace_block

CANONICAL = """\
---
category: news
title: "High \\"water\\": a record"
excerpt: "One.\\r\\nTwo.\\u2028Three \\\\ – “it’s” \u00a0\u200b"
publishedDateTime: 2023-05-04T09:30:00Z
webUrl: "https://harbour-gazette.example/a?b=c#d"
type: article
quality: 57
heat: -1
published: true

featuredContent: "<b>"

provider:
  name: Harbour's Gazette, Ltd.
  domain: harbour-gazette.example
  images:
    - url: "https://pictures.example/a.jpg"
      width: 50
      height: 50

topics:
  - Tidal Energy
  - 9 to 5
  - "NO"
  - "C#"

related:
  - title: "Tide"
    publishedDateTime: 2023-05-04T09:30:00Z
    provider:
      name: "2024"
      domain: harbour-gazette.example
    images:
      - url: "https://pictures.example/b.jpg"
        isCached: false

secured: "aW52ZW50ZWQ="

editorNote: "free text"
---

"""


def written(value: object, key: str = "note") -> str:
    """Return the text that a value gets as the only block of a file."""
    return emit({key: value}).decode().removeprefix("---\n").removesuffix("---\n\n")


def test_a_canonical_file_is_emitted_byte_for_byte_from_its_values():
    data = CANONICAL.encode()
    document = parse(data)
    assert emit(document.values).decode() == CANONICAL
    assert emit(document.values, document.body) == data


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(None, "null", id="null"),
        pytest.param(False, "false", id="bool"),
        pytest.param(10**70, f"{10**70:#x}", id="number-too-long-in-decimals"),
        pytest.param(1e20, "1.0e+20", id="float-with-exponent"),
        pytest.param(-math.inf, "-.inf", id="infinity"),
        pytest.param(math.nan, ".nan", id="nan"),
        pytest.param(date(2023, 5, 4), "2023-05-04", id="date"),
        pytest.param(datetime(2023, 5, 4, 9, 30), "2023-05-04T09:30:00", id="no-zone"),
        pytest.param(
            datetime(2023, 5, 4, 9, 30, tzinfo=timezone(timedelta(hours=-3.5))),
            "2023-05-04T09:30:00-03:30",
            id="zone",
        ),
        pytest.param([], "[]", id="empty-list"),
        pytest.param({}, "{}", id="empty-mapping"),
        pytest.param("\x7f\x85\u2029\ufeff", '"\\u007f\\u0085\\u2029\\ufeff"', id="characters-yaml-refuses"),
        pytest.param("🌊", '"🌊"', id="emoji"),
    ],
)
def test_a_value_has_one_form(value, text):
    assert written(value) == f"note: {text}\n"


@pytest.mark.parametrize(
    "name",
    ["yes", "No", "null", "~", "2024", "1,000", "1e3", "1:30", "2023-05-04", "y", "a: b", "a #b", "#a", "-a"]
    + ["'a'", "", " a", "a ", "a\nb", "[a", "{a", "*a", "&a", "!a", "%a", "=", "<<", "a:", "?", "x" * 201],
)  # fmt: skip
def test_a_name_that_would_be_misread_is_quoted(name):
    assert written(name, "category").startswith('category: "')
    assert parse(emit({"category": name})).values == {"category": name}


def test_any_string_can_be_a_key():
    for key in ["yes", "1", "a b", "a.b", "", "<<", "é", "a\nb", "k" * 1500, '"' * 900, "~"]:
        values = {key: 1, "b": {key: [{key: key}]}}
        assert parse(emit(values)).values == values


def test_lists_in_lists_and_any_kind_of_mapping_are_written_in_blocks():
    assert written([["a", ["b"]], {"c": [1]}]) == (
        'note:\n  - - "a"\n    - - "b"\n  - c:\n      - 1\n'
    )  # fmt: skip
    assert written(MappingProxyType({"a": 1})) == "note:\n  a: 1\n"


def test_blocks_are_set_off_by_blank_lines_but_not_from_the_fences():
    assert emit({"topics": ["a"], "b": 1, "c": 2}) == b"---\ntopics:\n  - a\n\nb: 1\nc: 2\n---\n\n"


def test_a_body_follows_the_fence_as_it_is():
    assert emit({"a": 1}, "\nText\r\n").endswith(b"---\n\nText\r\n")
    assert parse(emit({"a": 1}, "Text")).body == "Text"
    assert parse(emit({"a": 1})).body == "\n"
    for body in ("\0", "\ud800"):
        with pytest.raises(DocumentError):
            emit({"a": 1}, body)


def nested(levels: int) -> object:
    value: object = []
    for _ in range(levels - 1):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("values", "field", "reason"),
    [
        pytest.param({}, None, "no values", id="nothing"),
        pytest.param({1: "a"}, None, "not a string", id="integer-key"),
        pytest.param({"a": [{"b": 1}, {None: 1}]}, "a.1", "not a string", id="null-key-inside"),
        pytest.param({"a": {"b": ["c\0"]}}, "a.b.0", "NUL", id="nul"),
        pytest.param({"a\0": 1}, None, "NUL", id="nul-in-key"),
        pytest.param({"a": "\ud800"}, "a", "surrogate", id="surrogate"),
        pytest.param({"a": b"b"}, "a", "type bytes", id="bytes"),
        pytest.param({"a": {"b": {1}}}, "a.b", "type set", id="set"),
        pytest.param({"a": 10**80}, "a", "too long", id="number-too-long"),
        pytest.param({"a": 10**5000}, "a", "too long", id="number-far-too-long"),
        pytest.param({"a": nested(20)}, "a" + ".0" * 19, "20 levels", id="21-levels"),
        pytest.param(
            {"a": datetime(2023, 5, 4, tzinfo=timezone(timedelta(seconds=90)))}, "a", "minutes", id="odd-zone"
        ),
        pytest.param({"a": "x" * MAX_BYTES}, None, "2 MiB", id="too-large"),
    ],
)
def test_what_a_file_cannot_hold_is_refused_with_its_field(values, field, reason):
    with pytest.raises(DocumentError) as caught:
        emit(values)
    assert (caught.value.field, caught.value.line) == (field, None)
    assert reason in caught.value.reason


def test_20_levels_can_be_written_and_read():
    values = {"a": nested(19)}
    assert parse(emit(values)).values == values


CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
# Text that YAML has a meaning for is rare among random characters.
TRAPS = ["yes", "1:30", "010", "2023-05-04", "~", "<<", "=", "- a", "a: b", "a #b", "---", "...", "\ufeff"]
KNOWN = ["title", "name", "topics", "provider", "related", "secured", "quality", "domain"]
WORDS = st.text(CHARACTERS, max_size=30) | st.sampled_from(TRAPS)
MINUTES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(timezones=st.none() | st.just(UTC) | MINUTES).map(lambda each: each.replace(fold=0))
NUMBERS = st.integers(-(2**200), 2**200) | st.floats(allow_nan=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.dates() | MOMENTS | WORDS
KEYS = WORDS | st.sampled_from(KNOWN)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=8)
FILES = st.dictionaries(KEYS, VALUES, min_size=1)


@pytest.mark.thorough
@given(FILES, st.text(CHARACTERS))
@settings(deadline=None, max_examples=60)
def test_every_value_survives_the_round_trip(values, body):
    document = parse(emit(values, body))
    # As text: it tells 1 from true, -0.0 from 0.0, and the zone of a moment.
    assert repr(document.values) == repr(values)
    assert document.body == (body or "\n")


@given(FILES, KEYS, VALUES)
@settings(deadline=None, max_examples=40)
def test_a_replaced_block_has_its_value_and_the_others_theirs(values, key, value):
    wanted = values | {key: value}
    if value is None:
        del wanted[key]
    if wanted:
        assert parse(replace_block(emit(values), key, value)).values == wanted


def test_a_block_replaced_by_its_value_or_removed_and_put_back_is_as_before():
    data = CANONICAL.encode()
    for key, value in parse(data).values.items():
        assert replace_block(data, key, value) == data
        less = replace_block(data, key, None)
        assert key not in parse(less).values
        assert b"\n\n\n" not in less
        assert replace_block(less, key, value) == data


ODD = """\
---
# About this file
title:   'It''s "odd"'   # single quotes
"quality": 57   # by hand
topics: [one, two]
# the provider
provider: {name: Harbour Gazette,
           domain: harbour-gazette.example}   # two lines
note: |
  Text
    of lines

? long
: value
nothing:
---
Body --- text
"""


@pytest.mark.parametrize(
    ("key", "value", "old", "new"),
    [
        pytest.param("quality", 60, '"quality": 57   #', "quality: 60   #", id="comment-stays"),
        pytest.param("title", "It's", "title:   'It''s \"odd\"'   #", 'title: "It\'s"   #', id="quotes"),
        pytest.param("topics", ["a"], "topics: [one, two]", "topics:\n  - a", id="brackets"),
        pytest.param(
            "provider",
            {"name": "B"},
            "provider: {name: Harbour Gazette,\n           domain: harbour-gazette.example}   # two lines",
            "provider:\n  name: B",
            id="braces",
        ),
        pytest.param("note", "x", "note: |\n  Text\n    of lines\n", 'note: "x"\n', id="block-scalar"),
        pytest.param("note", None, "note: |\n  Text\n    of lines\n\n", "\n", id="block-scalar-removed"),
        pytest.param("long", 1, "? long\n: value", "long: 1", id="question-mark"),
        pytest.param("nothing", True, "nothing:", "nothing: true", id="empty-value"),
        pytest.param("nothing", None, "nothing:\n", "", id="empty-value-removed"),
        pytest.param("quality", None, '"quality": 57   # by hand\n', "", id="line-removed"),
        pytest.param("published", True, "by hand\n", "by hand\npublished: true\n", id="inserted-in-order"),
        pytest.param("category", "news", "title:  ", "category: news\ntitle:  ", id="inserted-first"),
        pytest.param("extra", 1, "nothing:\n", "nothing:\nextra: 1\n", id="unknown-inserted-last"),
        pytest.param("secured", "x", "two]\n", 'two]\n\nsecured: "x"\n\n', id="set-off-by-blank-lines"),
    ],
)
def test_only_the_block_of_the_key_changes(key, value, old, new):
    assert ODD.count(old) == 1
    for newline, encoding in [("\n", "utf-8"), ("\r\n", "utf-8"), ("\n", "utf-8-sig"), ("\r\n", "utf-8-sig")]:
        both = (ODD, ODD.replace(old, new))
        before, after = (text.replace("\n", newline).encode(encoding) for text in both)
        assert replace_block(before, key, value).decode() == after.decode()


def test_a_file_that_keeps_its_keys_indented_stays_so():
    data = b"---\n  a: 1\n  topics:\n    - b\n---\n"
    assert replace_block(data, "topics", ["c", "d"]) == b"---\n  a: 1\n  topics:\n    - c\n    - d\n---\n"
    assert replace_block(data, "z", {"x": [1]}).endswith(b"    - b\n\n  z:\n    x:\n      - 1\n---\n")


def test_front_matter_in_braces_is_written_anew_and_the_body_kept():
    assert replace_block(b"---\n{a: 1, b: x}\n---\nBody", "a", 2) == b'---\na: 2\nb: "x"\n---\nBody'


def test_removing_what_is_missing_changes_nothing():
    assert replace_block(ODD.encode(), "secured", None) == ODD.encode()


def test_a_block_that_cannot_be_replaced_is_refused():
    cases = [
        (b"---\na: 1\n---\n", "a", None, ("no values", None, None)),
        (CANONICAL.encode(), "topics", ["a", b"b"], ("type bytes", None, "topics.1")),
        (b"---\na: 1\na: 2\n---\n", "a", 3, ("twice", 3, "a")),
    ]
    for data, key, value, (reason, line, field) in cases:
        with pytest.raises(DocumentError, match=reason) as caught:
            replace_block(data, key, value)
        assert (caught.value.line, caught.value.field) == (line, field)
