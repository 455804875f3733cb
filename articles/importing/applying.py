"""What a batch of changed files means for the archive (floor 2).

The archive is a function of the files it holds now and of editors' words: the order in which files came does
not matter, and a file that goes leaves no trace but its address. So a batch is applied by working out which
articles it can touch, and telling those anew from all files that speak of them.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field

from articles.caching.writing import chunked
from articles.frontmatter.document import Memo, parse
from articles.frontmatter.fields import LATEST, ArticleFields, read_article
from articles.importing.files import stem_of
from articles.importing.merge import Telling, Told, tell, tell_copies, wins
from articles.importing.related import drop_lists, keep_lists
from articles.importing.rows import HAVE_A_DOCUMENT, HAVE_A_FILE, Known, find_known, ids_of, write_articles
from articles.models import Article, ImportRun, Pack, RelatedEntry, SourceDocument, StaleDay, Store
from articles.models.bulk import insert_rows
from articles.models.grouping import day_of
from articles.packing import Place


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is new or differs from the one kept; without `fields` it is gone from its store."""

    path: str
    sha256: str = ""
    place: Place | None = None
    fields: ArticleFields | None = None
    told: str = ""  # see Telling.digest


@dataclass(frozen=True, slots=True)
class Kept:
    """A file as it is kept; one that is gone tells nothing."""

    pk: int
    link_key: str
    sha256: str
    is_gone: bool
    place: Place
    values: Mapping[str, object]  # the front matter, from which the fields are
    fields: ArticleFields

    @property
    def related(self) -> tuple[ArticleFields, ...]:
        return () if self.is_gone else self.fields.related

    def is_as(self, change: Change) -> bool:
        """Tell whether a change has nothing to change here any more."""
        return change.sha256 == ("" if self.is_gone else self.sha256)


@dataclass(frozen=True, slots=True)
class Applied:
    """What a batch did: the files kept before, and the ids of those kept now, by path.

    `unchanged` are the paths whose files somebody else had brought, or withdrawn, in the meantime.
    """

    kept: Mapping[str, Kept]
    documents: Mapping[str, int]
    unchanged: Set[str] = frozenset()


def read_kept(store: Store, paths: Iterable[str], memo: Memo) -> dict[str, Kept]:
    """Return the files kept under these paths, by path."""
    kept = {}
    for part in chunked(paths):
        rows = SourceDocument.objects.filter(store=store, path__in=part).with_bytes(
            "path", "pack", "start", "size", "pk", "article__link_key", "sha256", "is_gone"
        )
        for (path, pack, start, size, *facts), content in rows:
            values = parse(content, memo).values
            kept[path] = Kept(*facts, Place(pack, start, size), values, _read_kept_article(values))
    return kept


def read_kept_file(content: bytes, memo: Memo) -> ArticleFields:
    """Return the fields of a kept file."""
    return _read_kept_article(parse(content, memo).values)


def _read_kept_article(values: Mapping[str, object]) -> ArticleFields:
    return read_article(values, LATEST)  # its time was judged when it came, and is not judged again


def apply_changes(
    store: Store, changes: Sequence[Change], run: ImportRun | None, memo: Memo, seen: Mapping[str, Kept]
) -> Applied:
    """Bring the archive in line with these files of a store; the caller holds the write lock.

    `seen` are files kept under these paths as read before the lock was taken; what changed since is read
    again. No path may occur twice. What a feed tells comes without a run. Returns what was kept before, and
    what is now.
    """
    kept = _still_kept(store, changes, memo, seen)
    unchanged = {change.path for change in changes if change.path in kept and kept[change.path].is_as(change)}
    if unchanged:
        changes = [change for change in changes if change.path not in unchanged]
        kept = {path: each for path, each in kept.items() if path not in unchanged}
    batch = _Batch(store, changes, kept, memo)
    own = batch.tell_own()
    batch.know(batch.copies.keys() | batch.lost.keys())
    told = own | batch.tell_others(own)
    ids = ids_of(told, batch.known)
    lists, left = _keep_related(told, batch, ids)
    write_articles(told, batch.known, ids, lists)
    drop_lists(left)
    documents = _write_documents(store, changes, kept, ids, run)
    return Applied(kept, documents, unchanged)


