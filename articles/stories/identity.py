"""Which story keeps which id when stories change (floor 0), so that no address dies."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence, Set
from typing import NamedTuple

from articles.stories.reports import Key


class Identities(NamedTuple):
    """`ids`: the id of each new story, None where it needs a fresh one; `redirects`: old id -> living id;
    `gone`: ids of which no report is left."""

    ids: list[int | None]
    redirects: dict[int, int]
    gone: list[int]


def keep_ids(old: Mapping[int, Set[Key]], new: Sequence[Sequence[Key]]) -> Identities:
    """Give new stories the ids of the old ones.

    An old story's heir is the new one that has most of its reports; of equals, the first in the order given.
    Where several old stories have one heir they merged: the lowest id, which is the oldest, survives and the
    others redirect to it.
    """
    place_of: dict[Hashable, int] = {key: place for place, story in enumerate(new) for key in story}
    heirs: dict[int, list[int]] = defaultdict(list)
    gone = []
    for story_id in sorted(old):
        shares = Counter(place_of[key] for key in old[story_id] if key in place_of)
        if shares:
            heirs[min(shares, key=lambda place: (-shares[place], place))].append(story_id)
        else:
            gone.append(story_id)
    ids: list[int | None] = [None] * len(new)
    redirects = {}
    for place, claims in heirs.items():
        ids[place] = claims[0]
        redirects.update(dict.fromkeys(claims[1:], claims[0]))
    return Identities(ids, dict(sorted(redirects.items())), gone)
