"""Duplicates are recognised, and so are sentences with other names in them."""

import pytest

from articles.stories.clusters import join_overlapping
from articles.stories.ranking import count_independent
from articles.stories.similarity import (
    is_same_sentence_with_other_names,
    name_profile,
)
from benchmarks.labelled import read_labelled
from benchmarks.stories import OWN_SET, ours
from tests.stories.test_ranking import ranked

TEXT = "Predicting which patients will respond well to treatment is a question of forty years"


@pytest.mark.parametrize(
    ("articles", "expected"),
    [
        ([ranked(1, excerpt=TEXT + ". Now there is more."), ranked(2, excerpt=TEXT + " …"), ranked(3)], 2),
        ([ranked(1, excerpt="Read on."), ranked(2, excerpt="Read on. There is more.")], 2),
        ([ranked(number, title=title) for number, title in enumerate(["The tide", "the  TIDE.", "", ""])], 3),
    ],
    ids=["a text that begins another", "a short beginning proves nothing", "equal titles but no empty ones"],
)
def test_duplicates_count_once(articles, expected):
    assert count_independent(articles) == count_independent(articles[::-1]) == expected


def test_groups_that_overlap_are_joined_across_in_the_order_of_their_first_keys():
    assert join_overlapping([[2], [4, 3], [0, 1], [5], [1, 4]]) == [[2], [4, 3, 0, 1], [5]]


KINDS = ("crossing ", "tariff ", "coach ")


@pytest.mark.parametrize(
    ("title", "excerpt", "names"),
    [
        ("Ferry aground off Kellmouth", "The Saint Orla struck a bank.", {"kellmo", "saint", "orla"}),
        ("Ferry aground", "All 214 on board are safe. Lifeboats came.", {"214"}),
        ("Ferry Runs Aground Off Kellmouth Pier", "It was stuck.", set()),
        ("Nahe Käldmund lief eine Fähre auf", "Auf der Ærø-Linie.", {"kaldmu", "fahr", "ærø", "lini"}),
        ("東京で地震", "震度5の揺れ。", {"5"}),
        ("Ferry aground off Kellmouth", "", set()),
        ("", "", set()),
    ],
)
def test_names_are_words_with_a_capital_inside_a_sentence_and_numbers(title, excerpt, names):
    assert name_profile(title, excerpt).names == names


def is_template(one, other):
    profiles = [(profile, dict.fromkeys(profile.terms, 1)) for profile in (one, other)]
    return is_same_sentence_with_other_names(*profiles)


FERRY = name_profile(
    "New ferry", "The new ferry between Ravensby and Farrow carries 330 people without noise."
)


@pytest.mark.parametrize(
    ("title", "excerpt", "expected"),
    [
        ("New ferry", "The new ferry between Stonemere and Maple carries 550 people without noise.", True),
        ("New ferry", "The new ferry between Ravensby and Farrow carries 340 people without noise.", False),
        ("New ferry", "The new ferry between Ravensby and Farrow carries hundreds without noise.", False),
        ("Ferry sails", "From Stonemere, a quiet ship now takes 550 people to Maple in half an hour.", False),
        ("New ferry", "", False),
    ],
    ids=["other names", "one other number", "no name of its own", "another sentence", "a title alone"],
)
def test_one_sentence_with_other_names_is_another_event(title, excerpt, expected):
    assert is_template(FERRY, name_profile(title, excerpt)) is expected
    assert is_template(name_profile(title, excerpt), FERRY) is expected


def test_events_in_the_same_sentences_are_stories_of_their_own():
    """Ferries, tariffs and coaches: thirteen events of the invented set, each with the others' sentences."""
    labelled = read_labelled(OWN_SET)
    stories = [{labelled.labels[key] for key in story} for story in ours(labelled.reports)]
    events = [labels for labels in stories if any(label.startswith(KINDS) for label in labels)]
    assert len(events) == 13
    assert all(len(labels) == 1 for labels in events)
