"""How alike two reports are (floor 0): words, their weights, time and provider; every term can be shown.

A report becomes a vector of terms. A term is a word without accents, ending and case, cut to six letters; a
number counts whole; scripts that are written without spaces give pairs of letters. A term weighs 1 in a
title and 0.5 in an excerpt, times the square root of its inverse document frequency (Sparck Jones, 1972),
and less for a word that was common before the last three days too: a word common only now tells of an event.
Two reports are as alike as the cosine of their vectors, less with each hour between them, less again for one
provider.

Weights are whole numbers, so sums do not depend on the order of adding. Document frequencies belong to a day:
they count the reports of that day and of the whole days before it, back to the first day that makes 2,000
reports (at most 365 days), and 100 empty reports for a cold start. So they are a function of the set of
reports, never of the order in which these came in.
"""

import math
import re
import unicodedata
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence, Set
from functools import lru_cache
from itertools import chain, islice, takewhile
from operator import mul

HOUR = 3600
DAY = 24 * HOUR

TITLE_WEIGHT = 1.0
EXCERPT_WEIGHT = 0.5
# Words beyond these say little of the event; the bound also keeps hostile texts cheap.
MAX_TITLE_WORDS = 40
MAX_EXCERPT_WORDS = 60
MAX_LETTERS = 6
MAX_CHUNKS = 1 << 16
MAX_CHUNK = 40
MAX_AHEAD = 10_000
# A vector has this length; a cosine of 1 is its square.
UNIT = 1024
# After this time exp(-1) = 0.37 of a likeness is left.
DECAY = 84 * HOUR

COUNTED_REPORTS = 2000
COUNTED_DAYS = 365
EMPTY_REPORTS = 100
# What was common before these days is common always.
RECENT_DAYS = 3

# One provider reports one event once; a second headline with the same words is mostly its next edition.
SAME_PROVIDER = 0.2
SAME_PROVIDER_CONTAINED = 0.8
# For two titles that are one template with two names; where they are not equal but for the name, a name must
# be this much rarer (as a difference of inverse document frequencies) than all that is shared.
TEMPLATE = 0.5
TEMPLATE_RARER = 1.5

# Words of grammar, of the calendar, and of the trade of news itself.
_STOP_TEXT = """
a about above after again against ago all almost along already also although always am amid among an and
another any anyone anything are around as at away back be became because been before behind being below
between both but by came can cannot come could did do does doing done down during each either else enough
etc even ever every few for from further get gets getting give given go goes going gone got had has have
having he her here hers him his how however i if in into is isn it its itself just keep last least less let
like ll look m made make makes making many may maybe me might more most much must my near need never new
next no nor not now of off often on once one only onto or other others our out over own per perhaps put
quite rather re really s said same say saying says see seen set she should since so some something soon
still such take taken takes than that the their them then there these they thing things this those though
through thus to today together told too took toward towards try two under until up upon us use used using
ve very via want wants was way we well went were what when where whether which while who whom whose why
will with within without won would yet you your yours yesterday tomorrow week weekly month year day days
weeks months years first second third three four five
monday tuesday wednesday thursday friday saturday sunday january february march april june july august
september october november december
according analysis best breaking click exclusive latest live news newsletter opinion photo photos press
read release report reported reporting reports review story subscribe top update updated updates video
watch
aux avec auf auch cette che como das dem della den der des dos ein eine einem einen einer est et fur gli het
ist las les mit nao nicht non para pas pour que qui sich sind sono sur und uma una une uno unos voor wird zum
zur zijn
"""
_STOP_WORDS = frozenset(_STOP_TEXT.split())

