"""Ids follow the articles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.stories.assignment import inherit_ids


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param({7: {1, 2}}, [[1, 2, 3]], ([7], {}), id="a story grows"),
        pytest.param({7: {1}, 9: {2, 3, 4}}, [[1, 2, 3, 4]], ([7], {9: 7}), id="the older of two merged"),
        pytest.param({7: {1, 2, 3}}, [[1], [2, 3]], ([None, 7], {}), id="the larger part of a split"),
        pytest.param({7: {1, 2}}, [[1], [2]], ([7, None], {}), id="of equal parts the first"),
        pytest.param({7: {1}}, [[2]], ([None], {}), id="an id without articles is gone"),
        pytest.param({3: {1, 2}, 5: {3, 4, 5}}, [[1, 2, 3], [4, 5]], ([3, 5], {}), id="a member moves"),
    ],
)
def test_ids_follow_the_articles(before, after, expected):
    assert inherit_ids(before, after) == expected


PARTITION = st.lists(st.integers(0, 4), min_size=1, max_size=12)


def parts(labels):
    found = {}
    for key, label in enumerate(labels):
        found.setdefault(label, []).append(key)
    return list(found.values())


@given(PARTITION, PARTITION)
def test_every_id_lives_or_leads_to_a_living_one(before, after):
    old = {place + 10: set(keys) for place, keys in enumerate(parts(before))}
    found = inherit_ids(old, parts(after))
    living = [story_id for story_id in found.ids if story_id]
    assert len(set(living)) == len(living)
    assert set(living) | set(found.redirects) == {pk for pk, keys in old.items() if min(keys) < len(after)}
    assert set(found.redirects.values()) <= set(living)


@given(PARTITION)
def test_the_same_stories_keep_the_same_ids(labels):
    stories = parts(labels)
    old = {place + 10: set(keys) for place, keys in enumerate(stories)}
    assert inherit_ids(old, stories) == (list(old), {})
