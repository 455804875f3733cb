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
