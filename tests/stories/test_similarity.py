"""Document frequencies, vectors and similarity, by tables."""

import pytest

from articles.stories import similarity
from articles.stories.similarity import (
    DocumentFrequencies,
    cosine,
    shared_terms,
    text_weights,
    titles_differ_in_a_name,
)


def frequencies(*days):
    counted = DocumentFrequencies()
    for day, texts in enumerate(days):
        counted.add_day(day, texts)
    return counted


def test_a_common_term_is_less_rare():
    counted = frequencies([["tide", "ferry"], ["tide"]])
    assert (
        counted.inverse_frequency("tide")
        < counted.inverse_frequency("ferry")
        < counted.inverse_frequency("unseen")
    )


def test_days_count_back_to_two_thousand_articles():
    full, new = [["tide"]] * similarity.COUNTED_ARTICLES, [["new"]]
    without = frequencies(full, new).inverse_frequency("old")
    assert frequencies([["old"]], full, new).inverse_frequency("old") == without
    assert frequencies([["old"]], full[1:], new).inverse_frequency("old") < without


def test_a_day_of_more_than_a_year_ago_does_not_count():
    counted = DocumentFrequencies()
    counted.add_day(0, [["old"]])
    counted.add_day(similarity.COUNTED_DAYS + 1, [["new"]])
    assert counted.inverse_frequency("old") == counted.inverse_frequency("unseen")


def test_a_vector_has_unit_length_and_a_text_is_like_itself():
    counted = frequencies([["tide", "ferry"], ["pier"]])
    vector = counted.vector({"tide": 1.0, "ferry": 0.5})
    assert cosine(vector, vector) == pytest.approx(1, abs=0.01)
    assert counted.vector({}) == {}


def test_the_terms_shown_add_up_to_the_cosine():
    counted = frequencies([["tide", "ferry", "pier"]])
    one, two = counted.vector({"tide": 1, "ferry": 1}), counted.vector({"tide": 1, "pier": 1})
    assert sum(value for _, value in shared_terms(one, two)) == pytest.approx(cosine(one, two))
    assert [term for term, _ in shared_terms(one, two)] == ["tide"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Ferrol now available in the market hall", "Mistral now available in the market hall", True),
        ("Global Oat Drink Market Size to 2038", "Global Parking Sensor Market Size to 2038", True),
        ("Ferry aground at Kellmouth pier", "Ferry aground at Kellmouth pier, says board", False),
        ("Ferry aground at Kellmouth", "Court fines baker", False),
    ],
)
def test_titles_equal_but_for_one_name_are_a_template(one, other, expected):
    texts = [text_weights(title, "") for title in (one, other)]
    assert titles_differ_in_a_name(*texts, frequencies([weights for _, weights in texts])) is expected


def test_a_name_that_the_other_text_has_is_no_difference():
    one = text_weights("Ferrol now available in the market hall", "")
    other = text_weights("Mistral now available in the market hall", "Like Ferrol before it.")
    assert not titles_differ_in_a_name(one, other, frequencies([one[1], other[1]]))


def test_similarity_fades_with_time_and_within_one_provider():
    assert similarity.time_factor(0) == 1 > similarity.time_factor(3600) == similarity.time_factor(-3600)
    assert similarity.provider_factor({"a"}, {"a", "b"}) > similarity.provider_factor({"a"}, {"b"})
