"""What grouping keeps (floor 1): where each report was put, which days wait, what editors decided."""

from datetime import UTC, datetime, timedelta
from itertools import chain

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from articles.caching.writing import chunked
from articles.models.article import Article
from articles.models.bulk import insert_rows
from articles.models.lookups import Seconds
from articles.packing import pack, unpack

_DAY = 86400


def day_of(moment):
    """Return the number of a moment's day since 1970 (UTC)."""
    return int(moment.timestamp() // _DAY)


def start_of(day):
    """Return the first moment of a day, given as its number since 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)


class PlacingQuerySet(models.QuerySet):
    def per_day(self):
        """Numbers of placed reports, by day."""
        return dict(self.order_by().values_list("day").annotate(n=models.Count("pk")))

    def outdated(self):
        """Those whose report nobody tells of any more, or is of another day now."""
        placed = self.annotate(moment=Seconds("article__published_at"))
        return placed.filter(
            Q(article__origin=Article.Origin.GONE)
            | Q(moment__lt=F("day") * _DAY)
            | Q(moment__gte=(F("day") + 1) * _DAY)
        )

    def in_stories_opened_by(self, openers):
        """Pairs of a report and the opener of its story, before merges, for stories of these openers."""
        for part in chunked(openers):
            yield from self.filter(opener__in=part, drawn_into=None).values_list("pk", "opener")
            yield from self.filter(drawn_into__in=part).values_list("pk", "drawn_into")

    def waiting(self, first, end):
        """Those of the days from the first to before the end whose articles wait to be settled, by day."""
        return self.filter(day__gte=first, day__lt=end, article__needs_grouping=True).order_by("day", "pk")

    def after_day(self, day):
        """The first day after this one that has placed reports, or None."""
        return self.filter(day__gt=day).aggregate(first=models.Min("day"))["first"]


class Placing(models.Model):
    """Where grouping put a report, and why; what is needed to group its neighbourhood anew."""

    article = models.OneToOneField("articles.Article", models.CASCADE, primary_key=True)
    day = models.IntegerField(help_text="Days since 1970, when it was placed.")
    opener = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="+", help_text="The report that opened its story."
    )
    link = models.JSONField(
        null=True, help_text="The link to its story: one, other, reason, likeness, terms."
    )
    merged_into = models.ForeignKey(
        "articles.Article", models.CASCADE, null=True, related_name="+",
        help_text="Of an opener: the opener of the story that took up its own.",
    )  # fmt: skip
    merge = models.JSONField(null=True, help_text="The day of the merge and the link that caused it.")
    drawn_into = models.ForeignKey(
        "articles.Article", models.CASCADE, null=True, related_name="+", db_index=False,
        help_text="The later copy that drew it out of its story into the one that the copy opened.",
    )  # fmt: skip
    drawn = models.JSONField(null=True, help_text="The day on which it was drawn, and the link.")

    objects = PlacingQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["day"], name="placing_day"),  # reports per day, for document frequencies
            # Few are drawn: an index of all would cost more than it gives.
            models.Index(fields=["drawn_into"], name="placing_drawn", condition=Q(drawn_into__isnull=False)),
        ]

    def __str__(self):
        return f"{self.article_id} in the story of {self.opener_id}"


class TermVectorsManager(models.Manager):
    # A change lies mostly in the last days; what is older is counted anew.
    KEPT = 16

    def of_days(self, first, end):
        """What is kept of the days from the first to before the end, by day."""
        found = self.filter(day__gte=first, day__lt=end).values_list("day", "content")
        return {day: unpack(content) for day, content in found}

    def replace(self, first, end, contents):
        """Keep these contents, by day, in place of those of the days from the first to before the end."""
        self.filter(day__gte=first, day__lt=end).delete()
        self.bulk_create(self.model(day=day, content=pack(content)) for day, content in contents.items())
        for last in self.order_by("-pk").values_list("pk", flat=True)[self.KEPT : self.KEPT + 1]:
            self.filter(pk__lte=last).delete()


class TermVectors(models.Model):
    """What counting the words of a day's reports gave when they were grouped."""

    day = models.IntegerField(unique=True)
    content = models.BinaryField(help_text="The vectors and document frequencies, compressed.")

    objects = TermVectorsManager()

    def __str__(self):
        return f"{start_of(self.day):%Y-%m-%d}"


class StaleDayManager(models.Manager):
    def mark(self, days):
        """Let these days be grouped anew. A row of its own each time, so that a change meanwhile is seen."""
        days = sorted(set(days))
        for part in chunked(days):
            self.filter(day__in=part).delete()
        insert_rows(self.model, ["day"], [[day] for day in days])


class StaleDay(models.Model):
    """A day on which reports came, went or changed since it was grouped."""

    day = models.IntegerField(unique=True)

    objects = StaleDayManager()

    def __str__(self):
        return f"{start_of(self.day):%Y-%m-%d}"


class DecisionQuerySet(models.QuerySet):
    def pairs(self, kind):
        """Pairs of link keys that editors put together or apart."""
        return self.filter(kind=kind).values_list("article__link_key", "other__link_key")

    def leads_among(self, articles):
        """Ids of those of these articles that editors made leads, in the order in which they did."""
        leads = self.filter(kind=Decision.Kind.LEAD).order_by("pk")
        found = [leads.filter(article__in=part).values_list("pk", "article") for part in chunked(articles)]
        return [article for _, article in sorted(chain.from_iterable(found))]


class Decision(models.Model):
    """What an editor decided and every regrouping obeys."""

    class Kind(models.TextChoices):
        TOGETHER = "together", "are one story"
        APART = "apart", "are not one story"
        LEAD = "lead", "leads its story"

    kind = models.CharField(max_length=8, choices=Kind)
    article = models.ForeignKey("articles.Article", models.CASCADE, related_name="decisions")
    other = models.ForeignKey(
        "articles.Article", models.CASCADE, null=True, blank=True, related_name="other_decisions"
    )
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="decision_names_a_pair_or_a_lead",
                condition=Q(kind="lead", other=None) | (~Q(kind="lead") & Q(other__isnull=False)),
            ),
            models.CheckConstraint(
                name="decision_of_two_articles", condition=Q(other=None) | ~Q(other=models.F("article"))
            ),
            models.UniqueConstraint(fields=["kind", "article", "other"], name="decision_once"),
        ]

    def __str__(self):
        return f"{self.article_id} {self.get_kind_display()} {self.other_id or ''}".strip()
