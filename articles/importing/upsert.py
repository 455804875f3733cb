"""Changed files of a store, brought into the database: which articles they touch, and the documents' rows.

The database is a function of the files that it holds and of editors' decisions: the order in which files came
does not matter, and a file that is withdrawn leaves nothing but its permalink. So a batch is applied by
finding the articles that it can touch, and merging each anew from all documents that describe it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from articles.caching.writing import chunked, update_in, values_in
from articles.frontmatter.document import Memo, parse
from articles.frontmatter.fields import LATEST, ArticleFields, read_article
from articles.importing.merge import (
    MergedArticle,
    ParsedDocument,
    merge_copies,
    merge_documents,
    outranks,
    permalink_of,
)
from articles.importing.rows import HAVE_A_FILE, StoredArticle, find_stored, write_articles
from articles.models import Article, ImportRun, RelatedEntry, SourceDocument, Store
from articles.models.document import compress, decompress


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that is new or differs from the stored one; without `fields` it is withdrawn from its store.

    `values` is its front matter, where the caller compares it with the stored one.
    """

    path: str
    sha256: str = ""
    content: bytes = b""
    fields: ArticleFields | None = None
    values: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document as it is stored; `content` is compressed."""

    pk: int
    link_key: str
    sha256: str
    is_withdrawn: bool
    content: bytes
    values: Mapping[str, object]
    fields: ArticleFields

    @property
    def related(self) -> tuple[ArticleFields, ...]:
        return () if self.is_withdrawn else self.fields.related

    def equals(self, change: FileChange) -> bool:
        """Return whether a change leaves this as it is."""
        return change.sha256 == ("" if self.is_withdrawn else self.sha256)


@dataclass(frozen=True, slots=True)
class Applied:
    """The documents that were stored before a batch, and the ids of those stored now, by path.

    `unchanged` are the paths whose documents were already as the batch has them.
    """

    previous: Mapping[str, StoredDocument]
    documents: Mapping[str, int]
    unchanged: Set[str]


def apply_changes(
    store: Store, changes: Sequence[FileChange], run: ImportRun | None = None, memo: Memo | None = None
) -> Applied:
    """Bring articles in line with these files of a store; the caller holds the write lock.

    No path may occur twice. Feeds' entries come without a run.
    """
    previous = _read_stored(store, [change.path for change in changes], memo)
    unchanged = {each.path for each in changes if each.path in previous and previous[each.path].equals(each)}
    changes = [change for change in changes if change.path not in unchanged]
    previous = {path: document for path, document in previous.items() if path not in unchanged}
    batch = _Batch(store, changes, previous, memo)
    own = batch.merge_own()
    ids = write_articles(own | batch.merge_others(own), batch.stored)
    documents = _write_documents(store, changes, previous, ids, run)
    return Applied(previous, documents, unchanged)


def merge_again(keys: Iterable[str]) -> None:
    """Give the articles of these link keys what their documents say now, but for fields that editors own.

    The caller holds the write lock.
    """
    batch = _Batch(Store(), (), {})
    merged: dict[str, MergedArticle | None] = {
        key: merge_documents(documents) for key, documents in batch.read_documents(keys).items()
    }
    copies = batch.all_copies([key for key in keys if key not in merged])
    merged |= {key: merge_copies(found) if found else None for key, found in copies.items()}
    stored = find_stored(merged)
    write_articles(merged, {key: row._replace(digest="?") for key, row in stored.items()})


def read_stored_file(content: bytes, memo: Memo | None) -> ArticleFields:
    """Return the fields of a stored file; its time was checked when it was imported."""
    return read_article(parse(content, memo).values, LATEST)


def _read_stored(store: Store, paths: Iterable[str], memo: Memo | None) -> dict[str, StoredDocument]:
    stored = {}
    for part in chunked(paths):
        rows = SourceDocument.objects.filter(store=store, path__in=part)
        columns = ("path", "pk", "article__link_key", "sha256", "is_withdrawn", "content")
        for path, pk, key, digest, is_withdrawn, content in rows.values_list(*columns):
            values = parse(decompress(content), memo).values
            fields = read_article(values, LATEST)
            stored[path] = StoredDocument(pk, key, digest, is_withdrawn, bytes(content), values, fields)
    return stored


@dataclass
class _Batch:
    """The files of a batch, and the copies of other articles that they add and remove."""

    store: Store
    changes: Sequence[FileChange]
    previous: Mapping[str, StoredDocument]
    memo: Memo | None = None
    copies: dict[str, list[ArticleFields]] = field(default_factory=lambda: defaultdict(list))
    lost: dict[str, list[ArticleFields]] = field(default_factory=lambda: defaultdict(list))
    orphans: set[str] = field(default_factory=set)  # articles that lose their last document
    stored: dict[str, StoredArticle] = field(default_factory=dict)

    def merge_own(self) -> dict[str, MergedArticle]:
        """Merge the articles whose own files are in the batch, with their documents outside it."""
        touched = {each.link_key for each in self.previous.values() if not each.is_withdrawn}
        touched |= {change.fields.link_key for change in self.changes if change.fields}
        documents = self.read_documents(touched)
        for change in self.changes:
            if change.fields:
                documents[change.fields.link_key].append(
                    ParsedDocument(change.path, self.store.name, change.fields, self.store.is_polled)
                )
            if before := self.previous.get(change.path):
                now = {copy.link_key: copy for copy in change.fields.related} if change.fields else {}
                for copy in before.related:
                    if now.get(copy.link_key) != copy:
                        self.lost[copy.link_key].append(copy)
        for entries in documents.values():
            for entry in entries:
                for copy in entry.fields.related:
                    if copy not in (known := self.copies[copy.link_key]):
                        known.append(copy)
        self.orphans = touched - documents.keys()
        self.stored = find_stored(touched | self.copies.keys() | self.lost.keys())
        return {key: merge_documents(entries) for key, entries in documents.items()}

    def read_documents(self, keys: Iterable[str]) -> dict[str, list[ParsedDocument]]:
        """Return the documents outside the batch of these articles."""
        documents: dict[str, list[ParsedDocument]] = defaultdict(list)
        columns = ("article__link_key", "path", "store__name", "store__is_polled")
        for part in chunked(sorted(keys)):
            rows = self._outside().filter(article__link_key__in=part)
            for (key, path, store, is_polled), content in rows.with_bytes(*columns):
                fields = self._read(content)
                documents[key].append(ParsedDocument(path, store, fields, is_polled))
        return documents

    def _read(self, content: bytes) -> ArticleFields:
        self.memo = self.memo or Memo()
        return read_stored_file(content, self.memo)

    def merge_others(self, own: Mapping[str, MergedArticle]) -> dict[str, MergedArticle | None]:
        """Merge the articles without a file that the batch names, or named before; None: nothing is left."""
        merged: dict[str, MergedArticle | None] = {}
        unsure = []
        for key in (self.copies.keys() | self.lost.keys() | self.orphans) - own.keys():
            row = self.stored.get(key)
            has_file = row is not None and row.origin in HAVE_A_FILE
            if has_file and key not in self.orphans:
                continue
            if row is None or row.origin == Article.Origin.WITHDRAWN:
                if key in self.copies:
                    merged[key] = merge_copies(self.copies[key])
            elif key in self.orphans or self._may_have_lost_its_best(key, row):
                unsure.append(key)
            elif key in self.copies:
                best = merge_copies(self.copies[key])
                if best.digest != row.digest and outranks(best, row.copy_order, row.digest):
                    merged[key] = best
        for key, copies in self.all_copies(unsure).items():
            merged[key] = merge_copies(copies) if copies else None
        return merged

    def _may_have_lost_its_best(self, key: str, row: StoredArticle) -> bool:
        # An edited row does not show what the best copy said, so all copies are asked for again.
        return bool(row.edited_fields) or any(
            merge_copies([copy]).digest == row.digest for copy in self.lost.get(key, ())
        )

    def all_copies(self, keys: Sequence[str]) -> dict[str, list[ArticleFields]]:
        """Return every copy of these articles: those of the batch, and those in documents outside it."""
        found = {key: list(self.copies.get(key, ())) for key in keys}
        lists = {pk for (pk,) in values_in(RelatedEntry.objects, "article__link_key", keys, "list")}
        for pks in chunked(sorted(lists)):
            for _, content in self._outside().filter(article__related_list__in=pks).with_bytes():
                for copy in self._read(content).related:
                    if copy.link_key in found and copy not in found[copy.link_key]:
                        found[copy.link_key].append(copy)
        return found

    def _outside(self):
        """Return the live documents that the batch does not replace."""
        replaced = [document.pk for document in self.previous.values()]
        return SourceDocument.objects.live().exclude(pk__in=replaced)


def _write_documents(
    store: Store,
    changes: Sequence[FileChange],
    previous: Mapping[str, StoredDocument],
    ids: Mapping[str, int],
    run: ImportRun | None,
) -> dict[str, int]:
    """Store the files of a batch; returns the ids of their documents by path."""
    written = SourceDocument.objects.bulk_create(
        [
            SourceDocument(
                store=store, path=change.path, permalink=permalink_of(change.path), sha256=change.sha256,
                content=compress(change.content), article_id=ids[change.fields.link_key],
                published_at=change.fields.published_at, run=run,
            )
            for change in changes if change.fields
        ],
        update_conflicts=True,
        unique_fields=["store", "path"],
        update_fields=["sha256", "content", "article", "published_at", "is_withdrawn", "run"],
    )  # fmt: skip
    withdrawn = [previous[each.path].pk for each in changes if not each.fields and each.path in previous]
    update_in(SourceDocument.objects.all(), withdrawn, is_withdrawn=True, run=run)
    return {path: each.pk for path, each in previous.items()} | {each.path: each.pk for each in written}
