"""The models, with the queries about them as methods of their QuerySets."""

from articles.models.account import Account
from articles.models.article import Article, ArticleImage, ArticleTopic, EditorVersion, FormerPermalink
from articles.models.document import (
    ImportOutcome,
    ImportRun,
    RelatedEntry,
    RelatedList,
    SourceDocument,
    Store,
)
from articles.models.edit import Edit, EditTarget
from articles.models.grouping import Decision, Placement, StaleDay
from articles.models.image import Image, Rendition
from articles.models.pin import Pin
from articles.models.provider import Provider
from articles.models.site import Job, SiteVersion
from articles.models.source import Source, SourceEntry
from articles.models.story import Story, StoryAlias, StoryTopic
from articles.models.takedown import TakeDown
from articles.models.topic import Topic

__all__ = [
    "Account", "Article", "ArticleImage", "ArticleTopic", "Decision", "Edit", "EditTarget", "EditorVersion",
    "FormerPermalink", "Image", "ImportOutcome", "ImportRun", "Job", "Pin", "Placement", "Provider",
    "RelatedEntry", "RelatedList", "Rendition", "SiteVersion", "Source", "SourceDocument", "SourceEntry",
    "StaleDay", "Store", "Story", "StoryAlias", "StoryTopic", "TakeDown", "Topic",
]  # fmt: skip
