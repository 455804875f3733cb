"""What search engines read: sitemaps by month, the news of two days, robots.txt."""

from calendar import monthrange
from datetime import date, timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from articles.caching.version import cached
from articles.models import Article, Provider, Story
from articles.models.story import story_url
from articles.pages.context import topics_in_order
from articles.pages.feeds import xml_response
from articles.pages.meta import absolute, origin, rfc3339

FIRST_YEAR, MOST_URLS, MOST_NEWS = 1990, 25_000, 1_000


@require_safe
def index(request):
    """The index: a sitemap of the lists, and one a month."""
    paths = [reverse("articles:sitemap_lists")]
    paths += [reverse("articles:sitemap_month", args=[f"{m:%Y}", f"{m:%m}"]) for m in _months()]
    return xml_response("feeds/sitemap_index.xml", {"addresses": [absolute(request, path) for path in paths]})


def _months() -> list[date]:
    """The months that have public stories, newest first."""
    today = timezone.now().date()
    months = [date(y, m, 1) for y in range(FIRST_YEAR, today.year + 2) for m in range(1, 13)]
    found = cached("sitemap months", lambda: Story.objects.periods_with_stories(months))
    return [months[index] for index in sorted(found, reverse=True)]


@require_safe
def lists(request):
    """The front page and every topic and provider that has stories."""
    paths = [reverse("articles:front"), reverse("articles:topic_list"), reverse("articles:provider_list")]
    paths += [topic.get_absolute_url() for topic in topics_in_order() if topic.story_count]
    paths += [provider.get_absolute_url() for provider in Provider.objects.active().by_name()]
    return _sitemap(request, [(path, None) for path in paths[:MOST_URLS]])


@require_safe
def month(request, year, month):
    """A month's stories and articles with pages of their own."""
    try:
        first = date(int(year), int(month), 1)
    except ValueError as error:
        raise Http404 from error
    if not FIRST_YEAR <= first.year <= timezone.now().year + 1:
        raise Http404
    last = first.replace(day=monthrange(first.year, first.month)[1])
    stories = Story.objects.public().on_days(first, last).for_sitemap()[:MOST_URLS]
    articles = Article.objects.public().on_days(first, last).for_sitemap()[:MOST_URLS]
    found = [(story_url(number, title), moment) for number, title, moment in stories]
    found += [(reverse("articles:article_detail", args=[name]), moment) for name, moment in articles]
    if not found:
        raise Http404
    return _sitemap(request, found)


@require_safe
@cache_control(max_age=60)
def news(request):
    """Stories of the last two days, in the form that news search engines read."""
    since = timezone.now() - timedelta(days=2)
    stories = Story.objects.public().since(since).for_news_sitemap()[:MOST_NEWS]
    rows = [
        (absolute(request, story_url(number, title)), title, rfc3339(moment))
        for number, title, moment in stories
    ]
    context = {"site_name": settings.SITE_NAME, "language": settings.LANGUAGE_CODE, "stories": rows}
    return xml_response("feeds/news_sitemap.xml", context)


def _sitemap(request, pages) -> HttpResponse:
    start = origin(request)
    rows = [(start + path, moment and rfc3339(moment)) for path, moment in pages]
    return xml_response("feeds/sitemap.xml", {"pages": rows})


@require_safe
def robots(request):
    """Everything may be read; endless lists of search hits need not be."""
    maps = [reverse("articles:sitemap"), reverse("articles:news_sitemap")]
    lines = ["User-agent: *", f"Disallow: {reverse('articles:search')}"]
    lines += [f"Sitemap: {absolute(request, path)}" for path in maps]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