def _still_kept(
    store: Store, changes: Sequence[Change], memo: Memo, seen: Mapping[str, Kept]
) -> dict[str, Kept]:
    stale, kept = [], {}
    for part in chunked(change.path for change in changes):
        rows = SourceDocument.objects.filter(store=store, path__in=part)
        for path, *facts in rows.values_list("path", "sha256", "is_gone", "pack"):
            before = seen.get(path)
            if before and [before.sha256, before.is_gone, before.place.pack] == facts:
                kept[path] = before
            else:
                stale.append(path)
    return kept | read_kept(store, stale, memo)


def retell(keys: Iterable[str]) -> None:
    """Make articles anew what files tell of them now, but for what editors own; the caller holds the lock."""
    batch = _Batch(Store(), (), {}, Memo())
    tellings: dict[str, list[Telling]] = defaultdict(list)
    for part in chunked(sorted(keys)):
        rows = SourceDocument.objects.live().filter(article__link_key__in=part)
        for (key, path, store), content in rows.with_bytes("article__link_key", "path", "store__name"):
            tellings[key].append(Telling(path, store, read_kept_file(content, batch.memo)))
    told: dict[str, Told | None] = {key: tell(entries) for key, entries in tellings.items()}
    copies = batch.all_copies([key for key in keys if key not in told])
    told |= {key: tell_copies(found) if found else None for key, found in copies.items()}
    known = find_known(told)
    ids = ids_of(told, known)
    write_articles(told, {key: row._replace(told="?") for key, row in known.items()}, ids, {})


