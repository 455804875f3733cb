"""Entries become articles (floor 2): in the form of article files, so that one set of rules judges them.

What a feed tells of a report is kept as a document of the feed's own store. Several feeds that tell of one
link, and files that do, are told together by `articles.store`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from django.db import transaction

from articles.caching.writing import chunked, writing
from articles.frontmatter.document import Memo
from articles.frontmatter.emit import emit
from articles.frontmatter.errors import DocumentError
from articles.frontmatter.fields import EARLIEST, MAX_TOPICS, FieldError, encode_entities, read_article
from articles.frontmatter.links import LinkError, clean_link, link_key
from articles.importing.applying import Change, apply_changes
from articles.importing.rows import stem_of_link
from articles.models import Article, Provider, Source, SourceEntry, Store, Topic
from articles.models.bulk import insert_rows
from articles.packing import pack_files
from articles.sources.claiming import new_claim
from articles.sources.entries import Entry, Feed
from articles.sources.links import publisher_link
from articles.sources.scoring import quality, quality_terms
from articles.sources.topics import Found, Taxonomy, TopicWords

BATCH = 500  # entries in one transaction


class ClaimLost(Exception):
    """Another poller has the source now; what was made of the feed is thrown away."""


@dataclass
class Taken:
    """What became of a feed's entries: counts, and the reasons for those left out."""

    new: int = 0  # articles that nobody told of before
    shared: int = 0  # new in this feed, but others tell of them already
    changed: int = 0
    unchanged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class _Made:
    """An entry in the form in which it is kept, and the bytes of that."""

    change: Change
    content: bytes
    row: tuple


def read_taxonomy() -> Taxonomy:
    """Return the keywords of all topics there are."""
    rows = Topic.objects.in_order().values_list("name", "parent__name", "keywords")
    return Taxonomy.of(
        TopicWords(name, parent or "", tuple(word for word in keywords if isinstance(word, str)))
        for name, parent, keywords in rows
    )


def take_feed(
    source: Source,
    feed: Feed,
    now: datetime,
    taxonomy: Taxonomy,
    *,
    is_ours: Callable[[], bool],
    dry_run: bool = False,
) -> Taken:
    """Make articles of a feed's entries, each batch in one transaction; returns what became of them.

    `is_ours` is asked in each transaction; raises ClaimLost when it says no. What is kept of the source
    itself is the caller's.
    """
    taken = Taken(skipped=Counter(feed.skipped))
    maker = _Maker(source, feed, now, taxonomy)
    entries = list(maker.identified(feed.entries, taken))
    for start in range(0, len(entries), BATCH):
        made = list(maker.make(entries[start : start + BATCH], taken))
        if made:
            with writing():
                if not is_ours():
                    raise ClaimLost
                _keep(source, made)
                if dry_run:
                    transaction.set_rollback(True)
    return taken


def _keep(source: Source, made: Sequence[_Made]) -> None:
    # Each lies alone: feeds change what they tell, and in a pack with others the old words would stay.
    changes = [replace(each.change, place=pack_files([each.content])[0]) for each in made]
    apply_changes(_store_of(source), changes, None, Memo(), {})
    insert_rows(
        SourceEntry,
        ["source", "link_key", "digest", "published_at", "first_seen_at", "topics", "quality"],
        [each.row for each in made],
        unique=["source", "link_key"],
        update=["digest", "topics"],
    )


def _store_of(source: Source) -> Store:
    """Return the store of what a source tells, made when it is first needed."""
    store = Store.objects.filter(source=source).first()
    if store is None:
        name = source.store_name
        if Store.objects.filter(name=name).exists():  # a folder of one's own may be called so
            name = f"{name}:{new_claim()[:8]}"
        store = Store.objects.create(name=name, is_polled=True)
        Source.objects.filter(pk=source.pk).update(store=store)
    return store


@dataclass(frozen=True, slots=True)
class _Identified:
    key: str
    url: str
    amp: str
    entry: Entry

    @property
    def digest(self) -> str:
        """Hash of what the feed says, less what changes from fetch to fetch without meaning anything."""
        entry = self.entry
        said = (entry.title, entry.excerpt, [each.url for each in entry.pictures], entry.source_name)
        return sha256(repr(said).encode()).hexdigest()[:32]


