"""Feed entries become articles, in the form of article files, so that the same rules apply to both.

Each entry is stored as a document in the store of its source. If several feeds or files describe one link,
`articles.importing` merges their documents into one article.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from secrets import token_hex
from urllib.parse import urlsplit

from django.db import transaction

from articles.caching.writing import values_in, writing
from articles.frontmatter.document import DocumentError
from articles.frontmatter.emit import emit
from articles.frontmatter.fields import EARLIEST, MAX_TOPICS, FieldError, encode_entities, read_article
from articles.frontmatter.links import LinkError, clean_link, link_key
from articles.importing.rows import permalink_of_link
from articles.importing.upsert import FileChange, apply_changes
from articles.models import Article, Provider, Source, SourceEntry, Store, Topic
from articles.sources.classify import Taxonomy, TopicWords, quality, quality_terms
from articles.sources.feed import Entry, Feed
from articles.sources.links import publisher_link

BATCH = 500  # entries in one transaction


class LeaseLost(Exception):
    """Another poller has leased the source; the changes of this one are discarded."""


@dataclass(frozen=True, slots=True)
class EntryResult:
    """What became of one entry (or of `count` skipped ones); `outcome` is a field of IngestResult."""

    outcome: str
    link: str
    title: str
    reason: str = ""
    count: int = 1


@dataclass
class IngestResult:
    """What became of the entries of a feed: counts, the reasons for skipped ones, and each entry."""

    new: int = 0  # articles that no other source or file describes
    shared: int = 0  # new in this feed, but already known from others
    changed: int = 0
    unchanged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    entries: list[EntryResult] = field(default_factory=list)

    def add(self, outcome: str, link: str, title: str) -> None:
        """Count an entry: "new", "shared", "changed" or "unchanged"."""
        setattr(self, outcome, getattr(self, outcome) + 1)
        self.entries.append(EntryResult(outcome, link, title))

    def skip(self, reason: str, link: str = "", title: str = "", count: int = 1) -> None:
        """Count an entry that was skipped, or `count` of them."""
        self.skipped[reason] += count
        self.entries.append(EntryResult("skipped", link, title, reason, count))


def load_taxonomy() -> Taxonomy:
    """Return the keyword index of all topics."""
    rows = Topic.objects.standing().in_order().values_list("name", "parent__name", "keywords")
    return Taxonomy(
        TopicWords(name, parent or "", tuple(word for word in keywords if isinstance(word, str)))
        for name, parent, keywords in rows
    )


def ingest_feed(source: Source, feed: Feed, now: datetime, taxonomy: Taxonomy, token: str) -> IngestResult:
    """Store the entries of a feed as articles, each batch in one transaction; returns what became of them.

    `token` is that of the caller's lease; without one (a dry run) everything is rolled back. Raises LeaseLost
    if another poller has the source meanwhile. The caller saves the state of the source.
    """
    result = IngestResult()
    for each in feed.skipped:
        result.skip(each.reason, each.link, each.title, each.count)
    converter = _Converter(source, feed, now, taxonomy)
    entries = list(converter.identify(feed.entries, result))
    for start in range(0, len(entries), BATCH):
        prepared = list(converter.convert(entries[start : start + BATCH], result))
        if prepared:
            with writing():
                # Locked, so that the lease holds until the end of the transaction.
                if token and not Source.objects.leased(source.pk, token).select_for_update().exists():
                    raise LeaseLost
                _store_entries(source, prepared)
                if not token:
                    transaction.set_rollback(True)
    return result


def _store_entries(source: Source, prepared: Sequence[tuple[FileChange, SourceEntry]]) -> None:
    apply_changes(_store_of(source), [change for change, _ in prepared])
    SourceEntry.objects.bulk_create(
        [row for _, row in prepared],
        update_conflicts=True,
        unique_fields=["source", "link_key"],
        update_fields=["digest", "topics"],
    )
    if source.is_restricted:
        Source.objects.apply_display([source.pk], [row.link_key for _, row in prepared])


def _store_of(source: Source) -> Store:
    """Return the store of a source, created when it is first needed."""
    store = Store.objects.filter(source=source).first()
    if store is None:
        name = source.store_name
        if Store.objects.filter(name=name).exists():  # an imported folder may have this name
            name = f"{name}:{token_hex(4)}"
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
        """Hash of the content, without what changes from fetch to fetch and means nothing."""
        entry = self.entry
        content = (entry.title, entry.excerpt, [each.url for each in entry.pictures], entry.source_name)
        return sha256(repr(content).encode()).hexdigest()[:32]


class _Converter:
    """Converts entries of one feed to documents."""

    def __init__(self, source: Source, feed: Feed, now: datetime, taxonomy: Taxonomy):
        self.source, self.feed, self.taxonomy = source, feed, taxonomy
        self.now = now.replace(microsecond=0)  # files have no fractions of a second
        self.fixed_topics = [topic.name for topic in source.topics.in_order()]
        self.site = _domain_of(source.site_url or feed.site)

    def identify(self, entries: Iterable[Entry], result: IngestResult) -> Iterator[_Identified]:
        """Yield entries with the key of their link, each link once."""
        seen: set[str] = set()
        for entry in entries:
            link, amp = publisher_link(entry.link)
            try:
                url = clean_link(link)
            except LinkError as error:
                result.skip(str(error), entry.link, entry.title)
                continue
            key = link_key(url)
            if key not in seen:
                seen.add(key)
                yield _Identified(key, url, amp, entry)

    def convert(
        self, entries: Sequence[_Identified], result: IngestResult
    ) -> Iterator[tuple[FileChange, SourceEntry]]:
        """Yield what is new or changed, as changes for the importer and as rows; record every outcome."""
        keys = [each.key for each in entries]
        known = SourceEntry.objects.of_keys(self.source, keys)  # no more than a BATCH
        existing = {key for (key,) in values_in(Article.objects.live(), "link_key", keys, "link_key")}
        domains = {self._domain(each) for each in entries if each.key not in known}
        names = dict(values_in(Provider.objects, "domain", domains, "domain", "name"))
        for each in entries:
            before = known.get(each.key)
            if before and before.digest == each.digest:
                result.add("unchanged", each.url, each.entry.title)
                continue
            try:
                prepared = self._prepare(each, before, names)
            except FieldError as error:
                result.skip(f"{error.field}: {error.reason}", each.url, each.entry.title)
                continue
            except DocumentError as error:
                result.skip(error.reason, each.url, each.entry.title)
                continue
            outcome = "changed" if before else "shared" if each.key in existing else "new"
            result.add(outcome, each.url, each.entry.title)
            yield prepared

    def _prepare(self, each: _Identified, before: SourceEntry | None, names: dict[str, str]):
        entry = each.entry
        matches = self.taxonomy.match(entry.title, entry.excerpt, self.fixed_topics)[:MAX_TOPICS]
        images = list(_images(entry))
        published_at = before.published_at if before else self._published_at(entry.published)
        terms = before.quality if before else quality_terms(
            self.source.weight,
            has_picture=bool(images),
            excerpt=entry.excerpt,
            topics=sum(topic.place in ("title", "excerpt") for topic in matches),
            published_at=published_at,
            now=self.now,
        )  # fmt: skip
        points = quality(terms)
        values = {
            "category": "news",
            "title": encode_entities(entry.title),
            "excerpt": encode_entities(entry.excerpt) or None,
            "publishedDateTime": published_at,
            "webUrl": each.url,
            "ampWebUrl": _valid_link(each.amp),
            "type": "article",
            "quality": points,
            "published": points >= self.source.minimum_quality,
            "provider": self._provider(each, names),
            "topics": [encode_entities(topic.topic) for topic in matches] or None,
            "images": images or None,
        }
        values = {name: value for name, value in values.items() if value is not None}
        data = emit(values)
        path = f"{permalink_of_link(each.key, each.url)}.md"
        change = FileChange(path, sha256(data).hexdigest(), data, read_article(values, self.now))
        reasons = [[topic.topic, topic.reason, topic.place] for topic in matches]
        first = before.first_seen_at if before else self.now
        terms = [list(term) for term in terms]
        row = SourceEntry(
            source=self.source, link_key=each.key, digest=each.digest, published_at=published_at,
            first_seen_at=first, topics=reasons, quality=terms,
        )  # fmt: skip
        return change, row

    def _published_at(self, text: str) -> datetime:
        """Return when an entry was published; the current time if the feed has no usable date."""
        if not text:
            return self.now
        date = datetime.fromisoformat(text)
        return date if EARLIEST <= date <= self.now else self.now

    def _domain(self, each: _Identified) -> str:
        return _domain_of(each.entry.source_link) or _domain_of(each.url)

    def _provider(self, each: _Identified, names: dict[str, str]) -> dict[str, str]:
        if self.source.provider:
            return {"name": encode_entities(self.source.provider.name), "domain": self.source.provider.domain}
        domain = self._domain(each)
        name = each.entry.source_name or (self.feed.title if domain == self.site else "")
        return {"name": encode_entities(names.get(domain) or name or domain), "domain": domain}


def _domain_of(link: str) -> str:
    try:
        host = urlsplit(clean_link(link)).hostname or ""
    except LinkError:
        return ""
    return host.removeprefix("www.") if host.count(".") > 1 else host


def _valid_link(link: str) -> str | None:
    with suppress(LinkError):
        return clean_link(link)
    return None


def _images(entry: Entry) -> Iterator[dict]:
    """Yield the pictures of an entry that an article file may contain."""
    for picture in entry.pictures:
        if url := _valid_link(picture.url):
            sizes = {"width": picture.width, "height": picture.height}
            yield {"url": url} | {name: size for name, size in sizes.items() if size}
