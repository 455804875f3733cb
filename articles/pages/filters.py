"""Filters of a topic page (floor 3)."""

import secrets
from collections.abc import Callable
from functools import lru_cache

import django_filters
from django import forms
from django.forms.utils import flatatt
from django.template import Context
from django.template.loader import get_template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from articles.caching.version import cached
from articles.language import spoken
from articles.models import Article, Provider, StoryTopic
from articles.models.coverage import Newest, newest_in_topic
from articles.models.story import SortedStories

KINDS = [(Article.Kind.ARTICLE, _("Article")), (Article.Kind.VIDEO, _("Video"))]
OFFERED = 60  # providers that a form names; any other may stand in the address
NEWEST = 100  # stories of a topic that tell who is active there

# What differs between topics in a form that is kept: no text from outside can be one of these marks.
_NONCE = secrets.token_hex(8)
_ACTION, _OFFERED = f"@{_NONCE}:action@", f"@{_NONCE}:offered@"


class Offer(forms.Select):
    """A choice among many, whose options are one ready string; `options` gives it for what is chosen."""

    def __init__(self, options: Callable[[str], SafeString], attrs=None):
        super().__init__(attrs)
        self.options = options

    def render(self, name, value, attrs=None, renderer=None):
        start = format_html(
            "<select{}>", flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        )
        return start + self.options("" if value is None else str(value)) + mark_safe("</select>")


def options(name: str, offered: Callable[[], list], chosen: str) -> SafeString:
    """Return the options of an Offer of this name: pairs of value and label.

    They are made once per state of the site, for nothing chosen.
    """
    if chosen:
        return _options(offered(), chosen)
    return cached(("options", name), lambda: _options(offered(), ""))


def _options(offered: list, chosen: str) -> SafeString:
    pairs = [("", "---------"), *offered]
    if chosen not in dict(pairs):
        pairs.append((chosen, chosen))
    made = (
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>{escape(label)}</option>'
        for value, label in pairs
    )
    return mark_safe("".join(made))  # noqa: S308 -- all that is put in is escaped


def newest_of(topic) -> Newest:
    """The newest stories of a topic and the providers that lead them; asked once per state of the site."""
    return cached(("newest", topic.pk), lambda: newest_in_topic(topic.pk, NEWEST))


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
        label=_("Sort"), choices=[(sort, sort) for sort in SortedStories.SORTS], method="leave",
        widget=forms.HiddenInput,
    )  # fmt: skip

    class Meta:
        model = StoryTopic
        fields: list[str] = []

    @classmethod
    def is_asked(cls, given) -> bool:
        """Tell whether an address narrows anything: most do not, and need no form for their rows."""
        return any(given.get(name) for name in cls.base_filters if name != "sort")

    def rows(self):
        """The stories that are left by the values that fit."""
        if self.is_valid():
            return self.qs
        fitting = {name: value for name, value in self.data.items() if name not in self.form.errors}
        return TopicFilter(fitting, self.queryset, request=self.request).rows()

    def shown_form(self, topic):
        """The form as it is shown, with the topic's most active providers; the address may name any other.

        A value that narrows nothing is left out, not echoed.
        """
        form = self.form
        bad = set(form.errors)
        if bad:
            form.data = {name: value for name, value in form.data.items() if name not in bad}
        form.fields["provider"].widget = Offer(lambda chosen: _providers(topic, chosen))
        return form

    def by_provider(self, queryset, name, value):
        return queryset.with_report_by(value)

    def leave(self, queryset, name, value):
        return queryset


def _providers(topic, chosen: str) -> SafeString:
    return options(f"providers of {topic.pk}", lambda: offered_providers(topic), chosen)


def plain_form(topic, sort: str) -> SafeString:
    """Return the form of a topic's page that narrows nothing.

    It is alike for all topics, and made once a language, but for its address and the providers it offers.
    """
    html = _plain_form(spoken(), sort)
    html = html.replace(_ACTION, escape(topic.get_absolute_url()))
    return mark_safe(html.replace(_OFFERED, _providers(topic, "")))  # noqa: S308


@lru_cache(maxsize=50)
def _plain_form(language: str, sort: str) -> str:
    form = TopicFilter({"sort": sort}, StoryTopic.objects.none()).form
    form.fields["provider"].widget = Offer(lambda chosen: mark_safe(_OFFERED))  # noqa: S308
    shown = Context({"form": form, "action": _ACTION, "active": "", "clear_url": ""})
    return get_template("components/filters.html").template.render(shown)
