"""Text to terms (pure): the words of a title and an excerpt in the form in which articles are compared.

A term is a word without accents, ending and case, cut to six letters; a number counts whole; scripts written
without spaces give pairs of letters. Words of grammar, of the calendar and of the news trade are left out.
"""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

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
# Indic vowel signs are not letters to `\w`, but occur inside words.
_LETTER = rf"(?:(?![{_UNSPACED}])(?:[^\W_]|[\u0900-\u0dff]))"
_TOKEN = re.compile(rf"[{_UNSPACED}]+|\d+(?:[.,]\d+)+|{_LETTER}+(?:['’]{_LETTER}+)*")
_ASCII_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[a-z0-9]+(?:'[a-z0-9]+)*")
_ENDINGS = ("ing", "ed", "ly")
# Typographic signs common in English; their ASCII forms lead to the same terms.
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


_known_term = lru_cache(maxsize=1 << 17)(_term)


def words_and_terms(text: str, limit: int) -> list[tuple[str, str]]:
    """Return the first `limit` significant words of a text as (word, term) pairs, in text order."""
    found: list[tuple[str, str]] = []
    # 40 characters a word are enough: a hostile text of any length costs no more.
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
    in_title = dict.fromkeys(_terms(title, MAX_TITLE_WORDS), TITLE_WEIGHT)
    in_excerpt = dict.fromkeys(_terms(excerpt, MAX_EXCERPT_WORDS), EXCERPT_WEIGHT)
    weights = in_title | in_excerpt
    for term in in_title.keys() & in_excerpt.keys():
        weights[term] = TITLE_WEIGHT + EXCERPT_WEIGHT
    return tuple(in_title), weights
