"""Story: one event with its articles, as visitors see it."""

from datetime import UTC, datetime, time
from itertools import chain, pairwise

from django.db import connection, models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from articles.models.article import Article, DatedQuerySet
from articles.models.topic import Topic


class SortedStories(DatedQuerySet):
    """The three orders of a list of stories; each ends in a unique column, so that pages never overlap."""

    story_column = "pk"
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

    def public(self):
        """Stories that visitors may see: their lead is published, not removed, not from the future."""
        return self.filter(is_public=True).due()

    def with_article_by(self, provider):
        """Stories with an article by this provider that visitors see."""
        shown = Article.objects.filter(provider=provider, story_position__isnull=False)
        return self.filter(**{f"{self.story_column}__in": shown.values("story")})

    def since(self, moment):
        """Stories whose lead is not older than a moment."""
        return self.filter(published_at__gte=moment)


class StoryQuerySet(SortedStories):
    def with_news_due(self):
        """Stories with an article that was of the future when they were computed, and is not any more."""
        return self.filter(next_article_at__lte=timezone.now())

    def with_lead(self):
        return self.select_related("lead")

    def by_id(self, story_id):
        """The story of this id with its lead, or None."""
        return self.with_lead().filter(pk=story_id).first()

    def show_as_draft(self, story_id, now):
        """Let visitors' pages show a story whatever its state; only where it is rolled back."""
        self.filter(pk=story_id).update(is_public=True)
        self.filter(pk=story_id, published_at__gt=now).update(published_at=now)
        self.filter(pk=story_id).update(embargo_until=None)
        Article.objects.filter(story=story_id).update(embargo_until=None)

    def led(self, ids):
        """Public stories of these ids, by id, with lead and its provider."""
        found = self.public().filter(pk__in=ids).select_related("lead__provider")
        return {story.pk: story for story in found}

    def for_cards(self, ids):
        """Public stories of these ids, by id, with what a card shows of story, lead and provider."""
        fields = (
            "heat", "article_count", "provider_count", "folded_provider_count", "last_article_at",
            *(f"lead__{name}" for name in ("title", "excerpt", "url", "permalink", "kind", "published_at",
                                           "is_published", "is_removed", "embargo_until",
                                           "excerpt_sentences")),
            *(f"lead__provider__{name}" for name in ("name", "domain", "logo", "article_count",
                                                     "is_taken_down")),
        )  # fmt: skip
        return self.only(*fields).led(ids)

    def for_sitemap(self):
        """Id, title and time of the last article, newest first."""
        return self.newest_first().values_list("pk", "lead__title", "last_article_at")

    def for_news_sitemap(self):
        """Id, title and time of the lead, newest first."""
        return self.newest_first().values_list("pk", "lead__title", "published_at")

    def periods_with_stories(self, starts):
        """Return the indexes of the periods that have a public story; each ends where the next one starts.

        `starts` are days. Asks the index of times once a period, so that it costs the same in any archive.
        """
        asked = (
            "SELECT %s WHERE EXISTS (SELECT 1 FROM articles_story "
            "WHERE is_public AND published_at >= %s AND published_at < %s AND published_at <= %s "
            "AND (embargo_until IS NULL OR embargo_until <= %s))"
        )
        adapt = connection.ops.adapt_datetimefield_value
        now, moments = adapt(timezone.now()), [adapt(datetime.combine(day, time(), UTC)) for day in starts]
        periods = [(index, start, end, now, now) for index, (start, end) in enumerate(pairwise(moments))]
        found = set()
        with connection.cursor() as cursor:
            for first in range(0, len(periods), 400):  # a compound query has at most 500 parts
                part = periods[first : first + 400]
                cursor.execute(" UNION ALL ".join([asked] * len(part)), list(chain(*part)))
                found.update(index for (index,) in cursor.fetchall())
        return found


class StoryTopicQuerySet(SortedStories):
    story_column = "story_id"

    def for_cards(self, stories):
        """Pairs of story and topic of these stories, in their order."""
        return self.filter(story__in=stories).order_by("story", "position").values_list("story", "topic")

    def newest_with_providers(self, size):
        """Pairs of id and lead's provider of the newest `size` of these stories."""
        return self.sorted_by("new").values_list("story", "story__lead__provider")[:size]

    def in_topic(self, topic):
        return self.filter(topic=topic)

    def best_of_each(self, topics, size):
        """Ids of the `size` hottest public stories of each of these topics, by topic, in one query."""
        asked = (
            "SELECT * FROM (SELECT topic_id, story_id FROM articles_storytopic WHERE topic_id = %s "
            "AND is_public AND published_at <= %s AND (embargo_until IS NULL OR embargo_until <= %s) "
            "ORDER BY rank DESC, story_id DESC LIMIT %s) AS best"
        )
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        given = [value for topic in topics for value in (topic, now, now, size)]
        found = {topic: [] for topic in topics}
        if found:
            with connection.cursor() as cursor:
                cursor.execute(" UNION ALL ".join([asked] * len(found)), given)
                for topic, story in cursor.fetchall():
                    found[topic].append(story)
        return found


