"""Exporting articles as files: the bytes that were imported, with the fields that editors own written in."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

from articles.caching.writing import chunked
from articles.frontmatter.document import DocumentError, Memo, parse, printable
from articles.frontmatter.emit import emit, replace_block
from articles.frontmatter.fields import (
    LATEST,
    NO_HEAT,
    bounded_heat,
    encode_entities,
    read_article,
    read_copy,
    read_images,
)
from articles.frontmatter.links import clean_link, link_key
from articles.importing.files import FileError, write_file
from articles.models import Article, SourceDocument
from articles.models.document import decompress

# Columns that editors may own, and their keys in a file.
_KEYS = {
    "title": "title", "excerpt": "excerpt", "quality": "quality", "is_published": "published",
    "is_removed": "removed", "topics": "topics", "images": "images",
}  # fmt: skip
# Every file of an article counts for these, so all are written; for the others only the winning file counts.
_FROM_EVERY_FILE = ("is_removed", "topics")
WITHOUT_FILE = "_unfiled/_news"  # the folder of articles that no file brought
_CHUNK = 200  # articles at a time
# Keys of a related entry that are refreshed, and the columns of the article that it is a copy of.
_COLUMNS = {
    "title": "title", "excerpt": "excerpt", "publishedDateTime": "published_at", "quality": "quality",
}  # fmt: skip


@dataclass
class ExportReport:
    """What an export did: files written, files already up to date, and refused paths with the reasons."""

    written: int = 0
    unchanged: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)

    @contextmanager
    def refusing(self, path: str) -> Iterator[None]:
        """Note why one file cannot be written; the others go on."""
        try:
            yield
        except (DocumentError, FileError) as error:
            self.refused.append((printable(path), str(error)))

    def write(self, folder: Path, path: str, data: bytes) -> None:
        """Write a file below the folder, if it is not there as it should be; raises FileError."""
        if write_file(folder, path, data):
            self.written += 1
        else:
            self.unchanged += 1


def export_articles(
    folder: Path,
    *,
    store: str = "",
    topic: str = "",
    since: datetime | None = None,
    changed_only: bool = False,
    refresh: bool = False,
) -> ExportReport:
    """Write articles to a folder as article files; return what was done.

    A file goes to its path in its store, below a folder of the store's name where there are several stores
    and `store` names none. Articles without a file go to `_unfiled/_news`, unless `store` is given. `topic`
    is a slug. `changed_only` leaves out files that are as they were imported. `refresh` brings `heat` and the
    copies in `related` up to date. Nothing is written outside the folder, no link in it is followed, and
    other files in it stay.
    """
    report, memo = ExportReport(), Memo()
    articles = Article.objects.live().for_export(topic, since)
    documents = SourceDocument.objects.live().of_store(store)
    has_store_folders = not store and documents.values("store").distinct().count() > 1
    for ids in chunked(articles.order_by("pk").values_list("pk", flat=True), _CHUNK):
        files = _files_by_article(documents.filter(article__in=ids))
        for article in articles.filter(pk__in=ids).for_emitting():
            for place, (document, content) in enumerate(files.get(article.pk, ())):
                path = f"{document.store.name}/{document.path}" if has_store_folders else document.path
                with report.refusing(path):
                    data = _with_edits(article, content, is_winner=place == 0, memo=memo)
                    if refresh:
                        data = _refresh_file(article, data, memo)
                    if data != content or not changed_only:
                        report.write(folder, path, data)
            if article.pk not in files and not store:
                path = f"{WITHOUT_FILE}/{article.permalink}.md"
                with report.refusing(path):
                    values = {key: value for key, value in _values_of(article).items() if value is not None}
                    report.write(folder, path, emit(values))
    return report


def _files_by_article(documents) -> dict[int, list[tuple[SourceDocument, bytes]]]:
    """Return documents with the bytes of their files, by article, the winning one of each first."""
    files: dict[int, list[tuple[SourceDocument, bytes]]] = {}
    for document in documents.select_related("store").newest_first():
        files.setdefault(document.article_id, []).append((document, decompress(document.content)))
    return files


def _with_edits(article: Article, data: bytes, *, is_winner: bool, memo: Memo) -> bytes:
    """Return a file's bytes with the blocks that editors own, where these differ from the file's."""
    owned = [name for name in _KEYS if article.is_owned(name) and (is_winner or name in _FROM_EVERY_FILE)]
    if not owned:
        return data
    in_file = parse(data, memo).values
    fields = read_article(in_file, LATEST)
    values = _values_of(article)
    images_in_file, values["images"] = _merge_images(article, in_file)
    old = fields._asdict() | {"topics": list(fields.topics), "images": images_in_file}
    new = vars(article) | {"topics": _topic_names(article), "images": values["images"]}
    for name in owned:
        if old[name] != new[name]:
            data = replace_block(data, _KEYS[name], values.get(_KEYS[name]))
    return data


def _merge_images(article: Article, values: Mapping[str, object]) -> tuple[list | None, list | None]:
    """Return a file's images, each once, and its article's, in the file's own words where it has them.

    An editor decides which images there are, their order, and maybe a title; all else about an image that is
    in the file is taken from the file.
    """
    in_file: dict[str, tuple[Mapping, str]] = {}
    for entry in cast("Iterable[Mapping]", values.get("images") or ()):
        [image] = read_images({"images": [entry]})
        in_file.setdefault(image.url, (entry, image.title))
    chosen = []
    for link in article.image_links.all():
        entry, title = in_file.get(link.image.url) or (_image_values(link), link.title)
        is_renamed = link.title and link.title != title
        chosen.append({**entry, "title": encode_entities(link.title)} if is_renamed else entry)
    return [entry for entry, _ in in_file.values()] or None, chosen or None


def _topic_names(article: Article) -> Sequence[str]:
    return [link.name or link.topic.name for link in article.topic_links.all()]


def _values_of(article: Article) -> dict[str, object]:
    """Return the complete front matter of an article in the order of a store; None stands for no value."""
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
        "topics": [encode_entities(name) for name in _topic_names(article)] or None,
        "images": [_image_values(link) for link in article.image_links.all()] or None,
    }


def _image_values(link) -> dict[str, object]:
    values = {"url": link.image.url, "width": link.width, "height": link.height}
    values |= {"isCached": link.is_cached or None, "title": encode_entities(link.title) or None}
    return {key: value for key, value in values.items() if value is not None}


def _refresh_file(article: Article, data: bytes, memo: Memo) -> bytes:
    """Return an article's file with the heat of its story, and with copies of others as these are now."""
    values = parse(data, memo).values
    heat = _heat_in_file(article)
    if values.get("heat", NO_HEAT) != heat:
        data = replace_block(data, "heat", heat)
    related = cast("list[Mapping]", values.get("related") or [])
    keys = {_key_of(entry) for entry in related}
    articles = Article.objects.live().defer("related_list").in_bulk(keys, field_name="link_key")
    refreshed = [_refresh_entry(entry, articles) for entry in related]
    return data if refreshed == related else replace_block(data, "related", refreshed)


def _heat_in_file(article: Article) -> int:
    """The store's rule: a published lead has its story's heat, an unpublished lead its quality, others -1."""
    story = article.story
    if story is None or story.lead_id != article.pk:
        return NO_HEAT
    return bounded_heat(story.heat) if story.is_public else article.quality


def _key_of(entry: Mapping) -> str:
    return link_key(clean_link(entry["webUrl"]))


def _refresh_entry(entry: Mapping, articles: Mapping[str, Article]) -> Mapping:
    article = articles.get(_key_of(entry))
    if article is None:
        return entry
    fields = read_copy(entry)
    changed = {
        key: encode_entities(value) if isinstance(value := getattr(article, column), str) else value
        for key, column in _COLUMNS.items()
        if getattr(fields, column) != getattr(article, column)
    }
    return {**entry, **changed} if changed else entry
