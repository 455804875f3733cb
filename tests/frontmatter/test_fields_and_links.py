"""Field rules and links by tables."""

from datetime import UTC, datetime

import pytest

from articles.frontmatter.fields import FieldError, clean_text, decode_entities, read_article
from articles.frontmatter.links import LinkError, clean_link, link_key

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("HTTPS://Harbour.Example:443/Path", "https://harbour.example/Path"),
        ("https://bücher.example/a", "https://xn--bcher-kva.example/a"),
        ("https://harbour.example/a b", "https://harbour.example/a%20b"),
        ('https://harbour.example/"<b>', "https://harbour.example/%22%3Cb%3E"),
        ("https://harbour.example/%e2’", "https://harbour.example/%e2%E2%80%99"),
        ("http://[2606:4700:4700::1111]/a", "http://[2606:4700:4700::1111]/a"),
        ("http://harbour.example.:8443/", "http://harbour.example:8443/"),
    ],
)
def test_a_link_has_one_spelling(given, clean):
    assert clean_link(given) == clean
    assert clean_link(clean) == clean


@pytest.mark.parametrize(
    "given",
    ["javascript:alert(1)", "//harbour.example/", "http://user:pw@harbour.example/", "http://127.0.0.1/",
     "http://0x7f.1/", "http://2130706433/", "http://localhost/", "http://printer.local/", "http://[::1]/",
     "http://[::ffff:127.0.0.1]/", "http://１２７.０.０.１/", "http://a.example:99999/", "http://a\\b.example/",
     "http://a.exa\nmple/", "http:///x", "http://a..example/", 5, None, "http://224.0.0.1/"],
)  # fmt: skip
def test_a_bad_link_is_refused(given):
    with pytest.raises(LinkError):
        clean_link(given)


def test_spellings_of_one_article_have_one_key_and_other_links_another():
    for other in (
        "http://a.example/x", "https://a.example/x/", "https://a.example/x#part", "https://A.example/x",
        "https://a.example/x?utm_source=y", "https://a.example/x?fbclid=1&gclid=2",
    ):  # fmt: skip
        assert link_key(clean_link(other)) == link_key("https://a.example/x")
    keys = {link_key(f"https://a.example/{rest}") for rest in ("x", "X", "x?page=2", "x?page=3")}
    assert len(keys) == 4


def test_a_long_key_is_bounded_and_still_tells_links_apart():
    keys = {link_key("https://a.example/" + "x" * 1900 + end) for end in "ab"}
    assert len(keys) == 2
    assert max(map(len, keys)) <= 500


def test_text_is_cleaned():
    cleaned = {"a \t\n b": "a b", "e\u0301": "é", "a\u202eb\u200b": "ab",  " x ": "x"}
    cleaned |= {"👩\u200d🚀": "👩\u200d🚀"}
    assert {text: clean_text(text) for text in cleaned} == cleaned


def test_entities_are_decoded_once():
    assert decode_entities("Fish &amp; ships &amp;lt; &copy") == "Fish & ships &lt; &copy"


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"title": None}, "title"), ({"title": "x" * 501}, "title"), ({"quality": True}, "quality"),
     ({"heat": -2}, "heat"), ({"published": "true"}, "published"), ({"topics": "AI"}, "topics"),
     ({"topics": ["AI", " "]}, "topics.1"), ({"images": [{"width": 3}]}, "images.0.url"),
     ({"provider": {"name": "A", "domain": "http://a.example"}}, "provider.domain"),
     ({"related": [{"title": "x"}]}, "related.0.webUrl"), ({"secured": []}, "secured"),
     ({"publishedDateTime": datetime(9999, 1, 1)}, "publishedDateTime"), ({"webUrl": None}, "webUrl")],
)  # fmt: skip
def test_a_bad_value_is_refused_by_its_field(changes, field):
    values = {
        "title": "x", "publishedDateTime": "2023-05-04T09:30:00+05:30", "webUrl": "https://a.example/x",
        "provider": {"name": "A", "domain": "a.example"},
    }  # fmt: skip
    assert read_article(values, NOW).published_at == datetime(2023, 5, 4, 4, tzinfo=UTC)
    with pytest.raises(FieldError) as error:
        read_article(values | changes, NOW)
    assert error.value.field == field
