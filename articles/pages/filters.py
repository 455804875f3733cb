"""Filters of a topic page (floor 3)."""

import django_filters
from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from articles.generation import remember
from articles.models import Article, Provider, StoryTopic
from articles.models.coverage import Newest, newest_in_topic

KINDS = [(Article.Kind.ARTICLE, _("Article")), (Article.Kind.VIDEO, _("Video"))]
OFFERED = 60  # providers that a form names; any other may stand in the address
NEWEST = 100  # stories of a topic that tell who is active there


class Offer(forms.Select):
    """A choice among many, whose options are made as one string per state of the site."""

    def __init__(self, name: str, offered, attrs=None):
        super().__init__(attrs)
        self.name, self.offered = name, offered

    def render(self, name, value, attrs=None, renderer=None):
        value = "" if value is None else str(value)
        options = remember(("options", self.name), lambda: self._options(""))
        if value:
            options = self._options(value)
        start = format_html(
            "<select{}>", flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        )
        return start + options + mark_safe("</select>")

    def _options(self, chosen: str) -> str:
        pairs = [("", "---------"), *self.offered()]
        if chosen not in dict(pairs):
            pairs.append((chosen, chosen))
        chosen_mark = mark_safe(" selected")
        return format_html_join(
            "",
            '<option value="{}"{}>{}</option>',
            ((value, chosen_mark if value == chosen else "", label) for value, label in pairs),
        )


def newest_of(topic) -> Newest:
    """The newest stories of a topic and the providers that lead them; asked once per state of the site."""
    return remember(("newest", topic.pk), lambda: newest_in_topic(topic.pk, NEWEST))


def offered_providers(topic=None):
    """Pairs of domain and name: the most active providers, of a topic if one is given."""
    found = newest_of(topic).providers if topic else Provider.objects.active().most_active()
    return sorted(((p.domain, p.name) for p in found[:OFFERED]), key=lambda pair: pair[1].casefold())


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
        label=_("Sort"), choices=[(sort, sort) for sort in StoryTopic.objects.none().SORTS], method="leave",
        widget=forms.HiddenInput,
    )  # fmt: skip

    ALIKE = ("since", "until", "kind", "quality")  # empty, their fields look the same on every page

    class Meta:
        model = StoryTopic
        fields: list[str] = []

    @classmethod
    def is_asked(cls, given) -> bool:
        """Tell whether an address narrows anything: most do not, and need no form for their rows."""
        return any(given.get(name) for name in cls.base_filters if name != "sort")

    def rows(self):
        """The stories that are left; all of them where a value does not fit."""
        return self.qs if self.is_valid() else self.queryset

    def shown_form(self, topic):
        """The form as it is shown, with the topic's most active providers; the address may name any other.

        A value that narrows nothing is left out, not echoed.
        """
        form = self.form
        bad = set(form.errors)
        if bad:
            form.data = {name: value for name, value in form.data.items() if name not in bad}
        offered = Offer(f"providers of {topic.pk}", lambda: offered_providers(topic))
        form.fields["provider"].widget = offered
        return form

    def by_provider(self, queryset, name, value):
        return queryset.with_report_by(value)

    def leave(self, queryset, name, value):
        return queryset
