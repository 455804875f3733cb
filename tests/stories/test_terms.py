"""Texts become terms, by tables."""

import pytest

from articles.stories.similarity import text_weights, words_and_terms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        pytest.param("Ferries' fares", ["ferry", "fare"], id="endings are dropped"),
        pytest.param("Überflutungen", ["uberfl"], id="accents are folded, six letters kept"),
        pytest.param("The week in review", [], id="grammar, calendar and trade say nothing"),
        pytest.param("10,000 jobs at 7.1", ["10000", "job", "7.1"], id="numbers count whole"),
        pytest.param("Varnholt’s plan", ["varnho", "plan"], id="the genitive is dropped"),
        pytest.param("新型電車", ["新型", "型電", "電車"], id="no spaces: pairs of letters"),
        pytest.param("ตลาดบ้าน", ["ตล", "ลา", "าด", "ดบ", "บา", "าน"], id="Thai, without tone marks"),
        pytest.param("K-77b", ["77b"], id="a letter alone is dropped"),
        pytest.param("мост через", ["мост", "через"], id="Cyrillic"),
        pytest.param("दिल्ली में", ["दिलली", "में"], id="vowel signs stand inside words"),
        pytest.param("북한산", ["북한산"], id="Hangul stays whole"),
        pytest.param("", [], id="nothing"),
        pytest.param("!!! — …", [], id="signs alone"),
    ],
)
def test_texts_become_terms(text, terms):
    assert [term for _, term in words_and_terms(text, 40)] == terms


def test_a_title_weighs_more_than_an_excerpt():
    title, weights = text_weights("Ferry aground", "The ferry waits")
    assert title == ("ferry", "agroun")
    assert weights["ferry"] > weights["agroun"] > weights["wait"]


def test_a_long_text_is_read_only_so_far():
    assert len(words_and_terms("word" + "x" * 10_000_000, 60)) == 1
    assert len(words_and_terms("tide " * 1000, 60)) == 60
