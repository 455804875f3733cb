"""What editors decided holds."""

from hypothesis import given
from hypothesis import strategies as st

from articles.stories.assignment import Contradiction, apply_constraints, build_constraints

NUMBERS = st.integers(0, 9)
PAIRS = st.lists(st.tuples(NUMBERS, NUMBERS).filter(lambda pair: pair[0] != pair[1]), max_size=6)


def test_stories_with_articles_put_together_are_joined():
    assert apply_constraints([[1, 2], [3], [4]], build_constraints([(2, 4)], [])) == [[1, 2, 4], [3]]


def test_what_is_apart_from_one_is_apart_from_all_put_together_with_it():
    decisions = build_constraints([(1, 2)], [(2, 3)])
    assert decisions.apart == {1: {3}, 2: {3}, 3: {1, 2}}


def test_an_article_apart_from_one_in_a_joined_story_stays_outside_with_its_own():
    decisions = build_constraints([(1, 4)], [(3, 5)])
    assert apply_constraints([[1, 2, 3], [4, 5, 6]], decisions) == [[1, 2, 3, 4, 6], [5]]


def test_contradictions_are_named_with_the_chain_and_not_applied():
    decisions = build_constraints([(1, 2), (2, 3)], [(3, 1)])
    assert decisions.contradictions == (Contradiction((1, 3), (1, 2, 3)),)
    assert decisions.apart == {}
    assert apply_constraints([[1], [2], [3]], decisions) == [[1, 2, 3]]


def test_an_article_that_is_gone_does_no_harm():
    assert apply_constraints([[1]], build_constraints([(1, 99)], [(1, 98)])) == [[1]]


@given(PAIRS, PAIRS, st.lists(NUMBERS, min_size=10, max_size=10))
def test_decisions_hold_or_are_named(together, apart, labels):
    decisions = build_constraints(together, apart)
    stories = [[key for key in range(10) if labels[key] == label] for label in sorted(set(labels))]
    # As grouping does: nothing that is apart shares a story.
    stories = [[key] for key in range(10)] if any(
        decisions.apart.get(key, frozenset()) & set(story) for story in stories for key in story
    ) else stories  # fmt: skip
    place = {
        key: number for number, story in enumerate(apply_constraints(stories, decisions)) for key in story
    }
    named = {frozenset(found.apart) for found in decisions.contradictions}
    assert sorted(place) == list(range(10))
    assert all(place[one] == place[other] for one, other in together)
    assert all(place[one] != place[other] or {one, other} in named for one, other in apart)


@given(PAIRS, PAIRS, st.randoms())
def test_the_order_of_decisions_does_not_matter(together, apart, rng):
    first = build_constraints(together, apart)
    turned = [pair[::-1] for pair in together]
    rng.shuffle(turned)
    assert build_constraints(turned, apart[::-1]) == first
