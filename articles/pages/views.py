"""Readers' pages (floor 3): plain functions that fetch, build a context and render."""

from datetime import UTC
from itertools import groupby

from django.conf import settings
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.models import Article, Provider, SourceDocument, Story, StoryAlias, StoryTopic, Topic
from articles.models.story import story_url
from articles.pages import cards as show
from articles.pages.filters import TopicFilter
from articles.pages.paging import page_of
from articles.pages.pictures import topic_marks, topic_picture
from articles.stories.ranking import heat_terms, rank_terms

PAGE, LATEST, ACTIVE = 20, 10, 8


def _context(request, title: str, **more) -> dict:
    now = timezone.now()
    top = Topic.objects.top_level().with_stories().in_order().without_lists()[:12]
    return {
        "site_name": settings.SITE_NAME,
        "page_title": title,
        "canonical": request.build_absolute_uri(request.path),
        "as_of": {"iso": f"{now:%Y-%m-%dT%H:%M:%SZ}", "exact": f"{now.day} {now:%B %Y, %H:%M} UTC"},
        "home_url": reverse("articles:front"),
        "topics_url": reverse("articles:topic_list"),
        "providers_url": reverse("articles:provider_list"),
        "nav_topics": [
            {
                "name": t.short_name or t.name,
                "url": t.get_absolute_url(),
                "current": request.path == t.get_absolute_url(),
            }
            for t in top
        ],
        **more,
    }


def _latest(articles) -> list[dict]:
    found = list(articles[:LATEST])
    lines = show.Lines(found, timezone.now())
    return [lines.line(article) for article in found]


def _providers(providers) -> list[dict]:
    found = list(providers)
    logos = show.logos_of(found)
    return [show.provider_dict(provider, logos) | {"count": provider.report_count} for provider in found]


@require_safe
def front(request):
    """The best stories of all topics."""
    page = page_of(Story.objects.public(), "hot", request.GET.get("after", ""), PAGE)
    topics = Topic.objects.with_stories().in_order().without_lists()
    context = _context(
        request,
        "",
        cards=show.cards(page.rows),
        latest=_latest(Article.objects.public().for_listing().newest_first()),
        topics=show.topic_tree(topics),
        providers=_providers(Provider.objects.active().most_active()[:ACTIVE]),
        **page.links(request),
    )
    return render(request, "pages/front.html", context)


@require_safe
def topic_list(request):
    found = list(Topic.objects.in_order().with_pictures())
    topics = show.topic_tree(found, topic_marks(found))
    return render(request, "pages/topic_list.html", _context(request, _("Topics"), topics=topics))


@require_safe
def topic_detail(request, slug):
    """A topic's stories, filtered and sorted as the address says."""
    topic = get_object_or_404(Topic.objects.select_related("parent", "image"), slug=slug)
    narrowed = TopicFilter(request.GET, StoryTopic.objects.public().in_topic(topic), request=request)
    sort = request.GET.get("sort", "hot")
    sort = sort if sort in StoryTopic.objects.none().SORTS else "hot"
    rows = narrowed.qs if narrowed.is_valid() else narrowed.queryset
    page = page_of(rows.with_story(), sort, request.GET.get("after", ""), PAGE)
    reports = Article.objects.public().in_topic(topic).for_listing().newest_first()
    children = topic.children.in_order().without_lists()
    context = _context(
        request,
        topic.name,
        description=topic.description[:200],
        topic=_topic(topic, children),
        cards=show.cards([row.story for row in page.rows]),
        sorts=_sorts(request, sort),
        filter_form=narrowed.shown_form(),
        filter_active=any(request.GET.get(name) for name in narrowed.filters if name != "sort"),
        clear_url=request.path,
        latest=_latest(reports),
        providers=_providers(Provider.objects.active().in_topic(topic)[:ACTIVE]),
        **page.links(request),
    )
    return render(request, "pages/topic.html", context)


