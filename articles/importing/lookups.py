"""Rows that articles refer to: providers, topics, images and related lists are found or created.

Providers and topics are named as the newest files name them.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any, TypeVar

from django.db import models
from django.db.models import OuterRef, Subquery

from articles.caching.writing import chunked, update_rows
from articles.models import Article, ArticleTopic, Image, Provider, RelatedEntry, RelatedList, Topic

Row = TypeVar("Row", bound=models.Model)


def _find_or_create(model: type[Row], field: str, rows: Mapping[str, Row]) -> dict[str, Row]:
    """Return stored rows by the value of a unique field; those that are missing are created."""
    found = model._default_manager.in_bulk(rows, field_name=field)
    created = model._default_manager.bulk_create(
        [rows[key] for key in sorted(rows.keys() - found.keys())],
        update_conflicts=True,
        unique_fields=[field],
        update_fields=[field],
    )
    return found | {getattr(row, field): row for row in created}


def find_or_create_providers(names: Mapping[str, str]) -> dict[str, Provider]:
    """Return providers by domain; missing ones are created under these names."""
    rows = {domain: Provider(domain=domain, name=name) for domain, name in names.items()}
    return _find_or_create(Provider, "domain", rows)


def refresh_provider_names(ids: Iterable[int]) -> None:
    """Name providers by their newest article, where neither a store's own file nor an editor names them."""
    newest = Article.objects.filter(provider=OuterRef("pk")).newest_live().values("provider_name")[:1]
    for part in chunked(sorted(ids)):
        providers = Provider.objects.filter(pk__in=part, is_described=False)
        _rename(Provider, [(row, row.newest) for row in providers.annotate(newest=Subquery(newest))])


def _rename(model: type[Provider | Topic], rows: Iterable[tuple[Any, str | None]]) -> None:
    """Save rows under these names, but for names that editors own."""
    changed = [
        (row.pk, name) for row, name in rows if name and name != row.name and "name" not in row.edited_fields
    ]
    update_rows(model, ["name"], changed)


def find_or_create_topics(names: Iterable[str], slugs: Mapping[str, str] | None = None) -> dict[str, Topic]:
    """Return the topics of these names by identity, creating those that are missing.

    The name of a topic that was merged into another leads to that one.

    `slugs`, by identity, are preferred for missing topics, where no other topic has them.
    """
    wanted = {Topic.key_of(name): name for name in sorted(names, reverse=True)}
    topics = Topic.objects.without_lists().in_bulk(wanted, field_name="name_key")
    for key in sorted(wanted.keys() - topics.keys()):
        slug = (slugs or {}).get(key)
        if not slug or Topic.objects.filter(slug=slug).exists():
            slug = Topic.slug_for(wanted[key])
        if Topic.objects.filter(slug=slug).exists():
            slug = f"{slug}-{sha256(key.encode()).hexdigest()[:6]}"
        topics[key] = Topic.objects.create(name_key=key, name=wanted[key], slug=slug)
    merged = {topic.merged_into_id for topic in topics.values()} - {None}
    into = Topic.objects.without_lists().in_bulk(merged) if merged else {}
    return {key: into.get(topic.merged_into_id, topic) for key, topic in topics.items()}


def refresh_topic_names(ids: Iterable[int]) -> None:
    """Name topics by the first of the spellings in use, where neither a store's file nor an editor does."""
    for part in chunked(sorted(ids)):
        topics = Topic.objects.filter(is_described=False).in_bulk(part)
        used = ArticleTopic.objects.filter(topic__in=topics).exclude(name="").order_by()
        first = dict(sorted(used.values_list("topic", "name").distinct(), reverse=True))
        _rename(Topic, [(topic, first.get(pk)) for pk, topic in topics.items()])


def find_or_create_images(urls: Iterable[str], purpose: str = Image.Purpose.PICTURE) -> dict[str, Image]:
    """Return images by URL; missing ones are created for this purpose."""
    rows = {Image.hash_of(url): Image(url_hash=Image.hash_of(url), url=url, purpose=purpose) for url in urls}
    return {rows[key].url: image for key, image in _find_or_create(Image, "url_hash", rows).items()}


def assign_related_lists(
    members: Mapping[str, Iterable[str]], articles: Mapping[str, Article]
) -> dict[int, frozenset[str]]:
    """Give articles that name one another, by link key, a shared list of members; missing lists are created.

    The articles are not saved here. Returns the new lists, whose members are added once all articles are
    saved. An article that names no other has no list.
    """
    groups = {key: frozenset({key, *names}) for key, names in members.items()}
    digests = {
        key: sha256("\n".join(sorted(group)).encode()).hexdigest()
        for key, group in groups.items()
        if len(group) > 1
    }
    lists = RelatedList.objects.in_bulk(set(digests.values()), field_name="digest")
    new = {digest: groups[key] for key, digest in digests.items() if digest not in lists}
    created = RelatedList.objects.bulk_create([RelatedList(digest=digest) for digest in sorted(new)])
    lists |= {row.digest: row for row in created}
    for key in groups:
        articles[key].related_list = lists.get(digests.get(key))
    return {row.pk: new[row.digest] for row in created}


def add_members(lists: Mapping[int, Iterable[str]], ids: Mapping[str, int]) -> None:
    """Store the members of new related lists; `ids` are those of the articles by link key."""
    RelatedEntry.objects.bulk_create(
        [RelatedEntry(list_id=pk, article_id=ids[key]) for pk, keys in lists.items() for key in sorted(keys)]
    )


def delete_unused_lists(ids: Iterable[int | None]) -> None:
    """Delete those of these related lists that no article has any more."""
    for part in chunked(sorted({pk for pk in ids if pk is not None})):
        RelatedList.objects.filter(pk__in=part, articles=None).delete()
