"""A few sources for some hours of our own clock; the whole week is `python -m tests.soak.week`."""

import pytest

from tests.soak.week import in_a_world


@pytest.mark.thorough
@pytest.mark.django_db
def test_good_sources_stay_fresh_and_bad_ones_are_left_alone():
    result = in_a_world(10, 0.25)
    assert result.wrong == []
    assert result.articles > 50
    assert result.polls > 40
