"""Story: one event with its reports, as readers see it (floor 1)."""

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from articles.models.article import Article
from articles.models.topic import Topic


class SortedStories(models.QuerySet):
    """The three orders of a list of stories; each ends in a unique column, so that pages never overlap."""

    SORTS = {"hot": "rank", "new": "published_at", "top": "heat"}

    def sorted_by(self, sort):
        """Best first: "hot" by rank, "new" by time of the lead, "top" by heat."""
        return self.order_by(f"-{self.SORTS[sort]}", f"-{self.story_column}")

    def after(self, sort, value, story_id):
        """What follows the row with this sort value and story id, in the order of `sort`."""
        column, tie = self.SORTS[sort], self.story_column
        # This form, unlike a plain OR, lets SQLite too walk the index from the right place on.
        return self.filter(Q(**{f"{column}__lte": value})).filter(
            Q(**{f"{column}__lt": value}) | Q(**{f"{tie}__lt": story_id})
        )


class StoryQuerySet(SortedStories):
    story_column = "id"

    def public(self):
        """Stories readers may see: their lead is published, not removed, not from the future."""
        return self.filter(is_public=True, published_at__lte=timezone.now())

    def with_lead(self):
        return self.select_related("lead")


class StoryTopicQuerySet(SortedStories):
    story_column = "story_id"

    def public(self):
        return self.filter(is_public=True, published_at__lte=timezone.now())

    def with_story(self):
        return self.select_related("story")

    def with_report_by(self, provider):
        """Stories with a report by this provider that readers see."""
        shown = Article.objects.filter(provider=provider, story_position__isnull=False)
        return self.filter(story__in=shown.values("story"))

    def for_cards(self, stories):
        """The topics of these stories, in their order."""
        return self.filter(story__in=stories).select_related("topic").order_by("story", "position")

    def in_topic(self, topic):
        return self.filter(topic=topic)


class Story(models.Model):
    lead = models.ForeignKey(
        Article,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="led_stories",
    )
    is_public = models.BooleanField("public", default=False, editable=False)
    heat = models.IntegerField(default=0, editable=False)
    rank = models.FloatField(default=0, editable=False)
    published_at = models.DateTimeField("time of the lead", null=True, editable=False)
    first_report_at = models.DateTimeField("first report", null=True, editable=False)
    last_report_at = models.DateTimeField("last report", null=True, editable=False)
    article_count = models.PositiveIntegerField("reports", default=0, editable=False)
    source_count = models.PositiveIntegerField("independent sources", default=0, editable=False)
    more_provider_count = models.PositiveIntegerField(
        default=0, editable=False, help_text="Providers of the reports that a card folds away."
    )
    heat_adjustment = models.IntegerField(default=0, help_text="Added to the heat by the editors.")

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stories"
        ordering = ["-rank", "-pk"]
        indexes = [
            # front page, all three orders
            models.Index(F("rank").desc(), F("id").desc(), name="story_hot", condition=Q(is_public=True)),
            models.Index(
                F("published_at").desc(), F("id").desc(), name="story_new", condition=Q(is_public=True)
            ),
            models.Index(F("heat").desc(), F("id").desc(), name="story_top", condition=Q(is_public=True)),
        ]

    def __str__(self):
        return self.lead.title if self.lead else f"story {self.pk}"

    def get_absolute_url(self):
        return story_url(self.pk, self.lead.title if self.lead else "")


def story_slug(title):
    """Return the readable part of a story's address; only its number decides."""
    return slugify(title)[:80].strip("-") or "story"


def story_url(story_id, title):
    """Return the address of a story's full coverage."""
    return reverse("articles:story_detail", args=[story_id, story_slug(title)])


class StoryAlias(models.Model):
    """The number of a story that was merged away: its address leads to the other."""

    old_id = models.BigIntegerField(unique=True)
    story = models.ForeignKey(Story, models.CASCADE, related_name="aliases")

    class Meta:
        verbose_name_plural = "story aliases"

    def __str__(self):
        return f"{self.old_id} is now {self.story_id}"


class StoryTopic(models.Model):
    """A story in a topic's list, with copies of what the list is sorted and filtered by."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="topic_links")
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="story_links")
    position = models.PositiveIntegerField(default=0, help_text="Place among the story's topics.")
    is_public = models.BooleanField(default=False)
    heat = models.IntegerField(default=0)
    rank = models.FloatField(default=0)
    published_at = models.DateTimeField(null=True)

    objects = StoryTopicQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["story", "topic"], name="story_topic_once")]
        indexes = [
            # topic page, all three orders
            models.Index(
                "topic", F("rank").desc(), F("story").desc(), name="topic_hot", condition=Q(is_public=True)
            ),
            models.Index(
                "topic",
                F("published_at").desc(),
                F("story").desc(),
                name="topic_new",
                condition=Q(is_public=True),
            ),
            models.Index(
                "topic", F("heat").desc(), F("story").desc(), name="topic_top", condition=Q(is_public=True)
            ),
        ]

    def __str__(self):
        return f"story {self.story_id} in {self.topic}"
