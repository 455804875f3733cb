"""State of the site as a whole: the version of its public data, and its recurring jobs."""

from django.db import models
from django.utils import timezone


class SiteVersion(models.Model):
    """The version of all public data: one row, written by `articles.caching.version.bump` alone."""

    number = models.BigIntegerField(help_text="Microseconds since the epoch; new with every change.")
    edit_number = models.BigIntegerField(default=0, help_text="The number of the last change by an editor.")
    next_due_at = models.DateTimeField(null=True, help_text="Time of the next article dated ahead.")

    def __str__(self):
        return str(self.number)


class Job(models.Model):
    """One row per kind of job; monitoring reads from it whether the job still runs."""

    name = models.CharField(max_length=40, primary_key=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=100, blank=True, default="", help_text="The error it ended with.")

    def __str__(self):
        return self.name

    @property
    def is_running(self):
        """Whether it started and has not ended since; also true of a killed one."""
        return bool(self.started_at) and (not self.finished_at or self.finished_at < self.started_at)

    def seconds_running(self, now=None):
        return ((now or timezone.now()) - self.started_at).total_seconds() if self.is_running else 0.0
