"""A story's full coverage, its preview for editors, and an article's own page."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import groupby
from typing import cast

from django.http import Http404, HttpResponsePermanentRedirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from articles.caching.times import day_name
from articles.editing.audit import EditError, rolled_back
from articles.models import Article, FormerPermalink, SourceDocument, Story, StoryAlias
from articles.models.topic import TopicQuerySet
from articles.pages.cards import article_cards, article_lines, pictures_of, reports_text, story_cards
from articles.pages.context import feed_links, render_page
from articles.pages.meta import collection, news_article, share_preview
from articles.pages.middleware import read_choices
from articles.stories.matches import Explanation, why_together
from articles.stories.ranking import heat_terms, rank_terms

# The names that ranking gives its terms, so that translators find them.
TERMS = (
    gettext_noop("quality of the lead"),
    gettext_noop("further independent providers"),
    gettext_noop("the editors' adjustment"),
    gettext_noop("heat, in doublings"),
    gettext_noop("time of publication, in days"),
)
OTHERS = 20


@require_safe
def story_detail(request, story_id, slug=""):
    """Full coverage: every report of a story, by day; of one provider if the address says so."""
    return at_canonical_address(request, story_id, coverage)


def at_canonical_address(request, story_id, respond: Callable, tail: str = ""):
    """Return `respond(request, story)` for a public story, at its own address and `tail`.

    Other names of the story lead there, and those of stories merged into it. A withdrawn one gets 410.
    """
    story = Story.objects.by_id(story_id) or StoryAlias.objects.heir(story_id)
    if story is None:
        raise Http404
    if not Story.objects.led([story.pk]):
        return missing(request, withdrawn=Article.objects.is_withdrawn(story=story.pk))
    address = story.get_absolute_url() + tail
    if request.path != address:
        query = request.META["QUERY_STRING"]
        return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    return respond(request, story)


def coverage(request, story: Story):
    """Return the page of a public story."""
    articles = list(Article.objects.in_public_stories().filter(story=story).for_page().newest_first())
    chosen = request.GET.get("provider", "")
    provider_links = _provider_links(articles, chosen)
    is_narrowed = any(link["current"] for link in provider_links)
    shown = [each for each in articles if each.provider.domain == chosen] if is_narrowed else articles
    card = story_cards([story.pk])[0]
    title, excerpt = story.required_lead.title, story.required_lead.shown_excerpt[:200]
    links = [(article.get_absolute_url(), article.title) for article in shown if article.is_public]
    return render_page(
        request,
        "pages/story.html",
        title,
        description=excerpt,
        card=card,
        days=_days(shown),
        provider_links=provider_links,
        all_url=request.path,
        is_narrowed=is_narrowed,
        first_report=story.first_article_at,
        last_report=story.last_article_at,
        ranking=_ranking(story),
        match_reasons=_match_reasons(articles),
        feeds=feed_links(request.path, title),
        share=share_preview(request, title, excerpt, card["image"], "article"),
        linked_data=collection(request, title, links),
    )


def preview_story(request, story: Story, run: Callable[[], object]):
    """Return a story's page as visitors would see it after `run`, published or not, with a banner.

    All is rolled back and nothing is cached. Raises what `run` raises, and EditError where there is nothing
    to show.
    """
    lead = story.lead_id
    request.choices, request.is_preview = read_choices(request), True
    with translation.override(request.choices.language), rolled_back():
        run()
        # The edit may have merged the story into another: show the one that its lead is in now.
        number = Article.objects.in_story_of(lead) or story.pk
        Story.objects.show_as_draft(number, timezone.now())
        found = Story.objects.by_id(number)
        if not found.lead or found.lead.published_at > timezone.now():
            raise EditError("there is no report that could be shown now")
        answer = coverage(request, found)
    answer["Cache-Control"] = "no-store"
    return answer


def _days(articles: list[Article]) -> list[dict]:
    """Articles by day, the newest day first."""
    cards = article_cards(articles, has_story=False)
    by_day = groupby(cards, key=lambda card: card["published_at"].astimezone(UTC).date())
    return [{"label": day_name(day), "iso": day.isoformat(), "cards": list(group)} for day, group in by_day]


def _provider_links(articles: list[Article], chosen: str) -> list[dict]:
    """Providers, most articles first, as links that narrow the page to one."""
    counts: dict = {}
    for article in articles:
        counts[article.provider] = counts.get(article.provider, 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].name.casefold(), pair[0].domain))
    return [
        {
            "name": provider.name,
            "count": count,
            "url": f"?provider={provider.domain}",
            "current": provider.domain == chosen,
        }
        for provider, count in ordered
    ]


def _ranking(story: Story) -> dict:
    """The terms of heat and rank, each list with its sum."""
    terms = heat_terms(story.required_lead.quality, story.provider_count, story.heat_adjustment)
    places = rank_terms(story.heat, cast(datetime, story.published_at))  # a public story has one
    return {
        "heat": [{"label": _(name), "value": str(value)} for name, value in terms if value],
        "heat_sum": str(story.heat),
        "rank": [{"label": _(name), "value": f"{value:.3f}"} for name, value in places],
        "rank_sum": f"{sum(round(value, 3) for _name, value in places):.3f}",
    }


def _match_reasons(articles: list[Article]) -> list[dict]:
    """Each article with its match to another, in the order of time."""
    reasons = why_together(articles)
    return [
        {"title": article.title, "reason": _reason_context(reasons[article.pk])}
        for article in sorted(articles, key=lambda article: (article.published_at, article.link_key))
    ]


def _reason_context(reason: Explanation) -> dict:
    words = [(word, f"{value:.2f}") for word, value in reason.words]
    return {
        "kind": reason.kind, "other": reason.other, "similarity": f"{reason.similarity:.2f}", "words": words,
    }  # fmt: skip


@require_safe
def article_detail(request, permalink):
    """An article's permalink; its former ones, and those of its other files, redirect here."""
    article = Article.objects.for_page().filter(permalink=permalink).first()
    if article is None:
        redirect = FormerPermalink.objects.for_permalink(permalink)
        redirect = redirect or SourceDocument.objects.for_permalink(permalink)
        if redirect is None:
            raise Http404
        return HttpResponsePermanentRedirect(redirect.article.get_absolute_url())
    if not article.is_public:
        return missing(request, withdrawn=article.is_removed)
    return _article_page(request, article)


def _article_page(request, article: Article):
    coverage = Article.objects.in_public_stories().filter(story=article.story_id).exclude(pk=article.pk)
    story = article.story if article.story and article.story.is_public else None
    topics = cast(TopicQuerySet, article.topics.all())  # the stubs lose the queryset of a related manager
    [card] = article_cards([article])
    card |= {
        "topics": [{"name": t.name, "url": t.get_absolute_url()} for t in topics.shown().in_order()],
        "image": pictures_of([article]).get(article.pk),
        "story_url": story.get_absolute_url() if story else "",
        "story_text": reports_text(story) if story else "",
    }
    description = article.shown_excerpt[:200]
    return render_page(
        request,
        "pages/article.html",
        article.title,
        description=description,
        article=card,
        lines=article_lines(coverage.for_page().newest_first()[:OTHERS], has_logos=False),
        share=share_preview(request, article.title, description, card["image"], "article"),
        linked_data=news_article(request, card),
    )


def missing(request, *, withdrawn: bool):
    """Answer 410 for what was withdrawn, 404 for what was never public."""
    if not withdrawn:
        raise Http404
    return render_page(request, "410.html", _("Withdrawn"), status=410)
