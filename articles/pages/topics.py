"""The topics as every page shows them: in order, as links and as a tree."""

from collections.abc import Mapping, Sequence

from articles.caching.version import cached
from articles.models import Topic


def topics_in_order() -> list[Topic]:
    """Return all topics; read once per site version."""
    return cached("topics", lambda: list(Topic.objects.in_order().without_lists()))


def topic_links() -> dict[int, dict]:
    """Return name and address of every topic, by its number."""

    def load() -> dict:
        return {t.pk: {"name": t.name, "url": t.get_absolute_url()} for t in topics_in_order()}

    return cached("topic links", load)


def leading_topics() -> list[Topic]:
    """Return the topics of the first level that have stories; of a single one, its children too."""
    topics = [topic for topic in topics_in_order() if topic.story_count]
    roots = [topic for topic in topics if topic.parent_id is None]
    if len(roots) == 1:
        return roots + [topic for topic in topics if topic.parent_id == roots[0].pk]
    return roots


def topic_tree(topics: Sequence[Topic], tiles: Mapping[int, dict] | None = None) -> list[dict]:
    """Return topics as a tree: those without a parent, each with its `children`.

    `tiles` are small pictures by topic, for pages that show them.
    """
    nodes = {
        topic.pk: {
            "name": topic.name,
            "url": topic.get_absolute_url(),
            "count": topic.story_count,
            "tile": tiles.get(topic.pk) if tiles else None,
            "children": [],
        }
        for topic in topics
    }
    roots = []
    for topic in topics:
        parent = nodes.get(topic.parent_id)
        (parent["children"] if parent else roots).append(nodes[topic.pk])
    return roots
