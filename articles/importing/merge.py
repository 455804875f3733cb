"""Merging what several documents say of one article: its newest own file wins, else the best copy in others.

What feeds say counts only where no file describes the article. Pure: no Django.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from hashlib import sha256

from articles.frontmatter.fields import ArticleFields

_PERMALINK = re.compile(r"[^\W_](?:[\w.~-]*\w)?")


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """One live document of an article; `is_polled`: made of a feed's entry."""

    path: str
    store: str
    fields: ArticleFields
    is_polled: bool = False

    @property
    def precedence(self) -> tuple[datetime, str, str]:
        """The highest wins: the newest publication, then the highest path."""
        return self.fields.published_at, self.path, self.store


@dataclass(frozen=True)
class MergedArticle:
    """What all documents together say of an article.

    A copy in another article's `related` gives no permalink: its `permalink` is empty.
    """

    fields: ArticleFields
    permalink: str = ""
    is_removed: bool = False
    topics: tuple[str, ...] = ()
    related: tuple[str, ...] = ()  # link keys
    is_polled: bool = False

    @property
    def is_copy(self) -> bool:
        return not self.permalink

    @cached_property
    def digest(self) -> str:
        """A hash of all of it, to see whether it is news."""
        fields = self.fields
        own = (
            fields.url, fields.web_url, fields.original_url, fields.amp_url, fields.cdn_amp_url, fields.title,
            fields.excerpt, fields.published_at.isoformat(), fields.kind, fields.quality, fields.heat,
            fields.is_published, fields.provider.domain, fields.provider.name, [*map(tuple, fields.images)],
            self.permalink, self.is_removed, self.topics, self.related, self.is_polled,
        )  # fmt: skip
        return sha256(repr(own).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def merge_documents(documents: Iterable[ParsedDocument]) -> MergedArticle:
    """Return the winner's fields, and what the article's other documents add.

    One file that says `removed` removes. Topics and related articles that only other files name come after
    the winner's. The result depends on the set of documents alone, not on their order.
    """
    documents = list(documents)
    own = [document for document in documents if not document.is_polled]
    ranked = sorted(own or documents, key=lambda document: document.precedence, reverse=True)
    topics: dict[str, str] = {}
    for document in ranked:
        for name in document.fields.topics:
            topics.setdefault(name.casefold(), name)
    related = dict.fromkeys(copy.link_key for document in ranked for copy in document.fields.related)
    return MergedArticle(
        ranked[0].fields,
        permalink_of(ranked[0].path),
        any(document.fields.is_removed for document in ranked),
        tuple(topics.values()),
        tuple(related),
        is_polled=not own,
    )


def merge_copies(copies: Iterable[ArticleFields]) -> MergedArticle:
    """Return what copies in others' files say of an article without a file: what the best copy says."""
    best, *others = copies
    for copy in others:
        if copy is not best and copy != best:
            best = max(best, copy, key=_copy_order)
    return MergedArticle(best)


# The columns that decide between copies; a tie is decided by the digest.
COPY_ORDER = ("published_at", "quality", "title", "excerpt", "url")


def outranks(merged: MergedArticle, stored: Sequence, stored_digest: str) -> bool:
    """Return whether a copy comes before the one whose COPY_ORDER values and digest are stored."""
    own = tuple(getattr(merged.fields, name) for name in COPY_ORDER)
    return (*own, merged.digest) > (*stored, stored_digest)


def _copy_order(copy: ArticleFields) -> tuple:
    return (*(getattr(copy, name) for name in COPY_ORDER), MergedArticle(copy).digest)


@lru_cache(maxsize=1 << 12)  # asked for a few times a file, soon after one another
def permalink_of(path: str) -> str:
    """Return the permalink that a file's name stands for: its stem, if an address can hold it."""
    stem = path.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    if _PERMALINK.fullmatch(stem) and len(stem) <= 240 and unicodedata.is_normalized("NFC", stem):
        return stem
    words = re.sub(r"[^\w]+", "-", unicodedata.normalize("NFC", stem)).strip("-_").lower()[:80]
    return f"{words or 'article'}-{sha256(stem.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