class _Maker:
    """Makes documents of entries of one feed."""

    def __init__(self, source: Source, feed: Feed, now: datetime, taxonomy: Taxonomy):
        self.source, self.feed, self.taxonomy = source, feed, taxonomy
        self.now = now.replace(microsecond=0)  # what a file can say
        self.given = [topic.name for topic in source.topics.in_order()]
        self.site = _domain_of(source.site_url or feed.site)

    def identified(self, entries: Iterable[Entry], taken: Taken) -> Iterator[_Identified]:
        """Yield entries with the identity of their link, each link once."""
        seen: set[str] = set()
        for entry in entries:
            link, amp = publisher_link(entry.link)
            try:
                url = clean_link(link)
            except LinkError as error:
                taken.skipped[f"{error}"] += 1
                continue
            key = link_key(url)
            if key not in seen:
                seen.add(key)
                yield _Identified(key, url, amp, entry)

    def make(self, entries: Sequence[_Identified], taken: Taken) -> Iterator[_Made]:
        """Yield what is new or changed, and count."""
        keys = [each.key for each in entries]
        known: dict[str, SourceEntry] = {}
        there: set[str] = set()
        for part in chunked(keys):
            known |= SourceEntry.objects.of_keys(self.source, part)
            there.update(Article.objects.told().with_keys(part).values_list("link_key", flat=True))
        names = _names_of({self._domain(each) for each in entries if each.key not in known})
        for each in entries:
            before = known.get(each.key)
            if before and before.digest == each.digest:
                taken.unchanged += 1
                continue
            try:
                made = self._made(each, before, names)
            except FieldError as error:
                taken.skipped[f"{error.field}: {error.reason}"] += 1
                continue
            except DocumentError as error:
                taken.skipped[error.reason] += 1
                continue
            taken.changed += before is not None
            taken.shared += before is None and each.key in there
            taken.new += before is None and each.key not in there
            yield made

    def _made(self, each: _Identified, before: SourceEntry | None, names: dict[str, str]) -> _Made:
        entry = each.entry
        found = self.taxonomy.assign(entry.title, entry.excerpt, self.given)[:MAX_TOPICS]
        images = list(_images(entry))
        published_at = before.published_at if before else self._moment(entry.published)
        terms = before.quality if before else self._terms(entry, found, images, published_at)
        points = quality(terms)
        values = {
            "category": "news",
            "title": encode_entities(entry.title),
            "excerpt": encode_entities(entry.excerpt) or None,
            "publishedDateTime": published_at,
            "webUrl": each.url,
            "ampWebUrl": _cleaned(each.amp),
            "type": "article",
            "quality": points,
            "published": points >= self.source.minimum_quality,
            "provider": self._provider(each, names),
            "topics": [encode_entities(topic.topic) for topic in found] or None,
            "images": images or None,
        }
        values = {name: value for name, value in values.items() if value is not None}
        data = emit(values)
        change = Change(
            f"{stem_of_link(each.key, each.url)}.md",
            sha256(data).hexdigest(),
            fields=read_article(values, self.now),
        )
        reasons = [[topic.topic, topic.because, topic.place] for topic in found]
        first = before.first_seen_at if before else self.now
        terms = [list(term) for term in terms]
        row = (self.source.pk, each.key, each.digest, published_at, first, reasons, terms)
        return _Made(change, data, row)

    def _terms(self, entry: Entry, found: Sequence[Found], images: list, published_at: datetime) -> list:
        return quality_terms(
            self.source.weight,
            has_picture=bool(images),
            excerpt=entry.excerpt,
            topics=sum(topic.place in ("title", "excerpt") for topic in found),
            published_at=published_at,
            now=self.now,
        )

    def _moment(self, text: str) -> datetime:
        """Return when a report was published: when it came, where the feed does not say or cannot mean it."""
        if not text:
            return self.now
        moment = datetime.fromisoformat(text)
        return moment if EARLIEST <= moment <= self.now else self.now

    def _domain(self, each: _Identified) -> str:
        return _domain_of(each.entry.source_link) or _domain_of(each.url)

    def _provider(self, each: _Identified, names: dict[str, str]) -> dict[str, str]:
        if self.source.provider:
            return {"name": encode_entities(self.source.provider.name), "domain": self.source.provider.domain}
        domain = self._domain(each)
        said = each.entry.source_name or (self.feed.title if domain == self.site else "")
        return {"name": encode_entities(names.get(domain) or said or domain), "domain": domain}


def _names_of(domains: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in chunked(sorted(domains)):
        found.update(Provider.objects.filter(domain__in=part).values_list("domain", "name"))
    return found


def _domain_of(link: str) -> str:
    try:
        host = urlsplit(clean_link(link)).hostname or ""
    except LinkError:
        return ""
    return host.removeprefix("www.") if host.count(".") > 1 else host


def _cleaned(link: str) -> str | None:
    with suppress(LinkError):
        return clean_link(link)
    return None


def _images(entry: Entry) -> Iterator[dict]:
    """Yield the pictures of an entry that a file may name."""
    for picture in entry.pictures:
        if url := _cleaned(picture.url):
            sizes = {"width": picture.width, "height": picture.height}
            yield {"url": url} | {name: size for name, size in sizes.items() if size}
