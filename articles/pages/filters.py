"""Filters of a topic page (floor 3)."""

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from articles.models import Article, Provider, StoryTopic


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
    kind = django_filters.ChoiceFilter("story__lead__kind", label=_("Kind"), choices=Article.Kind.choices)
    quality = django_filters.NumberFilter(
        "story__lead__quality", "gte", label=_("Quality from"), min_value=0, max_value=1_000_000
    )
    sort = django_filters.ChoiceFilter(
        label=_("Sort"), choices=[(sort, sort) for sort in StoryTopic.objects.none().SORTS], method="leave",
        widget=forms.HiddenInput,
    )  # fmt: skip

    class Meta:
        model = StoryTopic
        fields: list[str] = []

    def shown_form(self):
        """The form as it is shown: a value that narrows nothing is left out, not echoed."""
        form = self.form
        bad = set(form.errors)
        if bad:
            form.data = {name: value for name, value in form.data.items() if name not in bad}
        return form

    def offer(self, providers):
        """Offer these providers (dicts) in the form; the address may name any other."""
        offered = [("", "---------"), *((one["domain"], one["name"]) for one in providers)]
        chosen = self.data.get("provider", "")
        if chosen and chosen not in dict(offered) and "provider" not in self.form.errors:
            offered.append((chosen, chosen))
        self.form.fields["provider"].widget.choices = offered

    def by_provider(self, queryset, name, value):
        return queryset.with_report_by(value)

    def leave(self, queryset, name, value):
        return queryset
