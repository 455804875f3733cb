"""Filters of the newsroom's lists. Each is one cheap condition, so that large archives stay fast to list."""

from datetime import timedelta

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.utils import timezone

from articles.admin.mixins import parse_id
from articles.models import (
    Article,
    ArticleImage,
    EditTarget,
    Image,
    ImportRun,
    Provider,
    SourceDocument,
    StoryTopic,
    Topic,
)

MAX_CHOICES = 25  # topics and providers in the list of choices; the address may name any other


class ChoiceFilter(admin.SimpleListFilter):
    """A filter with fixed choices: value, label, and a condition as keyword arguments of `filter`."""

    choices_offered: tuple[tuple[str, str, dict], ...] = ()

    def lookups(self, request, model_admin):
        return [(value, label) for value, label, _ in self.choices_offered]

    def queryset(self, request, queryset):
        conditions = {value: condition for value, _, condition in self.choices_offered}
        return queryset.filter(**conditions.get(self.value(), {}))


class DecidedFilter(ChoiceFilter):
    title, parameter_name = "decided", "decided"
    choices_offered = (("no", "undecided", {"is_decided": False}), ("yes", "decided", {"is_decided": True}))


class PublicFilter(ChoiceFilter):
    title, parameter_name = "published", "public"
    choices_offered = (
        ("yes", "published", {"is_public": True}),
        ("no", "not published", {"is_public": False}),
    )


class SourceStateFilter(ChoiceFilter):
    title, parameter_name = "state", "state"
    choices_offered = (
        ("active", "active", {"is_active": True}),
        ("failing", "failing", {"is_active": True, "failures__gt": 0}),
        ("off", "switched off", {"is_active": False, "retired_at": None}),
        ("retired", "retired", {"is_active": False, "retired_at__isnull": False}),
    )


class QualityFilter(ChoiceFilter):
    title, parameter_name = "quality of the lead", "quality"
    choices_offered = (
        ("90", "90 or more", {"lead__quality__gte": 90}),
        ("70", "70 to 89", {"lead__quality__gte": 70, "lead__quality__lt": 90}),
        ("50", "50 to 69", {"lead__quality__gte": 50, "lead__quality__lt": 70}),
        ("0", "below 50", {"lead__quality__lt": 50}),
    )


class SizeFilter(ChoiceFilter):
    title, parameter_name = "size", "size"
    choices_offered = (
        ("1", "one article", {"article_count": 1}),
        ("2", "2 to 4 articles", {"article_count__gte": 2, "article_count__lte": 4}),
        ("5", "5 to 19 articles", {"article_count__gte": 5, "article_count__lte": 19}),
        ("20", "20 or more", {"article_count__gte": 20}),
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
        ready = Exists(ArticleImage.objects.filter(article=OuterRef("lead"), image__state=Image.State.READY))
        condition = {"yes": ready, "no": ~ready}.get(self.value())
        return queryset.filter(condition) if condition is not None else queryset


class TopicFilter(admin.SimpleListFilter):
    title, parameter_name = "topic", "topic"

    def lookups(self, request, model_admin):
        return _with_chosen(Topic.objects.with_stories().in_order(), Topic, "slug", self.value())

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        topic = Topic.objects.filter(slug=self.value()).values_list("pk", flat=True).first()
        # No join: it would sort all stories of the topic instead of walking the index of the queue.
        listed = StoryTopic.objects.filter(story=OuterRef("pk"), topic=topic)
        return queryset.filter(Exists(listed)) if topic else queryset.none()


class ProviderFilter(admin.SimpleListFilter):
    title, parameter_name = "provider", "provider"

    def lookups(self, request, model_admin):
        return _with_chosen(Provider.objects.active().most_active(), Provider, "domain", self.value())

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        provider = Provider.objects.filter(domain=self.value()).values_list("pk", flat=True).first()
        return queryset.filter(lead__provider=provider) if provider else queryset.none()


def _with_chosen(rows, model, column: str, value: str | None) -> list[tuple[str, str]]:
    """Return the first choices, and the one that the address names."""
    found = list(rows.values_list(column, "name")[:MAX_CHOICES])
    if value and value not in dict(found):
        found += model.objects.filter(**{column: value}).values_list(column, "name")[:1]
    return found


class LastImportFilter(admin.SimpleListFilter):
    title, parameter_name = "last import", "import"

    def lookups(self, request, model_admin):
        return [("last", "changed by it")]

    def queryset(self, request, queryset):
        if self.value() != "last":
            return queryset
        run = ImportRun.objects.order_by("-pk").values_list("pk", flat=True).first()
        articles = SourceDocument.objects.filter(run=run).values("article")
        return queryset.filter(pk__in=Article.objects.filter(pk__in=articles).values("story"))


class TargetFilter(admin.SimpleListFilter):
    """Edits of one row; shown only if the address names the row."""

    def lookups(self, request, model_admin):
        return [(self.value(), f"{self.parameter_name} {self.value()}")] if self.value() else []

    def queryset(self, request, queryset):
        pk = parse_id(self.value())
        return queryset if pk is None else queryset.about(self.parameter_name, pk)


def edits_of(model: EditTarget.Model) -> type[TargetFilter]:
    """Return the filter for edits of one row of this model."""
    return type(
        f"{model.label}Filter", (TargetFilter,), {"title": model.label, "parameter_name": model.value}
    )