# Thai, Lao, Burmese, Khmer, Kana, Han: no spaces between words.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
# Indian vowel signs are no letters to `\w`, yet they stand inside words.
_LETTER = rf"(?:(?![{_UNSPACED}])(?:[^\W_]|[\u0900-\u0dff]))"
_TOKEN = re.compile(rf"[{_UNSPACED}]+|\d+(?:[.,]\d+)+|{_LETTER}+(?:['’]{_LETTER}+)*")
_ASCII_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[a-z0-9]+(?:'[a-z0-9]+)*")
_ENDINGS = ("ing", "ed", "ly")
# Typographic signs that stand in plain English too; their plain forms lead to the same terms.
_PLAIN_SIGNS = str.maketrans("’‘“”–—…\u00a0", "'       ")
_BEYOND_LATIN = re.compile("[\u0300-\U0010ffff]+")


def fold(text: str) -> str:
    """Return a text in lower case and without accents."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text.casefold())
    return unicodedata.normalize("NFC", _BEYOND_LATIN.sub(_without_marks, text))


def _without_marks(found: re.Match[str]) -> str:
    return "".join([sign for sign in found[0] if not unicodedata.combining(sign)])


def _term(word: str) -> str:
    """Return the term of a folded word, or "" for a word that says nothing."""
    word = word.replace("’", "'").removesuffix("'s").replace("'", "")
    if word[0].isdecimal() and not word.isalpha():
        return word.replace(",", "")[:20]
    if len(word) < 2 or word in _STOP_WORDS:
        return ""
    return _stem(word)[:MAX_LETTERS] if word.isascii() else word[:MAX_LETTERS]


def _stem(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        word = word[:-3] + "y"
    elif len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us")):
        word = word[:-1]
    for ending in _ENDINGS:
        if len(word) >= len(ending) + 4 and word.endswith(ending):
            word = word[: -len(ending)]
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


_known_term = lru_cache(maxsize=1 << 17)(_term)


def words_and_terms(text: str, limit: int) -> list[tuple[str, str]]:
    """Return the first `limit` telling words of a text, each with its term, in their order."""
    found = []
    # A word has a few letters; what lies far beyond is not looked at, however long a hostile text is.
    text = fold(text[: limit * 40])
    for token in (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text):
        if token[0] >= "\u0e00" and _is_unspaced(token):
            found.extend((pair, pair) for pair in _pairs(token))
        elif term := _known_term(token):
            found.append((token, term))
        if len(found) >= limit:
            return found[:limit]
    return found


@lru_cache(maxsize=1 << 12)
def _is_unspaced(token: str) -> bool:
    return re.match(f"[{_UNSPACED}]", token) is not None


def _pairs(token: str) -> list[str]:
    return [token[at : at + 2] for at in range(max(len(token) - 1, 1))]


def _terms(text: str, limit: int) -> list[str]:
    """Return the terms that `words_and_terms` finds, sooner for the commonest alphabet."""
    plain = text[: limit * 40]
    if not plain.isascii() and not (plain := plain.translate(_PLAIN_SIGNS)).isascii():
        return [term for _, term in words_and_terms(text, limit)]
    return list(chain.from_iterable(map(_CHUNKS.__getitem__, plain.lower().split())))[:limit]


def chunks_and_terms(text: str, limit: int) -> list[tuple[str, Sequence[str]]]:
    """Return what stands between the spaces of a text, each with its terms, up to so many of these."""
    found: list[tuple[str, Sequence[str]]] = []
    for chunk in text[: limit * 40].translate(_PLAIN_SIGNS).split():
        terms = _CHUNKS[chunk.lower()] if chunk.isascii() else _terms(chunk, limit)
        found.append((chunk, terms[:limit]))
        limit -= len(terms)
        if limit <= 0:
            break
    return found


class _Chunks(dict[str, tuple[str, ...]]):
    """The terms of what stands between two spaces in a plain text, kept for when it comes again."""

    def __missing__(self, chunk: str) -> tuple[str, ...]:
        words = (chunk,) if chunk.isalpha() else _ASCII_TOKEN.findall(chunk)
        found = tuple(filter(None, map(_term, words)))
        if len(self) >= MAX_CHUNKS:
            self.clear()
        if len(chunk) <= MAX_CHUNK:
            self[chunk] = found
        return found


_CHUNKS = _Chunks()


def title_terms(title: str) -> tuple[str, ...]:
    """Return the terms of a title, each once."""
    return tuple(dict.fromkeys(_terms(title, MAX_TITLE_WORDS)))


_AHEAD: dict[tuple[str, int], list[str]] = {}


def split_ahead(title: str, excerpt: str) -> None:
    """Note the terms of a title and an excerpt that will be weighed once, in a process with time to spare."""
    for asked in ((title, MAX_TITLE_WORDS), (excerpt, MAX_EXCERPT_WORDS)):
        if len(_AHEAD) < MAX_AHEAD and asked not in _AHEAD:
            _AHEAD[asked] = _terms(*asked)


def _split(text: str, limit: int) -> list[str]:
    found = _AHEAD.pop((text, limit), None)
    return _terms(text, limit) if found is None else found


def text_weights(title: str, excerpt: str) -> tuple[tuple[str, ...], dict[str, float]]:
    """Return the terms of a title, and of title and excerpt with the weight that their place gives them."""
    in_title = dict.fromkeys(_split(title, MAX_TITLE_WORDS), TITLE_WEIGHT)
    in_excerpt = dict.fromkeys(_split(excerpt, MAX_EXCERPT_WORDS), EXCERPT_WEIGHT)
    weights = in_title | in_excerpt
    for term in in_title.keys() & in_excerpt.keys():
        weights[term] = TITLE_WEIGHT + EXCERPT_WEIGHT
    return tuple(in_title), weights


class _Rarities(dict[int, float]):
    """The inverse document frequency for each count of reports, worked out when it is asked for."""

    def __init__(self, reports: int) -> None:
        self._reports = reports + EMPTY_REPORTS + 1

    def __missing__(self, count: int) -> float:
        found = self[count] = math.log(self._reports / (count + 1))
        return found


class _Telling(dict[str, float]):
    """The weight of each term by its frequencies on one day: the square root of its rarity, and less for a
    word that was common before the last days too. A word common only now is what an event is told with."""

    def __init__(
        self, counts: Mapping[str, int], days: Sequence[Mapping[str, int]], *, summed: bool, reports: tuple
    ) -> None:
        """`days`: the counts of the days before the last days where `summed`, else those of the last days;
        `reports`: how many all days have, and those before the last."""
        self.rarities, self._steady = map(_Rarities, reports)
        self._counts, self._days, self._summed = counts, days, summed
        self._by_counts: dict[tuple[int, int], float] = {}

    def __missing__(self, term: str) -> float:
        count = self._counts.get(term, 0)
        before = 0
        for counts in self._days:
            if term in counts:
                before += counts[term]
        if not self._summed:
            before = count - before
        found = self._by_counts.get((count, before))
        if found is None:
            steady = self._steady[before] / self._steady[0]
            found = self._by_counts[count, before] = math.sqrt(self.rarities[count] * steady)
        self[term] = found
        return found


class Frequencies:
    """Document frequencies, day by day. Days must be added in their order."""

    def __init__(self) -> None:
        self._days: deque[tuple[int, int, Mapping[str, int]]] = deque()
        self._counts: Counter[str] = Counter()
        self._reports = 0
        self._telling = _Telling({}, (), summed=True, reports=(0, 0))

    def add_day(self, day: int, texts: Iterable[Iterable[str]]) -> None:
        """Count the reports of a day (as a number of days since 1970), each given by its terms."""
        texts = list(texts)
        self.add_counts(day, len(texts), Counter(chain.from_iterable(texts)))

    def add_counts(self, day: int, reports: int, counts: Mapping[str, int]) -> None:
        """Add a day with so many reports by its document frequencies."""
        self._days.append((day, reports, counts))
        self._counts.update(counts)
        self._reports += reports
        while self._is_spare(day):
            _, reports, counts = self._days.popleft()
            self._counts.subtract(counts)
            self._reports -= reports
        # Terms that went out of sight must not stay in memory.
        self._counts = +self._counts if len(self._counts) > 1 << 16 else self._counts
        recent = list(takewhile(lambda entry: entry[0] > day - RECENT_DAYS, reversed(self._days)))
        steady = self._reports - sum(reports for _, reports, _ in recent)
        # A word's count before the last days is a sum or a difference, whichever is less work.
        few = len(self._days) < 2 * len(recent)
        before = list(islice(self._days, len(self._days) - len(recent))) if few else None
        self._telling = _Telling(
            self._counts,
            [counts for _, _, counts in (before if few else recent)],
            summed=few,
            reports=(self._reports, steady),
        )

    def counts_of(self, day: int) -> Mapping[str, int] | None:
        """Return the document frequencies of a day by itself, None if they count no more."""
        return next((counts for each, _, counts in self._days if each == day), None)

    def _is_spare(self, today: int) -> bool:
        day, reports, _ = self._days[0]
        before_today = self._reports - self._days[-1][1]
        return day < today and (before_today - reports >= COUNTED_REPORTS or day < today - COUNTED_DAYS)

    def volume(self, days: int) -> int:
        """Return how many reports the last added day and those before it have, `days` days in all."""
        today = self._days[-1][0]
        last = takewhile(lambda entry: entry[0] > today - days, reversed(self._days))
        return sum(reports for _, reports, _ in last)

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency: ln((reports + 1) / (reports with this term + 1))."""
        return self._telling.rarities[self._counts.get(term, 0)]

    def vector(self, weights: Mapping[str, float]) -> dict[str, int]:
        """Return a text's vector of length UNIT, in whole numbers; terms that weigh nothing are left out."""
        raw = list(map(mul, weights.values(), map(self._telling.__getitem__, weights)))
        length = math.sqrt(math.fsum(map(mul, raw, raw)))
        if not length:
            return {}
        scale = UNIT / length
        vector = dict(zip(weights, map(round, [value * scale for value in raw]), strict=True))
        return {term: whole for term, whole in vector.items() if whole} if 0 in vector.values() else vector


def cosine(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """Return the cosine of two vectors of length UNIT."""
    if len(other) < len(one):
        one, other = other, one
    return sum(value * other[term] for term, value in one.items() if term in other) / UNIT**2


def shared_terms(one: Mapping[str, int], other: Mapping[str, int]) -> list[tuple[str, float]]:
    """Return the terms that two vectors share with what each gives to the cosine, the greatest first."""
    shared = [(term, value * other[term] / UNIT**2) for term, value in one.items() if term in other]
    return sorted(shared, key=lambda pair: (-pair[1], pair[0]))


def time_factor(seconds: float) -> float:
    """Return what is left of a likeness after so many seconds: exp(-t / 84 h)."""
    return math.exp(-abs(seconds) / DECAY)


def provider_factor(one: Set[str], other: Set[str]) -> float:
    """Return the factor for two reports of one provider, whose titles have these terms."""
    return SAME_PROVIDER_CONTAINED if one <= other or other <= one else SAME_PROVIDER


def differ_in_a_name(
    one: tuple[Sequence[str], Mapping], other: tuple[Sequence[str], Mapping], rarity: Frequencies
) -> bool:
    """Tell whether two titles are one template filled with two names.

    Each is given by the terms of its title and the vector of its whole text. Either the titles are equal but
    for one run of words ("Ferrol now available in the market hall", "Mistral now available in the market
    hall"), which each text has for itself; or most of a title is shared, but a word of each title is missing
    in the other's text and much rarer than all they share.
    """
    (title, text), (other_title, other_text) = one, other
    shared = len(set(title).intersection(other_title))
    if 2 * shared < min(len(title), len(other_title)):
        return False
    own = [term for term in title if term not in other_text]
    others = own and [term for term in other_title if term not in text]
    if not others:
        return False
    if own == _difference(title, other_title) and others == _difference(other_title, title):
        return True
    common = max(map(rarity.rarity, text.keys() & other_text.keys()), default=0.0)
    rarest = min(max(map(rarity.rarity, own)), max(map(rarity.rarity, others)))
    return rarest >= common + TEMPLATE_RARER


def _difference(title: Sequence[str], other: Sequence[str]) -> list[str]:
    """Return what a title has between the beginning and the end that it shares with another."""
    shortest = min(len(title), len(other))
    start = next((n for n in range(shortest) if title[n] != other[n]), shortest)
    end = next((n for n in range(shortest - start) if title[-1 - n] != other[-1 - n]), shortest - start)
    return list(title[start : len(title) - end])
