"""What the store said, kept as given: source documents and lists of related articles (floor 1)."""

from django.db import models

from articles.models.pack import Pack
from articles.packing import Place


class Store(models.Model):
    """A set of files that are imported together, known by its name."""

    name = models.CharField(max_length=255, unique=True)
    taxonomy = models.JSONField(
        default=dict, help_text="What its topic and organisation files say, as last read."
    )
    is_polled = models.BooleanField(default=False, help_text="What a feed told, not files of one's own.")
    taxonomy_digest = models.CharField(
        max_length=64, blank=True, help_text="Hash of the topic, organisation and logo files last read."
    )

    def __str__(self):
        return self.name


class SourceDocumentQuerySet(models.QuerySet):
    def for_stem(self, stem):
        """The document that gave an article this permalink once, or None."""
        return self.filter(stem=stem).select_related("article").newest_first().first()

    def live(self):
        """Documents that tell of their articles: those still in their stores."""
        return self.filter(is_gone=False)

    def of_store(self, name=""):
        """Documents of the store of this name; without one, of all."""
        return self.filter(store__name=name) if name else self

    def newest_first(self):
        """The order in which documents of one article win: files before feeds, newest first, highest path."""
        return self.order_by("store__is_polled", "-published_at", "-path", "-store__name")

    def with_bytes(self, *columns, without=frozenset()):
        """Yield these columns of each document, and its file's bytes, in any order; not of those with the ids
        `without`."""
        found = self.order_by().values_list("pk", "pack", "start", "size", *columns)
        rows = [row for row in found if row[0] not in without]
        while rows:
            gone = []
            for row, content in Pack.objects.read([(Place(*row[1:4]), row) for row in rows], gone):
                yield row[4:], content
            # A feed told something else in the meantime: its documents are in other packs now.
            rows = list(found.filter(pk__in=[row[0] for row in gone]))


class SourceDocument(models.Model):
    """The file an article came from, as its bytes. Several files may tell of one article."""

    store = models.ForeignKey(Store, models.PROTECT, related_name="documents", db_index=False)
    path = models.CharField(max_length=300, help_text="Path inside the store.")
    stem = models.CharField(max_length=255, help_text="Permalink that the file name stands for.")
    sha256 = models.CharField(max_length=64)
    pack = models.ForeignKey(Pack, models.PROTECT, related_name="documents")
    start = models.PositiveIntegerField(help_text="Where in the pack the file begins.")
    size = models.PositiveIntegerField(help_text="How many bytes it has.")
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="documents")
    published_at = models.DateTimeField()
    is_gone = models.BooleanField(
        default=False, help_text="No longer in its store: it tells nothing, but its address still leads on."
    )
    run = models.ForeignKey("articles.ImportRun", models.SET_NULL, null=True, related_name="+")

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


class RelatedList(models.Model):
    """A list of related articles in the store's order.

    The lists of a group are one list: each article's own is the group's less itself. `digest` names its
    members. A list that does not fit its group (it names its own article, or keeps another order) has no
    digest and is kept as it is.
    """

    digest = models.CharField(max_length=64, unique=True, null=True, blank=True)

    def __str__(self):
        return self.digest[:12] if self.digest else f"own list {self.pk}"


class RelatedEntry(models.Model):
    list = models.ForeignKey(RelatedList, models.CASCADE, related_name="entries", db_index=False)
    position = models.PositiveIntegerField()
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="+")

    class Meta:
        ordering = ["list", "position"]
        constraints = [
            models.UniqueConstraint(fields=["list", "position"], name="related_entry_once_per_place"),
        ]

    def __str__(self):
        return f"{self.list_id}.{self.position}"
