"""Which reports of the last days share words with a new one (floor 0): an index from terms to reports."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from operator import itemgetter

from articles.stories import similarity
from articles.stories.growing import GrowingStory, Item
from articles.stories.similarity import DAY, UNIT

LEAST_LINK = 0.10
LINK_DAYS = 3
HEAVY = 0.6
HEAVY_TERMS = 10
# Of a word that stands everywhere only its newest reports are compared.
NEWEST = 256
CANDIDATES = 200


class Index:
    """The reports that may be compared, by their terms; they come, and leave, in the order of their times."""

    def __init__(self) -> None:
        # A report, its value, the next report, its value ...: pairs would be many objects for the collector.
        self._postings: dict[str, list] = {}

    def add(self, item: Item) -> None:
        postings = self._postings
        known = postings.get
        for term, value in item.vector.items():
            if found := known(term):
                found += (item, value)
            else:
                postings[term] = [item, value]

    def remove_oldest(self, items: Iterable[Item]) -> None:
        """Leave out these reports, the oldest of all that are here."""
        postings = self._postings
        for term, count in Counter(chain.from_iterable([item.vector for item in items])).items():
            found = postings[term]
            if 2 * count == len(found):
                del postings[term]
            else:
                del found[: 2 * count]

    def links(self, item: Item) -> dict[GrowingStory, list[tuple[float, Item]]]:
        """Return the reports that share words with this one, with their likeness, by their stories."""
        heavy, light = _by_weight(item.vector)
        least, now, decay, longest = LEAST_LINK * UNIT**2, item.time, similarity.DECAY, LINK_DAYS * DAY
        links: dict[GrowingStory, list[tuple[float, Item]]] = defaultdict(list)
        for other, dot in self._candidates(heavy, least / 2):
            if (seconds := now - other.time) > longest:
                continue
            if light:
                vector = other.vector
                dot += sum([value * vector[term] for value, term in light if term in vector])
            # Time only takes away.
            if dot >= least and (likeness := dot / UNIT**2 * math.exp(-seconds / decay)) >= LEAST_LINK:
                links[other.story].append((likeness, other))
        return links

    def _candidates(self, heavy: list[tuple[int, str]], least: float) -> list[tuple[Item, int]]:
        """Return the reports that these terms alone make alike enough, with the product of their vectors."""
        products: dict[Item, int] = {}
        known, postings = products.get, self._postings
        for value, term in heavy:
            if found := postings.get(term):
                both = iter(found if len(found) <= 2 * NEWEST else found[-2 * NEWEST :])
                for other, theirs in zip(both, both, strict=True):
                    products[other] = known(other, 0) + value * theirs
        enough = [pair for pair in products.items() if pair[1] >= least]
        if len(products) > CANDIDATES:
            enough.sort(key=itemgetter(1), reverse=True)
            del enough[CANDIDATES:]
        return enough


def _by_weight(vector: Mapping[str, int]) -> tuple[list[tuple[int, str]], list[tuple[int, str]]]:
    """Split a vector into the few terms that carry most of it, and the rest.

    Only the first look for others: the rest are words that stand everywhere, which costs much and finds none.
    """
    ordered = sorted(zip(vector.values(), vector, strict=True), reverse=True)
    wanted, place = HEAVY * UNIT**2, 0
    while place < len(ordered) and (wanted > 0 or place < HEAVY_TERMS):
        wanted -= ordered[place][0] ** 2
        place += 1
    return ordered[:place], ordered[place:]
