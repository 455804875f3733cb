"""Reading an article file: what is refused and where, what plain text means, lines of fields, the memo."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from articles.frontmatter.document import MAX_BYTES, DocumentError, Memo, RelatedEntry, parse

ENTRY = """\
  - title: "Tide {number}"
    publishedDateTime: 2023-05-04T09:30:00Z
    webUrl: "https://harbour-gazette.example/{number}"
    provider:
      name: Harbour's Gazette
      domain: harbour-gazette.example
    quality: 20
    images:
      - url: "https://pictures.example/{number}.jpg"
        width: 640
"""
ORDINARY = (
    "---\ntitle: \"High water\"\nquality: 57\n\nrelated:\n"
    + ENTRY.format(number=1)
    + ENTRY.format(number=2)
    + "\nsecured: \"aW52ZW50ZWQ=\"\n---\n\n"
)  # fmt: skip
EAST = timezone(timedelta(hours=5, minutes=30))


def file(front: str) -> bytes:
    """Return a file whose line 2 is a title, so that the text given starts on line 3."""
    return f"---\ntitle: x\n{front}\n---\n".encode()


def refusal(data: bytes) -> DocumentError:
    """Return the error of a file, which must be the same with a memo."""
    errors = []
    for memo in (None, Memo()):
        with pytest.raises(DocumentError) as caught:
            parse(data, memo)
        errors.append(caught.value)
    first, second = errors
    assert (first.reason, first.line, first.field) == (second.reason, second.line, second.field)
    return first


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        pytest.param(b"", 1, "empty", id="no-bytes"),
        pytest.param(b" \n\n", 1, "empty", id="blanks"),
        pytest.param(b"\xef\xbb\xbf", 1, "empty", id="only-bom"),
        pytest.param(b"title: x\n", 1, "first line", id="no-fence"),
        pytest.param(b"\n---\na: b\n---\n", 1, "first line", id="blank-line-first"),
        pytest.param(b"----\na: b\n---\n", 1, "first line", id="four-dashes"),
        pytest.param("---\na: b\n---\n".encode("utf-16"), 1, "first line", id="utf-16"),
        pytest.param(b"---\na: b\n", 1, "missing", id="not-closed"),
        pytest.param(b"---\na: b\n ---\n----\n---x\n", 1, "missing", id="closed-by-nothing-exact"),
        pytest.param(b"---\na: b\nc: \xe9\n---\n", 3, "0xe9 is not valid UTF-8", id="latin-1"),
        pytest.param(b"---\na: b\n---\n\nx\xff", 5, "UTF-8", id="bad-byte-in-body"),
        pytest.param(b"---\na: b\n# \xed\xa0\x80\n---\n", 3, "UTF-8", id="surrogate-in-comment"),
        pytest.param(b"---\na: b\nc: \x00\n---\n", 3, "NUL", id="nul"),
        pytest.param(b"---\na: b\n---\n\n\x00", 5, "NUL", id="nul-in-body"),
        pytest.param(b"---\na: b\n---\n" + b"x" * MAX_BYTES, 1, "larger than 2 MiB", id="too-large"),
        pytest.param(b"---\n---\n", 2, "empty", id="empty-front-matter"),
        pytest.param(b"---\n# nothing\n---\n", 2, "empty", id="only-a-comment"),
        pytest.param(b"---\n{}\n---\n", 2, "empty", id="empty-mapping"),
        pytest.param(b"---\n- a: b\n---\n", 2, "keys and values", id="list"),
        pytest.param(b"---\njust a sentence\n---\n", 2, "keys and values", id="scalar"),
        pytest.param(b"---\n~\n---\n", 2, "", id="null"),
        pytest.param(b"---\n--- {a: b}\n---\n", 2, "further documents", id="second-document"),
        pytest.param(b"---\n%YAML 1.1\n--- {a: b}\n---\n", 2, "directives", id="directive"),
    ],
)
def test_a_file_without_proper_front_matter_is_refused_with_its_line(data, line, reason):
    error = refusal(data)
    assert (error.line, error.field) == (line, None)
    assert reason in error.reason


@pytest.mark.parametrize(
    ("front", "line", "field", "reason"),
    [
        pytest.param("a: &t b", 3, "a", "anchors", id="anchor"),
        pytest.param("a:\n  - &t b\n  - *t", 4, "a.0", "anchors", id="anchor-in-list"),
        pytest.param("a: *t", 3, "a", "aliases", id="alias"),
        pytest.param("*t : b", 3, None, "aliases", id="alias-as-key"),
        pytest.param("a: !!str 1", 3, "a", "tags", id="tag"),
        pytest.param("a: ! 1", 3, "a", "tags", id="bare-tag"),
        pytest.param("a:\n  b: !colour {c: d}", 4, "a.b", "tags", id="tag-of-a-stranger"),
        pytest.param('a: !!python/object/apply:os.system ["true"]', 3, "a", "tags", id="python-tag"),
        pytest.param("<<: {a: b}", 3, None, "<<", id="merge-key"),
        pytest.param("a: <<", 3, "a", "<<", id="merge-as-value"),
        pytest.param("a: =", 3, "a", "=", id="equals-value"),
        pytest.param("=: a", 3, None, "=", id="equals-key"),
        pytest.param("title: y", 3, "title", "twice", id="duplicate"),
        pytest.param('a: b\n"title": y', 4, "title", "twice", id="duplicate-quoted"),
        pytest.param("a:\n  - b: 1\n    c: 2\n    b: 3", 6, "a.0.b", "twice", id="duplicate-in-list"),
        pytest.param("2023: a year", 3, None, "not a string", id="integer-key"),
        pytest.param("yes: a", 3, None, "not a string", id="bool-key"),
        pytest.param("a:\n  ? [b]\n  : c", 4, "a", "not a string", id="list-key"),
        pytest.param("?\n: a", 3, None, "not a string", id="null-key"),
        pytest.param("--- a", 3, None, "further documents", id="second-document"),
        pytest.param("...\nb: c", 4, None, "YAML", id="text-after-the-end"),
        pytest.param("%YAML 1.1\nb: c", 4, None, "YAML", id="directive"),
        pytest.param("a:\n\tb: c", 4, None, "YAML", id="tab"),
        pytest.param("a: b: c", 3, None, "YAML", id="two-colons"),
        pytest.param('a: "b\nc: d', 3, None, "YAML", id="open-quote"),
        pytest.param("a: \x07", 3, None, "control characters", id="control-character"),
        pytest.param("é: ü\na: \x07", 4, None, "control characters", id="control-character-after-umlauts"),
        pytest.param('a: "\\0"', 3, "a", "NUL", id="escaped-nul"),
        pytest.param('a: "\\ud800"', 3, None, "YAML", id="escaped-surrogate"),
        pytest.param("a: 2023-13-04", 3, "a", "valid date", id="month-13"),
        pytest.param("a: 2023-01-01T10:00:00+99:00", 3, "a", "valid date", id="zone-99"),
        pytest.param("a: 0b_", 3, "a", "valid number", id="no-digits"),
        pytest.param("a: 1" + ":59" * 30, 3, "a", "64", id="long-base-60"),
        pytest.param("a: " + "9" * 65, 3, "a", "64", id="long-integer"),
        pytest.param("a: " + "[" * 60_000, 3, "a" + ".0" * 19, "20 levels", id="60000-brackets"),
        pytest.param("? " * 100_000, 3, None, "not a string", id="100000-question-marks"),
        pytest.param("a:\n" + "- " * 100_000, 4, "a" + ".0" * 19, "20 levels", id="100000-dashes"),
        pytest.param("a: [" + "b," * 300_000, 3, "a.299995", "too many", id="too-many-values"),
    ],
)
def test_what_the_format_leaves_out_of_yaml_is_refused_with_line_and_field(front, line, field, reason):
    error = refusal(file(front))
    assert (error.line, error.field) == (line, field)
    assert reason in error.reason


def test_only_line_feeds_count_as_lines():
    for separator in ("\u2028", "\u2029", "\x85", "\r"):
        assert refusal(file(f'a: "b{separator}c"\nd: *e')).line == 4


def test_the_fields_of_related_entries_are_named_in_refusals():
    error = refusal(ORDINARY.replace("Tide 2", "Tide 2\\0").encode())
    assert (error.line, error.field) == (16, "related.1.title")
    error = refusal(ORDINARY.replace("2.jpg", '2.jpg"\n        url: "').encode())
    assert (error.line, error.field) == (25, "related.1.images.0.url")


def test_a_refusal_shows_no_control_characters_and_no_more_than_100_characters():
    error = refusal(file(f'"\\a{"k" * 200}": &a b'))
    assert len(error.field) == 100
    assert error.field.startswith("\\x07kkk")
    assert len(refusal(file('"' + "\\x01" * 99 + '": &a b')).field) == 100
    error = refusal(file("a: 2023-13-01 00:00:00." + "1" * 40))
    assert len(error.reason) < 100


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *[("yes", True), ("Off", False), ("y", "y"), ("~", None), ("", None)],
        *[("57", 57), ("010", 8), ("0x1F", 31), ("1_000", 1000), ("1:30", 90), ("-1", -1)],
        *[("1e3", "1e3"), ("1.5", 1.5), ("1.0e+3", 1000.0), ("-.inf", float("-inf"))],
        ("2023-05-04", date(2023, 5, 4)),
        ("2023-05-04T09:30:00Z", datetime(2023, 5, 4, 9, 30, tzinfo=UTC)),
        ("2023-05-04 09:30:00", datetime(2023, 5, 4, 9, 30)),
        ("2023-05-04T09:30:00.5+05:30", datetime(2023, 5, 4, 9, 30, 0, 500_000, EAST)),
        *[("'57'", "57"), ('"yes"', "yes"), ('"<<"', "<<"), ("9 to 5", "9 to 5"), ("x" * 100, "x" * 100)],
    ],
)
def test_plain_text_means_what_yaml_1_1_says(text, value):
    found = parse(file(f"a: {text}")).values["a"]
    assert (type(found), found) == (type(value), value)


@pytest.mark.parametrize(
    ("data", "values", "body"),
    [
        pytest.param(b"\xef\xbb\xbf---\na: b\n---\n", {"a": "b"}, "", id="bom"),
        pytest.param(b"---\r\na: b\r\n---\r\nText\r\n", {"a": "b"}, "Text\r\n", id="crlf"),
        pytest.param(b"--- \t\na: b\n--- \n\n", {"a": "b"}, "\n", id="blanks-after-fences"),
        pytest.param(b"---\na: b\n---", {"a": "b"}, "", id="no-newline-at-end"),
        pytest.param(b"---\na: b --- c\n---\n---\n", {"a": "b --- c"}, "---\n", id="dashes-in-text"),
        pytest.param(b"---\n\xef\xbb\xbfa: b\n---\n", {"a": "b"}, "", id="bom-inside"),
        pytest.param(b"---\nb: 1\na: 2\n---\n\xc3\xa9", {"b": 1, "a": 2}, "é", id="order"),
        pytest.param(b"---\n{a: [b, {c: d}]}\n---\n", {"a": ["b", {"c": "d"}]}, "", id="braces"),
        pytest.param(b"---\na: b\n...\n---\n", {"a": "b"}, "", id="end-mark"),
    ],
)
def test_a_proper_file_gives_its_values_and_body(data, values, body):
    for memo in (None, Memo()):
        found = parse(data, memo)
        assert (found.values, list(found.values), found.body) == (values, list(values), body)


LINES = """\
provider:
  name: Harbour Gazette
