"""Sources from lists of subscriptions and back, and the withdrawal of a source."""

from dataclasses import dataclass, field
from typing import cast

from django.conf import settings
from django.db import transaction

from articles.caching.writing import chunked, writing
from articles.frontmatter.fields import FieldError, clean_text, read_domain
from articles.http.client import Fetcher
from articles.http.response import FetchError
from articles.importing.upsert import FileChange, apply_changes
from articles.models import Provider, Source, SourceDocument, SourceEntry, Store, Topic
from articles.models.source import MAX_WEIGHT
from articles.sources.opml import Subscription, read_opml, write_opml
from articles.stories.grouping import group_waiting

BATCH = 500  # documents withdrawn in one transaction


@dataclass
class ListReport:
    """The result of importing a list: counts, refused addresses, and the outcome of each feed."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    unknown_topics: set[str] = field(default_factory=set)
    feeds: list[dict[str, str]] = field(default_factory=list)

    def add(self, outcome: str, url: str, name: str, reason: str = "") -> None:
        """Record what became of one feed: "created", "updated", "unchanged" or "refused"."""
        if outcome == "refused":
            self.refused.append((url, reason))
        else:
            setattr(self, outcome, getattr(self, outcome) + 1)
        self.feeds.append({"url": url, "name": name, "outcome": outcome, "reason": reason})

    def as_json(self) -> dict:
        """Return the report in the form that `--report` writes."""
        counts = {name: getattr(self, name) for name in ("created", "updated", "unchanged")}
        return {
            "counts": counts | {"refused": len(self.refused)},
            "unknown_topics": sorted(self.unknown_topics),
            "feeds": self.feeds,
        }

    def __str__(self):
        return (
            f"{self.created} created, {self.updated} updated, {self.unchanged} unchanged, "
            f"{len(self.refused)} refused"
        )


def import_list(data: bytes, fetcher: Fetcher, *, dry_run: bool = False) -> ListReport:
    """Create or update the sources in an OPML list; raises OpmlError if it is none.

    Categories and folders with the name of a topic assign it. Of an existing source only the values in the
    list change; our own lists contain all values.
    """
    subscriptions = read_opml(data)
    report = ListReport()
    topics = {topic.name_key: topic for topic in Topic.objects.standing().without_lists()}
    with writing(changes_pages=False):
        for subscription in subscriptions:
            try:
                url = fetcher.check(subscription.url)
            except FetchError as error:
                report.add("refused", subscription.url[:100], subscription.name, str(error))
                continue
            _subscribe(subscription, url, topics, report)
        if dry_run:
            transaction.set_rollback(True)
    return report


def _subscribe(subscription: Subscription, url: str, topics: dict[str, Topic], report: ListReport) -> None:
    source = Source.objects.at_address(url) or Source(url=url)
    is_new = source.pk is None
    values = _stated_values(subscription)
    is_changed = any(getattr(source, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(source, name, value)
    source.save(update_fields=None if is_new else list(values))
    named = {Topic.key_of(name): name for name in subscription.topics}
    report.unknown_topics |= {name for key, name in named.items() if key not in topics}
    folders = [] if subscription.is_own else subscription.folder.split("/")
    found = {topics[key] for key in [*named, *map(Topic.key_of, folders)] if key in topics}
    if (found or subscription.is_own) and found != set(Topic.objects.filter(sources=source)):
        source.topics.set(found)
        is_changed = True
    report.add("created" if is_new else "updated" if is_changed else "unchanged", url, subscription.name)


def _stated_values(subscription: Subscription) -> dict[str, object]:
    """Return the values of a source that a list states, by field."""
    weight, least = subscription.weight, subscription.minimum_quality
    is_link = subscription.site_url.startswith(("http://", "https://"))
    values = {
        "name": clean_text(subscription.name)[:200] if subscription.name != subscription.url else "",
        "site_url": subscription.site_url if is_link else "",
        "folder": clean_text(subscription.folder)[:500],
        "language": subscription.language[:35],
        "provider": _provider(subscription),
        "weight": None if weight is None else min(weight, MAX_WEIGHT),
        "minimum_quality": None if least is None else min(least, 1_000_000),
        "is_active": subscription.is_active,
    }
    return {
        name: value
        for name, value in values.items()
        if value not in (None, "") or (subscription.is_own and (value == "" or name == "provider"))
    }


def _provider(subscription: Subscription) -> Provider | None:
    if not subscription.provider_domain:
        return None
    try:
        domain = read_domain(subscription.provider_domain, "provider")
    except FieldError:
        return None
    name = subscription.provider_name[:200] or domain
    return Provider.objects.get_or_create(domain=domain, defaults={"name": name})[0]


def export_list() -> str:
    """Return all sources as OPML."""
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


def withdraw(source: Source) -> int:
    """Deactivate a source and withdraw its articles; returns how many documents were withdrawn.

    What other files and feeds say of the same articles stays. Nothing is deleted: addresses answer 410, and
    a reactivated source brings back what its feed still contains.
    """
    with writing(changes_pages=False):
        # A poll in progress that loses its lease writes nothing more.
        Source.objects.filter(pk=source.pk).update(
            is_active=False, lease_token="", leased_until=None, etag="", last_modified="", content_hash=""
        )
    documents = SourceDocument.objects.live().filter(store__source=source).order_by("path")
    withdrawn = list(documents.values_list("path", flat=True))
    for paths in chunked(withdrawn, BATCH):
        with writing():
            apply_changes(cast("Store", source.store), [FileChange(path) for path in paths])
    with writing(changes_pages=False):
        SourceEntry.objects.filter(source=source).delete()
    group_waiting()
    return len(withdrawn)
