"""TakeDown: what a publisher wishes not to be shown."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.models.article import Article
from articles.models.image import Image
from articles.models.provider import Provider
from articles.models.source import Source


class TakeDown(models.Model):
    """A publisher's wish that something is not shown; the row that it names is hidden by the same edit."""

    class What(models.TextChoices):
        ARTICLE = "article"
        EXCERPT = "excerpt"
        PICTURE = "picture"
        PROVIDER = "provider"
        SOURCE = "source"

    what = models.CharField(max_length=8, choices=What)
    article = models.ForeignKey(Article, models.CASCADE, null=True, related_name="take_downs")
    image = models.ForeignKey(Image, models.CASCADE, null=True, related_name="take_downs")
    provider = models.ForeignKey(Provider, models.CASCADE, null=True, related_name="take_downs")
    source = models.ForeignKey(Source, models.CASCADE, null=True, related_name="take_downs")
    reason = models.CharField(max_length=300)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField("when", default=timezone.now)

    class Meta:
        verbose_name = "take-down"
        verbose_name_plural = "taken down"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(name="take_down_reason_given", condition=~Q(reason="")),
            *(
                models.UniqueConstraint(fields=["what", name], name=f"take_down_{name}_once")
                for name in ("article", "image", "provider", "source")
            ),
        ]

    def __str__(self):
        return f"{self.get_what_display()}: {self.row}"

    @property
    def row(self):
        """What it is about."""
        return self.article or self.image or self.provider or self.source
