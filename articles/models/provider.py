"""Provider: who published."""

from django.db import models
from django.urls import reverse

from articles.models.image import Image


class ProviderQuerySet(models.QuerySet):
    def active(self):
        """Providers that visitors can see: an article of theirs is in a public story."""
        return self.filter(article_count__gt=0)

    def taken_down(self):
        """Providers of which nothing is shown or polled, as they wish."""
        return self.filter(is_taken_down=True)

    def named_like(self, terms):
        """Providers whose name or domain holds every one of these words."""
        found = self
        for term in terms:
            found = found.filter(models.Q(name__icontains=term) | models.Q(domain__icontains=term))
        return found

    def filter_domain(self, domain):
        """The provider of this domain, or None."""
        return self.filter(domain=domain).select_related("logo").first()

    def after_domain(self, domain):
        """Providers that follow a domain, by domain."""
        return self.filter(domain__gt=domain).order_by("domain")

    def by_name(self):
        return self.order_by("name", "domain")

    def most_active(self):
        return self.order_by("-article_count", "domain")


class Provider(models.Model):
    domain = models.CharField(max_length=253, unique=True)
    name = models.CharField(max_length=200)
    logo = models.ForeignKey(Image, models.SET_NULL, null=True, blank=True, related_name="logo_of")
    is_described = models.BooleanField(
        default=False, editable=False, help_text="A store's organisation file gives the name."
    )
    article_count = models.PositiveIntegerField(
        "articles shown", default=0, editable=False, help_text="Articles in public stories."
    )
    needs_count = models.BooleanField(
        default=False, editable=False, help_text="Its lists have changed since."
    )
    # Rows are also written without the model, so the database knows what is usual.
    is_taken_down = models.BooleanField(
        "taken down", default=False, db_default=False, editable=False,
        help_text="Nothing of it is shown or polled.",
    )  # fmt: skip
    edited_fields = models.JSONField(default=list, blank=True, editable=False)

    objects = ProviderQuerySet.as_manager()

    class Meta:
        ordering = ["name", "domain"]
        constraints = [
            models.CheckConstraint(name="provider_domain_given", condition=~models.Q(domain="")),
            models.CheckConstraint(name="provider_name_given", condition=~models.Q(name="")),
        ]
        indexes = [
            # asked with every list of articles
            models.Index(
                fields=["id"], name="provider_taken_down", condition=models.Q(is_taken_down=True)
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("articles:provider_detail", args=[self.domain])
