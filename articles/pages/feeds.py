"""Feeds beside every list (floor 3): one entry a story, whose id stays when reports join it."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from articles.models import Article, Provider, Story, StoryTopic, Topic
from articles.pages import cards as show
from articles.pages.addresses import absolute, site_host
from articles.pages.openlog import log_entries
from articles.pages.paging import page_of
from articles.pages.reading import at_its_address
from articles.pages.searching import SEARCHED, SearchForm, kept
from articles.pages.syndication import ATOM, TYPES, Entry, Feed, atom, json_feed
from articles.search.finding import find_newest
from articles.search.words import parse_query

SIZE = 30


@require_safe
def front(request, form):
    """The hottest stories."""
    ids = [row.story for row in page_of(Story.objects.public(), "hot", "", SIZE).rows]
    return _answer(request, form, settings.SITE_NAME, reverse("articles:front"), _stories(request, ids))


@require_safe
def topic(request, slug, form):
    """A topic's newest stories."""
    found = get_object_or_404(Topic, slug=slug)
    page = page_of(StoryTopic.objects.public().in_topic(found), "new", "", SIZE)
    entries = _stories(request, [row.story for row in page.rows])
    return _answer(request, form, found.name, found.get_absolute_url(), entries)


@require_safe
def provider(request, domain, form):
    """The stories of a provider's newest reports."""
    found = Provider.objects.active().filter_domain(domain)
    if found is None:
        raise Http404
    reports = Article.objects.in_public_stories().by_provider(found).newest_first()
    entries = _stories_of(request, reports.for_coverage_lists()[: 2 * SIZE])
    return _answer(request, form, found.name, found.get_absolute_url(), entries)


@require_safe
def search(request, form):
    """The stories of the newest reports with the words asked for."""
    query = parse_query(request.GET.get("q", ""))
    hits = find_newest(query, SearchForm(request.GET).scope(), limit=2 * SIZE)
    title = _("Search: %s") % " ".join(query.terms)
    entries = _stories_of(request, Article.objects.found(hits.ids))
    return _answer(request, form, title, reverse("articles:search"), entries, kept(request, *SEARCHED))


@require_safe
def story(request, story_id, form, slug=""):
    """A story's reports, newest first."""
    return at_its_address(
        request, story_id, lambda request, found: _of_story(request, found, form), f"feed.{form}"
    )


def _of_story(request, found: Story, form: str) -> HttpResponse:
    reports = list(Article.objects.in_public_stories().filter_story(found.pk).for_coverage()[:SIZE])
    page = found.get_absolute_url()
    entries = [
        Entry(
            id=_tag(request, f"reports/{report.pk}"),
            url=absolute(request, report.get_absolute_url() if report.is_public else page),
            link=report.url,
            title=report.title,
            summary=report.excerpt,
            author=report.provider.name,
            published=report.published_at,
            updated=report.published_at,
        )
        for report in reports
    ]
    return _answer(request, form, found.lead.title, page, entries, name=f"/stories/{found.pk}")


@require_safe
def log(request, form):
    """What the editors did, where readers are told of it."""
    page = reverse("articles:log")
    entries = [
        Entry(
            id=_tag(request, f"acts/{entry.number}"),
            url=absolute(request, f"{page}#e{entry.number}"),
            link=absolute(request, entry.stories[0][1] if entry.stories else page),
            title=entry.title,
            summary=" / ".join(filter(None, [*entry.old_titles, entry.why])),
            author=settings.SITE_NAME,
            published=entry.moment,
            updated=entry.moment,
        )
        for entry in log_entries()[:SIZE]
    ]
    return _answer(request, form, _("What the editors did"), page, entries)


def _stories_of(request, reports) -> list[Entry]:
    """Entries of these reports' public stories, each once, in the order of the reports."""
    return _stories(request, list(dict.fromkeys(r.story_id for r in reports if r.story_id))[:SIZE])


def _stories(request, ids: list[int]) -> list[Entry]:
    return [
        Entry(
            id=_tag(request, f"stories/{card['id']}"),
            url=absolute(request, card["url"]),
            link=card["link"],
            title=card["title"],
            summary=card["excerpt"],
            author=card["provider"]["name"],
            published=card["published_at"],
            updated=card["updated_at"],
            categories=tuple(topic["name"] for topic in card["topics"]),
            picture=absolute(request, card["image"]["src"]) if card["image"] else "",
        )
        for card in show.told_cards(ids).values()
    ]


def _tag(request, name: str) -> str:
    """Return an id (RFC 4151) that neither a new title nor a new report changes."""
    return f"tag:{site_host(request)},2026:{name}"


def _answer(
    request, form: str, title: str, page: str, entries: list[Entry], query: str = "", name: str = ""
) -> HttpResponse:
    """Return a feed of the list at `page`; `name` stands for that in its id where the address may change."""
    tail = f"?{query}" if query else ""
    is_front = title == settings.SITE_NAME
    feed = Feed(
        id=_tag(request, f"feed{name or page}") + tail,
        title=title if is_front else f"{title} · {settings.SITE_NAME}",
        site=settings.SITE_NAME,
        page=absolute(request, page + tail),
        address=absolute(request, request.path + tail),
        language=settings.LANGUAGE_CODE,  # of the news, as far as anyone says; not of the reader
        hub=settings.WEBSUB_HUB,
        entries=entries,
    )
    answer = HttpResponse(atom(feed) if form == ATOM else json_feed(feed), content_type=TYPES[form])
    if feed.hub:
        answer["Link"] = f'<{feed.hub}>; rel="hub", <{feed.address}>; rel="self"'
    return answer
