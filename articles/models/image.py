"""Image and Rendition: a picture by its URL, and the files made of it."""

import hashlib
from collections import defaultdict

from django.conf import settings
from django.db import models
from django.db.models import Q


class ImageQuerySet(models.QuerySet):
    def waiting_in_store(self, store):
        """Unprocessed pictures of a store's articles that the store itself may contain."""
        waiting = self.filter(state=Image.State.WAITING, url__contains="/assets/")
        # Asked with the stores they come from, not only for this one's: that would begin at all of its files.
        stores = waiting.order_by().values_list("pk", "article_links__article__documents__store")
        return self.filter(pk__in={pk for pk, brought in stores if brought and brought == store.pk})

    def ready(self):
        """Pictures that have renditions."""
        return self.filter(state=Image.State.READY)

    def to_fetch(self, now, *, retry=False):
        """Pictures to fetch: new ones, and failed ones that are due.

        With `retry` also refused ones, and failed ones that are not due yet.
        """
        due = Q(state=Image.State.WAITING) | Q(state=Image.State.FAILED)
        if retry:
            due |= Q(state=Image.State.REFUSED)
        else:
            due &= Q(next_try_at=None) | Q(next_try_at__lte=now)
        return self.filter(due, is_edited=False, url__startswith="http")

    def twins(self, hashes, recipe):
        """Pictures already processed with this recipe from bytes of these hashes: one of each."""
        decided = self.filter(state__in=[Image.State.READY, Image.State.REFUSED])
        same = decided.filter(content_hash__in=hashes, recipe=recipe).order_by()
        first = same.values("content_hash").annotate(first=models.Min("pk")).values("first")
        return self.filter(pk__in=first).prefetch_related("renditions")

    def without_use(self):
        """Pictures that no article, provider or topic names and no editor chose."""
        return self.filter(article_links=None, logo_of=None, picture_of=None, is_edited=False)

    def for_logos_and_topics(self):
        """Logos and topic pictures."""
        return self.filter(Q(logo_of__isnull=False) | Q(picture_of__isnull=False)).distinct()

    def oldest_first(self):
        return self.order_by(models.F("fetched_at").asc(nulls_first=True), "pk")


class Image(models.Model):
    """A picture that a store, a feed or an editor refers to. Readers only get its renditions."""

    class State(models.TextChoices):
        WAITING = "waiting", "no file yet"
        READY = "ready", "ready"
        FAILED = "failed", "not fetched, to be tried again"
        REFUSED = "refused", "refused"
        OFF = "off", "no picture, as an editor decided"

    class Purpose(models.TextChoices):
        PICTURE = "picture"
        LOGO = "logo"

    # The URL itself may be longer than an index entry can be on PostgreSQL.
    url_hash = models.CharField(max_length=64, unique=True, editable=False)
    url = models.TextField("URL")
    # Rows are also written without the model, so the database knows what is usual.
    purpose = models.CharField(
        max_length=7, choices=Purpose, default=Purpose.PICTURE, db_default="picture", editable=False
    )
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=200, blank=True, help_text="Why there is no picture.")
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    recipe = models.CharField(max_length=20, blank=True, default="", db_default="", editable=False)
    is_edited = models.BooleanField(
        "decided by an editor", default=False, db_default=False, editable=False,
        help_text="No import or fetch changes it.",
    )  # fmt: skip
    fetched_at = models.DateTimeField("looked at", null=True, editable=False)
    next_try_at = models.DateTimeField("next try", null=True, editable=False)
    tries = models.PositiveSmallIntegerField("failed tries", default=0, db_default=0, editable=False)
    etag = models.CharField(max_length=600, blank=True, default="", db_default="", editable=False)
    last_modified = models.CharField(max_length=40, blank=True, default="", db_default="", editable=False)

    objects = ImageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(name="image_url_given", condition=~Q(url="")),
            models.CheckConstraint(
                name="image_state_known",
                condition=Q(state__in=["waiting", "ready", "failed", "refused", "off"]),
            ),
            models.CheckConstraint(name="image_purpose_known", condition=Q(purpose__in=["picture", "logo"])),
        ]
        indexes = [
            # the same bytes under another URL
            models.Index(fields=["content_hash"], name="image_twin", condition=~Q(content_hash="")),
            # cache_images
            models.Index(
                fields=["next_try_at"], name="image_to_fetch", condition=Q(state__in=["waiting", "failed"])
            ),
        ]

    def __str__(self):
        return self.url[:100]

    @staticmethod
    def hash_of(url):
        """Return the key under which a cleaned URL is stored."""
        return hashlib.sha256(url.encode()).hexdigest()


class RenditionQuerySet(models.QuerySet):
    def whole(self):
        """Files of whole pictures, without the crops for cards."""
        return self.filter(shape=Rendition.Shape.WHOLE)

    def of_ready(self, images):
        """The files of those of these images that are ready, by image, the narrowest first."""
        found = defaultdict(list)
        for file in self.filter(image__in=images, image__state=Image.State.READY).order_by("width"):
            found[file.image_id].append(file)
        return found

    def bytes_in_all(self):
        """The total size of stored files; pictures with the same bytes share them."""
        files = self.order_by().values("name", "size").distinct()
        return files.aggregate(total=models.Sum("size"))["total"] or 0

    def names_used_by_others(self, names, images):
        """Of these file names, those that other pictures also use."""
        return set(self.filter(name__in=names).exclude(image__in=images).values_list("name", flat=True))


class Rendition(models.Model):
    """One file made of a picture: WebP, upright, without metadata, named by its content."""

    class Shape(models.TextChoices):
        WHOLE = "whole", "whole picture"
        CARD = "card", "2:1 crop for cards"

    image = models.ForeignKey(Image, models.CASCADE, related_name="renditions")
    shape = models.CharField(max_length=5, choices=Shape, default=Shape.WHOLE)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField("bytes", default=0)
    name = models.CharField(max_length=100, db_index=True, help_text="Name in the media storage.")

    objects = RenditionQuerySet.as_manager()

    class Meta:
        ordering = ["width", "shape"]
        constraints = [
            models.UniqueConstraint(fields=["image", "shape", "width"], name="rendition_once_per_width"),
            models.CheckConstraint(name="rendition_has_size", condition=Q(width__gt=0) & Q(height__gt=0)),
            models.CheckConstraint(name="rendition_shape_known", condition=Q(shape__in=["whole", "card"])),
        ]

    def __str__(self):
        return f"{self.name} ({self.width} x {self.height})"

    @property
    def url(self):
        """The address of the file on this site, wherever the file is stored."""
        return self.url_of(self.name)

    @staticmethod
    def url_of(name):
        return f"{settings.MEDIA_URL}{name}"
