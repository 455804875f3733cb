"""The JSON API, version 1, and its page for people: read only, with what readers see.

Names are those of article files. Lists are paged by cursor (`next`). An invalid parameter gets 400, a missing
object 404.
"""

import re
from datetime import date
from typing import Annotated, Literal

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja import Field, NinjaAPI, Path, Query, Schema
from ninja.errors import ValidationError
from ninja.renderers import BaseRenderer
from pydantic import BeforeValidator, StringConstraints

from articles.api import schemas as shape
from articles.api.serializers import (
    serialize_articles,
    serialize_providers,
    serialize_stories,
    serialize_story,
    serialize_topic,
)
from articles.models import Article, Provider, Story, StoryAlias, StoryTopic, Topic
from articles.pages.context import render_page
from articles.pages.meta import absolute, json_text
from articles.pages.pagination import page_of
from articles.search.query import Scope, find_newest
from articles.search.text import parse_query


def _check_day(value):
    """Accept a day only as YYYY-MM-DD; pydantic accepts numbers too."""
    if isinstance(value, str) and not re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value, re.ASCII):
        raise ValueError("must be YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_check_day)]
EARLIEST, LATEST = date(1990, 1, 1), date(2200, 1, 1)
Cursor = Annotated[str, StringConstraints(pattern=r"^(-?[0-9]{1,20}(\.[0-9]{1,30})?~[0-9]{1,18})?$")]
Key = Annotated[str, StringConstraints(pattern=r"^[0-9]{0,19}$")]
Limit = Annotated[int, Field(ge=1, le=100, description="Items of a page.")]
Number = Annotated[int, Path(ge=1, le=2**53)]


class ListQuery(Schema):
    """Parameters of every list of stories or articles; "" is no topic and no provider."""

    topic: str = ""
    provider: str = ""
    since: Day = EARLIEST
    until: Day = LATEST
    limit: Limit = 20

    def objects(self) -> tuple[Topic | None, Provider | None]:
        """Return topic and provider; Http404 if there is none of the name."""
        topic = get_object_or_404(Topic.objects.shown(), slug=self.topic) if self.topic else None
        return topic, _provider(self.provider) if self.provider else None

    def between(self, rows):
        """Return the rows of the days asked for."""
        if (self.since, self.until) == (EARLIEST, LATEST):
            return rows
        return rows.on_days(*(min(max(day, EARLIEST), LATEST) for day in (self.since, self.until)))


class ArticleQuery(ListQuery):
    after: Cursor = ""


class StoryQuery(ArticleQuery):
    sort: Literal["hot", "new", "top"] = "hot"


class SearchQuery(ListQuery):
    q: Annotated[str, Field(description="Words, and phrases in double quotes; all must be there.")]
    after: Key = ""


class Renderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request, data, *, response_status):
        return json_text(data) if not hasattr(data, "model_dump") else json_text(data.model_dump(mode="json"))


