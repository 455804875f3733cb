"""Providers, topics and pictures that files name (floor 2): found or made, and called as files call them."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from django.db.models import OuterRef, QuerySet, Subquery

from articles.caching.writing import chunked, update_rows
from articles.models import Article, ArticleTopic, Image, Provider, Topic
from articles.models.bulk import insert_rows


def look_up(queryset: QuerySet, field: str, keys: Iterable) -> dict:
    """Return rows by the value of a unique field, asking for a bounded number at a time."""
    found = {}
    for part in chunked(keys):
        found.update((getattr(row, field), row) for row in queryset.filter(**{f"{field}__in": part}))
    return found


def find_providers(names: Mapping[str, str]) -> dict[str, int]:
    """Return the ids of providers by domain, creating those that are missing under these names."""
    known = _ids_of(names)
    fresh = [Provider(domain=domain, name=names[domain]) for domain in sorted(names.keys() - known.keys())]
    if fresh:
        Provider.objects.bulk_create(fresh, ignore_conflicts=True)
        known |= _ids_of(provider.domain for provider in fresh)
    return known


def _ids_of(domains: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in chunked(sorted(domains)):
        found.update(Provider.objects.filter(domain__in=part).values_list("domain", "pk"))
    return found


def refresh_provider_names(ids: Iterable[int]) -> None:
    """Name providers by their newest report, where neither a store's own file nor an editor names them."""
    newest = Article.objects.filter(provider=OuterRef("pk")).newest_told().values("provider_name")[:1]
    changed = []
    for part in chunked(sorted(ids)):
        providers = Provider.objects.filter(pk__in=part, is_described=False)
        for provider in providers.annotate(newest=Subquery(newest)):
            if provider.newest and provider.newest != provider.name and "name" not in provider.edited_fields:
                changed.append((provider.pk, provider.newest))
    update_rows(Provider, ["name"], changed)


def find_topics(names: Iterable[str]) -> dict[str, Topic]:
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
        topics = {topic.pk: topic for topic in Topic.objects.filter(pk__in=part, is_described=False)}
        used = (
            ArticleTopic.objects.filter(topic__in=topics).order_by().values_list("topic", "name").distinct()
        )
        spellings: dict[int, list[str]] = {}
        for topic, name in used:
            spellings.setdefault(topic, []).append(name)
        for pk, topic in topics.items():
            name = min(filter(None, spellings.get(pk, ())), default=topic.name)
            if name != topic.name and "name" not in topic.edited_fields:
                changed.append((pk, name))
    update_rows(Topic, ["name"], changed)


def find_images(urls: Iterable[str]) -> dict[str, int]:
    """Return the ids of pictures by URL, creating those that are missing."""
    hashes = {Image.hash_of(url): url for url in urls}
    known: dict[str, int] = {}
    for part in chunked(sorted(hashes)):
        known.update(Image.objects.filter(url_hash__in=part).values_list("url_hash", "pk"))
    fresh = sorted(hashes.keys() - known.keys())
    known |= insert_rows(
        Image,
        ["url_hash", "url", "state", "reason", "content_hash"],
        [(key, hashes[key], Image.State.WAITING.value, "", "") for key in fresh],
        unique=["url_hash"],
        update=["url"],
        returning=["url_hash", "id"],
    )
    return {hashes[key]: pk for key, pk in known.items()}
