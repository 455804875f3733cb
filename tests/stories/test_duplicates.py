"""Duplicates are recognised, and so are sentences with other names in them."""

import pytest

from articles.stories.duplicates import (
    duplicate_sets,
    is_same_sentence_with_other_names,
    name_profile,
    normalize,
)
from benchmarks.labelled import read_labelled
from benchmarks.stories import OWN_SET, ours

TEXT = "Predicting which patients will respond well to treatment is a question of forty years"


def test_a_text_that_begins_another_is_its_duplicate():
    texts = [("One", TEXT + ". Now there is more."), ("Two", TEXT + " …"), ("Three", "Another text")]
    assert duplicate_sets(texts).lists() == [[0, 1], [2]]


def test_a_short_beginning_proves_nothing():
    assert duplicate_sets([("One", "Read on."), ("Two", "Read on. There is more.")]).lists() == [[0], [1]]


def test_equal_titles_are_duplicates_but_empty_ones_are_not():
    texts = [("The tide", ""), ("the  TIDE.", ""), ("", ""), ("", "")]
    assert duplicate_sets(texts).lists() == [[0, 1], [2], [3]]


def test_case_spaces_and_the_end_do_not_count():
    assert normalize(" The  Tide\nis HIGH. …") == "the tide is high"


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
