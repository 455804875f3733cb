"""Job: when a kind of work outside requests last began and ended, on whatever machine (floor 1)."""

from django.db import models
from django.utils import timezone


class JobManager(models.Manager):
    def note(self, name, **changes):
        """Note of a job that it began or ended; one statement, so that any number of machines may."""
        job = self.model(name=name, **changes)
        self.bulk_create([job], update_conflicts=True, unique_fields=["name"], update_fields=list(changes))


class Job(models.Model):
    """One row a kind of work: what watches the site reads from it whether the work is still done."""

    name = models.CharField(max_length=40, primary_key=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=100, blank=True, default="", help_text="The error it ended with.")

    objects = JobManager()

    def __str__(self):
        return self.name

    @property
    def is_running(self):
        """Whether it began and has not ended since; also true of one that was killed."""
        return bool(self.started_at) and (not self.finished_at or self.finished_at < self.started_at)

    def seconds_running(self, now=None):
        return ((now or timezone.now()) - self.started_at).total_seconds() if self.is_running else 0.0
