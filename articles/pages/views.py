"""The front page, topics and providers (floor 3): plain functions that fetch, build a context and render."""

from collections.abc import Callable, Iterable
from functools import cache

from django.http import Http404
from django.views.decorators.http import require_safe

from articles.caching.version import cached
from articles.language import gettext as _
from articles.models import Article, Provider, Story, StoryTopic, Topic
from articles.models.provider import ToldProvider
from articles.models.story import SortedStories
from articles.pages import cards as show
from articles.pages.addresses import absolute
from articles.pages.filters import TopicFilter, newest_of, plain_form
from articles.pages.meta import collection, preview
from articles.pages.paging import Page, first_page, page_of
from articles.pages.pictures import logo_urls, topic_marks, topic_picture
from articles.pages.shown import feed_links, leading_topics, render_page, topics_in_order
from articles.pages.times import when

PAGE, LATEST, ACTIVE = 20, 10, 8
SECTIONS, IN_SECTION = 12, 4


def _latest(articles) -> list[dict]:
    found = list(articles[:LATEST])
    lines = show.Lines(found)
    return [lines.line(article) for article in found]


def _providers(providers) -> list[dict]:
    found = list(providers)
    return _shown_providers(found, show.logos_of(found))


def _shown_providers(providers: Iterable[Provider | ToldProvider], logos: dict[int, str]) -> list[dict]:
    return [show.provider_dict(provider, logos) | {"count": provider.report_count} for provider in providers]


def _meta(request, title: str, description: str, cards: list[dict]) -> dict:
    """What a list of cards says of itself: with the first picture there is; asked for once a state."""

    def image() -> dict | None:
        return next((card["image"] for card in cards if card["image"]), None)

    return {
        "head_key": (absolute(request, request.path), title, *(card["id"] for card in cards)),
        "preview": lambda: preview(request, title, description, image()),
        "linked_data": lambda: collection(request, title, [(card["url"], card["title"]) for card in cards]),
    }


@require_safe
def front(request):
    """The best stories of all topics, then the best of each topic."""
    page = _front_page(request.GET.get("after", ""))
    ids = [row.story for row in page.rows]
    told = show.cards(ids)
    description = _("The news of the day, told once: every story with all who report it.")
    return render_page(
        request,
        "pages/front.html",
        "",
        description=description,
        cards=told,
        **_meta(request, "", description, told),
        sections=_sections(set(ids)) if page.is_first else [],
        feeds=feed_links(request.path, _("Top stories")),
        **_front_side(),
        **page.links(request),
    )


def _front_page(after: str) -> Page:
    """Return the page asked for; the first is asked of the database once a state."""

    if after:
        return page_of(Story.objects.public(), "hot", after, PAGE)
    return cached("front page", lambda: first_page("hot", PAGE))


def _front_side() -> dict:
    articles = Article.objects.public().for_listing().newest_first()
    return {
        "latest": lambda: _latest(articles),
        "topics": _topic_tree,
        "providers": lambda: _providers(Provider.objects.active().most_active()[:ACTIVE]),
    }


def _topic_tree() -> list[dict]:
    return show.topic_tree(topic for topic in topics_in_order() if topic.story_count)


def _sections(above: set[int]) -> list[dict]:
    """The hottest stories of each topic at the top level that do not stand above, each story once."""
    topics = leading_topics()[:SECTIONS]
    best = cached(
        "sections", lambda: StoryTopic.objects.best_of_each([t.pk for t in topics], PAGE + IN_SECTION)
    )
    seen, chosen = set(above), {}
    for topic in topics:
        chosen[topic.pk] = [story for story in best[topic.pk] if story not in seen][:IN_SECTION]
        seen.update(chosen[topic.pk])
    told = show.briefs([story for stories in chosen.values() for story in stories])
    return [
        {
            "name": topic.name,
            "url": topic.get_absolute_url(),
            "count": topic.story_count,
            "stories": [told[story] for story in chosen[topic.pk] if story in told],
        }
        for topic in topics
        if chosen[topic.pk]
    ]


@require_safe
def topic_list(request):
    topics = show.topic_tree(topics_in_order(), topic_marks(topics_in_order()))
    return render_page(request, "pages/topic_list.html", _("Topics"), topics=topics)


def _find_topic(slug: str) -> Topic:
    topics = cached("by slug", lambda: {topic.slug: topic for topic in topics_in_order()})
    if slug not in topics:
        raise Http404
    return topics[slug]


