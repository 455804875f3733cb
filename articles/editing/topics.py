"""Edits of several topics: merge them, hide them, put them in another order."""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import QuerySet

from articles.caching.writing import chunked, writing
from articles.editing.audit import EditError, record_edit
from articles.models import ArticleTopic, Edit, Pin, Source, Topic


def reach(topics: Iterable[Topic]) -> dict[str, int]:
    """Return how many articles, subtopics and sources these topics have."""
    topics = list(topics)
    return {
        "articles": ArticleTopic.objects.filter(topic__in=topics).values("article").distinct().count(),
        "subtopics": Topic.objects.filter(parent__in=topics).count(),
        "sources": Source.objects.filter(topics__in=topics).distinct().count(),
    }


def merge_topics(topics: Sequence[Topic], target: Topic, user=None, reason="") -> Edit | None:
    """Merge topics into one: articles, subtopics, sources, pins, keywords and addresses follow.

    The merged ones keep their names and addresses, which lead to `target` from now on.
    """
    with writing():
        target = Topic.objects.select_for_update().get(pk=target.pk)
        merged = list(Topic.objects.filter(pk__in=[each.pk for each in topics]).exclude(pk=target.pk))
        if not merged:
            raise EditError("choose two topics or more")
        if target.merged_into_id or any(each.merged_into_id for each in merged):
            raise EditError("one of them was merged meanwhile")
        keys = [each.pk for each in merged]
        links = ArticleTopic.objects.filter(topic__in=keys)
        articles = list(links.order_by().values_list("article", flat=True).distinct())
        below = Topic.objects.filter(parent__in=keys) | Topic.objects.filter(merged_into__in=keys)
        sources = list(Source.objects.filter(topics__in=keys).distinct())
        pins = Pin.objects.filter(topic__in=keys)
        rows = {
            "topic": [target.pk, *keys, *below.values_list("pk", flat=True)],
            "source": [source.pk for source in sources],
            "pin": list(pins.values_list("pk", flat=True)),
            "article": articles,
        }
        with record_edit(Edit.Kind.JOIN, user, reason, with_decisions=False, **rows) as recorder:
            for part in chunked(articles):
                _move_links(links.filter(article__in=part), target)
            for source in sources:
                source.topics.remove(*keys)
                source.topics.add(target)
            pins.update(topic=target)
            _move_topics(merged, target)
            recorder.refresh()
        return recorder.edit


def _move_links(links: QuerySet[ArticleTopic], target: Topic) -> None:
    """Put these articles into `target`, each once."""
    articles = list(links.values_list("article", flat=True))
    has = set(
        ArticleTopic.objects.filter(topic=target, article__in=articles).values_list("article", flat=True)
    )
    surplus: list[int] = []
    moved: list[int] = []
    for pk, article in links.order_by("article", "position").values_list("pk", "article"):
        (surplus if article in has else moved).append(pk)
        has.add(article)
    ArticleTopic.objects.filter(pk__in=surplus).delete()
    ArticleTopic.objects.filter(pk__in=moved).update(topic=target)


def _move_topics(merged: Sequence[Topic], target: Topic) -> None:
    keys = {each.pk for each in merged}
    above, seen = target.parent, set()
    while above and above.pk in keys and above.pk not in seen:
        seen.add(above.pk)
        above = above.parent
    target.parent = above
    for name in ("keywords", "hashtags"):
        words = [word for topic in (target, *merged) for word in getattr(topic, name)]
        setattr(target, name, list(dict.fromkeys(words)))
    target.edited_fields = sorted({*target.edited_fields, "keywords", "hashtags", "parent"})
    target.save()
    Topic.objects.filter(parent__in=keys).exclude(pk=target.pk).update(parent=target)
    Topic.objects.filter(merged_into__in=keys).update(merged_into=target)
    Topic.objects.filter(pk__in=keys).update(merged_into=target, parent=None)


def set_hidden(topics: Iterable[Topic], value: bool, user=None, reason="") -> Edit | None:
    """Hide topics from visitors, or show them again."""
    keys = [topic.pk for topic in topics]
    with record_edit(Edit.Kind.CHANGE, user, reason, topic=keys) as recorder:
        Topic.objects.filter(pk__in=keys).update(is_hidden=value)
    return recorder.edit


def set_positions(positions: Mapping[int, int], user=None, reason="") -> Edit | None:
    """Put topics at these places of the list, as one edit."""
    with record_edit(Edit.Kind.CHANGE, user, reason, topic=positions) as recorder:
        for topic in Topic.objects.filter(pk__in=positions):
            topic.position = positions[topic.pk]
            topic.edited_fields = sorted({*topic.edited_fields, "position"})
            topic.save(update_fields=["position", "edited_fields"])
    return recorder.edit