def _topic(topic, children) -> dict:
    return {
        "name": topic.name,
        "description": topic.description,
        "url": topic.get_absolute_url(),
        "count": topic.story_count,
        "parent": topic.parent and {"name": topic.parent.name, "url": topic.parent.get_absolute_url()},
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
def story_detail(request, story_id, slug=""):
    """Full coverage: every report of a story, by day."""
    story = Story.objects.with_lead().filter(pk=story_id).first()
    if story is None:
        alias = get_object_or_404(StoryAlias.objects.select_related("story__lead"), old_id=story_id)
        return HttpResponsePermanentRedirect(alias.story.get_absolute_url())
    if not Story.objects.public().filter(pk=story.pk).exists():
        return _missing(request, withdrawn=Article.objects.is_withdrawn(story=story.pk))
    if request.path != story.get_absolute_url():
        return HttpResponsePermanentRedirect(story.get_absolute_url())
    now = timezone.now()
    reports = list(Article.objects.in_public_stories().filter_story(story.pk).for_coverage())
    lines = show.Lines(reports, now)
    by_day = groupby(reports, key=lambda article: article.published_at.astimezone(UTC).date())
    days = [
        {
            "label": f"{day.day} {day:%B %Y}",
            "iso": day.isoformat(),
            "lines": [lines.line(a, full=True) | {"story_url": ""} for a in group],
        }
        for day, group in by_day
    ]
    context = _context(
        request,
        story.lead.title,
        description=story.lead.excerpt[:200],
        card=show.cards([story])[0],
        days=days,
        first_report=show.when(story.first_report_at, now),
        last_report=show.when(story.last_report_at, now),
        why=_why(story),
    )
    return render(request, "pages/story.html", context)


def _why(story: Story) -> list[dict]:
    terms = [
        (_("Heat: %s") % name, value)
        for name, value in heat_terms(story.lead.quality, story.source_count, story.heat_adjustment)
        if value
    ]
    ranks = [
        (_("Rank: %s") % name, round(value, 3)) for name, value in rank_terms(story.heat, story.published_at)
    ]
    rows = [*terms, (_("Heat"), story.heat), *ranks, (_("Rank"), round(story.rank, 3))]
    return [{"label": label, "value": str(value)} for label, value in rows]


@require_safe
def article_detail(request, stem):
    """A report's permalink; the stems of its other files lead here."""
    article = Article.objects.for_page().filter(stem=stem).first()
    if article is None:
        document = SourceDocument.objects.for_stem(stem)
        if document is None:
            raise Http404
        return HttpResponsePermanentRedirect(document.article.get_absolute_url())
    if not article.is_public:
        return _missing(request, withdrawn=article.is_removed)
    others = list(
        Article.objects.in_public_stories()
        .filter_story(article.story_id)
        .exclude(pk=article.pk)
        .for_coverage()[:20]
    )
    lines = show.Lines([article, *others], timezone.now())
    story = article.story if article.story and article.story.is_public else None
    context = _context(
        request,
        article.title,
        description=article.excerpt[:200],
        article={
            **lines.line(article, full=True),
            "topics": [{"name": t.name, "url": t.get_absolute_url()} for t in article.topics.in_order()],
            "image": show.pictures_of([article]).get(article.pk),
            "story_url": story_url(story.pk, story.lead.title) if story else "",
            "reports_text": show.reports_text(story.article_count, story.source_count) if story else "",
        },
        lines=[lines.line(other) for other in others],
    )
    return render(request, "pages/article.html", context)


def _missing(request, *, withdrawn: bool):
    if not withdrawn:
        raise Http404
    return render(request, "410.html", _context(request, _("Withdrawn")), status=410)


@require_safe
def provider_list(request):
    providers = _providers(Provider.objects.active().by_name())
    return render(request, "pages/provider_list.html", _context(request, _("Providers"), providers=providers))


@require_safe
def provider_detail(request, domain):
    """A provider's reports in public stories, newest first."""
    provider = get_object_or_404(Provider.objects.active(), domain=domain)
    reports = Article.objects.in_public_stories().by_provider(provider).for_coverage_lists()
    page = page_of(reports, "", request.GET.get("after", ""), 2 * PAGE)
    lines = show.Lines(page.rows, timezone.now())
    context = _context(
        request,
        provider.name,
        provider=show.provider_dict(provider, show.logos_of([provider])) | {"count": provider.report_count},
        lines=[lines.line(article, full=True) for article in page.rows],
        site_url=f"https://{provider.domain}/",
        **page.links(request),
    )
    return render(request, "pages/provider.html", context)


def not_found(request, exception=None):
    return render(request, "404.html", {"site_name": settings.SITE_NAME, "home_url": "/"}, status=404)
