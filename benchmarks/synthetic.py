"""Invented reports without meaning, for speed alone: as many as wanted, the same every time."""

import random
from collections.abc import Iterator

from articles.stories.clusters import ArticleFacts
from articles.stories.similarity import DAY

A_DAY = 1700
_WORDS = 40_000
_GRAMMAR = 40  # the commonest words, which carry no meaning and are dropped
_PROVIDERS = 400
_START = 19_000  # a day in 2022


def synthetic(count: int, a_day: int = A_DAY) -> Iterator[ArticleFacts]:
    """Yield reports in the order of their times: events of one to forty reports over two days, and a
    background of words as common as in plain English (Zipf)."""
    rng = random.Random(7)
    words = [_word(number) for number in range(_WORDS)]
    telling = words[300:]
    common = [words[int(_GRAMMAR * (_WORDS / _GRAMMAR) ** rng.random()) - 1] for _ in range(200_000)]
    events: list[tuple[list[str], int]] = []
    for number in range(count):
        day, second = divmod(number * DAY // a_day, DAY)
        if not events or rng.random() < 0.45:
            events.append((rng.sample(telling, 9), min(40, int(rng.paretovariate(1.2)))))
            events = events[-a_day:]
        event, size = events[-1 - min(int(rng.expovariate(3 / a_day)), len(events) - 1)]
        own = event if size > 1 else rng.sample(telling, 9)
        title = [*rng.sample(own, 4), *rng.sample(common, 4)]
        excerpt = [*rng.sample(own, 5), *rng.sample(common, 30)]
        rng.shuffle(title)
        provider = f"paper-{rng.randrange(_PROVIDERS)}.example"
        moment = (_START + day) * DAY + second
        yield ArticleFacts(number, " ".join(title), " ".join(excerpt), moment, provider)


def _word(number: int) -> str:
    letters = []
    number += 400
    while number:
        number, place = divmod(number, 20)
        letters.append("bcdfghklmnprstvwzxqj"[place] + "aeiou"[(place + number) % 5])
    return "".join(letters)
