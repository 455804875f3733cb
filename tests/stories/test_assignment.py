"""Ids follow the articles."""

from hypothesis import given
from hypothesis import strategies as st

from articles.stories.assignment import inherit_ids


def test_a_story_keeps_its_id_as_it_grows():
    assert inherit_ids({7: {1, 2}}, [[1, 2, 3]]) == ([7], {})


def test_the_older_id_survives_a_merge_and_the_other_redirects():
    assert inherit_ids({7: {1}, 9: {2, 3, 4}}, [[1, 2, 3, 4]]) == ([7], {9: 7})


def test_the_larger_part_keeps_the_id_after_a_split():
    assert inherit_ids({7: {1, 2, 3}}, [[1], [2, 3]]) == ([None, 7], {})


def test_of_equal_parts_the_first_keeps_the_id():
    assert inherit_ids({7: {1, 2}}, [[1], [2]]).ids == [7, None]


def test_an_id_without_articles_is_gone():
    assert inherit_ids({7: {1}}, [[2]]) == ([None], {})


def test_a_story_that_goes_up_in_parts_of_others_redirects_to_where_most_of_it_went():
    found = inherit_ids({3: {1, 2}, 5: {3, 4, 5}}, [[1, 2, 3], [4, 5]])
    assert found == ([3, 5], {})


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
