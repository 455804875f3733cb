"""What the database holds of the site itself: the version of its public data."""

from django.db import models


class SiteVersion(models.Model):
    """The version of all public data: one row, written by `articles.caching.version.bump` alone."""

    number = models.BigIntegerField(help_text="Microseconds since the epoch; new with every change.")
    edit_number = models.BigIntegerField(default=0, help_text="The number of the last change by an editor.")
    next_due_at = models.DateTimeField(null=True, help_text="Time of the next article dated ahead.")

    def __str__(self):
        return str(self.number)
