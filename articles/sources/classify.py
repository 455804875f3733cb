"""What a polled article starts with: topics by keywords, and its initial quality; both with their reasons.

A keyword is one or more whole words that follow one another in the title or in the excerpt, regardless of
case. A matched topic adds its ancestors. The initial quality is a sum of named terms, computed once, when the
article is first seen, in the range that stores use (0 to about 100). Editors may change it afterwards.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

MINIMUM, MAXIMUM = 0, 100
PICTURE = 10
EXCERPTS = ((200, 10), (80, 5))  # characters, points
PER_TOPIC, MAX_FOR_TOPICS = 5, 15
FRESH, FRESH_WITHIN = 5, timedelta(days=2)
_WORD = re.compile(r"\w+(?:[+#]+|(?:['’]\w+))?")
_Words = tuple[str, ...]
Terms = list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class TopicWords:
    """A topic and its keywords; `parent` is the name of the topic above it, or ""."""

    name: str
    parent: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicMatch:
    """A topic of an article and the reason: the keyword and where it was found, or the topic below it."""

    topic: str
    reason: str
    place: str  # "title", "excerpt", "source", "topic"


def words_of(text: str) -> list[str]:
    """Return the words of a text, normalised for comparison."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [word.removesuffix("'s").removesuffix("’s") for word in _WORD.findall(folded)]


class Taxonomy:
    """An index of the keywords of all topics. A topic without keywords is matched by its name."""

    def __init__(self, topics: Iterable[TopicWords]):
        self.topics = {topic.name: topic for topic in topics}
        self._starts: dict[str, list[tuple[_Words, str, str]]] = defaultdict(list)  # by their first word
        for topic in self.topics.values():
            for keyword in dict.fromkeys(topic.keywords or (topic.name,)):
                if words := tuple(words_of(keyword)):
                    self._starts[words[0]].append((words, topic.name, keyword))

    def match(self, title: str, excerpt: str, fixed: Iterable[str] = ()) -> list[TopicMatch]:
        """Return the topics of an article, best first: title before excerpt, earlier before later.

        `fixed` are the topics that its source always adds; they follow those found.
        """
        found: dict[str, TopicMatch] = {}
        for place, text in (("title", title), ("excerpt", excerpt)):
            for topic, keyword in self._matches(words_of(text)):
                found.setdefault(topic, TopicMatch(topic, keyword, place))
        for topic in fixed:
            found.setdefault(topic, TopicMatch(topic, "", "source"))
        for each in list(found.values()):
            for parent, child in self._ancestors(each.topic):
                found.setdefault(parent, TopicMatch(parent, child, "topic"))
        return list(found.values())

    def _matches(self, words: list[str]) -> Iterator[tuple[str, str]]:
        for start, word in enumerate(words):
            for wanted, topic, keyword in self._starts.get(word, ()):
                if tuple(words[start : start + len(wanted)]) == wanted:
                    yield topic, keyword

    def _ancestors(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield each ancestor of a topic with the topic below it; a cycle ends where it began."""
        seen, below = {name}, self.topics.get(name)
        while below and (above := self.topics.get(below.parent)) and above.name not in seen:
            yield above.name, below.name
            seen.add(above.name)
            below = above


def quality_terms(
    weight: int, *, has_picture: bool, excerpt: str, topics: int, published_at: datetime, now: datetime
) -> Terms:
    """Return the terms of an article's initial quality; those of 0 points are left out.

    `weight` is the source's, `topics` the number of topics found by keywords, `now` when it was first seen.
    """
    length = next((points for least, points in EXCERPTS if len(excerpt) >= least), 0)
    terms = [
        ("weight of the source", weight),
        ("has a picture", PICTURE if has_picture else 0),
        (f"excerpt of {len(excerpt)} characters", length),
        (f"{topics} topics by keywords" if topics != 1 else "1 topic by keywords",
         min(PER_TOPIC * topics, MAX_FOR_TOPICS)),
        ("fresh from its source", FRESH if now - published_at <= FRESH_WITHIN else 0),
    ]  # fmt: skip
    return [term for term in terms if term[1]]


def quality(terms: Iterable[tuple[str, int]]) -> int:
    """Return the quality: the sum of the terms, clipped to the range of stores."""
    return min(max(sum(value for _, value in terms), MINIMUM), MAXIMUM)
