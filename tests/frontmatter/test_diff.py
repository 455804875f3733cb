"""What differs between two versions of a file, in words of one line."""

import pytest

from articles.frontmatter.diff import differences, taxonomy_differences


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"heat": 1}, {"heat": 1}, []),
        ({"heat": 1}, {}, [{"field": "heat", "old": "1", "new": ""}]),
        ({"title": True}, {"title": "x" * 200}, [{"field": "title", "old": "true", "new": "x" * 99 + "…"}]),
        ({"topics": ["x"]}, {"topics": ["x", "y\n"]}, [{"field": "topics", "old": "x", "new": "x, y\\n"}]),
        (
            {"related": [{"a": 1}, {"a": 2}]},
            {"related": [{"a": 2}]},
            [{"field": "related", "old": "2 entries, 1 of them gone", "new": "1 entries, 0 of them new"}],
        ),
        ({"unknown": "x"}, {}, [{"field": "unknown", "old": "(not shown)", "new": ""}]),
    ],
)
def test_differences_are_short_and_printable(old, new, expected):
    assert differences(old, new) == expected


def test_differences_of_a_topic_are_named_by_the_keys_of_its_file():
    old, new = {"short_name": "Docks", "keywords": []}, {"short_name": "Quays", "pictures": [{"url": "x"}]}
    assert taxonomy_differences(old, new) == [
        {"field": "shortname", "old": "Docks", "new": "Quays"},
        {"field": "images", "old": "0 entries, 0 of them gone", "new": "1 entries, 1 of them new"},
    ]
    assert taxonomy_differences({}, {"keywords": []}) == []
