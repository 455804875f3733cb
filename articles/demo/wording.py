"""Texts of articles, from templates: `{slot}` is a fact of the story, `[a|b]` a choice each article makes."""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from random import Random

from articles.demo.content import Event, Provider, load, names, providers

# Shares of all articles; three kinds of titles that are hard to lay out share the first.
HARD_TITLE, NO_EXCERPT, CUT_OFF, DATELINE = 0.034, 0.012, 0.08, 0.1
LONG_TITLE = 150
# A name is not used again within this many of its kind, or half of the kind if that is fewer ...
PAUSE = 60
# ... but so often a story takes one of the last few: its event is near another one, and not the same.
REPEATED, LAST_FEW = 0.05, 8

Part = str | tuple[str] | list["list[Part]"]  # text, the name of a slot, or templates to choose from


@cache
def templates(text: str) -> list[list[Part]]:
    """Return the templates of a text, one a line, ready to be filled in."""
    return [_parts(line) for line in text.splitlines()]


def _parts(template: str) -> list[Part]:
    parts: list[Part] = []
    for text in re.split(r"(\[[^\]]*\]|\{\w+\})", template):
        if text.startswith("["):
            parts.append([_parts(choice) for choice in text[1:-1].split("|")])
        elif text:
            parts.append((text[1:-1],) if text.startswith("{") else text)
    return parts


def fill(template: list[Part], facts: Mapping[str, str], rng: Random) -> str:
    """Return the text of a template."""
    texts = []
    for part in template:
        if isinstance(part, list):
            texts.append(fill(rng.choice(part), facts, rng))
        else:
            texts.append(part if isinstance(part, str) else facts[part[0]])
    return "".join(texts)


class Facts(dict[str, str]):
    """What all articles of a story share: a slot gets its value when a template first asks for it.

    A slot is a number of the event or a kind of name. `city2` is another city than `city`, `City` begins with
    a capital, `city_short` has no article, and `person_last` is the surname. `recent` holds the latest names
    of each kind and is shared by the stories of a store.
    """

    def __init__(
        self, rng: Random, numbers: Mapping[str, list[float]], recent: dict[str, deque[str]]
    ) -> None:
        super().__init__()
        self._rng, self._numbers, self._recent = rng, numbers, recent

    def __missing__(self, slot: str) -> str:
        if slot in self._numbers:
            low, high, *step = self._numbers[slot]
            if isinstance(low, int):
                value = f"{self._rng.randrange(low, int(high) + 1, *map(int, step)):,}"
            else:
                value = f"{self._rng.uniform(low, high):.1f}"
        elif slot.endswith("_short"):
            value = self[slot.removesuffix("_short")].removeprefix("the ")
        elif slot.endswith("_last"):
            value = self[slot.removesuffix("_last")].rpartition(" ")[2]
        elif slot[0].isupper():
            value = self[slot.lower()]
            value = value[0].upper() + value[1:]
        else:
            kind = slot.rstrip("123456789")
            value = self._name(kind)
            if "(city)" in value:
                value = value.replace("(city)", self[f"city{slot.removeprefix(kind)}"])
        self[slot] = value
        return value

    def _name(self, kind: str) -> str:
        table = names()[kind]
        used = {self.get(kind), self.get(f"{kind}2")}
        recent = self._recent.setdefault(kind, deque(maxlen=min(len(table) // 2, PAUSE)))
        if recent and self._rng.random() < REPEATED:
            value = self._rng.choice(list(recent)[-LAST_FEW:])
            if value not in used:
                return value
        while (value := self._rng.choice(table)) in used or value in recent:
            pass
        recent.append(value)
        return value


@dataclass(slots=True)
class Wording:
    """The words of one article; `provider` is set where only this one can have published it.

    `can_lead` is false for copies, other languages, summaries and what comes a day later: a story's lead
    brings its news in words of its own.
    """

    title: str
    excerpt: str
    can_lead: bool = True
    provider: Provider | None = None


class StoryWriter:
    """Words the articles of one story, one after the other, each differently."""

    def __init__(self, event: Event, facts: Facts, rng: Random) -> None:
        self._event, self._facts, self._rng = event, facts, rng
        self._fill = partial(fill, facts=facts, rng=rng)
        texts = event.headlines, event.openings, load("phrases")["prefixes"]
        self._headlines, self._openings, self._prefixes = (
            rng.sample(found, len(found)) for found in map(templates, texts)
        )
        self._written = 0

    def article(self) -> Wording:
        """Return the words of an article of the day itself."""
        turn, title = self._written, self._headline()
        opening = self._openings[turn % len(self._openings)]
        if turn >= len(self._openings):
            opening = [*self._prefixes[turn % len(self._prefixes)], " ", *opening]
        wording = Wording(title, self._excerpt(opening), can_lead=turn < len(self._headlines))
        if self._rng.random() < HARD_TITLE:
            self._rng.choice((self._mark_up, self._lengthen, self._translate))(wording)
        return wording

    def follow_up(self) -> Wording:
        """Return the words of an article of the day after."""
        headline, opening = templates(self._event.follow_up)
        title = self._fill(headline)
        return Wording(title, self._excerpt(opening), can_lead=False)

    def copy(self, original: Wording) -> Wording:
        """Return a syndicated copy: the agency's excerpt or its beginning, often the agency's headline."""
        title, excerpt = original.title, original.excerpt
        if self._rng.random() < 0.4:
            excerpt = _cut(excerpt, max(100, len(excerpt) * 2 // 3))
        if self._rng.random() < 0.6:
            title = self._headline()
        return Wording(title, excerpt, can_lead=False)

    def _headline(self) -> str:
        turn, self._written = self._written, self._written + 1
        title = self._fill(self._headlines[turn % len(self._headlines)])
        return title if turn < len(self._headlines) else self._phrase("repeated_titles", title)

    def _phrase(self, kind: str, title: str) -> str:
        phrases: str = load("phrases")[kind]
        return self._rng.choice(phrases.splitlines()).format(title=title)

    def _excerpt(self, opening: list[Part]) -> str:
        rng = self._rng
        if rng.random() < NO_EXCERPT:
            return ""
        details = rng.sample(templates(self._event.details), rng.choice((0, 1, 1, 2)))
        text = " ".join(self._fill(template) for template in (opening, *details))
        if rng.random() < DATELINE and not text.startswith(self._facts["city"]):
            text = f"{self._facts['city'].upper()} – {text}"
        return _cut(text, rng.randint(120, 190)) if rng.random() < CUT_OFF else text

    def _mark_up(self, wording: Wording) -> None:
        wording.title = self._phrase("hard_titles", wording.title)

    def _lengthen(self, wording: Wording) -> None:
        for clause in templates(load("phrases")["clauses"]):
            if len(wording.title) < LONG_TITLE:
                wording.title += self._fill(clause)

    def _translate(self, wording: Wording) -> None:
        subject = self._event.subject
        place = self._facts["region_short" if subject == "city" else "city"]
        known = {"place": place, "subject": self._facts[f"{subject}_short"]}
        provider = self._rng.choice([each for each in providers() if each.title])
        wording.title, wording.excerpt = provider.title.format(**known), provider.excerpt.format(**known)
        wording.provider, wording.can_lead = provider, False


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return f"{text[: text.rindex(' ', 0, length)].rstrip(' ,;:–')} ..."
