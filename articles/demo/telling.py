"""How the reports of one story word it (floor 0): headlines, excerpts, copies, now and then odd titles."""

from dataclasses import dataclass
from random import Random

from articles.demo.grammar import Facts, Kind, fill, templates
from articles.demo.press import ABROAD, Provider

# Of all titles: those that try a page's layout. Three kinds share this.
ODD = 0.034
NO_EXCERPT = 0.012
CUT_OFF = 0.08
DATELINE = 0.1
LONG_TITLE = 150

# For reports that come after every headline of a kind was used.
_REPEATED = (
    "In brief: {}", "{}: what we know", "Background: {}", "{} – a summary", "Explained: {}", "Briefing: {}",
    "Your questions: {}",
)  # fmt: skip
_MARKED = (
    'Q&A: {} <with map>',
    '{} & "what comes next"',
    '"No surprise": {} & <three reactions>',
    "Live > {} < updated",
    "{} – facts & figures <table>",
)  # fmt: skip
_CLAUSES = """
, and why [neighbours|shopkeepers and commuters|many people] in {city} and across {region} had waited for it
, with answers to [letters|questions] from [readers|listeners] in {city2}
, and what [the next weeks|the months until {month}] may bring
"""
# Before a first sentence that another report began with already.
_OPENINGS = """
{city}, {day}.
Here is what is known:
In a few words:
Our reporter in {city} writes:
What happened:
The facts first:
News from {region}:
The story of the day in {city}:
What we have learned so far:
"""


@dataclass(slots=True)
class Wording:
    """What one report says; `slug` is what its file is named after.

    `can_lead` is false for copies, other languages, summaries and what comes a day later: a story's lead
    tells its news in words of its own.
    """

    title: str
    excerpt: str
    slug: str
    can_lead: bool = True
    provider: Provider | None = None


class Teller:
    """Words the reports of one story, one after the other; no report sounds quite like the one before."""

    def __init__(self, kind: Kind, facts: Facts, rng: Random) -> None:
        self._kind, self._facts, self._rng = kind, facts, rng
        self._heads = self._shuffled(kind.heads)
        self._leads = self._shuffled(kind.leads)
        self._openings = self._shuffled(_OPENINGS)
        self._told = 0

    def _shuffled(self, text: str) -> list:
        found = templates(text)
        return self._rng.sample(found, len(found))

    def tell(self) -> Wording:
        """Word a report of the day itself."""
        turn, plain = self._told, self._headline()
        lead = self._leads[turn % len(self._leads)]
        if turn >= len(self._leads):
            lead = [*self._openings[turn % len(self._openings)], " ", *lead]
        excerpt = self._excerpt(lead)
        wording = Wording(plain, excerpt, plain, can_lead=turn < len(self._heads))
        if self._rng.random() < ODD:
            self._make_odd(wording)
        return wording

    def tell_later(self) -> Wording:
        """Word a report of the day after."""
        head, lead = templates(self._kind.later)
        title = self._fill(head)
        return Wording(title, self._excerpt(lead), title, can_lead=False)

    def copy(self, original: Wording) -> Wording:
        """Word a syndicated copy: the agency's excerpt or its beginning, often the agency's headline."""
        excerpt = original.excerpt
        if self._rng.random() < 0.4:
            excerpt = _cut(excerpt, max(100, len(excerpt) * 2 // 3))
        if self._rng.random() < 0.4:
            return Wording(original.title, excerpt, original.slug, can_lead=False)
        title = self._headline()
        return Wording(title, excerpt, title, can_lead=False)

    def _headline(self) -> str:
        turn, self._told = self._told, self._told + 1
        title = self._fill(self._heads[turn % len(self._heads)])
        return title if turn < len(self._heads) else self._rng.choice(_REPEATED).format(title)

    def _fill(self, template: list) -> str:
        return fill(template, self._facts, self._rng)

    def _excerpt(self, lead: list) -> str:
        rng = self._rng
        if rng.random() < NO_EXCERPT:
            return ""
        details = templates(self._kind.details)
        more = rng.sample(details, rng.choice((0, 1, 1, 2)))
        text = " ".join(self._fill(template) for template in (lead, *more))
        if rng.random() < DATELINE:
            text = f"{self._facts['city'].upper()} – {text}"
        return _cut(text, rng.randint(120, 190)) if rng.random() < CUT_OFF else text

    def _make_odd(self, wording: Wording) -> None:
        case = self._rng.randrange(3)
        if case == 0:
            wording.title = self._rng.choice(_MARKED).format(wording.title)
        elif case == 1:
            for clause in templates(_CLAUSES):
                if len(wording.title) < LONG_TITLE:
                    wording.title += self._fill(clause)
        else:
            facts = self._facts
            place = facts["region_short"] if self._kind.main == "city" else facts["city"]
            names = {"place": place, "main": facts[f"{self._kind.main}_short"]}
            wording.provider, title, excerpt = self._rng.choice(ABROAD)
            wording.title, wording.excerpt = title.format(**names), excerpt.format(**names)
            wording.can_lead = False


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    return f"{text[: text.rindex(' ', 0, length)].rstrip(' ,;:–')} ..."
