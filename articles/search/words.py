"""What a reader typed, as terms; and where those terms stand in a text (floor 0)."""

import re
import unicodedata
from dataclasses import dataclass

MAX_TYPED, MAX_TERMS = 400, 10
SNIPPET = 240  # characters

_CHUNK = re.compile(r'"([^"]*)"|(\S+)')
_BETWEEN = re.compile(r"[\W_]+")
# With the signs that are written on or beside letters, which \w leaves out: accents, points, Indic vowels.
_SIGNS = "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u109f\u1780-\u17d3"
_WORD = re.compile(rf"[^\W_](?:[^\W_]|[{_SIGNS}])*")
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
# Signs to blanks in ASCII, which most texts are: as bytes in a quarter of the time.
_BLANKS = bytes(code if chr(code).isalnum() and code < 128 else 32 for code in range(256))
# Endings that the stemmers of both databases take off; longest first.
_ENDINGS = ("ational", "ements", "ations", "ement", "ation", "ingly", "ings", "edly", "ions", "ies", "ing",
            "ion", "ers", "ed", "er", "es", "ly", "y", "s", "e")  # fmt: skip
_ANY_ENDING = frozenset(_ENDINGS)


@dataclass(frozen=True, slots=True)
class Query:
    """The terms of a query, all of which a hit must have: single words, and phrases of several."""

    terms: tuple[str, ...]

    def __bool__(self):
        return bool(self.terms)


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


def weighed(query: Query) -> tuple[list[str], str]:
    """Return what hits are ranked by: the first ten different words of a query, and all of them in a row."""
    words = _WORD.findall(" ".join(query.terms))
    return list(dict.fromkeys(words))[:MAX_TERMS], " ".join(words)


def stem(word: str) -> str:
    """Return a word without accents, capitals and common English ending: good enough to mark a hit."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    for ending in _ENDINGS:
        if plain.endswith(ending) and len(plain) - len(ending) >= 3:
            return plain[: -len(ending)]
    return plain


def stands_in(stemmed: str, text: str) -> bool:
    """Tell whether a folded text has a word of this stem; an expression would take ten times as long."""
    start = text.find(f" {stemmed}")
    while start >= 0:
        rest = start + 1 + len(stemmed)
        end = text.find(" ", rest)
        if end == rest or text[rest:end] in _ANY_ENDING:
            return True
        start = text.find(f" {stemmed}", end)
    return False


def folded(text: str) -> str:
    """Return a text as its words between single blanks, without capitals and accents."""
    plain = text.casefold()
    if plain.isascii():
        return f" {' '.join(plain.encode().translate(_BLANKS).decode().split())} "
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return f" {_BETWEEN.sub(' ', plain).strip()} "


def mark(text: str, query: Query) -> list[tuple[str, bool]]:
    """Cut a text into pieces, each with whether it is a word of the query. The pieces make up the text."""
    wanted = {stem(word) for term in query.terms for word in _WORD.findall(term)}
    pieces, end = [], 0
    for found in _WORD.finditer(text):
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
