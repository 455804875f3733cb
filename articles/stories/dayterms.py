"""What counting the words of a day's reports gave (floor 0), as bytes to keep: it need not be done again."""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple


class DayTerms(NamedTuple):
    """`vectors`: the term vectors of a day's reports, in the order of these; `counts`: the day's document
    frequencies, None where they had left memory when this was taken."""

    vectors: Sequence[Mapping[str, int]]
    counts: Mapping[str, int] | None

    def to_bytes(self) -> bytes:
        terms = list(dict.fromkeys(term for vector in self.vectors for term in vector))
        counts = None
        if self.counts is not None:
            # Terms that weigh nothing are in no vector.
            terms += sorted(self.counts.keys() - set(terms))
            counts = [self.counts[term] for term in terms]
        places = {term: place for place, term in enumerate(terms)}
        parts = {
            "terms": terms,
            "counts": counts,
            "lengths": [len(vector) for vector in self.vectors],
            "places": [places[term] for vector in self.vectors for term in vector],
            "values": [value for vector in self.vectors for value in vector.values()],
        }
        return json.dumps(parts, separators=(",", ":")).encode()

    @classmethod
    def from_bytes(cls, given: bytes) -> "DayTerms":
        parts = json.loads(given)
        terms, counts = parts["terms"], parts["counts"]
        return cls(
            list(_vectors(terms, parts["lengths"], parts["places"], parts["values"])),
            None if counts is None else dict(zip(terms, counts, strict=True)),
        )


def _vectors(
    terms: Sequence[str], lengths: Iterable[int], places: Iterable[int], values: Iterable[int]
) -> Iterable[dict[str, int]]:
    found, weights = map(terms.__getitem__, places), iter(values)
    for length in lengths:
        yield dict(zip(islice(found, length), islice(weights, length), strict=True))
