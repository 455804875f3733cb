"""Templates of sentences (floor 0): `{slot}` is a fact of the story, `[a|b]` a choice of each report."""

import re
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

Range = tuple[int, int] | tuple[int, int, int] | tuple[float, float]
Part = str | tuple[str] | list  # text, the name of a slot, or the choices of a report

_TOKEN = re.compile(r"\[([^\]]*)\]|\{(\w+)\}")
# So often a story takes such a name from a story just before: near, but not the same event.
_AGAIN = 0.05
_RECURRING = frozenset(
    [
        "city",
        "region",
        "sea",
        "lake",
        "uni",
        "hospital",
        "tech",
        "energy",
        "shipping",
        "rail",
        "bank",
        "retailer",
        "museum",
        "security",
        "agency",
    ]
)
_JUST_BEFORE = 8
# Other names pause for this many uses, and in small tables until half of the others had their turn.
_PAUSE = 60


@dataclass(frozen=True)
class Kind:
    """A kind of event: its topic, fitting pictures, the slot it is mainly about, its numbers, its wordings.

    Each text holds one template a line. `heads` are headlines, `leads` first sentences, `details` further
    ones; `later` is a headline and a first sentence for the day after.
    """

    topic: str
    motifs: str
    main: str
    numbers: Mapping[str, Range]
    heads: str
    leads: str
    details: str
    later: str


class Facts(dict):
    """What all reports of a story share: a slot is filled when a template first asks for it."""

    def __init__(
        self,
        rng: Random,
        numbers: Mapping[str, Range],
        tables: Mapping[str, Sequence[str]],
        lately: dict[str, deque],
    ) -> None:
        super().__init__()
        self._rng, self._numbers, self._tables, self._lately = rng, numbers, tables, lately

    def __missing__(self, slot: str) -> str:
        value = self._make(slot)
        self[slot] = value
        return value

    def _make(self, slot: str) -> str:
        if slot in self._numbers:
            return _number(self._rng, self._numbers[slot])
        if slot.endswith("_short"):
            return self[slot.removesuffix("_short")].removeprefix("the ")
        if slot.endswith("_last"):
            return self[slot.removesuffix("_last")].rpartition(" ")[2]
        if slot[0].isupper():
            value = self[slot.lower()]
            return value[0].upper() + value[1:]
        base = slot.rstrip("123456789")
        taken = {self[other] for other in (base, f"{base}2") if other != slot and other in self}
        rng, table = self._rng, self._tables[base]
        if base not in self._lately:
            self._lately[base] = deque(maxlen=min(len(table) // 2, _PAUSE))
        lately = self._lately[base]
        if base in _RECURRING and lately and rng.random() < _AGAIN:
            value = rng.choice(list(lately)[-_JUST_BEFORE:])
            if value not in taken:
                return value
        value = rng.choice(table)
        while value in taken or value in lately:
            value = rng.choice(table)
        lately.append(value)
        return value


def _number(rng: Random, bounds: Range) -> str:
    if isinstance(bounds[0], float):
        return f"{rng.uniform(*bounds):.1f}"
    return f"{rng.randrange(bounds[0], bounds[1] + 1, *bounds[2:]):,}"


@cache
def templates(text: str) -> tuple[list[Part], ...]:
    """Return the templates of a text, one a line, ready to be filled in."""
    return tuple(_parts(" ".join(line.split())) for line in text.strip().splitlines())


def _parts(template: str) -> list[Part]:
    parts: list[Part] = []
    at = 0
    for match in _TOKEN.finditer(template):
        parts.append(template[at : match.start()])
        choices, slot = match.groups()
        parts.append((slot,) if slot else [_parts(choice) for choice in choices.split("|")])
        at = match.end()
    parts.append(template[at:])
    return [part for part in parts if part]


def fill(parts: list[Part], facts: Mapping[str, str], rng: Random) -> str:
    """Return the text of a template."""
    texts = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, tuple):
            texts.append(facts[part[0]])
        else:
            texts.append(fill(rng.choice(part), facts, rng))
    return "".join(texts)
