"""ImportRun: one import with what became of each file (floor 1)."""

from django.db import models


class ImportRun(models.Model):
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    paths = models.JSONField(default=list)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"import {self.pk}"


class ImportOutcome(models.Model):
    """What became of one file; unchanged files are only counted."""

    class Kind(models.TextChoices):
        CREATED = "created"
        UPDATED = "updated"
        UNCHANGED = "unchanged"
        REFUSED = "refused"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="outcomes")
    path = models.TextField()
    outcome = models.CharField(max_length=10, choices=Kind)
    link = models.TextField(blank=True)
    field = models.CharField(max_length=200, blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)
    reason = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="outcome_known",
                condition=models.Q(outcome__in=["created", "updated", "unchanged", "refused"]),
            ),
        ]

    def __str__(self):
        return f"{self.outcome}: {self.path[:100]}"