topics: [one,
  two]
images:
  - width: 5
    title: "a
      b"
  -
    width: 6
"dotted.key": 1
? long
: "x"
last:
  - - a
    - b
"""


def test_line_of_finds_a_field_or_its_nearest_parent():
    lines = {
        "title": 2, "provider": 3, "provider.name": 4, "provider.domain": 3, "provider.name.x": 4,
        "topics.0": 5, "topics.1": 6, "topics.7": 5, "images.0": 8, "images.0.url": 8, "images.0.title": 9,
        "images.1.width": 12, "dotted.key": 13, "long": 14, "last.0.1": 18, "webUrl": None, "webUrl.0": None,
    }  # fmt: skip
    for prefix in (b"", b"\xef\xbb\xbf"):
        found = parse(prefix + file(LINES))
        assert {path: found.line_of(path) for path in lines} == lines


def test_line_of_counts_line_feeds_and_characters_not_bytes():
    found = parse(file('é: "ü\u2028ö"\nb: "日\u0085本"\nc: 1'))
    assert [found.line_of(path) for path in ("é", "b", "c")] == [3, 4, 5]


def test_line_of_knows_the_lines_of_a_file_put_together_from_a_memo():
    memo = Memo()
    parse(ORDINARY.encode(), memo)
    found = parse(ORDINARY.encode(), memo)
    lines = {"related.1.title": 16, "related.1.images.0.width": 25, "related.1.excerpt": 16, "secured": 27}
    assert {path: found.line_of(path) for path in lines} == lines


def test_files_share_their_entries_through_the_memo():
    memo = Memo()
    first = parse(ORDINARY.encode(), memo).values["related"]
    second = parse(ORDINARY.replace("High water", "Low water").encode(), memo).values["related"]
    assert all(one is other for one, other in zip(first, second, strict=True))
    assert [type(entry) for entry in first] == [RelatedEntry, RelatedEntry]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("", "", id="ordinary"),
        pytest.param('\nsecured: "aW52ZW50ZWQ="\n', "", id="ends-with-related"),
        pytest.param("Tide 1", "Tide\t1", id="tab"),
        pytest.param('"Tide 1"', "'Tide 1'", id="single-quotes"),
        pytest.param('"Tide 1"', '"Tide\n      1"', id="quoted-text-over-lines"),
        pytest.param("related:\n", "related:\n\n", id="blank-line-first"),
        pytest.param("related:\n", "related:\n# note\n", id="comment-first"),
        pytest.param("title: \"High", "  # note\ntitle: \"High", id="comment-at-the-top"),
        pytest.param("quality: 57", "note: |\n\n  text\n\n", id="block-scalar-above"),
        pytest.param("Tide 1", "Tide\u20281", id="line-separator"),
        pytest.param("\n", "\r\n", id="crlf"),
    ],
)  # fmt: skip
def test_an_ordinary_or_unusual_file_has_the_same_values_with_a_memo(old, new):
    data = ORDINARY.replace(old, new).encode()
    assert parse(data, Memo()) == parse(data)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("quality: 57", "related: []", id="related-twice"),
        pytest.param("secured:", "related:\nsecured:", id="related-again-below"),
        pytest.param("quality: 57", 'note: "open', id="open-quote-above"),
        pytest.param("secured:", "- secured:", id="list-below"),
        pytest.param("\nsecured:", "--- x\nb: c\nsecured:", id="document-mark-below"),
        pytest.param("    quality: 20", "   quality: 20", id="indented-too-little"),
        pytest.param("    quality: 20", "    title: 20", id="title-twice-in-an-entry"),
    ],
)  # fmt: skip
def test_a_bad_file_is_refused_alike_with_a_memo(old, new):
    refusal(ORDINARY.replace(old, new).encode())


def test_20_levels_are_fine_and_counted_alike_with_a_memo():
    assert parse(file("a: " + "[" * 19 + "]" * 19)).values["a"]
    nested = "".join(f"{'  ' * level}a:\n" for level in range(3, 20))
    assert parse(file(f"related:\n  - b: 1\n    c:\n{nested}"), Memo())
    error = refusal(file(f"related:\n  - b: 1\n    c:\n{nested}{'  ' * 20}a:\n{'  ' * 21}a: b\n"))
    assert "20 levels" in error.reason


def test_the_memory_of_a_memo_is_bounded():
    memo = Memo()
    for number in range(Memo.MAX_ENTRIES + 10):
        parse(file(f"related:\n  - title: t{number}"), memo)
    assert memo.entry.cache_info().currsize == Memo.MAX_ENTRIES
    [entry] = parse(file(f'related:\n  - title: "{"x" * Memo.MAX_ENTRY_BYTES}"'), memo).values["related"]
    assert type(entry) is dict
