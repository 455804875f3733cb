"""The list of topics, and a topic's stories, filtered and sorted as the address says."""

from functools import cache

from django.http import Http404, HttpResponsePermanentRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.caching.version import cached
from articles.models import Topic
from articles.models.story import SortedStories
from articles.pages.cards import (
    pinned_first,
    provider_contexts,
    story_briefs,
    story_cards,
    topic_pictures,
    topic_tiles,
)
from articles.pages.context import feed_links, moved_topic, render_page, topic_tree, topics_in_order
from articles.pages.filters import TopicFilter, active_providers, newest_of
from articles.pages.meta import card_list_meta
from articles.pages.pagination import page_of

PAGE, LATEST, ACTIVE = 20, 10, 8  # stories of a page, and of the side column; providers


@require_safe
def topic_list(request):
    """All topics as a tree, each with its picture."""
    topics = topics_in_order()
    tree = cached("topic tree", lambda: topic_tree(topics, topic_tiles(topics)))
    return render_page(request, "pages/topic_list.html", _("Topics"), topics=tree)


@require_safe
def topic_detail(request, slug):
    """A topic's stories, filtered and sorted as the address says."""
    topic = next((topic for topic in topics_in_order() if topic.slug == slug), None)
    if topic is None:
        if moved := moved_topic(slug):
            return HttpResponsePermanentRedirect(moved.get_absolute_url())
        raise Http404
    sort = request.GET.get("sort", "hot")
    sort = sort if sort in SortedStories.SORTS else "hot"
    chosen = cache(lambda: TopicFilter(request.GET, topic.story_links.public(), request=request))
    is_narrowed, after = TopicFilter.is_narrowed(request.GET), request.GET.get("after", "")
    if is_narrowed or after:
        stories = chosen().rows() if is_narrowed else topic.story_links.public()
        page = page_of(stories, sort, after, PAGE)
    else:
        first = ("first page", topic.pk, sort)
        page = cached(first, lambda: page_of(topic.story_links.public(), sort, "", PAGE))
    ids = [row.story for row in page.rows]
    with_pins = sort == "hot" and not is_narrowed
    cards = pinned_first(topic.pk, ids, is_first=page.is_first) if with_pins else story_cards(ids)
    about = topic.description[:200] or _("Stories about %s.") % topic.name
    return render_page(
        request,
        "pages/topic.html",
        topic.name,
        description=about,
        topic=cached(("topic", topic.pk), lambda: _topic_context(topic)),
        cards=cards,
        **card_list_meta(request, topic.name, about, cards),
        sorts=_sorts(request, sort),
        filter_form=lambda: chosen().shown_form(topic),
        filter_sort=sort,
        filter_active=is_narrowed,
        clear_url=request.path,
        feeds=feed_links(request.path, topic.name),
        rest=topic.story_count - PAGE if page.is_first and not request.GET else "",
        # Called by the template where its cache holds no side column of this site version.
        latest=lambda: _latest_stories(topic),
        providers=lambda: provider_contexts(active_providers(topic)[:ACTIVE]),
        **page.links(request),
    )


def _latest_stories(topic: Topic) -> list[dict]:
    return list(story_briefs([story for story, _provider in newest_of(topic)[:LATEST]]).values())


def _topic_context(topic: Topic) -> dict:
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
        "image": topic_pictures([topic])[topic.pk],
    }


def _sorts(request, current: str) -> list[dict]:
    query = request.GET.copy()
    query.pop("after", None)
    sorts = []
    for sort, label in (("hot", _("Hot")), ("new", _("New")), ("top", _("Most heat"))):
        query["sort"] = sort
        sorts.append({"label": label, "url": f"?{query.urlencode()}", "current": sort == current})
    return sorts
