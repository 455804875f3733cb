"""What grouping stores: the cluster of each article, the days to group anew, and editors' decisions."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.caching.writing import chunked, values_in

_DAY = 86400


def day_of(moment):
    """Return the number of a moment's day since 1970 (UTC)."""
    return int(moment.timestamp() // _DAY)


def start_of(day):
    """Return the first moment of a day, given as its number since 1970."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)


class PlacementQuerySet(models.QuerySet):
    def per_day(self):
        """Numbers of placed articles, by day."""
        return dict(self.order_by().values_list("day").annotate(n=models.Count("pk")))


class Placement(models.Model):
    """In which cluster grouping put an article, and why: what is needed to group its neighbourhood anew.

    Matches are stored as lists: the link keys of the two articles, the reason, the similarity, and the shared
    terms with the part of each.
    """

    article = models.OneToOneField("articles.Article", models.CASCADE, primary_key=True)
    day = models.IntegerField(help_text="Days since 1970, when it was placed.")
    opener = models.ForeignKey(
        "articles.Article", models.CASCADE, related_name="+", help_text="The article that opened the cluster."
    )
    match = models.JSONField(null=True, help_text="Why it joined; null for the opener.")
    merged_into = models.ForeignKey(
        "articles.Article", models.CASCADE, null=True, related_name="+",
        help_text="Of an opener: the opener of the cluster that its own merged into.",
    )  # fmt: skip
    merge = models.JSONField(null=True, help_text="The day of the merge, and the match that caused it.")
    transferred_to = models.ForeignKey(
        "articles.Article", models.CASCADE, null=True, related_name="+", db_index=False,
        help_text="The later duplicate whose new cluster it was transferred to.",
    )  # fmt: skip
    transfer = models.JSONField(null=True, help_text="The day of the transfer, and the match that caused it.")

    objects = PlacementQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["day"], name="placement_day"),  # articles per day, for document frequencies
            # Few are reassigned: a partial index is enough.
            models.Index(
                fields=["transferred_to"],
                name="placement_transferred",
                condition=Q(transferred_to__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.article_id} in the cluster of {self.opener_id}"


class StaleDayManager(models.Manager):
    def mark(self, days):
        """Let these days be grouped anew. A new row each time, so that a change during a grouping is seen."""
        days = sorted(set(days))
        for some in chunked(days):
            self.filter(day__in=some).delete()
            self.bulk_create(self.model(day=day) for day in some)


class StaleDay(models.Model):
    """A day on which articles were added, removed or changed since it was grouped."""

    day = models.IntegerField(unique=True)

    objects = StaleDayManager()

    def __str__(self):
        return f"{start_of(self.day):%Y-%m-%d}"


class DecisionQuerySet(models.QuerySet):
    def pairs(self, kind):
        """Pairs of link keys that editors put together (or apart, by `kind`)."""
        return self.filter(kind=kind).values_list("article__link_key", "other__link_key")

    def leads_among(self, articles):
        """Ids of those of these articles that editors made leads, in the order in which they did."""
        leads = self.filter(kind=Decision.Kind.LEAD)
        return [article for _, article in sorted(values_in(leads, "article", articles, "pk", "article"))]


class Decision(models.Model):
    """An editor's decision, which every regrouping applies."""

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
            models.UniqueConstraint(fields=["article"], condition=Q(kind="lead"), name="decision_lead_once"),
        ]

    def __str__(self):
        return f"{self.article_id} {self.get_kind_display()} {self.other_id or ''}".strip()
