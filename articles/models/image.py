"""Image and Rendition: a picture by its URL, and our own files of it (floor 1)."""

import hashlib

from django.db import models


class ImageQuerySet(models.QuerySet):
    def brought_by(self, store):
        """Pictures not looked at yet, of articles that a store's files tell, which the store may hold."""
        waiting = self.filter(state=Image.State.WAITING, url__contains="/assets/")
        return waiting.filter(article_links__article__documents__store=store).distinct()

    def ready(self):
        """Pictures that have files of our own."""
        return self.filter(state=Image.State.READY)


class Image(models.Model):
    """A picture named by a store, a feed or an editor. Readers only ever get its renditions."""

    class State(models.TextChoices):
        WAITING = "waiting", "no file yet"
        READY = "ready", "ready"
        REFUSED = "refused", "refused"

    # The URL itself may be longer than an index entry can be on PostgreSQL.
    url_hash = models.CharField(max_length=64, unique=True, editable=False)
    url = models.TextField("URL")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=200, blank=True, help_text="Why there is no picture.")
    content_hash = models.CharField(max_length=64, blank=True, editable=False)

    objects = ImageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="image_url_given", condition=~models.Q(url="")),
            models.CheckConstraint(
                name="image_state_known", condition=models.Q(state__in=["waiting", "ready", "refused"])
            ),
        ]

    def __str__(self):
        return self.url[:100]

    @staticmethod
    def hash_of(url):
        """Return the key under which a cleaned URL is stored."""
        return hashlib.sha256(url.encode()).hexdigest()


class Rendition(models.Model):
    """One file of ours: WebP, upright, without metadata, named by its content."""

    image = models.ForeignKey(Image, models.CASCADE, related_name="renditions")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    name = models.CharField(max_length=100, help_text="Name in the media storage.")

    class Meta:
        ordering = ["width"]
        constraints = [
            models.UniqueConstraint(fields=["image", "width"], name="rendition_once_per_width"),
            models.CheckConstraint(
                name="rendition_has_size", condition=models.Q(width__gt=0) & models.Q(height__gt=0)
            ),
        ]

    def __str__(self):
        return f"{self.name} ({self.width} x {self.height})"
