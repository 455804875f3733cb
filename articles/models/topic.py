"""Topic: a subject with a page of its own."""

import hashlib
import re
import unicodedata

from django.db import models
from django.urls import reverse
from django.utils.text import slugify

from articles.models.image import Image

_SPACES = re.compile(r"[\s_-]+")


class TopicQuerySet(models.QuerySet):
    def in_order(self):
        return self.order_by("position", "name_key")

    def shown(self):
        """Topics that visitors may see: neither hidden nor merged into another."""
        return self.standing().filter(is_hidden=False)

    def standing(self):
        """Topics that are not merged into another."""
        return self.filter(merged_into=None)

    def with_stories(self):
        """Topics whose page is not empty."""
        return self.filter(story_count__gt=0)

    def without_lists(self):
        """Only what a link to the topic needs."""
        return self.only(
            "slug", "name", "name_key", "short_name", "parent_id", "image_id", "story_count", "position",
            "description", "merged_into_id", "former_slugs",
        )  # fmt: skip


class Topic(models.Model):
    slug = models.CharField(max_length=120, unique=True)
    name = models.CharField(max_length=100)
    # A letter of a name unfolds into three at most where case is ignored.
    name_key = models.CharField(max_length=300, unique=True, editable=False)
    short_name = models.CharField(max_length=100, blank=True)
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="children")
    description = models.TextField(blank=True)
    keywords = models.JSONField(default=list, blank=True)
    hashtags = models.JSONField(default=list, blank=True)
    position = models.PositiveIntegerField(default=1000, help_text="Lower comes first.")
    image = models.ForeignKey(Image, models.SET_NULL, null=True, blank=True, related_name="picture_of")
    is_described = models.BooleanField(
        default=False, editable=False, help_text="A store's topic file gives the name."
    )
    story_count = models.PositiveIntegerField("public stories", default=0, editable=False)
    needs_count = models.BooleanField(
        default=False, editable=False, help_text="Its lists have changed since."
    )
    # Rows are also written without the model, so the database knows what is usual.
    is_hidden = models.BooleanField(
        "hidden", default=False, db_default=False,
        help_text="Visitors see neither its page nor its name on stories.",
    )  # fmt: skip
    former_slugs = models.JSONField(
        "former addresses", default=list, db_default=[], blank=True, editable=False
    )
    # It keeps its name, so that files which name it lead to the other topic.
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="merged"
    )
    edited_fields = models.JSONField(default=list, blank=True, editable=False)

    objects = TopicQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name_key"]
        constraints = [
            models.CheckConstraint(name="topic_slug_given", condition=~models.Q(slug="")),
            models.CheckConstraint(name="topic_name_given", condition=~models.Q(name="")),
            models.CheckConstraint(name="topic_not_its_parent", condition=~models.Q(parent=models.F("id"))),
        ]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        self.name_key = self.key_of(self.name)
        if not self.slug:
            self.slug = self.slug_for(self.name)
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("articles:topic_detail", args=[self.slug])

    @staticmethod
    def key_of(name):
        """Return the identity of a topic name: names that differ only in case are one topic."""
        return unicodedata.normalize("NFC", name.casefold())

    @staticmethod
    def slug_for(name):
        """Return the slug of a topic that has none yet; two names never share one.

        Where the words alone would lose a part of the name ("C", "C++" and "C#"), a piece of the name's
        hash tells them apart.
        """
        key = Topic.key_of(name)
        slug = slugify(key, allow_unicode=True)[:100]
        if slug and slug == _SPACES.sub("-", key):
            return slug
        return f"{slug or 'topic'}-{hashlib.sha256(key.encode()).hexdigest()[:6]}"
