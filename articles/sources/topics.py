"""Topics by keywords (floor 0): which topics a report belongs to, and because of which words.

A keyword is one or more whole words that follow one another in the title or in the excerpt; case does not
count. A topic found brings those above it.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_WORD = re.compile(r"\w+(?:[+#]+|(?:['’]\w+))?")
_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TopicWords:
    """A topic as assigning needs it: `parent` is the name of the topic above it, or ""."""

    name: str
    parent: str = ""
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A topic of a report and the reason: the keyword and where it stands, or the topic below it."""

    topic: str
    because: str
    place: str  # "title", "excerpt", "source", "topic"


def words_of(text: str) -> list[str]:
    """Return the words of a text in the form in which they are compared."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return [word.removesuffix("'s").removesuffix("’s") for word in _WORD.findall(folded)]


@dataclass
class Taxonomy:
    """The keywords of all topics, ready to be looked for. A topic without any is looked for by its name."""

    topics: Mapping[str, TopicWords]
    _starts: dict[str, list[tuple[_Words, str, str]]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, topics: Iterable[TopicWords]) -> "Taxonomy":
        found = cls({topic.name: topic for topic in topics})
        for topic in found.topics.values():
            for keyword in dict.fromkeys(topic.keywords or (topic.name,)):
                words = tuple(words_of(keyword))
                if words:
                    found._starts[words[0]].append((words, topic.name, keyword))
        return found

    def assign(self, title: str, excerpt: str, given: Iterable[str] = ()) -> list[Found]:
        """Return the topics of a report, strongest first: title before excerpt, earlier before later.

        `given` are the topics that its source always has; they come after those found.
        """
        found: dict[str, Found] = {}
        for place, text in (("title", title), ("excerpt", excerpt)):
            for topic, keyword in self._matches(words_of(text)):
                found.setdefault(topic, Found(topic, keyword, place))
        for topic in given:
            found.setdefault(topic, Found(topic, "", "source"))
        for each in list(found.values()):
            for above, below in self._above(each.topic):
                found.setdefault(above, Found(above, below, "topic"))
        return list(found.values())

    def _matches(self, words: list[str]) -> Iterator[tuple[str, str]]:
        for start, word in enumerate(words):
            for wanted, topic, keyword in self._starts.get(word, ()):
                if tuple(words[start : start + len(wanted)]) == wanted:
                    yield topic, keyword

    def _above(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield each topic above this one, with the one below it; a circle ends where it began."""
        seen, below = {name}, self.topics.get(name)
        while below and (above := self.topics.get(below.parent)) and above.name not in seen:
            yield above.name, below.name
            seen.add(above.name)
            below = above
