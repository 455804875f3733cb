"""Filters of the queue: each asks one small question, so that large archives stay quick to list."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.utils import timezone

from articles.models import (
    Article,
    ArticleImage,
    Image,
    ImportRun,
    Provider,
    SourceDocument,
    StoryTopic,
    Topic,
)

OFFERED = 25  # topics and providers that are listed; any other may stand in the address


class Choice(admin.SimpleListFilter):
    """A filter whose choices are written down: value, label and a condition on stories each."""

    values: tuple[tuple[str, str, dict], ...] = ()

    def lookups(self, request, model_admin):
        return [(value, label) for value, label, _ in self.values]

    def queryset(self, request, queryset):
        chosen = {value: condition for value, _, condition in self.values}.get(self.value())
        return queryset.filter(**chosen) if chosen else queryset


class DecidedFilter(Choice):
    title, parameter_name = "decided", "decided"
    values = (("no", "undecided", {"is_decided": False}), ("yes", "decided", {"is_decided": True}))


class PublicFilter(Choice):
    title, parameter_name = "published", "public"
    values = (("yes", "published", {"is_public": True}), ("no", "not published", {"is_public": False}))


class QualityFilter(Choice):
    title, parameter_name = "quality of the lead", "quality"
    values = (
        ("90", "90 and more", {"lead__quality__gte": 90}),
        ("70", "70 to 89", {"lead__quality__gte": 70, "lead__quality__lt": 90}),
        ("50", "50 to 69", {"lead__quality__gte": 50, "lead__quality__lt": 70}),
        ("0", "below 50", {"lead__quality__lt": 50}),
    )


class SizeFilter(Choice):
    title, parameter_name = "size", "size"
    values = (
        ("1", "one report", {"article_count": 1}),
        ("2", "2 to 4 reports", {"article_count__gte": 2, "article_count__lte": 4}),
        ("5", "5 to 19 reports", {"article_count__gte": 5, "article_count__lte": 19}),
        ("20", "20 and more", {"article_count__gte": 20}),
    )


class AgeFilter(admin.SimpleListFilter):
    title, parameter_name = "age", "age"

    def lookups(self, request, model_admin):
        return [("1", "24 hours"), ("3", "3 days"), ("7", "7 days"), ("30", "30 days"), ("old", "older")]

    def queryset(self, request, queryset):
        value = self.value()
        if value == "old":
            return queryset.filter(published_at__lt=timezone.now() - timedelta(days=30))
        if value in ("1", "3", "7", "30"):
            return queryset.filter(published_at__gte=timezone.now() - timedelta(days=int(value)))
        return queryset


class PictureFilter(admin.SimpleListFilter):
    title, parameter_name = "picture", "picture"

    def lookups(self, request, model_admin):
        return [("yes", "with a picture"), ("no", "without")]

    def queryset(self, request, queryset):
        ready = ArticleImage.objects.filter(article=OuterRef("lead"), image__state=Image.State.READY)
        if self.value() == "yes":
            return queryset.filter(Exists(ready))
        return queryset.filter(~Exists(ready)) if self.value() == "no" else queryset


class TopicFilter(admin.SimpleListFilter):
    title, parameter_name = "topic", "topic"

    def lookups(self, request, model_admin):
        topics = Topic.objects.with_stories().in_order().values_list("slug", "name")[:OFFERED]
        return _with_chosen(topics, Topic.objects.values_list("slug", "name"), "slug", self.value())

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        topic = Topic.objects.filter(slug=self.value()).values_list("pk", flat=True).first()
        # Not as a join, which would sort all stories of the topic instead of walking the queue's index.
        listed = StoryTopic.objects.filter(story=OuterRef("pk"), topic=topic)
        return queryset.filter(Exists(listed)) if topic else queryset.none()


class ProviderFilter(admin.SimpleListFilter):
    title, parameter_name = "provider", "provider"

    def lookups(self, request, model_admin):
        providers = Provider.objects.active().most_active().values_list("domain", "name")[:OFFERED]
        return _with_chosen(providers, Provider.objects.values_list("domain", "name"), "domain", self.value())

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        provider = Provider.objects.filter(domain=self.value()).values_list("pk", flat=True).first()
        return queryset.filter(lead__provider=provider) if provider else queryset.none()


def _with_chosen(offered, rows, column: str, value: str | None) -> list[tuple[str, str]]:
    found = list(offered)
    if value and value not in dict(found):
        found += rows.filter(**{column: value})[:1]
    return found


class LastImportFilter(admin.SimpleListFilter):
    title, parameter_name = "last import", "import"

    def lookups(self, request, model_admin):
        return [("last", "touched by it")]

    def queryset(self, request, queryset):
        if self.value() != "last":
            return queryset
        run = ImportRun.objects.order_by("-pk").values_list("pk", flat=True).first()
        touched = SourceDocument.objects.filter(run=run).values("article")
        return queryset.filter(pk__in=Article.objects.filter(pk__in=touched).values("story"))
