"""The search page."""

import re
from urllib.parse import urlencode

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from articles.models import Article, Provider
from articles.models.story import story_url
from articles.pages.cards import article_lines, reports_text
from articles.pages.context import feed_links, render_page, topics_in_order
from articles.pages.filters import OpenSelect, offered_providers
from articles.search.query import NEWEST, Hits, Scope, find_best, find_newest
from articles.search.text import MAX_TYPED, Query, mark, parse_query, snippet

PAGE = 20
SEARCH_FIELDS = ("q", "topic", "provider", "since", "until")  # what a search is made of in an address
_NUMBER = re.compile(r"[0-9]{1,19}", re.ASCII)


class SearchForm(forms.Form):
    """What to look for and where; what is no fitting value narrows nothing."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False, widget=forms.HiddenInput)
    topic = forms.ChoiceField(label=gettext_lazy("Topic"), required=False)
    provider = forms.ModelChoiceField(
        Provider.objects.none(), to_field_name="domain", label=gettext_lazy("Provider"), required=False
    )
    since = forms.DateField(
        label=gettext_lazy("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    sort = forms.ChoiceField(choices=[("new", "new")], required=False, widget=forms.HiddenInput)

    def __init__(self, data):
        super().__init__(data)
        names = [(topic.slug, topic.name) for topic in topics_in_order()]
        self.fields["topic"].choices = [("", "---------"), *names]
        self.fields["topic"].widget = OpenSelect(lambda: names)
        self.fields["provider"].widget = OpenSelect(offered_providers)
        self.fields["provider"].queryset = Provider.objects.active().by_name()
        self.is_valid()
        if bad := set(self.errors):
            self.data = {name: value for name, value in self.data.items() if name not in bad}

    def scope(self) -> Scope:
        """Return what the form narrows the search to."""
        slugs = {topic.slug: topic.pk for topic in topics_in_order()}
        values = self.cleaned_data
        provider = values.get("provider")
        return Scope(
            topic=slugs.get(values.get("topic") or ""),
            provider=provider.pk if provider else None,
            since=values.get("since"),
            until=values.get("until"),
        )


@require_safe
def search(request):
    """Articles with the words asked for: best first, or newest first."""
    form = SearchForm(request.GET)
    query, scope = parse_query(request.GET.get("q", "")), form.scope()
    by_time = form.cleaned_data.get("sort") == "new"
    hits, following, is_first = find_page(query, scope, request.GET.get("after", ""), by_time=by_time)
    typed = " ".join(request.GET.get("q", "")[:MAX_TYPED].split())
    return render_page(
        request,
        "pages/search.html",
        _("Search: %s") % typed if query else _("Search"),
        description=_("Search in titles, excerpts and the names of providers."),
        typed=typed if query else "",
        query=query,
        cards=hit_cards(hits, query),
        summary="" if by_time else _summary(hits, scope),
        matching=_matching(query) if is_first else [],
        sorts=_sorts(request, by_time),
        filter_form=form,
        filter_active=scope != Scope(),
        clear_url=f"?{query_of(request, 'q')}",
        action=reverse("articles:search"),
        feeds=feed_links(request.path, typed, query_of(request, *SEARCH_FIELDS)) if query else [],
        **_links(request, following, is_first),
    )


def find_page(query: Query, scope: Scope, after: str, *, by_time: bool) -> tuple[Hits, str, bool]:
    """Return the page's hits after a cursor, the next cursor ("" on the last), and whether it is the first.

    By time a cursor is the key of a hit; by rank it is a place among the newest 2,000 hits, which are few
    enough to be ranked anew for each page.
    """
    place = int(after) if _NUMBER.fullmatch(after) and int(after) < 2**62 else None
    if by_time:
        found = find_newest(query, scope, before=place, limit=PAGE + 1)
        following = str(found.keys[PAGE - 1]) if len(found.keys) > PAGE else ""
        return Hits(found.keys[:PAGE], found.is_bounded), following, place is None
    start = min(place or 0, NEWEST)
    found = find_best(query, scope, limit=start + PAGE + 1)
    following = str(start + PAGE) if len(found.keys) > start + PAGE else ""
    hits = Hits(found.keys[start : start + PAGE], found.is_bounded, found.total)
    return hits, following, start == 0


def hit_cards(hits: Hits, query: Query) -> list[dict]:
    """Return hits as contexts of components/card.html, with the words of the query marked."""
    articles = Article.objects.found(hits.ids)
    cards = []
    for article, line in zip(articles, article_lines(articles), strict=True):
        story = article.story if article.story and article.story.is_public else None
        cards.append(
            {
                **line,
                "title_parts": mark(article.title, query),
                "excerpt_parts": snippet(article.shown_excerpt, query),
                "story_url": story_url(story.pk, story.lead.title) if story and story.lead else "",
                "story_text": reports_text(story) if story else "",
            }
        )
    return cards


def _summary(hits: Hits, scope: Scope) -> str:
    if hits.is_bounded:
        return _("The best of the newest %d hits") % NEWEST
    return ngettext("%d report found", "%d reports found", hits.total) % hits.total


def _matching(query: Query) -> list[dict]:
    """Topics and providers with the words in their names: shorter ways to what a reader may look for."""
    if not query:
        return []
    words = [term.casefold() for term in query.terms]
    topics = [t for t in topics_in_order() if t.story_count and all(w in t.name.casefold() for w in words)]
    providers = Provider.objects.active().named_like(query.terms).most_active()[:5]
    return [{"name": found.name, "url": found.get_absolute_url()} for found in [*topics[:5], *providers]]


def query_of(request, *names: str) -> str:
    """Return the query string of these fields of a request, in their order, each once, without empty ones."""
    return urlencode({name: request.GET[name] for name in names if request.GET.get(name)})


def _sorts(request, by_time: bool) -> list[dict]:
    base = query_of(request, *SEARCH_FIELDS)
    return [
        {"label": _("Best"), "url": f"?{base}", "current": not by_time},
        {"label": _("Newest"), "url": f"?{base}&sort=new", "current": by_time},
    ]


def _links(request, following: str, is_first: bool) -> dict:
    base = query_of(request, *SEARCH_FIELDS, "sort")
    return {
        "next_url": f"?{base}&after={following}" if following else "",
        "first_url": "" if is_first else f"?{base}",
    }
