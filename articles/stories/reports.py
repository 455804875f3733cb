"""What grouping takes and gives (floor 0): reports, and for each the story it was put in, with the reason."""

from collections.abc import Hashable, Set
from typing import NamedTuple, Protocol

Key = Hashable  # of reports: numbers or texts, all of one kind, for they are compared


class Report(NamedTuple):
    """What grouping needs of an article; `published_at` in whole seconds since 1970 (UTC)."""

    key: Key
    title: str
    excerpt: str
    published_at: int
    provider: Hashable
    link: str = ""
    related: Set[Key] = frozenset()  # keys of reports that the store relates to this one


class Link(NamedTuple):
    """Why two reports stand together: `reason` is "similar", "title", "text" or "link".

    `terms` are the shared terms with what each gives to the cosine, the greatest first; `likeness` is their
    sum (all terms, not only those kept) after time, provider, template and stored relation had their say.
    """

    one: Key
    other: Key
    reason: str
    likeness: float
    terms: tuple[tuple[str, float], ...] = ()


# Stands for a link that is stored and was not read, because only its report's place matters.
UNREAD = Link(None, None, "unread", 0.0)


class Merge(NamedTuple):
    """A story, or a report alone, went over to that which `into` opened, on this day, for this link."""

    into: Key
    day: int
    link: Link


class Placing(NamedTuple):
    """Where a report was put: the story opened by `story`, for `link` (None: it opened the story).

    `merge` is there for a report whose story later went up in another, `drawn` for one that a later copy drew
    out of its story, which was too old for the copy, into the one that the copy opened.
    """

    key: Key
    story: Key
    link: Link | None = None
    merge: Merge | None = None
    drawn: Merge | None = None


class Likeness(Protocol):
    """The seam for a second opinion on a pair, say from sentence embeddings; none is shipped.

    It is asked for pairs that share terms, and may replace their likeness (0 to 1).
    """

    def __call__(self, one: Report, other: Report, likeness: float) -> float: ...
