"""The export (floor 2): articles out as the files they came as, but for blocks that an editor decided."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from articles.exporting.refresh import refreshed
from articles.frontmatter.document import Memo, parse
from articles.frontmatter.emit import emit, replace_block
from articles.frontmatter.errors import DocumentError, printable
from articles.frontmatter.fields import LATEST, ArticleFields, encode_entities, read_article, read_images
from articles.importing.files import FileError, write_file
from articles.models import Article, SourceDocument
from articles.models.document import decompress

# Columns that editors may own, and their keys in a file.
KEYS = {
    "title": "title", "excerpt": "excerpt", "quality": "quality", "is_published": "published",
    "is_removed": "removed", "topics": "topics", "images": "images",
}  # fmt: skip
# Every file of an article has a say in these, so all of them are written; the rest the winning one decides.
_SAID_BY_ALL = ("is_removed", "topics")
UNFILED = "_unfiled/_news"  # where articles go that no file brought
_CHUNK = 200


@dataclass
class ExportReport:
    """What an export did: files written, files that were already as they should be, paths refused and why."""

    written: int = 0
    unchanged: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)

    @contextmanager
    def refusing(self, path: str) -> Iterator[None]:
        """Note what keeps one file from being written; the others go on."""
        try:
            yield
        except (DocumentError, FileError) as error:
            self.refused.append((printable(path), str(error)))


def export_articles(
    folder: Path,
    *,
    store: str = "",
    topic: str = "",
    since: datetime | None = None,
    changed_only: bool = False,
    refresh: bool = False,
    on_file: Callable[[], None] | None = None,
) -> ExportReport:
    """Write articles to a folder as article files; returns what was done.

    A file goes to its path in its store, under a folder of the store's name where there are several stores
    and `store` names none. Articles without a file go to `_unfiled/_news`, unless `store` is given. `topic`
    is a slug. `changed_only` leaves out what is as it came. `refresh` brings `heat` and the copies in
    `related` up to date. Nothing is written outside the folder, no link in it is followed, and what is there
    beside is left alone.
    """
    report = ExportReport()
    articles = Article.objects.told().for_export(topic, since)
    documents = SourceDocument.objects.live().of_store(store)
    is_single = bool(store) or documents.values("store").distinct().count() <= 1
    memo = Memo()
    for part in _parts_of(articles):
        filed = _filed(documents.filter(article__in=part))
        rows = articles.filter(pk__in=part).for_emitting()
        for path, data, is_changed in _files(rows, filed, store, is_single, refresh, memo, report):
            if is_changed or not changed_only:
                _write(folder, path, data, report)
                if on_file:
                    on_file()
    return report


def _parts_of(articles) -> Iterator[list[int]]:
    ids = list(articles.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]


_Filed = tuple[SourceDocument, bytes]


def _filed(documents) -> dict[int, list[_Filed]]:
    """Return documents with their bytes by their articles."""
    filed: dict[int, list[_Filed]] = {}
    for document in documents.select_related("store").newest_first():
        filed.setdefault(document.article_id, []).append((document, decompress(document.content)))
    return filed


def _write(folder: Path, path: str, data: bytes, report: ExportReport) -> None:
    with report.refusing(path):
        if write_file(folder, path, data):
            report.written += 1
        else:
            report.unchanged += 1


def _files(
    articles: Iterable[Article],
    filed: Mapping[int, Sequence[_Filed]],
    store: str,
    is_single: bool,
    refresh: bool,
    memo: Memo,
    report: ExportReport,
) -> Iterator[tuple[str, bytes, bool]]:
    """Yield path, bytes, and whether they differ from what came in."""
    for article in articles:
        documents = filed.get(article.pk, ())
        for place, (document, came) in enumerate(documents):
            path = document.path if is_single else f"{document.store.name}/{document.path}"
            with report.refusing(path):
                data = _edited(article, came, place == 0, memo)
                if refresh:
                    data = refreshed(article, data, memo)
                yield path, data, data != came
        if not documents and not store:
            path = f"{UNFILED}/{article.stem}.md"
            with report.refusing(path):
                yield path, emit(canonical_values(article)), True


def _edited(article: Article, data: bytes, wins: bool, memo: Memo) -> bytes:
    """Return a file's bytes with the blocks that editors own, where they differ from it."""
    owned = [name for name in KEYS if article.is_owned(name) and (wins or name in _SAID_BY_ALL)]
    if not owned:
        return data
    said = parse(data, memo).values
    fields, values = read_article(said, LATEST), _values(article)
    there, values["images"] = _pictures(article, said)
    for name in owned:
        if name == "images":
            is_as_said = values["images"] == there
        else:
            is_as_said = _said(fields, name) == _said_by(article, name)
        if not is_as_said:
            data = replace_block(data, KEYS[name], values.get(KEYS[name]))
    return data


def _pictures(article: Article, said: Mapping[str, object]) -> tuple[list | None, list | None]:
    """Return a file's pictures, each once, and its article's, in the file's own words where it has them.

    An editor says which pictures there are, their order, and maybe a title; of one that the file has, the
    file says the rest.
    """
    given: dict[str, tuple[Mapping, str]] = {}
    for entry in said.get("images") or ():
        [image] = read_images({"images": [entry]}, "images")
        given.setdefault(image.url, (entry, image.title))
    chosen = []
    for link in article.image_links.all():
        entry, title = given.get(link.image.url) or (_image(link), link.title)
        is_renamed = link.title and link.title != title
        chosen.append({**entry, "title": encode_entities(link.title)} if is_renamed else entry)
    return [entry for entry, _ in given.values()] or None, chosen or None


def _said(fields: ArticleFields, name: str) -> object:
    value = getattr(fields, name)
    return list(value) if name == "topics" else value


def _said_by(article: Article, name: str) -> object:
    if name == "topics":
        return [link.name or link.topic.name for link in article.topic_links.all()]
    return getattr(article, name)


def canonical_values(article: Article) -> dict[str, object]:
    """Return the front matter of an article, complete, in the order of a store; what is empty is left out."""
    return {key: value for key, value in _values(article).items() if value is not None}


def _values(article: Article) -> dict[str, object]:
    images = [_image(link) for link in article.image_links.all()]
    return {
        "category": "news",
        "title": encode_entities(article.title),
        "excerpt": encode_entities(article.excerpt) or None,
        "publishedDateTime": article.published_at,
        "originalUrl": article.original_url or None,
        "webUrl": article.web_url or None,
        "ampWebUrl": article.amp_url or None,
        "cdnAmpWebUrl": article.cdn_amp_url or None,
        "type": article.kind,
        "quality": article.quality,
        "heat": article.heat,
        "removed": article.is_removed or None,
        "published": article.is_published,
        "provider": {
            "name": encode_entities(article.provider_name or article.provider.name),
            "domain": article.provider.domain,
        },
        "topics": [encode_entities(name) for name in _said_by(article, "topics")] or None,
        "images": images or None,
    }


def _image(link) -> dict[str, object]:
    values = {"url": link.image.url, "width": link.width, "height": link.height}
    values |= {"isCached": link.is_cached or None, "title": encode_entities(link.title) or None}
    return {key: value for key, value in values.items() if value is not None}
