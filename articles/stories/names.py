"""What a report names, and whether two reports tell one sentence with other names in its places (floor 0).

Texts of one template share all words but the names ("{ship} reaches {port} on its first voyage"), so by their
words alone many events become one story. A name is a word with a capital inside a sentence, or a number; in
scripts without capitals numbers alone.
"""

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import NamedTuple

from articles.stories.similarity import MAX_EXCERPT_WORDS, MAX_TITLE_WORDS, chunks_and_terms

# Names that both have must weigh less than this share of what they and each one's own weigh together.
SHARED = 0.5
# A name and its neighbours; a longer run of other words is another sentence.
PLACE = 4
# So many words around a place must be equal.
AROUND = 3
# A title with this share of capitals is written in capitals, so they say nothing.
CAPITALS = 0.6
_LONG = 4  # letters; shorter words are small in such titles too
_INSIDE = frozenset(",)]’'%-–—/&")  # after these a sentence goes on


class Told(NamedTuple):
    """A report's terms of title and excerpt in their order, and those of them that are names."""

    terms: tuple[str, ...]
    names: frozenset[str]


def told(title: str, excerpt: str) -> Told:
    """Return what a report tells, in order, and whom or what it names; of a title alone, nothing.

    Headlines are written in few forms: they are alike without being one template.
    """
    if not excerpt:
        return Told((), frozenset())
    terms: list[str] = []
    names: set[str] = set()
    telling = not _is_in_capitals(title)
    for text, limit, is_telling in ((title, MAX_TITLE_WORDS, telling), (excerpt, MAX_EXCERPT_WORDS, True)):
        begins = True
        for chunk, found in chunks_and_terms(text, limit):
            terms += found
            if is_telling and not begins and chunk[0].isupper():
                names.update(found)
            elif not chunk.isalpha():
                names.update([term for term in found if term[0].isdecimal()])
            begins = not (chunk[-1].isalnum() or chunk[-1] in _INSIDE)
    return Told(tuple(terms), frozenset(names))


def _is_in_capitals(title: str) -> bool:
    words = [word for word in title.split()[1:] if len(word) >= _LONG]
    return sum(word[0].isupper() for word in words) > CAPITALS * len(words)


def tell_alike_of_others(one: tuple[Told, Mapping[str, int]], other: tuple[Told, Mapping[str, int]]) -> bool:
    """Tell whether two reports have a sentence in common, but with other names in the same places.

    Each is given with its vector. What they name must be mostly their own, and somewhere at most four words
    with such a name of one must stand where the other has as few with one of its own, beside equal words.
    """
    (mine, vector), (theirs, other_vector) = one, other
    own = {term for term in mine.names if term in vector and term not in other_vector}
    others = {term for term in theirs.names if term in other_vector and term not in vector}
    if not own or not others:
        return False
    both = [term for term in mine.names | theirs.names if term in vector and term in other_vector]
    shared = sum([vector[term] * other_vector[term] for term in both])
    alone = min(sum([vector[term] ** 2 for term in own]), sum([other_vector[term] ** 2 for term in others]))
    return shared < SHARED * (shared + alone) and _in_one_place(mine.terms, theirs.terms, own, others)


def _in_one_place(one: tuple[str, ...], other: tuple[str, ...], own: set[str], others: set[str]) -> bool:
    steps = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    equal = [end - start if step == "equal" else 0 for step, start, end, _, _ in steps] + [0]
    return any(
        step == "replace"
        and max(end - start, other_end - other_start) <= PLACE
        and equal[at - 1] + equal[at + 1] >= AROUND
        and not own.isdisjoint(one[start:end])
        and not others.isdisjoint(other[other_start:other_end])
        for at, (step, start, end, other_start, other_end) in enumerate(steps)
    )
