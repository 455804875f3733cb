"""ImportRun and ImportOutcome: an import, what became of each file, and what is needed to undo it."""

from django.db import models
from django.utils import timezone

from articles.models.document import SourceDocument


class ImportRun(models.Model):
    started_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    paths = models.JSONField(default=list)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    withdrawn = models.PositiveIntegerField(default=0)
    undoes = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="undone_by",
        help_text="The import undone.",
    )
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
    """What became of one file; unchanged files are only counted."""

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
            ),
        ]

    def __str__(self):
        return f"{self.outcome}: {self.path[:100]}"
