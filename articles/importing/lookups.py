"""Providers, topics and images that files name: found or created, and named as the newest files name them."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from django.db import models
from django.db.models import OuterRef, QuerySet, Subquery

from articles.caching.writing import chunked
from articles.models import Article, ArticleTopic, Image, Provider, Topic


def look_up(queryset: QuerySet, field: str, keys: Iterable) -> dict:
    """Return rows by the value of a unique field, asking for a bounded number at a time."""
    found: dict = {}
    for part in chunked(keys):
        found.update((getattr(row, field), row) for row in queryset.filter(**{f"{field}__in": part}))
    return found


def find_or_create(model: type[models.Model], field: str, rows: Mapping[str, models.Model]) -> dict[str, int]:
    """Return ids by the value of a unique field; rows whose value is not stored yet are created."""
    ids = _ids_by(model, field, rows)
    if missing := sorted(rows.keys() - ids.keys()):
        model._default_manager.bulk_create([rows[key] for key in missing], ignore_conflicts=True)
        ids |= _ids_by(model, field, missing)
    return ids


def _ids_by(model: type[models.Model], field: str, keys: Iterable[str]) -> dict[str, int]:
    ids: dict[str, int] = {}
    for part in chunked(sorted(keys)):
        rows = model._default_manager.filter(**{f"{field}__in": part})
        ids.update(rows.values_list(field, "pk"))
    return ids


def find_or_create_providers(names: Mapping[str, str]) -> dict[str, int]:
    """Return the ids of providers by domain; missing ones are created under these names."""
    rows = {domain: Provider(domain=domain, name=name) for domain, name in names.items()}
    return find_or_create(Provider, "domain", rows)


def refresh_provider_names(ids: Iterable[int]) -> None:
    """Name providers by their newest article, where neither a store's own file nor an editor names them."""
    newest = Article.objects.filter(provider=OuterRef("pk")).newest_live().values("provider_name")[:1]
    changed = []
    for part in chunked(sorted(ids)):
        providers = Provider.objects.filter(pk__in=part, is_described=False)
        for provider in providers.annotate(newest=Subquery(newest)):
            if provider.newest and provider.newest != provider.name and "name" not in provider.edited_fields:
                provider.name = provider.newest
                changed.append(provider)
    Provider.objects.bulk_update(changed, ["name"], batch_size=500)


def find_or_create_topics(names: Iterable[str]) -> dict[str, Topic]:
    """Return the topics of these names by identity, creating those that are missing."""
    wanted: dict[str, str] = {}
    for name in sorted(names, reverse=True):
        wanted[Topic.key_of(name)] = name
    topics = look_up(Topic.objects.without_lists(), "name_key", sorted(wanted))
    for key in sorted(wanted.keys() - topics.keys()):
        slug = Topic.slug_for(wanted[key])
        if Topic.objects.filter(slug=slug).exists():
            slug = f"{slug}-{sha256(key.encode()).hexdigest()[:6]}"
        topics[key], _ = Topic.objects.get_or_create(
            name_key=key, defaults={"name": wanted[key], "slug": slug}
        )
    return topics


def refresh_topic_names(ids: Iterable[int]) -> None:
    """Name topics by the first of the spellings in use, where neither a store's file nor an editor does."""
    changed = []
    for part in chunked(sorted(ids)):
        topics = Topic.objects.filter(pk__in=part, is_described=False).in_bulk()
        used = (
            ArticleTopic.objects.filter(topic__in=topics).order_by().values_list("topic", "name").distinct()
        )
        spellings: dict[int, list[str]] = {}
        for topic_id, spelling in used:
            spellings.setdefault(topic_id, []).append(spelling)
        for pk, topic in topics.items():
            name = min(filter(None, spellings.get(pk, ())), default=topic.name)
            if name != topic.name and "name" not in topic.edited_fields:
                topic.name = name
                changed.append(topic)
    Topic.objects.bulk_update(changed, ["name"], batch_size=500)


def find_or_create_images(urls: Iterable[str]) -> dict[str, int]:
    """Return the ids of images by URL, creating those that are missing."""
    hashes = {Image.hash_of(url): url for url in urls}
    rows = {key: Image(url_hash=key, url=url) for key, url in hashes.items()}
    return {hashes[key]: pk for key, pk in find_or_create(Image, "url_hash", rows).items()}
