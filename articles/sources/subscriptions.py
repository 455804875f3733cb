"""Lists of subscriptions become sources, and sources a list (floor 2)."""

from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction

from articles.caching.writing import writing
from articles.frontmatter.fields import FieldError, clean_text, read_domain
from articles.http.answers import FetchError
from articles.http.client import Fetcher
from articles.models import Provider, Source, Topic
from articles.models.source import MAX_WEIGHT
from articles.sources.opml import Subscription, read_opml, write_opml


@dataclass
class ListReport:
    """What became of a list: sources made and changed, those that were so already, and addresses refused."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    unknown_topics: set[str] = field(default_factory=set)

    def __str__(self):
        return (
            f"{self.created} created, {self.updated} updated, {self.unchanged} unchanged, "
            f"{len(self.refused)} refused"
        )


def import_list(data: bytes, fetcher: Fetcher, *, dry_run: bool = False) -> ListReport:
    """Make sources of the feeds that an OPML list names; raises OpmlError for what is no such list.

    Categories and folders that are called like topics give their topics. Of a source that is there already
    only what the list says is changed. One of our own lists says everything.
    """
    subscriptions = read_opml(data)
    report = ListReport()
    topics = {topic.name_key: topic for topic in Topic.objects.without_lists()}
    with writing(changes_pages=False):
        for subscription in subscriptions:
            try:
                url = fetcher.check(subscription.url)
            except FetchError as error:
                report.refused.append((subscription.url[:100], str(error)))
                continue
            _subscribe(subscription, url, topics, report)
        if dry_run:
            transaction.set_rollback(True)
    return report


def _subscribe(subscription: Subscription, url: str, topics: dict[str, Topic], report: ListReport) -> None:
    source = Source.objects.at_address(url)
    is_new = source is None
    source = source or Source(url=url)
    before = None if is_new else _state(source)
    for name, value in _said(subscription):
        setattr(source, name, value)
    source.save() if is_new else source.save(update_fields=[name for name, _ in _said(subscription)] or None)
    named = {Topic.key_of(name): name for name in subscription.topics}
    report.unknown_topics |= {name for key, name in named.items() if key not in topics}
    folders = [] if subscription.is_own else subscription.folder.split("/")
    keys = [*named, *map(Topic.key_of, folders)]
    found = [topics[key] for key in keys if key in topics]
    if found or subscription.is_own:
        source.topics.set(found)
    if is_new:
        report.created += 1
    elif _state(source) != before:
        report.updated += 1
    else:
        report.unchanged += 1


def _said(subscription: Subscription) -> list[tuple[str, object]]:
    """Return what a list says of a source, field by field."""
    weight, least = subscription.weight, subscription.minimum_quality
    values = {
        "name": clean_text(subscription.name)[:200] if subscription.name != subscription.url else "",
        "site_url": subscription.site_url
        if subscription.site_url.startswith(("http://", "https://"))
        else "",
        "folder": clean_text(subscription.folder)[:500],
        "language": subscription.language[:35],
        "provider": _provider(subscription),
        "weight": None if weight is None else min(weight, MAX_WEIGHT),
        "minimum_quality": None if least is None else min(least, 1_000_000),
        "is_active": subscription.is_active,
    }
    return [
        (name, value)
        for name, value in values.items()
        if value not in (None, "") or (subscription.is_own and (value == "" or name == "provider"))
    ]


def _provider(subscription: Subscription) -> Provider | None:
    if not subscription.provider_domain:
        return None
    try:
        domain = read_domain(subscription.provider_domain, "provider")
    except FieldError:
        return None
    name = subscription.provider_name[:200] or domain
    return Provider.objects.get_or_create(domain=domain, defaults={"name": name})[0]


def _state(source: Source) -> tuple:
    names = (
        "name",
        "site_url",
        "folder",
        "language",
        "provider_id",
        "weight",
        "minimum_quality",
        "is_active",
    )
    topics = sorted(source.topics.values_list("pk", flat=True))
    return (*(getattr(source, name) for name in names), topics)


def export_list() -> str:
    """Return all sources as an OPML list."""
    return write_opml(
        (
            Subscription(
                source.url,
                source.name,
                source.site_url,
                source.folder,
                source.language,
                tuple(topic.name for topic in source.topics.all()),
                source.provider.domain if source.provider else "",
                source.provider.name if source.provider else "",
                source.weight,
                source.minimum_quality,
                source.is_active,
            )
            for source in Source.objects.in_folders()
        ),
        settings.SITE_NAME,
    )
