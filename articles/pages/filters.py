"""Filters of a topic page."""

from collections.abc import Callable

import django_filters
from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from articles.caching.version import cached
from articles.models import Article, Provider, StoryTopic
from articles.models.story import SortedStories

KINDS = [(Article.Kind.ARTICLE, _("Article")), (Article.Kind.VIDEO, _("Video"))]
NEWEST = 100  # stories of a topic that tell who is active there
OFFERED = 60  # providers that a form names; any other may stand in the address


class OpenSelect(forms.Select):
    """A choice of a few offered options, pairs of value and label; an address may name any other value."""

    def __init__(self, offered: Callable[[], list[tuple[str, str]]]):
        super().__init__()
        self.offered = offered

    def render(self, name, value, attrs=None, renderer=None):
        value = "" if value is None else str(value)
        pairs = [("", "---------"), *self.offered()]
        if value not in dict(pairs):
            pairs.append((value, value))
        rows = ((one, " selected" if one == value else "", label) for one, label in pairs)
        options = format_html_join("", '<option value="{}"{}>{}</option>', rows)
        return format_html("<select{}>{}</select>", flatatt({**(attrs or {}), "name": name}), options)


def newest_of(topic) -> list[tuple[int, int]]:
    """Return pairs of number and lead's provider of a topic's newest stories, read once per site version."""
    stories = StoryTopic.objects.public().in_topic(topic)
    return cached(("newest", topic.pk), lambda: list(stories.newest_with_providers(NEWEST)))


def active_providers(topic=None) -> list[Provider]:
    """Return the most active providers; with a topic, those that lead one of its newest stories."""

    def load() -> list:
        found = Provider.objects.active().most_active()
        if topic:
            found = found.filter(pk__in={provider for _story, provider in newest_of(topic)})
        return list(found[:OFFERED])

    return cached(("active providers", topic and topic.pk), load)


def offered_providers(topic=None) -> list[tuple[str, str]]:
    """Return domain and name of the active providers, by name."""
    pairs = ((provider.domain, provider.name) for provider in active_providers(topic))
    return sorted(pairs, key=lambda pair: pair[1].casefold())


class TopicFilter(django_filters.FilterSet):
    """Narrows a topic's stories; what is no fitting value narrows nothing."""

    provider = django_filters.ModelChoiceFilter(
        label=_("Provider"), queryset=lambda request: Provider.objects.active().by_name(),
        to_field_name="domain", method="by_provider",
    )  # fmt: skip
    since = django_filters.DateFilter(
        "published_at", "date__gte", label=_("From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    until = django_filters.DateFilter(
        "published_at", "date__lte", label=_("Until"), widget=forms.DateInput(attrs={"type": "date"})
    )
    kind = django_filters.ChoiceFilter("story__lead__kind", label=_("Kind"), choices=KINDS)
    quality = django_filters.NumberFilter(
        "story__lead__quality", "gte", label=_("Quality from"), min_value=0, max_value=1_000_000
    )
    sort = django_filters.ChoiceFilter(
        label=_("Sort"), choices=[(sort, sort) for sort in SortedStories.SORTS], method="leave",
        widget=forms.HiddenInput,
    )  # fmt: skip

    class Meta:
        model = StoryTopic
        fields: list[str] = []

    @classmethod
    def is_narrowed(cls, query) -> bool:
        """Return whether a query string narrows anything: most do not, and need no form for their rows."""
        return any(query.get(name) for name in cls.base_filters if name != "sort")

    def rows(self):
        """Return the stories that are left by the values that fit."""
        if self.is_valid():
            return self.qs
        fitting = {name: value for name, value in self.data.items() if name not in self.form.errors}
        return TopicFilter(fitting, self.queryset, request=self.request).rows()

    def shown_form(self, topic) -> forms.Form:
        """Return the form as it is shown, with the topic's most active providers.

        A value that narrows nothing is left out, not echoed.
        """
        form = self.form
        bad = set(form.errors)
        if bad:
            form.data = {name: value for name, value in form.data.items() if name not in bad}
        form.fields["provider"].widget = OpenSelect(lambda: offered_providers(topic))
        return form

    def by_provider(self, queryset, name, value):
        return queryset.with_article_by(value)

    def leave(self, queryset, name, value):
        return queryset
