"""Filters of the Newsroom's lists. Each is one cheap condition, so that large archives stay fast to list."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.db.models.functions import Now
from django.utils import timezone

from articles.admin.base import parse_id
from articles.models import (
    Article,
    ArticleImage,
    ArticleTopic,
    EditTarget,
    Image,
    ImportRun,
    Pin,
    Provider,
    SourceDocument,
    StoryTopic,
    Topic,
)

MAX_CHOICES = 25  # topics and providers in the list of choices; the address may name any other
_LAST_IMPORT = ImportRun.objects.order_by("-pk").values("pk")[:1]
_CHANGED = Article.objects.filter(
    pk__in=SourceDocument.objects.filter(run=Subquery(_LAST_IMPORT)).values("article")
)
_READY = ArticleImage.objects.filter(article=OuterRef("lead"), image__state=Image.State.READY)


class ChoiceFilter(admin.SimpleListFilter):
    """A filter with fixed choices: value, label and condition."""

    options: tuple[tuple[str, str, Any], ...] = ()

    def lookups(self, request, model_admin):
        return [(value, label) for value, label, _ in self.options]

    def queryset(self, request, queryset):
        conditions = [condition for value, _, condition in self.options if value == self.value()]
        return queryset.filter(*conditions)


class ReviewedFilter(ChoiceFilter):
    title, parameter_name = "decided", "decided"
    options = (
        ("no", "to decide", Q(is_reviewed=False)),
        ("yes", "decided", Q(is_reviewed=True)),
        ("shown", "decided, shown", Q(is_reviewed=True, is_public=True)),
        ("hidden", "decided, not shown", Q(is_reviewed=True, is_public=False)),
    )


class PublicFilter(ChoiceFilter):
    title, parameter_name = "published", "public"
    options = (("yes", "published", Q(is_public=True)), ("no", "not published", Q(is_public=False)))


class SourceStateFilter(ChoiceFilter):
    title, parameter_name = "state", "state"
    options = (
        ("active", "active", Q(is_active=True)),
        ("failing", "failing", Q(is_active=True, failures__gt=0)),
        ("off", "switched off", Q(is_active=False, retired_at=None)),
        ("retired", "retired", Q(is_active=False, retired_at__isnull=False)),
    )


class PinnedFilter(ChoiceFilter):
    title, parameter_name = "pinned", "pinned"
    _pinned = Exists(Pin.objects.filter(article__story=OuterRef("pk"), until__gt=Now()))
    options = (("yes", "pinned now", _pinned), ("embargo", "under embargo", Q(embargo_until__gt=Now())))


class QualityFilter(ChoiceFilter):
    title, parameter_name = "quality of the lead", "quality"
    options = (
        ("90", "90 or more", Q(lead__quality__gte=90)),
        ("70", "70 to 89", Q(lead__quality__gte=70, lead__quality__lt=90)),
        ("50", "50 to 69", Q(lead__quality__gte=50, lead__quality__lt=70)),
        ("0", "below 50", Q(lead__quality__lt=50)),
    )


class SizeFilter(ChoiceFilter):
    title, parameter_name = "size", "size"
    options = (
        ("1", "one article", Q(article_count=1)),
        ("2", "2 to 4 articles", Q(article_count__gte=2, article_count__lte=4)),
        ("5", "5 to 19 articles", Q(article_count__gte=5, article_count__lte=19)),
        ("20", "20 or more", Q(article_count__gte=20)),
    )


class PictureFilter(ChoiceFilter):
    title, parameter_name = "picture", "picture"
    options = (("yes", "with a picture", Exists(_READY)), ("no", "without", ~Exists(_READY)))


class AgeFilter(admin.SimpleListFilter):
    """Counts from now, or from the newest story if the archive has nothing of the last day."""

    title, parameter_name = "age", "age"

    def lookups(self, request, model_admin):
        return [("1", "24 hours"), ("3", "3 days"), ("7", "7 days"), ("30", "30 days"), ("old", "older")]

    def queryset(self, request, queryset):
        value = self.value()
        if value not in ("1", "3", "7", "30", "old"):
            return queryset
        days = timedelta(days=30 if value == "old" else int(value))
        since = self._newest() - days
        return queryset.filter(**{"published_at__lt" if value == "old" else "published_at__gte": since})

    def _newest(self):
        now = timezone.now()
        newest = Article.objects.due().aggregate(newest=Max("published_at"))["newest"]
        return newest if newest and newest < now - timedelta(days=1) else now


class DateFilter(admin.ListFilter):
    """Days from and to, both included, each chosen in the browser's calendar."""

    title, template = "date", "admin/date_filter.html"
    names = ("since", "until")
    column = "published_at"

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.texts = {name: params.pop(name, [""])[-1].strip() for name in self.names}
        self.used_parameters = {name: text for name, text in self.texts.items() if text}
        self.days, self.error = {}, ""
        for name, text in self.used_parameters.items():
            try:
                day = date.fromisoformat(text)
                self.days[name] = day + timedelta(days=1) - timedelta(days=1)  # it has a day after it
            except (ValueError, OverflowError):
                self.error = f"“{text[:40]}” is no date: write it as 2024-05-31."

    def has_output(self):
        return True

    def expected_parameters(self):
        return list(self.names)

    def choices(self, changelist):
        others = changelist.get_filters_params() | ({"q": [changelist.query]} if changelist.query else {})
        hidden = [(key, value) for key, values in others.items() if key not in self.names for value in values]
        yield {
            "selected": not self.used_parameters,
            "display": " – ".join(self.texts.values()),
            "hidden": hidden,
        }

    def queryset(self, request, queryset):
        start = self.days.get("since")
        end = self.days.get("until")
        if start:
            queryset = queryset.filter(**{f"{self.column}__gte": _start(start)})
        if not end:
            return queryset
        return queryset.filter(**{f"{self.column}__lt": _start(end) + timedelta(days=1)})


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


