"""Schemas of the API's responses: names as in article files, with what the site adds."""

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema
from pydantic import PlainSerializer, WithJsonSchema

from articles.pages.meta import rfc3339

# Seconds and "Z", as in the stores.
Moment = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class Logo(Schema):
    url: str = Field(description="Our own file, WebP.")


class ProviderShape(Schema):
    """Who published."""

    name: str
    domain: str
    url: str = Field(description="The provider's page here.")
    images: list[Logo]


class ProviderDetail(ProviderShape):
    reportCount: int = Field(description="Reports in public stories.")


class Picture(Schema):
    url: str = Field(description="Our own file, WebP.")
    width: int
    height: int
    title: str = Field(description="Alternative text.")


class ArticleShape(Schema):
    """One report."""

    id: int
    url: str | None = Field(description="The report's page here; null where it has none of its own.")
    title: str
    excerpt: str
    publishedDateTime: Moment
    webUrl: str
    originalUrl: str
    ampWebUrl: str
    cdnAmpWebUrl: str
    type: str = Field(description="article or video.")
    quality: int
    provider: ProviderShape
    topics: list[str] = Field(description="Names, in the report's order.")
    images: list[Picture]
    story: int | None = Field(description="Number of its public story.")


class StoryShape(Schema):
    """One event, as readers see it: its lead and its sums."""

    id: int
    url: str
    heat: int
    rank: float
    publishedDateTime: Moment
    firstReportDateTime: Moment
    lastReportDateTime: Moment
    articleCount: int
    sourceCount: int = Field(description="Independent providers.")
    topics: list[str]
    lead: ArticleShape


class StoryDetail(StoryShape):
    related: list[ArticleShape] = Field(description="The other reports, best first.")


class TopicShape(Schema):
    """A subject."""

    name: str
    slug: str
    shortname: str
    description: str
    parent: str | None = Field(description="Slug of the topic above.")
    keywords: list[str]
    hashtags: list[str]
    storyCount: int
    url: str


class Paged(Schema):
    next: str | None = Field(description="Address of the next page, null on the last.")


class StoryPage(Paged):
    items: list[StoryShape]


class ArticlePage(Paged):
    items: list[ArticleShape]


class ProviderPage(Paged):
    items: list[ProviderDetail]


class TopicPage(Paged):
    items: list[TopicShape]


class Problem(Schema):
    """Why there is no answer."""

    detail: str
