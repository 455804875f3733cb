"""Pin: a story first in a list for a time."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.models.article import Article
from articles.models.topic import Topic


class PinQuerySet(models.QuerySet):
    def active(self):
        """Pins that have not ended."""
        return self.filter(until__gt=timezone.now())

    def stories_in(self, topic=None):
        """Ids of the stories pinned to the top of a topic, or of the front page; the latest pin first."""
        rows = self.active().filter(topic=topic, article__story__isnull=False).order_by("-pk")
        return list(dict.fromkeys(rows.values_list("article__story", flat=True)))

    def of_story(self, story):
        """Pins of a story that have not ended, with their topics."""
        return self.active().filter(article__story=story).select_related("topic").order_by("until")


class Pin(models.Model):
    """The story of an article stands first on the front page or in a topic until a time.

    It names an article, not the story, so that it survives every grouping: the story that the article is in.
    """

    article = models.ForeignKey(Article, models.CASCADE, related_name="pins")
    topic = models.ForeignKey(
        Topic, models.CASCADE, null=True, blank=True, related_name="pins", help_text="None: the front page."
    )
    until = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = PinQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["until"], name="pin_until"),  # active ones, the next site version
        ]

    def __str__(self):
        return f"{self.article} in {self.topic or 'the front page'}"
