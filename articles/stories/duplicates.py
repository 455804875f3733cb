"""Duplicates and templates (pure): the same link, title or text; the same sentence with other names.

Texts filled into one template share all words but the names ("{ship} reaches {port} on its first voyage"): by
their words alone, many events would become one story. A name is a word with a capital inside a sentence, or a
number; in scripts without capitals, numbers alone.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Generic, NamedTuple, Protocol, TypeVar

from articles.stories.similarity import DAY, WINDOW_DAYS, DocumentFrequencies
from articles.stories.terms import MAX_EXCERPT_WORDS, MAX_TITLE_WORDS, chunks_and_terms

# The repetition of a shorter excerpt proves nothing.
MIN_DUPLICATE_TEXT = 60
SAME_TITLE = 7 * DAY
# A title of fewer terms ("Weekly update") proves nothing when the texts differ.
MIN_TITLE_TERMS = 3

# Factor for the similarity of two texts made from one template.
TEMPLATE = 0.5
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


class DisjointSets:
    """Disjoint sets of the numbers 0 to n - 1 (union-find with path halving)."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, place: int) -> int:
        """Return the number that represents the set of this one."""
        parent = self._parent
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    def join(self, one: int, other: int) -> None:
        """Join two sets; the lowest number represents the result."""
        one, other = sorted((self.find(one), self.find(other)))
        self._parent[other] = one

    def lists(self) -> list[list[int]]:
        """Return all sets in the order of their lowest numbers."""
        found = defaultdict(list)
        for place in range(len(self._parent)):
            found[self.find(place)].append(place)
        return list(found.values())


def normalize(text: str) -> str:
    """Return a text for comparison: without case, extra spaces, and full stops at the end.

    A duplicate is often cut off with an ellipsis, or lacks the last full stop.
    """
    return " ".join(text.casefold().split()).rstrip(" .…")


def duplicate_sets(texts: Sequence[tuple[str, str]], also: Iterable[Sequence[Hashable]] = ()) -> DisjointSets:
    """Join the positions of duplicates among (title, excerpt) pairs.

    Duplicates have the same title, or the excerpt of one, at least 60 characters, is the beginning of the
    other's.
    `also` gives further keys, one for each pair: pairs with an equal key are joined too.
    """
    sets = DisjointSets(len(texts))
    titles = [normalize(title) for title, _ in texts]
    for keys in (titles, *also):
        seen: dict[Hashable, int] = {}
        for place, key in enumerate(keys):
            if key != "":
                sets.join(place, seen.setdefault(key, place))
    # In sorted order a text stands right before those that begin with it.
    ordered = sorted((normalize(excerpt), place) for place, (_, excerpt) in enumerate(texts))
    beginnings: list[tuple[str, int]] = []
    for text, place in ordered:
        if len(text) < MIN_DUPLICATE_TEXT:
            continue
        while beginnings and not text.startswith(beginnings[-1][0]):
            beginnings.pop()
        if beginnings:
            sets.join(place, beginnings[-1][1])
        beginnings.append((text, place))
    return sets


class Comparable(Protocol):
    """What the index of duplicates needs of an article: its keys (reason and value), its time in seconds, the
    terms of its title, the start of its normalized excerpt, its vector and its provider."""

    time: int
    text: str

    @property
    def duplicate_keys(self) -> Sequence[tuple[str, str]]: ...

    @property
    def vector(self) -> Mapping[str, int]: ...

    @property
    def title(self) -> Sequence[str]: ...

    @property
    def provider(self) -> Hashable: ...


Article = TypeVar("Article", bound=Comparable)


class DuplicateIndex(Generic[Article]):
    """The last article with each duplicate key; added and forgotten in the order of their times."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str], Article] = {}
        self._articles: deque[Article] = deque()

    def add(self, article: Article) -> None:
        for key in article.duplicate_keys:
            self._last[key] = article
        self._articles.append(article)

    def forget(self, oldest: int) -> None:
        """Remove articles from before this time (seconds since 1970)."""
        while self._articles and self._articles[0].time < oldest:
            article = self._articles.popleft()
            for key in article.duplicate_keys:
                if self._last.get(key) is article:
                    del self._last[key]

    def duplicates_of(self, article: Article) -> Iterator[tuple[str, Article]]:
        """Yield the last articles that this one duplicates with the reason, the surest first.

        Reasons are "link" (within the days that are indexed), "title" (within seven days; a short title only
        where the texts begin alike), and "text" (within three days).
        """
        for key in article.duplicate_keys:
            other = self._last.get(key)
            if other is not None and _is_duplicate(key[0], article, other):
                yield key[0], other


def _is_duplicate(reason: str, article: Comparable, other: Comparable) -> bool:
    seconds = article.time - other.time
    if reason == "link":
        return True
    if reason == "title":
        is_long = len(article.title) >= MIN_TITLE_TERMS
        return seconds <= SAME_TITLE and (is_long or _begin_alike(article.text, other.text))
    if seconds > WINDOW_DAYS * DAY or not other.vector or not _begin_alike(article.text, other.text):
        return False
    one, two = set(article.title), set(other.title)
    return article.provider != other.provider or 2 * len(one & two) >= min(len(one), len(two))


def _begin_alike(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


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
