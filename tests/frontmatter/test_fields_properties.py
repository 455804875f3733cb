"""Whatever values a file has, they are read or refused with a reason; what is read is clean."""

import os
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.frontmatter.fields import (
    ArticleFields,
    FieldError,
    clean_text,
    decode_entities,
    encode_entities,
    read_article,
)
from articles.frontmatter.links import LinkError, clean_link, link_key

NOW = datetime(2026, 1, 1, tzinfo=UTC)
EXAMPLES = int(os.environ.get("EXAMPLES", "150"))  # 10,000 before a release
KEYS = [
    "category", "title", "excerpt", "publishedDateTime", "originalUrl", "webUrl", "ampWebUrl", "cdnAmpWebUrl",
    "type", "quality", "heat", "published", "removed", "provider", "topics", "images", "related", "secured",
    "name", "domain", "url", "width", "height", "isCached",
]  # fmt: skip
ODD_LINKS = ["https://a.example/a", "http://b.example/?q=ü#x", "https://u:p@c.example/", "ftp://d", "//"]
LINKS = st.sampled_from(ODD_LINKS) | st.text(max_size=30).map("https://f.example/{}".format)
MOMENTS = st.datetimes(datetime(1980, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.replace(fold=0))
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | LINKS | MOMENTS
    | st.dates(date(1980, 1, 1), date(2030, 1, 1)) | st.text("&amp;lt#x3e; 1", max_size=20)
    | st.sampled_from(["2023-05-04T09:30:00Z", "article", "video", 57, True, "a\u202eb", "e\u0301"])
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), inner, max_size=6)
    ),
    max_leaves=12,
)
# A whole article with some of its values replaced: most random mappings would be refused at once.
WHOLE = {
    "title": "The tide turns",
    "publishedDateTime": "2023-05-04T09:30:00Z",
    "webUrl": "https://harbour.example/tide",
    "provider": {"name": "Harbour Gazette", "domain": "harbour.example"},
    "topics": ["Docks"],
}
MAPPINGS = st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=8), VALUES, max_size=8) | st.dictionaries(
    st.sampled_from(KEYS), VALUES | st.sampled_from([WHOLE["provider"], [WHOLE]]), max_size=3
).map(lambda changed: WHOLE | changed)


def _again(fields: ArticleFields) -> dict:
    """Return front matter that says what was read."""
    return {
        "title": encode_entities(fields.title), "excerpt": encode_entities(fields.excerpt),
        "publishedDateTime": fields.published_at,
        "webUrl": fields.web_url or None, "originalUrl": fields.original_url or None,
        "ampWebUrl": fields.amp_url or None, "cdnAmpWebUrl": fields.cdn_amp_url or None, "type": fields.kind,
        "quality": fields.quality, "heat": fields.heat, "published": fields.is_published,
        "removed": fields.is_removed,
        "provider": {
            "name": encode_entities(fields.provider.name), "domain": fields.provider.domain,
            "images": _images(fields.provider),
        },
        "topics": [encode_entities(name) for name in fields.topics], "images": _images(fields),
        "related": [_again(copy) for copy in fields.related],
    }  # fmt: skip


def _images(fields) -> list[dict]:
    names = {"url": "url", "width": "width", "height": "height", "isCached": "is_cached", "title": "title"}
    return [{key: getattr(each, name) for key, name in names.items()} for each in fields.images]


@pytest.mark.thorough
@settings(max_examples=EXAMPLES, deadline=None)
@given(MAPPINGS)
def test_reading_ends_in_fields_or_a_reason_and_reading_again_changes_nothing(values):
    try:
        fields = read_article(values, NOW)
    except FieldError as error:
        assert error.reason
        return
    assert read_article(_again(fields), NOW) == fields


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text())
def test_clean_text_is_cleaned_by_cleaning_once(text):
    assert clean_text(clean_text(text)) == clean_text(text)


@settings(max_examples=EXAMPLES, deadline=None)
@given(LINKS)
def test_a_clean_link_is_clean_and_has_one_key(link):
    try:
        clean = clean_link(link)
    except LinkError:
        return
    assert clean_link(clean) == clean
    assert link_key(clean) == link_key(clean + "#part")


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text("&amp;lt#x3e; 1"))
def test_encoded_text_is_decoded_to_what_it_was(text):
    assert decode_entities(encode_entities(text)) == text
