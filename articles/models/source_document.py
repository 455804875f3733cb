"""What the store said, kept as given: source documents and lists of related articles (floor 1)."""

import zlib

from django.db import models

from articles.models.import_run import ImportRun


class Store(models.Model):
    """A set of files that are imported together, known by its name."""

    name = models.CharField(max_length=255, unique=True)
    taxonomy_digest = models.CharField(
        max_length=64, blank=True, help_text="Hash of the topic, organisation and logo files last read."
    )

    def __str__(self):
        return self.name


class SourceDocumentQuerySet(models.QuerySet):
    def without_content(self):
        """Rows for lists: a document's bytes are only read one by one."""
        return self.defer("content")

    def for_stem(self, stem):
        """The document that gave an article this permalink once, or None."""
        return self.filter(stem=stem).select_related("article").without_content().newest_first().first()

    def newest_first(self):
        """The order in which documents of one article win: newest publication, then highest path."""
        return self.order_by("-published_at", "-path", "-store__name")


class SourceDocument(models.Model):
    """The file an article came from, as its bytes. Several files may tell of one article."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="documents")
    path = models.CharField(max_length=300, help_text="Path inside the store.")
    stem = models.CharField(max_length=255, help_text="Permalink that the file name stands for.")
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField(help_text="The file's bytes, compressed.")
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="documents")
    published_at = models.DateTimeField()
    is_removed = models.BooleanField(default=False)
    topics = models.JSONField(default=list, help_text="Names of its topics, in order.")
    run = models.ForeignKey(ImportRun, models.SET_NULL, null=True, related_name="+")

    objects = SourceDocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "path"], name="document_once_per_path"),
        ]
        indexes = [
            models.Index(fields=["stem"], name="document_stem"),  # old permalinks
        ]

    def __str__(self):
        return self.path

    @property
    def bytes(self):
        """The file's bytes as they came."""
        return zlib.decompress(bytes(self.content))


class RelatedList(models.Model):
    """A list of related articles in the store's order.

    The lists of a group are one list: each article's own is the group's less itself. `digest` names the
    set of its members. A list that does not fit its group (it names its own article, or one twice, or in
    another order) has no digest and is kept as it is.
    """

    digest = models.CharField(max_length=64, unique=True, null=True, blank=True)

    def __str__(self):
        return self.digest[:12] if self.digest else f"own list {self.pk}"


class RelatedEntry(models.Model):
    list = models.ForeignKey(RelatedList, models.CASCADE, related_name="entries")
    position = models.PositiveIntegerField()
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="+")

    class Meta:
        ordering = ["list", "position"]
        constraints = [
            models.UniqueConstraint(fields=["list", "position"], name="related_entry_once_per_place"),
        ]

    def __str__(self):
        return f"{self.list_id}.{self.position}"
