"""What files tell of an article (floor 0): of its own files the newest wins, of copies in others the best.

What feeds tell counts as long as no file of one's own tells of the article.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from articles.frontmatter.fields import ArticleFields
from articles.importing.files import stem_of


@dataclass(frozen=True, slots=True)
class Telling:
    """One live file of an article."""

    path: str
    store: str
    fields: ArticleFields
    is_polled: bool = False  # a feed's word, kept in the form of a file
    digest: str = ""  # of what it tells alone, where that was found before, by `alone`

    @property
    def mark(self) -> tuple[datetime, str, str]:
        """The highest wins: the newest publication, then the highest path."""
        return self.fields.published_at, self.path, self.store


@dataclass(frozen=True, slots=True)
class Told:
    """What all files together say of an article. A copy has no permalink of its own: `stem` is empty."""

    fields: ArticleFields
    stem: str
    is_removed: bool
    topics: tuple[str, ...]
    related: tuple[ArticleFields, ...]
    digest: str
    is_polled: bool = False

    @property
    def is_copy(self) -> bool:
        return not self.stem


def tell(tellings: Iterable[Telling]) -> Told:
    """Return what an article's own files say: the winner's fields, and what the others add.

    One file that says `removed` removes. Topics and related articles that only other files name come after
    the winner's. Where there are files, what feeds tell does not count. The result depends on the set of
    tellings alone.
    """
    tellings = list(tellings)
    if len(tellings) == 1:  # as most articles have one file, and its fields name nothing twice
        return alone(*tellings)
    own = [telling for telling in tellings if not telling.is_polled]
    ranked = sorted(own or tellings, key=lambda telling: telling.mark, reverse=True)
    fields = ranked[0].fields
    topics: dict[str, str] = {}
    related = list(fields.related)
    known = {copy.link_key for copy in related}
    for telling in ranked:
        for name in telling.fields.topics:
            topics.setdefault(name.casefold(), name)
        further = [copy for copy in telling.fields.related if copy.link_key not in known]
        related += further
        known.update(copy.link_key for copy in further)
    stem, is_removed = stem_of(ranked[0].path), any(telling.fields.is_removed for telling in ranked)
    return _told(fields, stem, is_removed, tuple(topics.values()), tuple(related), is_polled=not own)


def alone(only: Telling) -> Told:
    """Return what a file says of an article that has no other."""
    fields, stem = only.fields, stem_of(only.path)
    if only.digest and not only.is_polled:
        return Told(fields, stem, fields.is_removed, fields.topics, fields.related, only.digest)
    return _told(fields, stem, fields.is_removed, fields.topics, fields.related, is_polled=only.is_polled)


def tell_copies(copies: Iterable[ArticleFields]) -> Told:
    """Return what copies in others' files say of an article without a file: what the best copy says."""
    best, *others = copies
    for copy in others:
        if copy is not best and copy != best:
            best = max(best, copy, key=_copy_order)
    return _told(best, "", False, (), ())


def wins(told: Told, stored: Sequence, stored_digest: str) -> bool:
    """Tell whether a copy comes before the one whose COPY_ORDER values and digest are stored."""
    fields = told.fields
    own = (fields.published_at, fields.quality, fields.title, fields.excerpt, fields.url)
    return (*own, told.digest) > (*stored, stored_digest)


# The columns that decide between copies; a tie is decided by the digest.
COPY_ORDER = ("published_at", "quality", "title", "excerpt", "url")


def _copy_order(copy: ArticleFields) -> tuple:
    return (*(getattr(copy, name) for name in COPY_ORDER), _told(copy, "", False, (), ()).digest)


def _told(
    fields: ArticleFields,
    stem: str,
    is_removed: bool,
    topics: tuple[str, ...],
    related: tuple[ArticleFields, ...],
    *,
    is_polled: bool = False,
) -> Told:
    own = (
        fields.url, fields.web_url, fields.original_url, fields.amp_url, fields.cdn_amp_url, fields.title,
        fields.excerpt, fields.published_at.isoformat(), fields.kind, fields.quality, fields.heat,
        fields.is_published, fields.provider.domain, fields.provider.name,
        [(each.url, each.width, each.height, each.is_cached, each.title) for each in fields.images],
    )  # fmt: skip
    text = repr((own, stem, is_removed, topics, [copy.link_key for copy in related]))
    text += " polled" if is_polled else ""
    digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return Told(fields, stem, is_removed, topics, related, digest, is_polled)
