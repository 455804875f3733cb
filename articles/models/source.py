"""Source: a feed that is polled, and SourceEntry: what is known of its entries.

A lease keeps two pollers from the same source: two columns, set by a conditional UPDATE, which both databases
grant to one caller at a time. The lease of a poller that dies expires.
"""

from datetime import timedelta

from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from articles.caching.version import bump
from articles.models.article import Article
from articles.models.document import SourceDocument, Store
from articles.models.provider import Provider
from articles.models.topic import Topic

MAX_WEIGHT = 100
LEASE = timedelta(minutes=10)
DISPLAY = frozenset({"shown_excerpts", "shows_pictures"})  # columns that articles have copies of
_CANDIDATES = 20  # due sources read at once


class SourceQuerySet(models.QuerySet):
    def active(self):
        """Sources that are polled: switched on, and neither they nor their provider taken down."""
        shown = self.filter(is_active=True).exclude(provider__in=Provider.objects.taken_down())
        return shown.exclude(take_downs__isnull=False)

    def failing(self):
        """Sources whose last polls failed, most failures in a row first."""
        return self.filter(failures__gt=0).order_by("-failures", "pk")

    def due(self, now):
        """Active sources that are due to be polled."""
        return self.active().filter(next_due_at__lte=now)

    def free(self, now):
        """Sources without a lease that is still valid."""
        return self.filter(Q(leased_until=None) | Q(leased_until__lt=now))

    def leased(self, pk, token):
        """The source, if this token still holds its lease."""
        return self.filter(pk=pk, lease_token=token)

    def lease(self, pk, token, now, *, only_due=False):
        """Lease a source; returns None if another poller has it, or it is no longer due."""
        wanted = self.due(now) if only_due else self
        count = wanted.free(now).filter(pk=pk).update(lease_token=token, leased_until=now + LEASE)
        return self.get(pk=pk) if count else None

    def lease_next_due(self, token, now):
        """Lease the source that has been due for longest; returns None if none is due and free."""
        while True:
            due = self.due(now).free(now).longest_waiting().values_list("pk", flat=True)
            candidates = list(due[:_CANDIDATES])
            for pk in candidates:
                if source := self.lease(pk, token, now, only_due=True):
                    return source
            if len(candidates) < _CANDIDATES:
                return None

    def renew_lease(self, pk, token, now):
        """Extend a lease; returns False if it was lost."""
        return bool(self.leased(pk, token).update(leased_until=now + LEASE))

    def release(self, pk, token):
        """Give up a lease."""
        self.leased(pk, token).update(lease_token="", leased_until=None)

    def apply_display(self, ids, link_keys=None):
        """Copy what these sources show of their articles to the articles, or to those of these link keys.

        Where several sources have an article, the strictest counts.
        """
        documents = SourceDocument.objects.filter(store__source__in=list(ids))
        articles = Article.objects.filter(pk__in=documents.values("article"))
        if link_keys is not None:
            articles = articles.filter(link_key__in=link_keys)
        articles.exclude(excerpt_sentences=None, without_pictures=None).update(
            excerpt_sentences=None, without_pictures=None
        )
        usual = Q(shown_excerpts=Source.Excerpts.ALL, shows_pictures=True)
        for source in Source.objects.exclude(store=None).exclude(usual):
            known = SourceDocument.objects.filter(store=source.store_id)
            own = articles.filter(pk__in=known.values("article"))
            if not source.shows_pictures:
                own.update(without_pictures=True)
            if source.shown_excerpts == Source.Excerpts.SENTENCE:
                own.filter(excerpt_sentences=None).update(excerpt_sentences=1)
            elif source.shown_excerpts == Source.Excerpts.NONE:
                own.update(excerpt_sentences=0)

    def longest_waiting(self):
        return self.order_by("next_due_at", "pk")

    def at_address(self, url):
        """The source of this feed address, or None."""
        return self.filter(url=url).first()

    def in_folders(self):
        """With everything that an OPML list contains, in its order."""
        topics = models.Prefetch("topics", queryset=Topic.objects.order_by("name_key"))
        return self.select_related("provider").prefetch_related(topics).order_by("folder", "name", "url")


