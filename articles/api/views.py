"""The JSON API, version 1 (floor 3): what readers see, for programs; read only.

An answer's names are those of the stores' files. Lists go on by cursor (`next`). A parameter that does not
fit is answered 400, what is not there 404; nothing is counted and nothing is private.
"""

import re
from datetime import date
from typing import Annotated, Literal

from django.http import Http404
from ninja import NinjaAPI, Path, Query
from ninja.errors import ValidationError
from ninja.renderers import BaseRenderer
from pydantic import BeforeValidator, StringConstraints

from articles.api import schemas as shape
from articles.api.rows import tell_articles, tell_stories, tell_story
from articles.models import Article, Provider, Story, StoryAlias, StoryTopic, Topic
from articles.pages.cards import logos_of
from articles.pages.context import topics_in_order
from articles.pages.meta import absolute, json_text
from articles.pages.pagination import page_of
from articles.search.query import Scope, find_newest
from articles.search.text import parse_query


def _written_out(given):
    """Take a day only as YYYY-MM-DD; pydantic would take numbers for days too."""
    if isinstance(given, str) and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", given, re.ASCII):
        raise ValueError("must be YYYY-MM-DD")
    return given


Day = Annotated[date, BeforeValidator(_written_out)]
EARLIEST, LATEST = date(1990, 1, 1), date(2200, 1, 1)
Cursor = Annotated[str, StringConstraints(pattern=r"^(-?[0-9]{1,20}(\.[0-9]{1,30})?~[0-9]{1,18})?$")]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9]{0,19}$")]
Limit = Annotated[int, Query(ge=1, le=100, description="Items of a page.")]
Number = Annotated[int, Path(ge=1, le=2**53)]


class Renderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request, data, *, response_status):
        return json_text(data) if not hasattr(data, "model_dump") else json_text(data.model_dump(mode="json"))


api = NinjaAPI(
    title="News",
    version="1",
    description="Stories, reports, topics and providers of this site, as its readers see them.",
    docs_url=None,
    openapi_url=None,  # its own answers any method
    renderer=Renderer(),
    urls_namespace="api-v1",
)
ERRORS = {400: shape.Problem, 404: shape.Problem}


@api.exception_handler(ValidationError)
def _bad(request, error):
    fields = sorted({str(entry["loc"][-1]) for entry in error.errors})
    return api.create_response(request, {"detail": f"does not fit: {', '.join(fields)}"[:500]}, status=400)


@api.exception_handler(Http404)
def _missing(request, error):
    return api.create_response(request, {"detail": "not found"}, status=404)


def _page(request, items: list[dict], following: str) -> dict:
    kept = request.GET.copy()
    kept["after"] = following
    address = f"{request.path}?{kept.urlencode(safe='~')}"
    return {"items": items, "next": absolute(request, address) if following else None}


def _provider(domain: str) -> Provider | None:
    if not domain:
        return None
    found = Provider.objects.active().filter_domain(domain)
    if found is None:
        raise Http404
    return found


def _topic(slug: str) -> Topic | None:
    if not slug:
        return None
    for topic in topics_in_order():
        if topic.slug == slug:
            return topic
    raise Http404


@api.get("/stories", response={200: shape.StoryPage, **ERRORS}, summary="Stories")
def stories(
    request,
    sort: Literal["hot", "new", "top"] = "hot",
    topic: str = "",
    provider: str = "",
    since: Day = EARLIEST,
    until: Day = LATEST,
    after: Cursor = "",
    limit: Limit = 20,
):
    """Stories of a topic or of all, with reports of a provider or of any; the lead is of the days given."""
    within, by = _topic(topic), _provider(provider)
    rows = StoryTopic.objects.public().in_topic(within) if within else Story.objects.public()
    rows = rows.with_report_by(by) if by else rows
    page = page_of(_between(rows, since, until), sort, after, limit)
    ids = [row.story for row in page.rows]
    return _page(request, tell_stories(request, ids), page.next_cursor)


def _between(rows, since: date, until: date):
    if (since, until) == (EARLIEST, LATEST):
        return rows
    return rows.on_days(min(max(since, EARLIEST), LATEST), min(max(until, EARLIEST), LATEST))


