"""The initial quality of a polled article: a sum of named terms, computed once, when it is first seen.

It lies in the range that stores use (0 to about 100). Editors may change it afterwards.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

MINIMUM, MAXIMUM = 0, 100
PICTURE = 10
EXCERPTS = ((200, 10), (80, 5))  # characters, points
PER_TOPIC, MAX_FOR_TOPICS = 5, 15
FRESH, FRESH_WITHIN = 5, timedelta(days=2)

Terms = list[tuple[str, int]]


def quality_terms(
    weight: int, *, has_picture: bool, excerpt: str, topics: int, published_at: datetime, now: datetime
) -> Terms:
    """Return the terms of an article's initial quality; those of 0 points are left out.

    `weight` is the source's, `topics` the number of topics found by keywords, `now` when it was first seen.
    """
    length = next((points for least, points in EXCERPTS if len(excerpt) >= least), 0)
    terms = [
        ("weight of the source", weight),
        ("has a picture", PICTURE if has_picture else 0),
        (f"excerpt of {len(excerpt)} characters", length),
        (f"{topics} topics by keywords" if topics != 1 else "1 topic by keywords",
         min(PER_TOPIC * topics, MAX_FOR_TOPICS)),
        ("came fresh from its source", FRESH if now - published_at <= FRESH_WITHIN else 0),
    ]  # fmt: skip
    return [term for term in terms if term[1]]


def quality(terms: Iterable[tuple[str, int]]) -> int:
    """Return the quality: the sum of the terms, clipped to the range of stores."""
    return min(max(sum(value for _, value in terms), MINIMUM), MAXIMUM)