@dataclass
class _Batch:
    """The files of a batch, and the copies of other articles that they bring and take away."""

    store: Store
    changes: Sequence[Change]
    kept: Mapping[str, Kept]
    memo: Memo
    copies: dict[str, list[ArticleFields]] = field(default_factory=dict)
    lost: dict[str, list[ArticleFields]] = field(default_factory=lambda: defaultdict(list))
    orphans: set[str] = field(default_factory=set)
    _asked: set[str] = field(default_factory=set)
    known: dict[str, Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for change in self.changes:
            if change.fields:
                self._add_copies(change.fields.related)
            if before := self.kept.get(change.path):
                now = {copy.link_key: copy for copy in change.fields.related} if change.fields else {}
                for copy in before.related:
                    if now.get(copy.link_key) != copy:
                        self.lost[copy.link_key].append(copy)

    def know(self, keys: Set[str]) -> None:
        """Find the articles of these keys that are there."""
        fresh = keys - self._asked
        self._asked |= fresh
        self.known |= find_known(fresh)

    def is_news(self, key: str, told: Told) -> bool:
        """Tell whether an article is not yet what it is told to be."""
        return key not in self.known or self.known[key].told != told.digest

    def _add_copies(self, related: Iterable[ArticleFields]) -> None:
        for copy in related:
            found = self.copies.get(copy.link_key)
            if found is None:
                self.copies[copy.link_key] = [copy]
            elif found[0] is not copy and copy not in found:
                found.append(copy)

    def tell_own(self) -> dict[str, Told]:
        """Tell the articles whose own files are in the batch, with their files outside it."""
        tellings: dict[str, list[Telling]] = defaultdict(list)
        for change in self.changes:
            if change.fields:
                telling = Telling(
                    change.path, self.store.name, change.fields, self.store.is_polled, change.told
                )
                tellings[change.fields.link_key].append(telling)
        touched = tellings.keys() | {each.link_key for each in self.kept.values() if not each.is_gone}
        self.know(touched | self.copies.keys() | self.lost.keys())
        documented = (
            key for key in touched if key in self.known and self.known[key].origin in HAVE_A_DOCUMENT
        )
        replaced = {each.pk for each in self.kept.values()}
        for part in chunked(sorted(documented)):
            rows = SourceDocument.objects.live().filter(article__link_key__in=part)
            for (key, *told_by, is_polled), content in rows.with_bytes(
                "article__link_key", "path", "store__name", "store__is_polled", without=replaced
            ):
                fields = read_kept_file(content, self.memo)
                tellings[key].append(Telling(*told_by, fields, is_polled))
                self._add_copies(fields.related)
        self.orphans = touched - tellings.keys()
        for key in self.orphans:
            self.lost.setdefault(key, [])
        return {key: tell(entries) for key, entries in tellings.items()}

    def tell_others(self, own: Mapping[str, Told]) -> dict[str, Told | None]:
        """Tell the articles without a file that the batch names, or named before."""
        told: dict[str, Told | None] = {}
        unsure = []
        for key in (self.copies.keys() | self.lost.keys()) - own.keys():
            row = self.known.get(key)
            has_file = row is not None and row.origin in HAVE_A_FILE
            if has_file and key not in self.orphans:
                continue
            if row is None or row.origin == Article.Origin.GONE:
                if key in self.copies:
                    told[key] = tell_copies(self.copies[key])
            elif key in self.orphans or self._may_have_lost_its_best(key, row):
                unsure.append(key)
            elif key in self.copies:
                best = tell_copies(self.copies[key])
                if best.digest != row.told and wins(best, row.copy_order, row.told):
                    told[key] = best
        for key, copies in self.all_copies(unsure).items():
            told[key] = tell_copies(copies) if copies else None
        return told

    def _may_have_lost_its_best(self, key: str, row: Known) -> bool:
        # An edited row does not show what the best copy said, so it is asked for again.
        return bool(row.edited_fields) or any(
            tell_copies([copy]).digest == row.told for copy in self.lost.get(key, ())
        )

    def all_copies(self, keys: Sequence[str]) -> dict[str, list[ArticleFields]]:
        """Gather every copy of these articles: those of the batch, and those in files outside it."""
        found = {key: list(self.copies.get(key, ())) for key in keys}
        for related in self._naming(keys):
            for copy in related:
                if copy.link_key in found and copy not in found[copy.link_key]:
                    found[copy.link_key].append(copy)
        return found

    def _naming(self, keys: Sequence[str]) -> Iterator[tuple[ArticleFields, ...]]:
        """Yield `related` of each live file outside the batch whose article's list names one of the keys."""
        lists: set[int] = set()
        for part in chunked(keys):
            entries = RelatedEntry.objects.filter(article__link_key__in=part)
            lists.update(entries.order_by().values_list("list", flat=True))
        replaced = {each.pk for each in self.kept.values()}
        for part in chunked(sorted(lists)):
            rows = SourceDocument.objects.live().filter(article__related_list__in=part)
            for _, content in rows.with_bytes(without=replaced):
                yield read_kept_file(content, self.memo).related


def _write_documents(
    store: Store,
    changes: Sequence[Change],
    kept: Mapping[str, Kept],
    ids: Mapping[str, int],
    run: ImportRun | None,
) -> dict[str, int]:
    told = [(change, change.fields) for change in changes if change.fields]
    places = Pack.objects.keep(change.place for change, _ in told)
    written = insert_rows(
        SourceDocument,
        ["store", "path", "stem", "sha256", "pack", "start", "size", "article", "published_at", "is_gone",
         "run"],
        [
            (store.pk, each.path, stem_of(each.path), each.sha256, *place, ids[fields.link_key],
             fields.published_at, False, run.pk if run else None)
            for (each, fields), place in zip(told, places, strict=True)
        ],
        unique=["store", "path"],
        update=["sha256", "pack", "start", "size", "article", "published_at", "is_gone", "run"],
        returning=["path", "id"],
    )  # fmt: skip
    gone = [kept[change.path].pk for change in changes if not change.fields and change.path in kept]
    for part in chunked(gone):
        SourceDocument.objects.filter(pk__in=part).update(is_gone=True, run=run)
    if run is None:  # else all that was before is kept on, to be had back
        replaced = Pack.objects.filter(pk__in=deque({each.place.pack for each in kept.values()}))
        replaced.unused().only("pk").delete()  # else what goes is read first
    return {path: each.pk for path, each in kept.items()} | dict(written)


def _keep_related(
    told: Mapping[str, Told | None], batch: _Batch, ids: Mapping[str, int]
) -> tuple[dict[int, int | None], set[int]]:
    """Store the related lists of articles that have a file, or had one; returns what `keep_lists` does."""
    lists = {
        ids[key]: [ids[copy.link_key] for copy in entry.related] if entry else ()
        for key, entry in told.items()
        if key in batch.orphans or (entry and not entry.is_copy and batch.is_news(key, entry))
    }
    known = {row.pk: row for row in batch.known.values()}
    order = {pk: (-row.quality, row.published_at, row.link_key) for pk, row in known.items()}
    order |= {
        ids[key]: (-entry.fields.quality, entry.fields.published_at, key)
        for key, entry in told.items()
        if entry
    }
    moved, left = keep_lists(lists, order, known.keys())
    # The days of new articles wait anyway.
    StaleDay.objects.mark(day_of(order[pk][1]) for pk in moved if pk in known)
    return moved, left