class EditDateFilter(DateFilter):
    column = "made_at"


class EditorFilter(admin.SimpleListFilter):
    """Edits of one person: whoever has an account with a right in the newsroom."""

    title, parameter_name = "by", "by"

    def lookups(self, request, model_admin):
        names = User.objects.filter(is_staff=True).order_by("username")
        return list(names.values_list("pk", "username")[:MAX_CHOICES])

    def queryset(self, request, queryset):
        pk = parse_id(self.value())
        return queryset if pk is None else queryset.filter(made_by=pk)


class ArticleStateFilter(ChoiceFilter):
    title, parameter_name = "state", "state"
    options = (
        ("published", "published", Q(is_published=True, is_removed=False)),
        ("unpublished", "not published", Q(is_published=False, is_removed=False)),
        ("removed", "removed", Q(is_removed=True)),
        ("embargo", "under embargo", Q(embargo_until__gt=Now())),
    )


class ArticlePictureFilter(ChoiceFilter):
    title, parameter_name = "picture", "picture"
    _ready = Exists(ArticleImage.objects.filter(article=OuterRef("pk"), image__state=Image.State.READY))
    options = (("yes", "with a picture", _ready), ("no", "without", ~_ready))


class ArticleStoryFilter(ChoiceFilter):
    title, parameter_name = "story", "story"
    options = (
        ("several", "in a story of several", Q(story__article_count__gt=1)),
        ("alone", "alone in its story", Q(story__article_count=1)),
    )


class LastImportFilter(ChoiceFilter):
    title, parameter_name = "last import", "import"
    options = (("last", "changed by it", Q(pk__in=_CHANGED.values("story"))),)


class RowFilter(admin.SimpleListFilter):
    """Stories of one row of another model: the first rows to choose from, and the one the address names."""

    model: type[models.Model]
    column: str

    def lookups(self, request, model_admin):
        found = list(self.first_rows().values_list(self.column, "name")[:MAX_CHOICES])
        if self.value() and self.value() not in dict(found):
            found += self._named().values_list(self.column, "name")[:1]
        return found

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        key = self._named().values_list("pk", flat=True).first()
        return queryset.filter(self.condition(key)) if key else queryset.none()

    def _named(self):
        return self.model._default_manager.filter(**{self.column: self.value()})


class TopicFilter(RowFilter):
    title, parameter_name = "topic", "topic"
    model, column = Topic, "slug"

    def first_rows(self):
        return Topic.objects.with_stories().in_order()

    def condition(self, key):
        # No join: it would sort all stories of the topic instead of walking the index of the queue.
        return Exists(StoryTopic.objects.filter(story=OuterRef("pk"), topic=key))


class ProviderFilter(RowFilter):
    title, parameter_name = "provider", "provider"
    model, column = Provider, "domain"

    def first_rows(self):
        return Provider.objects.active().most_active()

    def condition(self, key):
        return Q(lead__provider=key)


class ArticleTopicFilter(TopicFilter):
    def condition(self, key):
        return Exists(ArticleTopic.objects.filter(article=OuterRef("pk"), topic=key))


class ArticleProviderFilter(ProviderFilter):
    def condition(self, key):
        return Q(provider=key)


class TargetFilter(admin.SimpleListFilter):
    """Edits of one row; shown only if the address names the row."""

    def lookups(self, request, model_admin):
        return [(self.value(), f"{self.parameter_name} {self.value()}")] if self.value() else []

    def queryset(self, request, queryset):
        pk = parse_id(self.value())
        return queryset if pk is None else queryset.about(self.parameter_name, pk)


TARGET_FILTERS = [
    type(f"{model.label}Filter", (TargetFilter,), {"title": model.label, "parameter_name": model.value})
    for model in EditTarget.Model
]