@require_safe
def topic_detail(request, slug):
    """A topic's stories, filtered and sorted as the address says."""
    topic = _find_topic(slug)
    narrowed = cache(lambda: TopicFilter(request.GET, topic.story_links.public(), request=request))
    sort = request.GET.get("sort", "hot")
    sort = sort if sort in SortedStories.SORTS else "hot"
    page = _page(request, topic, sort, narrowed)
    told = show.cards([row.story for row in page.rows])
    about = topic.description[:200] or _("Stories about %s.") % topic.name
    return render_page(
        request,
        "pages/topic.html",
        topic.name,
        description=about,
        topic=cached(("topic shown", slug), lambda: _topic(topic)),
        cards=told,
        **_meta(request, topic.name, about, told),
        sorts=lambda: _sorts(request, sort),
        **_filters(request, topic, sort, narrowed),
        feeds=feed_links(request.path, topic.name),
        rest=topic.story_count - PAGE if page.is_first and not request.GET else "",
        **_topic_side(topic),
        **page.links(request),
    )


def _page(request, topic: Topic, sort: str, narrowed: Callable[[], TopicFilter]) -> Page:
    """Return the page asked for; the first of each order is asked of the database once a state."""
    after = request.GET.get("after", "")
    if TopicFilter.is_asked(request.GET):
        return page_of(narrowed().rows(), sort, after, PAGE)

    if after:
        return page_of(topic.story_links.public(), sort, after, PAGE)
    return cached(("first page", topic.pk, sort), lambda: first_page(sort, PAGE, topic.pk))


def _filters(request, topic: Topic, sort: str, narrowed: Callable[[], TopicFilter]) -> dict:
    """What the form of filters shows, which is made only where it is not kept yet."""
    is_narrowed = TopicFilter.is_asked(request.GET)
    return {
        "filter_form": lambda: narrowed().shown_form(topic),
        "plain_form": lambda: plain_form(topic, sort),
        "filter_sort": sort,
        "filter_active": "1" if is_narrowed else "",
        "is_plain": not is_narrowed and request.GET.keys() <= {"sort", "after"},
        "clear_url": request.path,
    }


def _topic_side(topic) -> dict:
    def providers() -> list[dict]:
        newest = newest_of(topic)
        return _shown_providers(newest.providers[:ACTIVE], logo_urls(newest.logos))

    return {
        "latest": lambda: list(show.told_cards(newest_of(topic).stories[:LATEST]).values()),
        "providers": providers,
    }


def _topic(topic) -> dict:
    topics = topics_in_order()
    children = [c for c in topics if c.parent_id == topic.pk and c.story_count]
    parent = next((p for p in topics if p.pk == topic.parent_id), None)
    return {
        "name": topic.name,
        "description": topic.description,
        "url": topic.get_absolute_url(),
        "count": topic.story_count,
        "parent": parent and {"name": parent.name, "url": parent.get_absolute_url()},
        "children": [{"name": c.name, "url": c.get_absolute_url(), "count": c.story_count} for c in children],
        "image": topic_picture(topic),
    }


def _sorts(request, current: str) -> list[dict]:
    kept = request.GET.copy()
    kept.pop("after", None)
    sorts = []
    for sort, label in (("hot", _("Hot")), ("new", _("New")), ("top", _("Most heat"))):
        kept["sort"] = sort
        sorts.append({"label": label, "url": f"?{kept.urlencode()}", "current": sort == current})
    return sorts


@require_safe
def provider_list(request):
    providers = cached("providers", lambda: _providers(Provider.objects.active().by_name()))
    return render_page(request, "pages/provider_list.html", _("Providers"), providers=providers)


@require_safe
def provider_detail(request, domain):
    """A provider's reports in public stories, newest first."""
    provider = Provider.objects.active().filter_domain(domain)
    if provider is None:
        raise Http404
    reports = Article.objects.in_public_stories().by_provider(provider)
    page = page_of(reports.for_coverage_lists(), "", request.GET.get("after", ""), 2 * PAGE)
    lines = show.Lines(page.rows)
    told = [lines.line(article, full=True) for article in page.rows]
    first, last = cached(("span", provider.pk), reports.span)
    return render_page(
        request,
        "pages/provider.html",
        provider.name,
        description=_("Reports of %s, newest first.") % provider.name,
        provider=show.provider_dict(provider, show.logos_of([provider])) | {"count": provider.report_count},
        first_report=when(first) if first else None,
        last_report=when(last) if last else None,
        lines=told,
        preview=preview(request, provider.name),
        linked_data=collection(
            request, provider.name, [(line["story_url"], line["title"]) for line in told if line["story_url"]]
        ),
        site_url=f"https://{provider.domain}/",
        rest=provider.report_count - 2 * PAGE if page.is_first else "",
        feeds=feed_links(request.path, provider.name),
        **page.links(request),
    )
