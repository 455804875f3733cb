"""Similarity of articles (pure): terms, document frequencies, term vectors, and texts made from one template.

A term is a word without accents, ending and case, cut to six letters; a number counts whole; scripts written
without spaces give pairs of letters. Words of grammar, of the calendar and of the news trade are left out.

An article becomes a vector of terms. A term's weight depends on where it occurs (title 1, excerpt 0.5), times
the square root of its inverse document frequency (Sparck Jones, 1972), less for a term that was already
common before the last three days: a word common only now belongs to an event. The similarity of two articles
is the cosine of their vectors; it decays with the time between them, and is lower within a provider.

Weights are whole numbers, so sums do not depend on the order of addition. Document frequencies belong to a
day: they cover that day and the whole days before it, back to the first day that makes 2,000 articles (at
most 365 days), plus 100 empty articles for a cold start. They are a function of the set of articles, never of
the order of import.

Texts filled into one template share all words but the names ("{ship} reaches {port} on its first voyage"): by
their words alone, many events would become one story. A name is a word with a capital inside a sentence, or a
number; in scripts without capitals, numbers alone.
"""

import math
import re
import unicodedata
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence, Set
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain, takewhile
from operator import mul
from typing import NamedTuple

HOUR = 3600  # seconds
DAY = 24 * HOUR
# The length of a vector; a cosine of 1 is its square.
UNIT = 1024
# Seconds after which exp(-1) = 0.37 of a similarity is left.
DECAY = 84 * HOUR

COUNTED_ARTICLES = 2000
COUNTED_DAYS = 365
EMPTY_ARTICLES = 100
# Terms common before these days are common at all times.
BURST_DAYS = 3

# One provider reports one event once; a second headline with the same words is mostly its next edition.
SAME_PROVIDER = 0.2
SAME_PROVIDER_CONTAINED = 0.8

