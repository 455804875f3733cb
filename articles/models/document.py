"""The files that articles came from, by their stores; the articles that they relate; and their imports."""

import zstandard
from django.db import models
from django.utils import timezone

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
        constraints = [models.UniqueConstraint(fields=["store", "path"], name="document_once_per_path")]
        indexes = [
            models.Index(fields=["permalink"], name="document_permalink")  # old permalinks
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


class ImportRun(models.Model):
    """An import: how many files it created, updated, left, refused and withdrew."""

    started_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    paths = models.JSONField(default=list)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    undoes = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="undone_by",
        help_text="The import undone.",
    )  # fmt: skip
    taxonomies = models.JSONField(
        default=dict,
        blank=True,
        help_text="By store whose topic or organisation files changed: their values before and after.",
    )

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"undoing of import {self.undoes_id}" if self.undoes_id else f"import {self.pk}"


class ImportOutcomeQuerySet(models.QuerySet):
    def changing(self):
        """Outcomes that changed what is stored."""
        kinds = ImportOutcome.Kind
        return self.filter(outcome__in=[kinds.CREATED, kinds.UPDATED, kinds.WITHDRAWN])


class ImportOutcome(models.Model):
    """What became of one file, and what is needed to undo it; unchanged files are only counted."""

    class Kind(models.TextChoices):
        CREATED = "created"
        UPDATED = "updated"
        UNCHANGED = "unchanged"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="outcomes")
    document = models.ForeignKey(
        SourceDocument, models.SET_NULL, null=True, blank=True, related_name="outcomes"
    )
    path = models.TextField()
    outcome = models.CharField(max_length=10, choices=Kind)
    link = models.TextField(blank=True)
    field = models.CharField(max_length=200, blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)
    changes = models.JSONField(
        default=list, blank=True, help_text="Of an updated file: each field with its old and new value."
    )
    sha256 = models.CharField(max_length=64, blank=True, help_text="Of the file that the import read.")
    previous_sha256 = models.CharField(max_length=64, blank=True, help_text="Empty if there was no file.")
    was_withdrawn = models.BooleanField(default=False, help_text="The previous file had been withdrawn.")
    previous_content = models.BinaryField(
        null=True, help_text="The bytes of the file stored before, compressed (zstd)."
    )

    objects = ImportOutcomeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="outcome_known",
                condition=models.Q(outcome__in=["created", "updated", "unchanged", "refused", "withdrawn"]),
            )
        ]

    def __str__(self):
        return f"{self.outcome}: {self.path[:100]}"
