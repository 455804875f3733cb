"""Which articles are duplicates of one text."""

from articles.stories.duplicates import DisjointSets, duplicate_sets, normalize

TEXT = "Predicting which patients will respond well to treatment is a question of forty years"


def test_a_text_that_begins_another_is_its_copy():
    texts = [("One", TEXT + ". Now there is more."), ("Two", TEXT + " …"), ("Three", "Another text")]
    assert duplicate_sets(texts).lists() == [[0, 1], [2]]


def test_a_short_beginning_proves_nothing():
    assert duplicate_sets([("One", "Read on."), ("Two", "Read on. There is more.")]).lists() == [[0], [1]]


def test_equal_titles_are_copies_but_empty_ones_are_not():
    assert duplicate_sets([("The tide", ""), ("the  TIDE.", ""), ("", ""), ("", "")]).lists() == [
        [0, 1],
        [2],
        [3],
    ]


def test_further_marks_join_too():
    assert len(duplicate_sets([("One", ""), ("Two", "")], also=[["gazette", "gazette"]]).lists()) == 1


def test_sets_join_across():
    sets = DisjointSets(5)
    for one, other in [(3, 4), (0, 1), (1, 4)]:
        sets.join(one, other)
    assert sets.lists() == [[0, 1, 3, 4], [2]]


def test_case_spaces_and_the_end_do_not_count():
    assert normalize(" The  Tide\nis HIGH. …") == "the tide is high"
