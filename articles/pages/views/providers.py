"""The list of providers, and a provider's articles."""

from django.http import Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.caching.version import cached
from articles.models import Article, Provider
from articles.pages.cards import article_cards, provider_contexts
from articles.pages.context import feed_links, render_page
from articles.pages.meta import collection, share_preview
from articles.pages.pagination import page_of

PAGE = 40


@require_safe
def provider_list(request):
    """All providers by name."""
    providers = cached("providers", lambda: provider_contexts(Provider.objects.active().by_name()))
    return render_page(request, "pages/provider_list.html", _("Providers"), providers=providers)


@require_safe
def provider_detail(request, domain):
    """A provider's articles in public stories, newest first."""
    provider = Provider.objects.active().filter_domain(domain)
    if provider is None:
        raise Http404
    articles = Article.objects.in_public_stories().filter(provider=provider)
    page = page_of(articles.for_page(), "", request.GET.get("after", ""), PAGE)
    cards = article_cards(page.rows)
    first, last = cached(("span", provider.pk), articles.span)
    links = [(card["story_url"], card["title"]) for card in cards if card["story_url"]]
    [context] = provider_contexts([provider])
    return render_page(
        request,
        "pages/provider.html",
        provider.name,
        description=_("Reports of %s, newest first.") % provider.name,
        provider=context,
        first_report=first,
        last_report=last,
        cards=cards,
        share=share_preview(request, provider.name),
        linked_data=collection(request, provider.name, links),
        site_url=f"https://{provider.domain}/",
        rest=provider.article_count - PAGE if page.is_first else "",
        feeds=feed_links(request.path, provider.name),
        **page.links(request),
    )