class Source(models.Model):
    """A feed that is polled: the editors' settings, then the state that polling writes."""

    class Excerpts(models.TextChoices):
        ALL = "all", "as given"
        SENTENCE = "sentence", "the first sentence"
        NONE = "none", "none"

    url = models.CharField("feed address", max_length=2000, unique=True)
    name = models.CharField(max_length=200, blank=True, help_text="Left empty: as the feed calls itself.")
    site_url = models.CharField("site", max_length=2000, blank=True)
    folder = models.CharField(max_length=500, blank=True, help_text="Where it stands in lists: a/b.")
    provider = models.ForeignKey(
        Provider, models.PROTECT, null=True, blank=True, related_name="sources",
        help_text="Who publishes its entries. None: the site of each entry's link.",
    )  # fmt: skip
    topics = models.ManyToManyField(
        Topic, blank=True, related_name="sources", help_text="All its articles belong to these."
    )
    language = models.CharField(max_length=35, blank=True, help_text="Such as en or de-AT.")
    is_active = models.BooleanField("active", default=True)
    weight = models.PositiveSmallIntegerField(
        default=50,
        validators=[MaxValueValidator(MAX_WEIGHT)],
        help_text="What the quality of its articles starts from.",
    )
    minimum_quality = models.PositiveIntegerField(
        default=0,
        validators=[MaxValueValidator(1_000_000)],
        help_text="Articles of less quality are stored, but not published.",
    )

    shown_excerpts = models.CharField(
        "excerpts shown", max_length=8, choices=Excerpts, default=Excerpts.ALL, db_default="all",
        help_text="On all pages, in feeds and by the interface; at once when changed.",
    )  # fmt: skip
    shows_pictures = models.BooleanField("shows pictures", default=True, db_default=True)

    etag = models.CharField(max_length=600, blank=True, editable=False)
    last_modified = models.CharField(max_length=40, blank=True, editable=False)
    content_hash = models.CharField(max_length=64, blank=True, editable=False)
    next_due_at = models.DateTimeField("next poll", default=timezone.now, editable=False)
    interval_seconds = models.PositiveIntegerField("interval, in seconds", default=0, editable=False)
    failures = models.PositiveIntegerField("failures in a row", default=0, editable=False)
    last_polled_at = models.DateTimeField("last poll", null=True, editable=False)
    last_good_at = models.DateTimeField("last good poll", null=True, editable=False)
    last_outcome = models.CharField("last outcome", max_length=300, blank=True, editable=False)
    last_new = models.PositiveIntegerField("new at the last good poll", default=0, editable=False)
    skipped = models.JSONField(
        default=dict, blank=True, editable=False, help_text="Entries left out at the last poll, by reason."
    )
    retired_at = models.DateTimeField(null=True, editable=False)
    retired_reason = models.CharField(max_length=300, blank=True, editable=False)
    lease_token = models.CharField(max_length=32, blank=True, editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)
    store = models.OneToOneField(
        Store, models.SET_NULL, null=True, editable=False, related_name="source",
        help_text="Holds the content of each entry, as article files.",
    )  # fmt: skip

    loaded_values: dict[str, object]  # of a row from the database, by column

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["folder", "name", "url"]
        constraints = [
            models.CheckConstraint(name="source_address_given", condition=~Q(url="")),
            models.CheckConstraint(name="source_weight_in_range", condition=Q(weight__lte=MAX_WEIGHT)),
        ]
        indexes = [models.Index(fields=["next_due_at"], name="source_due", condition=Q(is_active=True))]

    def __str__(self):
        return self.name or self.url

    def save(self, *args, update_fields=None, **kwargs):
        is_new = self._state.adding
        changed = DISPLAY if update_fields is None else DISPLAY.intersection(update_fields)
        with transaction.atomic():
            super().save(*args, update_fields=update_fields, **kwargs)
            if changed and not is_new:
                Source.objects.apply_display([self.pk])
                bump(by_editor=True)

    @classmethod
    def from_db(cls, db, field_names, values):
        """Remember the loaded values, so that a poll knows what it changed itself."""
        source = super().from_db(db, field_names, values)
        source.loaded_values = dict(zip(field_names, values, strict=True))
        return source

    @property
    def is_restricted(self):
        """Whether not all of its articles is shown."""
        return self.shown_excerpts != self.Excerpts.ALL or not self.shows_pictures

    @property
    def store_name(self):
        """The name of the store that holds the entries of this feed."""
        return f"feed:{self.pk}"

    def reset_polling(self):
        """Forget all earlier polls, and cancel one in progress; returns the columns that the caller saves."""
        self.etag = self.last_modified = self.content_hash = self.retired_reason = self.lease_token = ""
        self.retired_at = self.leased_until = None
        self.failures, self.next_due_at = 0, timezone.now()
        return [
            "etag", "last_modified", "content_hash", "retired_reason", "lease_token", "retired_at",
            "leased_until",
            "failures", "next_due_at",
        ]  # fmt: skip


class SourceEntryQuerySet(models.QuerySet):
    def of_keys(self, source, keys):
        """Known entries of a source by link key."""
        return {row.link_key: row for row in self.filter(source=source, link_key__in=keys)}

    def newest_times(self, source, count):
        """The times of the newest entries of a source."""
        rows = self.filter(source=source).order_by("-published_at")
        return list(rows.values_list("published_at", flat=True)[:count])

    def of_article(self, article):
        """Entries of all sources for an article, in the order they were first seen."""
        return self.filter(link_key=article.link_key).select_related("source").order_by("first_seen_at", "pk")


class SourceEntry(models.Model):
    """A known entry of a feed: its hash, and the reasons for its topics and quality."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="entries")
    link_key = models.CharField(max_length=500)
    digest = models.CharField(max_length=32, help_text="Hash of the entry as it was last seen.")
    published_at = models.DateTimeField(help_text="As first seen; it does not change.")
    first_seen_at = models.DateTimeField()
    topics = models.JSONField(default=list, help_text="Topic, keyword, and where it was found.")
    quality = models.JSONField(default=list, help_text="The terms of the initial quality.")

    objects = SourceEntryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "link_key"], name="source_entry_once")]
        indexes = [
            models.Index(fields=["link_key"], name="source_entry_of_article"),  # an article in the newsroom
            models.Index(fields=["source", "-published_at"], name="source_entry_newest"),  # the schedule
        ]

    def __str__(self):
        return self.link_key
