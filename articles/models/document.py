"""The files that articles came from, by their stores, and the groups of articles that they relate."""

import zstandard
from django.db import models

_ROWS = 100  # documents read at a time: each may have megabytes
_LEVEL = 1  # higher levels save little: articles are short


def compress(data: bytes) -> bytes:
    """Return bytes as the database stores them."""
    return zstandard.compress(data, _LEVEL)


def decompress(data: bytes | memoryview) -> bytes:
    """Return stored bytes as they were."""
    return zstandard.decompress(bytes(data))


NO_TAXONOMY: dict[str, dict[str, dict]] = {"topics": {}, "providers": {}}


class StoreQuerySet(models.QuerySet):
    def merged_taxonomy(self):
        """What all stores say of topics, by name key, and of providers, by domain; the last store counts."""
        merged = {kind: {} for kind in NO_TAXONOMY}
        for facts in self.order_by("name").values_list("taxonomy", flat=True):
            for kind in merged:
                merged[kind].update((facts or NO_TAXONOMY)[kind])
        return merged


class Store(models.Model):
    """A set of files that are imported together, identified by its name."""

    name = models.CharField(max_length=255, unique=True)
    taxonomy = models.JSONField(
        default=dict, help_text="What its topic and organisation files say, as last read."
    )
    is_polled = models.BooleanField(default=False, help_text="Holds a feed's entries instead of files.")
    taxonomy_digest = models.CharField(
        max_length=64, blank=True, help_text="Hash of the topic, organisation and logo files last read."
    )

    objects = StoreQuerySet.as_manager()

    def __str__(self):
        return self.name


class SourceDocumentQuerySet(models.QuerySet):
    def for_permalink(self, permalink):
        """The document that gave an article this permalink once, or None."""
        found = self.filter(permalink=permalink).select_related("article").defer("content")
        return found.newest_first().first()

    def live(self):
        """Documents that are still in their stores."""
        return self.filter(is_withdrawn=False)

    def of_store(self, name=""):
        """Documents of the store of this name; without one, of all."""
        return self.filter(store__name=name) if name else self

    def newest_first(self):
        """The order in which documents of one article win: files before feeds, newest first, highest path."""
        return self.order_by("store__is_polled", "-published_at", "-path", "-store__name")

    def with_bytes(self, *columns):
        """Yield these columns of each document, and its file's bytes, in any order."""
        rows = self.order_by().values_list(*columns, "content")
        for *values, content in rows.iterator(chunk_size=_ROWS):
            yield values, decompress(content)


class SourceDocument(models.Model):
    """A file an article came from, with its bytes. One article may have several."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="documents", db_index=False)
    path = models.CharField(max_length=300, help_text="Path inside the store.")
    permalink = models.CharField(max_length=255, help_text="Permalink that the file name stands for.")
    sha256 = models.CharField(max_length=64)
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="documents")
    published_at = models.DateTimeField()
    is_withdrawn = models.BooleanField(
        default=False, help_text="No longer in its store. Its permalink still redirects."
    )
    run = models.ForeignKey("articles.ImportRun", models.SET_NULL, null=True, related_name="+")
    # The last column, so that the database reads the others without it.
    content = models.BinaryField(help_text="The file's bytes, compressed (zstd).")

    objects = SourceDocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "path"], name="document_once_per_path"),
        ]
        indexes = [
            models.Index(fields=["permalink"], name="document_permalink"),  # old permalinks
        ]

    def __str__(self):
        return self.path


class RelatedList(models.Model):
    """A group of related articles, shared by all articles whose file's list and themselves are its members.

    It has no order: the order of an article's own list is in its file.
    """

    digest = models.CharField(max_length=64, unique=True, help_text="Hash of the members' link keys.")
    members = models.ManyToManyField("articles.Article", through="RelatedEntry", related_name="+")

    def __str__(self):
        return self.digest[:12]


class RelatedEntry(models.Model):
    """A member of a related list."""

    list = models.ForeignKey(RelatedList, models.CASCADE, related_name="entries", db_index=False)
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "article"], name="related_entry_once")]

    def __str__(self):
        return f"{self.list_id}: {self.article_id}"
