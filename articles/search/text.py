"""Searchable text: articles and queries folded alike, and the words of a query marked in a text. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

MAX_TYPED, MAX_TERMS = 400, 10
SNIPPET = 240  # characters

_CHUNK = re.compile(r'"([^"]*)"|(\S+)')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
# Marks that people leave out when they type: Latin accents, Hebrew points, Arabic vowels.
_ACCENTS = re.compile("[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u064b-\u065f\u0670]+")
# Marks that are part of a word although \w leaves them out, such as the vowels of Indic scripts.
_MARKS = "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u109f\u1780-\u17d3"
_SIGNS = re.compile(rf"[^\w{_MARKS}]+|_")
# Scripts that are written without blanks: Thai and Lao, Burmese, Khmer, kana, Han.
_UNSPACED = (
    "\u0e01-\u0e4e\u0e81-\u0ece\u1000-\u103f\u1780-\u17d3\u3005-\u3007\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_RUN = re.compile(f"[{_UNSPACED}]+")
_SPACED_WORD = rf"(?![{_UNSPACED}])[^\W_](?:(?![{_UNSPACED}])(?:[^\W_]|[{_MARKS}]))*"
_WORD = re.compile(f"{_RUN.pattern}|{_SPACED_WORD}")
# ASCII, which most texts are, is folded as bytes in a quarter of the time.
_ASCII = bytes(code if chr(code).isalnum() and code < 128 else 32 for code in range(256))
# Endings that the stemmers of both databases take off; longest first.
_ENDINGS = ("ational", "ements", "ations", "ement", "ation", "ingly", "ings", "edly", "ions", "ies", "ing",
            "ion", "ers", "ed", "er", "es", "ly", "y", "s", "e")  # fmt: skip
_ANY_ENDING = frozenset(_ENDINGS)


def fold(text: str) -> str:
    """Return the searchable form of a text: lower-case words between single blanks, without accents.

    Runs of a script without blanks become all pairs of neighbouring characters, with the first and the last
    character of the run around them: 日本語 becomes 日 日本 本語 語. `articles_search_words` of
    migration 0002 does the same in PostgreSQL. Rebuild the search index after a change.
    """
    return _fold(text, lambda run: [run[0], *map("".join, pairwise(run)), run[-1]])


def fold_query(text: str) -> str:
    """Return a text as `fold` does, but of a longer run the pairs alone, so that they match inside a run."""
    return _fold(text, lambda run: list(map("".join, pairwise(run))) or [run])


def _fold(text: str, split_run) -> str:
    plain = text.replace("’", " ").lower()
    if plain.isascii():
        plain = plain.encode().translate(_ASCII).decode()
    else:
        plain = _SIGNS.sub(" ", _ACCENTS.sub("", unicodedata.normalize("NFKD", plain)))
        plain = unicodedata.normalize("NFC", plain)
        plain = _RUN.sub(lambda run: f" {' '.join(split_run(run[0]))} ", plain)
    return f" {' '.join(plain.split())} "


@dataclass(frozen=True)
class Query:
    """The terms of a query as typed, all of which a hit must have: single words, and phrases of several."""

    terms: tuple[str, ...]

    def __bool__(self):
        return bool(self.terms)

    @cached_property
    def folded(self) -> list[str]:
        """The terms in their searchable form: words between blanks, without any other character."""
        return [term for term in (fold_query(term).strip() for term in self.terms) if term]


def parse_query(typed: str) -> Query:
    """Return the terms of any text: words, and phrases in double quotes of any form; nothing is an operator.

    Only the first 400 characters and the first 10 terms count. Control characters, surrogates, and
    pieces without a letter or digit are passed over.
    """
    text = unicodedata.normalize("NFC", typed[:MAX_TYPED]).translate(_QUOTES)
    text = "".join(c if unicodedata.category(c) not in ("Cc", "Cs", "Cn") else " " for c in text)
    chunks = (phrase or word for phrase, word in _CHUNK.findall(text))
    terms = (" ".join(chunk.replace('"', " ").split()) for chunk in chunks)
    return Query(tuple(dict.fromkeys(term for term in terms if _WORD.search(term)))[:MAX_TERMS])


def stem(word: str) -> str:
    """Return a word without accents, capitals and common English ending: good enough to mark a hit."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", word.lower()))
    for ending in _ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= 3:
            return plain[: -len(ending)]
    return plain


def has_stem(text: str, stemmed: str) -> bool:
    """Return whether a folded text has a word of this stem; an expression would take ten times as long."""
    start = text.find(f" {stemmed}")
    while start >= 0:
        rest = start + 1 + len(stemmed)
        end = text.find(" ", rest)
        if end == rest or text[rest:end] in _ANY_ENDING:
            return True
        start = text.find(f" {stemmed}", end)
    return False


def mark(text: str, query: Query) -> list[tuple[str, bool]]:
    """Cut a text into pieces, each with whether it is a word of the query. The pieces make up the text."""
    words = dict.fromkeys(word for term in query.terms for word in _WORD.findall(term))
    wanted = {stem(word) for word in words}
    runs = sorted((word for word in words if _RUN.match(word)), key=len, reverse=True)
    pieces, end = [], 0
    for found in re.finditer("|".join([*runs, _SPACED_WORD]), text):
        if stem(found[0]) in wanted:
            if found.start() > end:
                pieces.append((text[end : found.start()], False))
            pieces.append((found[0], True))
            end = found.end()
    if end < len(text):
        pieces.append((text[end:], False))
    return pieces


def snippet(text: str, query: Query, size: int = SNIPPET) -> list[tuple[str, bool]]:
    """Return marked pieces of about `size` characters of a text, around the first word of the query."""
    if len(text) <= size:
        return mark(text, query)
    pieces = mark(text, query)
    first = len(pieces[0][0]) if len(pieces) > 1 and not pieces[0][1] else 0
    start = max(0, min(first - size // 3, len(text) - size))
    start = text.rfind(" ", 0, start) + 1 if start else 0
    cut = text[start : start + size]
    if start + size < len(text):
        cut = cut[: cut.rfind(" ")] if " " in cut[size // 2 :] else cut
    ends = ("… " if start else "", " …" if start + len(cut) < len(text) else "")
    return mark(ends[0] + cut + ends[1], query)