@api.get("/stories/{story_id}", response={200: shape.StoryDetail, **ERRORS}, summary="A story")
def story(request, story_id: Number):
    """A story with all its reports; the number of a story that was merged away gives its heir."""
    found = Story.objects.led([story_id]).get(story_id)
    if found is None:
        heir = StoryAlias.objects.heir(story_id)
        found = heir and Story.objects.led([heir.pk]).get(heir.pk)
    if found is None:
        raise Http404
    return tell_story(request, found)


@api.get("/articles", response={200: shape.ArticlePage, **ERRORS}, summary="Reports")
def articles(
    request,
    topic: str = "",
    provider: str = "",
    since: Day = EARLIEST,
    until: Day = LATEST,
    after: Cursor = "",
    limit: Limit = 20,
):
    """Reports with pages of their own, newest first."""
    rows, within, by = Article.objects.public(), _topic(topic), _provider(provider)
    rows = rows.in_topic(within) if within else rows
    rows = _between(rows.by_provider(by) if by else rows, since, until)
    page = page_of(rows.for_page(), "", after, limit)
    return _page(request, tell_articles(request, page.rows), page.next_cursor)


@api.get("/articles/{stem}", response={200: shape.ArticleShape, **ERRORS}, summary="A report")
def article(request, stem: str):
    """A report by its permalink."""
    found = Article.objects.public().for_page().with_stem(stem).first()
    if found is None:
        raise Http404
    return tell_articles(request, [found])[0]


@api.get("/topics", response={200: shape.TopicPage, **ERRORS}, summary="Topics")
def topics(request):
    """All topics, in the site's order, on one page."""
    return {"items": [_tell_topic(request, topic) for topic in Topic.objects.in_order()], "next": None}


@api.get("/topics/{slug}", response={200: shape.TopicShape, **ERRORS}, summary="A topic")
def topic(request, slug: str):
    """A topic by its slug."""
    return _tell_topic(request, Topic.objects.get(pk=_topic(slug).pk))


def _tell_topic(request, topic: Topic) -> dict:
    slugs = {other.pk: other.slug for other in topics_in_order()}
    return {
        "name": topic.name, "slug": topic.slug, "shortname": topic.short_name,
        "description": topic.description,
        "parent": slugs.get(topic.parent_id), "keywords": [str(word) for word in topic.keywords],
        "hashtags": [str(word) for word in topic.hashtags], "storyCount": topic.story_count,
        "url": absolute(request, topic.get_absolute_url()),
    }  # fmt: skip


@api.get("/providers", response={200: shape.ProviderPage, **ERRORS}, summary="Providers")
def providers(request, after: Annotated[str, Query(max_length=253)] = "", limit: Limit = 20):
    """Providers with reports in public stories, by domain."""
    rows = list(Provider.objects.active().after_domain(after)[: limit + 1])
    following = rows[limit - 1].domain if len(rows) > limit else ""
    return _page(request, _tell_providers(request, rows[:limit]), following)


@api.get("/providers/{domain}", response={200: shape.ProviderDetail, **ERRORS}, summary="A provider")
def provider(request, domain: str):
    """A provider by its domain."""
    return _tell_providers(request, [_provider(domain)])[0]


def _tell_providers(request, rows: list[Provider]) -> list[dict]:
    logos = logos_of(rows)
    return [
        {"name": row.name, "domain": row.domain, "url": absolute(request, row.get_absolute_url()),
         "images": [{"url": absolute(request, logos[row.logo_id])}] if row.logo_id in logos else [],
         "reportCount": row.report_count}
        for row in rows
    ]  # fmt: skip


@api.get("/search", response={200: shape.ArticlePage, **ERRORS}, summary="Search")
def search(
    request,
    q: Annotated[str, Query(description="Words, and phrases in double quotes; all must be there.")],
    topic: str = "",
    provider: str = "",
    since: Day = EARLIEST,
    until: Day = LATEST,
    after: Key = "",
    limit: Limit = 20,
):
    """Reports with these words in title, excerpt or provider, newest first."""
    within, by = _topic(topic), _provider(provider)
    scope = Scope(within.pk if within else None, by.pk if by else None, max(since, EARLIEST), until)
    found = find_newest(parse_query(q), scope, int(after) if after else None, limit + 1)
    following = str(found.keys[limit - 1]) if len(found.keys) > limit else ""
    rows = Article.objects.found(found.ids[:limit])
    return _page(request, tell_articles(request, rows), following)