class StoryAliasQuerySet(models.QuerySet):
    def heir(self, old_id):
        """The story that the one of this id was merged into, or None."""
        alias = self.filter(old_id=old_id).select_related("story__lead").first()
        return alias and alias.story


class Story(models.Model):
    lead = models.ForeignKey(Article, models.SET_NULL, null=True, blank=True, related_name="led_stories")
    is_public = models.BooleanField("public", default=False, editable=False)
    heat = models.IntegerField(default=0, editable=False)
    rank = models.FloatField(default=0, editable=False)
    published_at = models.DateTimeField("time of the lead", null=True, editable=False)
    embargo_until = models.DateTimeField("embargo of the lead", null=True, editable=False)
    first_article_at = models.DateTimeField("first article", null=True, editable=False)
    last_article_at = models.DateTimeField("last article", null=True, editable=False)
    next_article_at = models.DateTimeField(
        null=True, editable=False, help_text="Of articles dated ahead, the first: then this is computed anew."
    )
    article_count = models.PositiveIntegerField("articles", default=0, editable=False)
    provider_count = models.PositiveIntegerField("independent providers", default=0, editable=False)
    folded_provider_count = models.PositiveIntegerField(
        default=0, editable=False, help_text="Providers of the articles that a card folds away."
    )
    heat_adjustment = models.IntegerField(default=0, help_text="Added to the heat by the editors.")
    # Rows are also written without the model, so the database knows what is usual.
    is_reviewed = models.BooleanField(
        "reviewed", default=False, db_default=False, editable=False,
        help_text="An editor has published or unpublished its lead.",
    )  # fmt: skip

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "stories"
        ordering = ["-rank", "-pk"]
        indexes = [
            # front page, all three orders
            models.Index(fields=["-rank", "-id"], name="story_hot", condition=Q(is_public=True)),
            models.Index(fields=["-published_at", "-id"], name="story_new", condition=Q(is_public=True)),
            models.Index(fields=["-heat", "-id"], name="story_top", condition=Q(is_public=True)),
            models.Index(
                fields=["next_article_at"], name="story_due", condition=Q(next_article_at__isnull=False)
            ),
            # the editors' queue
            models.Index(
                fields=["is_reviewed", "-rank", "-id"], name="story_queue", condition=Q(lead__isnull=False)
            ),
        ]

    def __str__(self):
        return self.lead.title if self.lead else f"story {self.pk}"

    def get_absolute_url(self):
        return story_url(self.pk, self.lead.title if self.lead else "")

    @property
    def required_lead(self) -> Article:
        """The lead of a story that has one by construction: public ones, and those in the editors' lists."""
        if self.lead is None:
            raise RuntimeError(f"story {self.pk} has no lead")
        return self.lead


def story_slug(title):
    """Return the readable part of a story's address; only its id decides."""
    return slugify(title)[:80].strip("-") or "story"


def story_url(story_id, title):
    """Return the address of a story's full coverage."""
    return reverse("articles:story_detail", args=[story_id, story_slug(title)])


class StoryAlias(models.Model):
    """The id of a story that was merged into another, to which its address leads."""

    old_id = models.BigIntegerField(unique=True)
    story = models.ForeignKey(Story, models.CASCADE, related_name="aliases")

    objects = StoryAliasQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "story aliases"

    def __str__(self):
        return f"{self.old_id} is now {self.story_id}"


class StoryTopic(models.Model):
    """A story in a topic's list, with copies of what the list is sorted and filtered by."""

    story = models.ForeignKey(Story, models.CASCADE, related_name="topic_links", db_index=False)
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="story_links")
    position = models.PositiveIntegerField(default=0, help_text="Position among the story's topics.")
    is_public = models.BooleanField(default=False)
    heat = models.IntegerField(default=0)
    rank = models.FloatField(default=0)
    published_at = models.DateTimeField(null=True)
    embargo_until = models.DateTimeField(null=True)

    objects = StoryTopicQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["story", "topic"], name="story_topic_once")]
        indexes = [
            # topic page, all three orders
            models.Index(fields=["topic", "-rank", "-story"], name="topic_hot", condition=Q(is_public=True)),
            models.Index(
                fields=["topic", "-published_at", "-story"], name="topic_new", condition=Q(is_public=True)
            ),
            models.Index(fields=["topic", "-heat", "-story"], name="topic_top", condition=Q(is_public=True)),
        ]

    def __str__(self):
        return f"story {self.story_id} in {self.topic}"