TITLE_WEIGHT = 1.0
EXCERPT_WEIGHT = 0.5
# Later words say little about the event; the limit also keeps hostile texts cheap.
MAX_TITLE_WORDS = 40
MAX_EXCERPT_WORDS = 60
MAX_LETTERS = 6
MAX_CHUNKS = 1 << 16
MAX_CHUNK = 40

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
_UNSPACED_LETTER = re.compile(f"[{_UNSPACED}]")
# Indic vowel signs are not letters to `\w`, but occur inside words.
_LETTER = rf"(?:(?![{_UNSPACED}])(?:[^\W_]|[\u0900-\u0dff]))"
_TOKEN = re.compile(rf"[{_UNSPACED}]+|\d+(?:[.,]\d+)+|{_LETTER}+(?:['’]{_LETTER}+)*")
_ASCII_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[a-z0-9]+(?:'[a-z0-9]+)*")
_ENDINGS = ("ing", "ed", "ly")
# Typographic signs common in English; their ASCII forms lead to the same terms.
_PLAIN_SIGNS = str.maketrans("’‘“”–—…\u00a0", "'       ")
_BEYOND_LATIN = re.compile("[\u0300-\U0010ffff]+")

# Factor for the similarity of two texts made from one template.
TEMPLATE_FACTOR = 0.5
# In titles that differ in more than a name, the name must be this much rarer (as a difference of inverse
# document frequencies) than all shared terms.
TEMPLATE_RARER = 1.5
# Names that both texts have must weigh less than this share of all names.
SHARED_NAMES = 0.5
# The most words of a name with its neighbours; a longer run of different words is another sentence.
MAX_GAP = 4
# Equal words needed around such a gap.
MIN_CONTEXT = 3
# A title with this share of capitalized words is in title case, where capitals mean nothing.
TITLE_CASE = 0.6
_LONG = 4  # letters; shorter words stay lower-case in title case
_INSIDE_SENTENCE = frozenset(",)]’'%-–—/&")  # after these signs a sentence goes on

Vector = dict[str, int]


# Terms


def _fold(text: str) -> str:
    """Return a text in lower case and without accents."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text.casefold())
    text = _BEYOND_LATIN.sub(lambda run: "".join([c for c in run[0] if not unicodedata.combining(c)]), text)
    return unicodedata.normalize("NFC", text)


def _term(word: str) -> str:
    """Return the term of a folded word, or "" for a stop word or a single letter."""
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


def words_and_terms(text: str, limit: int) -> list[tuple[str, str]]:
    """Return the first `limit` significant words of a text as (word, term) pairs, in text order."""
    found: list[tuple[str, str]] = []
    # 40 characters a word are enough: a hostile text of any length costs no more.
    text = _fold(text[: limit * 40])
    for token in (_ASCII_TOKEN if text.isascii() else _TOKEN).findall(text):
        if token[0] >= "\u0e00" and _UNSPACED_LETTER.match(token):
            found.extend((token[at : at + 2],) * 2 for at in range(max(len(token) - 1, 1)))
        elif term := _term(token):
            found.append((token, term))
        if len(found) >= limit:
            return found[:limit]
    return found


def _terms(text: str, limit: int) -> list[str]:
    """Return the terms that `words_and_terms` finds; faster for ASCII text."""
    plain = text[: limit * 40]
    if not plain.isascii() and not (plain := plain.translate(_PLAIN_SIGNS)).isascii():
        return [term for _, term in words_and_terms(text, limit)]
    return list(chain.from_iterable(map(_CHUNKS.__getitem__, plain.lower().split())))[:limit]


def chunks_and_terms(text: str, limit: int) -> list[tuple[str, Sequence[str]]]:
    """Split a text at its spaces; return (chunk, its terms) pairs with at most `limit` terms in all."""
    found: list[tuple[str, Sequence[str]]] = []
    for chunk in text[: limit * 40].translate(_PLAIN_SIGNS).split():
        terms = _CHUNKS[chunk.lower()] if chunk.isascii() else _terms(chunk, limit)
        found.append((chunk, terms[:limit]))
        limit -= len(terms)
        if limit <= 0:
            break
    return found


class _Chunks(dict[str, tuple[str, ...]]):
    """Cache: the terms of a lower-case ASCII chunk, that is, of the characters between two spaces."""

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


def text_weights(title: str, excerpt: str) -> tuple[tuple[str, ...], dict[str, float]]:
    """Return the terms of the title, and the weight of each term of title and excerpt by where it occurs."""
    in_title = title_terms(title)
    weights = dict.fromkeys(in_title, TITLE_WEIGHT)
    for term in dict.fromkeys(_terms(excerpt, MAX_EXCERPT_WORDS)):
        weights[term] = weights.get(term, 0.0) + EXCERPT_WEIGHT
    return in_title, weights


def normalize(text: str) -> str:
    """Return a text for comparison: without case, extra spaces, and full stops at the end.

    A duplicate is often cut off with an ellipsis, or lacks the last full stop.
    """
    return " ".join(text.casefold().split()).rstrip(" .…")


# Document frequencies and vectors


@lru_cache(maxsize=1 << 16)
def _inverse_frequency(count: int, articles: int) -> float:
    return math.log((articles + EMPTY_ARTICLES + 1) / (count + 1))


class _TermWeights(dict[str, float]):
    """The weight of each term on one day: the square root of its inverse document frequency, lower for a
    term that was common before the recent days too."""

    def __init__(
        self, counts: Mapping[str, int], recent: Sequence[Mapping[str, int]], articles: int, before: int
    ) -> None:
        """`counts`: of all days; `recent`: of each recent day; `articles`: the number on all days, and
        `before` the recent ones."""
        self._counts, self._recent, self._articles, self._before = counts, recent, articles, before

    def __missing__(self, term: str) -> float:
        count = earlier = self._counts.get(term, 0)
        for counts in self._recent:
            if term in counts:
                earlier -= counts[term]
        steady = _inverse_frequency(earlier, self._before) / _inverse_frequency(0, self._before)
        weight = self[term] = math.sqrt(_inverse_frequency(count, self._articles) * steady)
        return weight


class DocumentFrequencies:
    """In how many articles each term occurs, over a moving range of days, which are added in order."""

    def __init__(self) -> None:
        self._days: deque[tuple[int, int, Mapping[str, int]]] = deque()
        self._counts: Counter[str] = Counter()
        self._articles = 0
        self._weights = _TermWeights({}, (), 0, 0)

    def add_day(self, day: int, texts: Iterable[Iterable[str]]) -> None:
        """Count the articles of a day (a number of days since 1970), each given by its terms."""
        texts = list(texts)
        counts: Mapping[str, int] = Counter(chain.from_iterable(texts))
        self._days.append((day, len(texts), counts))
        self._counts.update(counts)
        self._articles += len(texts)
        while self._is_spare(day):
            _, articles, counts = self._days.popleft()
            self._counts.subtract(counts)
            self._articles -= articles
        # Terms with a count of zero must not accumulate.
        self._counts = +self._counts if len(self._counts) > 1 << 16 else self._counts
        recent = [counts for _, _, counts in self._last(BURST_DAYS)]
        before = self._articles - self.volume(BURST_DAYS)
        self._weights = _TermWeights(self._counts, recent, self._articles, before)

    def _is_spare(self, today: int) -> bool:
        day, articles, _ = self._days[0]
        before_today = self._articles - self._days[-1][1]
        return day < today and (before_today - articles >= COUNTED_ARTICLES or day < today - COUNTED_DAYS)

    def _last(self, days: int) -> list[tuple[int, int, Mapping[str, int]]]:
        today = self._days[-1][0]
        return list(takewhile(lambda entry: entry[0] > today - days, reversed(self._days)))

    def volume(self, days: int) -> int:
        """Return the number of articles on the last `days` days up to the day added last."""
        return sum(articles for _, articles, _ in self._last(days))

    def inverse_frequency(self, term: str) -> float:
        """Return ln((articles + 1) / (articles with this term + 1))."""
        return _inverse_frequency(self._counts.get(term, 0), self._articles)

    def vector(self, weights: Mapping[str, float]) -> Vector:
        """Return a text's vector of length UNIT in whole numbers, without terms that weigh nothing."""
        raw = list(map(mul, weights.values(), map(self._weights.__getitem__, weights)))
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
    """Return the terms that two vectors share with the part of the cosine of each, the largest first."""
    shared = [(term, value * other[term] / UNIT**2) for term, value in one.items() if term in other]
    return sorted(shared, key=lambda pair: (-pair[1], pair[0]))


def time_factor(seconds: float) -> float:
    """Return the part of a similarity that is left after a time: exp(-t / 84 h)."""
    return math.exp(-abs(seconds) / DECAY)


def provider_factor(one: Set[str], other: Set[str]) -> float:
    """Return the factor for two articles of one provider whose titles have these terms."""
    return SAME_PROVIDER_CONTAINED if one <= other or other <= one else SAME_PROVIDER


# Templates


class NameProfile(NamedTuple):
    """The terms of a title and an excerpt in text order, and which of them are names."""

    terms: tuple[str, ...]
    names: frozenset[str]


def name_profile(title: str, excerpt: str) -> NameProfile:
    """Return the terms and names of an article; nothing for a title alone.

    Headlines have few forms: they are similar without being made from one template.
    """
    if not excerpt:
        return NameProfile((), frozenset())
    terms: list[str] = []
    names: set[str] = set()
    cased = not _is_title_case(title)
    for text, limit, has_case in ((title, MAX_TITLE_WORDS, cased), (excerpt, MAX_EXCERPT_WORDS, True)):
        is_first = True
        for chunk, found in chunks_and_terms(text, limit):
            terms += found
            if has_case and not is_first and chunk[0].isupper():
                names.update(found)
            elif not chunk.isalpha():
                names.update([term for term in found if term[0].isdecimal()])
            is_first = not (chunk[-1].isalnum() or chunk[-1] in _INSIDE_SENTENCE)
    return NameProfile(tuple(terms), frozenset(names))


def _is_title_case(title: str) -> bool:
    words = [word for word in title.split()[1:] if len(word) >= _LONG]
    return sum(word[0].isupper() for word in words) > TITLE_CASE * len(words)


def is_same_sentence_with_other_names(
    one: tuple[NameProfile, Mapping[str, int]], other: tuple[NameProfile, Mapping[str, int]]
) -> bool:
    """Return whether two articles, each given with its vector, share a sentence but name others in it.

    Most of their names must be their own, and in one place at most four words with such a name of one must
    stand where the other has as few with a name of its own, next to equal words.
    """
    (mine, vector), (theirs, other_vector) = one, other
    own = {term for term in mine.names if term in vector and term not in other_vector}
    others = {term for term in theirs.names if term in other_vector and term not in vector}
    if not own or not others:
        return False
    both = [term for term in mine.names | theirs.names if term in vector and term in other_vector]
    shared = sum([vector[term] * other_vector[term] for term in both])
    alone = min(sum([vector[term] ** 2 for term in own]), sum([other_vector[term] ** 2 for term in others]))
    return shared < SHARED_NAMES * (shared + alone) and _differ_in_one_place(
        mine.terms, theirs.terms, own, others
    )


def _differ_in_one_place(
    one: tuple[str, ...], other: tuple[str, ...], own: set[str], others: set[str]
) -> bool:
    steps = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    equal = [end - start if step == "equal" else 0 for step, start, end, _, _ in steps] + [0]
    return any(
        step == "replace"
        and max(end - start, other_end - other_start) <= MAX_GAP
        and equal[at - 1] + equal[at + 1] >= MIN_CONTEXT
        and not own.isdisjoint(one[start:end])
        and not others.isdisjoint(other[other_start:other_end])
        for at, (step, start, end, other_start, other_end) in enumerate(steps)
    )


def titles_differ_in_a_name(
    one: tuple[Sequence[str], Mapping[str, float]],
    other: tuple[Sequence[str], Mapping[str, float]],
    frequencies: DocumentFrequencies,
) -> bool:
    """Return whether two titles are one template filled with two names.

    Each is given by the terms of its title and the vector of its whole text. Either the titles are equal but
    for one run of words ("Ferrol now available in the market hall", "Mistral now available in the market
    hall"), which only its own text has; or most of a title is shared, but each title has a word that the
    other's text lacks and that is much rarer than all shared ones.
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
    rarity = frequencies.inverse_frequency
    common = max(map(rarity, text.keys() & other_text.keys()), default=0.0)
    rarest = min(max(map(rarity, own)), max(map(rarity, others)))
    return rarest >= common + TEMPLATE_RARER


def _difference(title: Sequence[str], other: Sequence[str]) -> list[str]:
    """Return what a title has between the beginning and the end that it shares with another."""
    shortest = min(len(title), len(other))
    start = next((n for n in range(shortest) if title[n] != other[n]), shortest)
    end = next((n for n in range(shortest - start) if title[-1 - n] != other[-1 - n]), shortest - start)
    return list(title[start : len(title) - end])
