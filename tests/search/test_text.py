"""What a reader typed becomes terms, and hits are marked, without a database."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.search.text import MAX_TERMS, fold, mark, parse_query, snippet


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("tide tables", ("tide", "tables")),
        ('"tide tables" port', ("tide tables", "port")),
        ("“tide tables” port", ("tide tables", "port")),
        ("„tide tables“ «port wall»", ("tide tables", "port wall")),
        ('unclosed "quote', ("unclosed", "quote")),
        ("tide tide", ("tide",)),
        ("AND OR NOT NEAR(a b)", ("AND", "OR", "NOT", "NEAR(a", "b)")),
        ("title:tide* ^port", ("title:tide*", "^port")),
        ("C++ *** ()", ("C++",)),
        ("\x00ti\x00de\ud800", ("ti", "de")),
        ("", ()),
        ("   \t\n ", ()),
        ('""', ()),
    ],
    ids=["words", "phrase", "curly", "low and angled", "unclosed", "twice", "operators", "syntax", "signs",
         "nul", "empty", "blank", "nothing"],
)  # fmt: skip
def test_terms_of_what_was_typed(typed, terms):
    assert parse_query(typed).terms == terms


@given(st.text(max_size=600))
def test_any_text_gives_few_terms_and_pieces_that_make_up_the_text(typed):
    query = parse_query(typed)
    assert len(query.terms) <= MAX_TERMS
    assert not any('"' in term for term in query.terms)
    assert "".join(text for text, _ in mark(typed, query)) == typed


@pytest.mark.parametrize(
    ("text", "typed", "marked"),
    [
        ("Tides turn the turbines", "tide turbine", ["Tides", "turbines"]),
        ("Café opens", "cafe", ["Café"]),
        ("<b>tide</b>", "tide", ["tide"]),
        ("Tidal", "tide", []),
        ("हिन्दी में समाचार", "हिन्दी", ["हिन्दी"]),
        ("Cafe\u0301 opens", "café", ["Cafe\u0301"]),
        ("東京の新聞", "新聞 東京", ["東京", "新聞"]),
        ("nothing of it", "tide", []),
    ],
)
def test_words_of_the_query_are_marked(text, typed, marked):
    assert [piece for piece, is_marked in mark(text, parse_query(typed)) if is_marked] == marked


def test_a_snippet_is_short_and_stands_around_the_hit():
    text = "word " * 300 + "harbour " + "more " * 300
    pieces = snippet(text, parse_query("harbour"))
    assert ("harbour", True) in pieces
    assert len("".join(piece for piece, _ in pieces)) < 260
    assert pieces[0][0].startswith("… ")
    assert pieces[-1][0].endswith(" …")


@given(text=st.text(alphabet=st.characters(max_codepoint=0x250), max_size=60))
def test_a_folded_text_is_its_words_between_single_blanks(text):
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(c))
    words = " ".join(re.findall(r"[^\W_]+", plain))
    assert fold(text) == f" {words} "