api = NinjaAPI(
    title="News",
    version="1",
    description="Stories, reports, topics and providers of this site, as its readers see them.",
    docs_url=None,
    openapi_url=None,  # Ninja's own view answers any method
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


def _page(request, items: list[dict], next_cursor: str) -> dict:
    query = request.GET.copy()
    query["after"] = next_cursor
    address = f"{request.path}?{query.urlencode(safe='~')}"
    return {"items": items, "next": absolute(request, address) if next_cursor else None}


def _provider(domain: str) -> Provider:
    found = Provider.objects.active().filter_domain(domain)
    if found is None:
        raise Http404
    return found


@api.get("/stories", response={200: shape.StoryPage, **ERRORS}, summary="Stories")
def stories(request, query: Query[StoryQuery]):
    """Stories of a topic or of all, with reports of a provider or of any; the lead is of the days given."""
    within, by = query.objects()
    rows = StoryTopic.objects.public().in_topic(within) if within else Story.objects.public()
    rows = rows.with_article_by(by) if by else rows
    page = page_of(query.between(rows), query.sort, query.after, query.limit)
    ids = [row.story for row in page.rows]
    return _page(request, serialize_stories(request, ids), page.next_cursor)


@api.get("/stories/{story_id}", response={200: shape.StoryDetail, **ERRORS}, summary="A story")
def story(request, story_id: Number):
    """A story with all its reports; the number of a story that was merged away gives its heir."""
    found = Story.objects.led([story_id]).get(story_id)
    if found is None:
        heir = StoryAlias.objects.heir(story_id)
        found = heir and Story.objects.led([heir.pk]).get(heir.pk)
    if found is None:
        raise Http404
    return serialize_story(request, found)


@api.get("/articles", response={200: shape.ArticlePage, **ERRORS}, summary="Reports")
def articles(request, query: Query[ArticleQuery]):
    """Reports with pages of their own, newest first."""
    rows, (within, by) = Article.objects.public(), query.objects()
    rows = rows.in_topic(within) if within else rows
    rows = query.between(rows.filter(provider=by) if by else rows)
    page = page_of(rows.for_page(), "", query.after, query.limit)
    return _page(request, serialize_articles(request, page.rows), page.next_cursor)


@api.get("/articles/{permalink}", response={200: shape.ArticleShape, **ERRORS}, summary="A report")
def article(request, permalink: str):
    """A report by its permalink."""
    found = Article.objects.public().for_page().filter(permalink=permalink).first()
    if found is None:
        raise Http404
    return serialize_articles(request, [found])[0]


@api.get("/topics", response={200: shape.TopicPage, **ERRORS}, summary="Topics")
def topics(request):
    """All topics, in the site's order, on one page."""
    shown = Topic.objects.shown().in_order()
    return {"items": [serialize_topic(request, topic) for topic in shown], "next": None}


@api.get("/topics/{slug}", response={200: shape.TopicShape, **ERRORS}, summary="A topic")
def topic(request, slug: str):
    """A topic by its slug."""
    return serialize_topic(request, get_object_or_404(Topic.objects.shown(), slug=slug))


@api.get("/providers", response={200: shape.ProviderPage, **ERRORS}, summary="Providers")
def providers(request, after: Annotated[str, Query(max_length=253)] = "", limit: Limit = 20):
    """Providers with reports in public stories, by domain."""
    rows = list(Provider.objects.active().after_domain(after)[: limit + 1])
    following = rows[limit - 1].domain if len(rows) > limit else ""
    return _page(request, serialize_providers(request, rows[:limit]), following)


@api.get("/providers/{domain}", response={200: shape.ProviderDetail, **ERRORS}, summary="A provider")
def provider(request, domain: str):
    """A provider by its domain."""
    return serialize_providers(request, [_provider(domain)])[0]


@api.get("/search", response={200: shape.ArticlePage, **ERRORS}, summary="Search")
def search(request, query: Query[SearchQuery]):
    """Reports with these words in title, excerpt or provider, newest first."""
    within, by = query.objects()
    since, limit, after = max(query.since, EARLIEST), query.limit, query.after
    scope = Scope(within.pk if within else None, by.pk if by else None, since, query.until)
    found = find_newest(parse_query(query.q), scope, int(after) if after else None, limit + 1)
    following = str(found.keys[limit - 1]) if len(found.keys) > limit else ""
    rows = Article.objects.found(found.ids[:limit])
    return _page(request, serialize_articles(request, rows), following)


@require_safe
def openapi(request):
    """The OpenAPI schema."""
    return HttpResponse(json_text(api.get_openapi_schema()), content_type="application/json")


@require_safe
def api_page(request):
    """The page for people: every operation with its parameters and an example."""
    schema = api.get_openapi_schema()
    operations = [
        {
            "path": path,
            # The schema is English; the page shows the translation of the same texts.
            "summary": _(operation["summary"]),
            "description": _(operation["description"]),
            "parameters": [_parameter(each) for each in operation.get("parameters", [])],
            "example": "" if "{" in path else path + ("?q=news" if path.endswith("/search") else ""),
        }
        for path, methods in schema["paths"].items()
        for operation in methods.values()
    ]
    return render_page(
        request,
        "pages/api.html",
        _("Data"),
        operations=operations,
        openapi_url=reverse("api:openapi"),
    )


def _parameter(parameter: dict) -> dict:
    kind = parameter["schema"]
    values = kind.get("enum") or [kind.get("format") or kind.get("type", "")]
    return {
        "name": parameter["name"],
        "kind": ", ".join(str(value) for value in values),
        "default": kind.get("default", ""),
        "is_required": parameter["required"],
    }
