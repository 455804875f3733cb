"""A few sources for some hours of our own clock; the whole week is `python -m tests.soak.week`."""

import pytest

from tests.soak.week import BAD, Clock, in_a_world, make_papers


@pytest.mark.thorough
@pytest.mark.django_db
def test_good_sources_stay_fresh_and_bad_ones_are_left_alone():
    result = in_a_world(10, 0.25)
    assert result.wrong == []
    assert result.articles > 50
    assert result.polls > 40


def test_a_fifth_of_the_papers_is_bad_in_every_way():
    papers = make_papers(100, 1, Clock(), 1)
    assert {paper.kind for paper in papers} == {"good", *BAD}
    assert sum(paper.kind != "good" for paper in papers) == 20
