"""Reports that tell one sentence of others than another does are found by their names."""

import pytest

from articles.stories.duplicates import is_same_sentence_with_other_names, name_profile
from articles.stories.terms import MAX_EXCERPT_WORDS
from benchmarks.labelled import read_labelled
from benchmarks.stories import OWN_SET, ours

KINDS = ("crossing ", "tariff ", "coach ")


@pytest.mark.parametrize(
    ("title", "excerpt", "names"),
    [
        ("Ferry aground off Kellmouth", "The Saint Orla struck a bank.", {"kellmo", "saint", "orla"}),
        ("Ferry aground", "All 214 on board are safe. Lifeboats came.", {"214"}),
        ("Ferry Runs Aground Off Kellmouth Pier", "It was stuck.", set()),
        (
            "Gestern lief nahe Käldmund eine Fähre auf",
            "Auf der Ærø-Linie fuhr sie.",
            {"kaldmu", "fahr", "ærø", "lini"},
        ),
        ("東京で地震", "震度5の揺れ。", {"5"}),
        ("Ferry aground off Kellmouth", "", set()),
        ("", "", set()),
    ],
)
def test_names_are_words_with_a_capital_inside_a_sentence_and_numbers(title, excerpt, names):
    assert name_profile(title, excerpt).names == names


def test_a_text_is_told_in_its_order_up_to_the_words_that_are_compared():
    assert name_profile("Tide over pier", "Ferry waits.").terms == ("tide", "pier", "ferry", "wait")
    assert len(name_profile("Tide", "ferry " * 1000).terms) == 1 + MAX_EXCERPT_WORDS


def is_template(one, other):
    return is_same_sentence_with_other_names(*[(kept, dict.fromkeys(kept.terms, 1)) for kept in (one, other)])


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
def test_one_sentence_with_other_names_in_its_places_tells_of_another_event(title, excerpt, expected):
    assert is_template(FERRY, name_profile(title, excerpt)) is expected
    assert is_template(name_profile(title, excerpt), FERRY) is expected


def test_events_told_in_the_same_sentences_are_stories_of_their_own():
    """Ferries, tariffs and coaches: thirteen events of the invented set, each with the others' sentences."""
    labelled = read_labelled(OWN_SET)
    stories = [{labelled.labels[key] for key in story} for story in ours(labelled.reports)]
    events = [labels for labels in stories if any(label.startswith(KINDS) for label in labels)]
    assert len(events) == 13
    assert all(len(labels) == 1 for labels in events)
