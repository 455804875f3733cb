"""Polling: sources are fetched and parsed in threads, and written by one thread, each on its own.

A source is leased before it is fetched, so that pollers on several machines share the work. Entries are
written in short transactions and the state of the source last, so that a poller that is stopped leaves work
for the next one, and nothing half done.
"""

import logging
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from articles.caching.writing import lock_timeout
from articles.frontmatter.fields import clean_text
from articles.frontmatter.links import LinkError, clean_link
from articles.http.client import Fetcher, make_fetcher
from articles.http.response import FetchError, Response
from articles.http.throttle import ThrottledRun
from articles.models import Source, SourceEntry
from articles.sources.classify import Taxonomy
from articles.sources.feed import Feed, FeedError, FeedParsers
from articles.sources.ingest import IngestResult, LeaseLost, ingest_feed, load_taxonomy

FETCHES = 8  # at once, over all hosts
LOCK_TIMEOUT = 120  # seconds to wait for a database that another program has locked
SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=12)
FIRST = timedelta(hours=1)  # for a source without entries
NEWEST = 20  # entries whose times show how often a source publishes
LONGEST_REQUESTED = timedelta(days=1)  # the longest interval that a feed may request
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(days=1)
SPREAD = 0.1  # an interval is shortened by up to this share, so that sources do not all come due at once
logger = logging.getLogger(__name__)
GONE = 410
# Columns that only polling writes.
_STATE = (
    "etag", "last_modified", "content_hash", "next_due_at", "interval_seconds", "failures", "last_polled_at",
    "last_good_at", "last_outcome", "last_new", "skipped",
)  # fmt: skip
# Columns that editors write too: saved only if this poll changed them; names only while they are empty.
_SHARED = ("url", "is_active", "retired_at", "retired_reason")
_NAMES = ("name", "site_url")
OUTCOMES = ("read", "unchanged", "failed", "retired", "left")


@dataclass(frozen=True, slots=True)
class SourceResult:
    """The result of polling one source; `outcome` is one of OUTCOMES."""

    source: str
    outcome: str
    detail: str = ""
    ingested: IngestResult | None = None
    url: str = ""

    def as_json(self) -> dict:
        """Return the result and that of each entry in the form that `--report` writes."""
        entries = [asdict(entry) for entry in self.ingested.entries] if self.ingested else []
        return {"source": self.source, "url": self.url, "outcome": self.outcome, "detail": self.detail,
                "entries": entries}  # fmt: skip

    def __str__(self):
        return f"{self.outcome}: {self.source}{f': {self.detail}' if self.detail else ''}"


@dataclass
class PollReport:
    """The result of a run: sources by outcome, and new and changed articles."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    new: int = 0
    changed: int = 0
    seconds: float = 0.0
    on_source: Callable[[SourceResult], None] | None = None

    def add(self, result: SourceResult) -> None:
        """Count the result of a source."""
        self.counts[result.outcome] += 1
        if result.ingested:
            self.new += result.ingested.new
            self.changed += result.ingested.changed
        if self.on_source:
            self.on_source(result)

    def as_json(self) -> dict:
        """Return the counts in the form that `--report` writes."""
        return {"counts": self.counts, "new": self.new, "changed": self.changed}

    def __str__(self):
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        return f"{counts}; {self.new} new articles, {self.changed} changed, in {self.seconds:.1f} s"


def poll_sources(
    ids: Iterable[int] | None = None,
    *,
    dry_run: bool = False,
    fetcher: Fetcher | None = None,
    on_source: Callable[[SourceResult], None] | None = None,
    seconds: float | None = None,
) -> PollReport:
    """Poll these sources, due or not, or without `ids` those that are due; returns the results.

    A source that another poller leases is left to it. `dry_run` fetches and parses, and rolls back what it
    writes. After `seconds` no further source is started. Only the calling thread uses the database.
    """
    report = PollReport(on_source=on_source)
    start = time.monotonic()
    with (
        lock_timeout(LOCK_TIMEOUT),
        FeedParsers(os.cpu_count()) as parsers,
        ThreadPoolExecutor(FETCHES) as threads,
    ):
        run = _Run(fetcher or make_fetcher(), report, parsers, threads)
        run.token = "" if dry_run else secrets.token_hex(16)
        run.ends_at = None if seconds is None else start + seconds
        try:
            run.work(run.lease_sources(ids))
        finally:
            run.release_rest()
    report.seconds = time.monotonic() - start
    return report


@dataclass(frozen=True, slots=True)
class _Fetched:
    """The result of a fetch; `feed` is None if it has not changed since the last one."""

    answer: Response
    feed: Feed | None
    content_hash: str


class _Run(ThrottledRun[Source]):
    token = ""  # of its leases; a run without one (a dry run) leases and writes nothing

    def __init__(
        self, fetcher: Fetcher, report: PollReport, parsers: FeedParsers, threads: ThreadPoolExecutor
    ):
        super().__init__(1, settings.FETCH_HOST_INTERVAL)
        self.fetcher, self.report, self.parsers, self.threads = fetcher, report, parsers, threads
        self.leased: dict[int, Source] = {}

    @cached_property
    def taxonomy(self) -> Taxonomy:
        return load_taxonomy()

    def lease_sources(self, ids: Iterable[int] | None) -> Iterator[tuple[str, Source]]:
        """Yield the sources of this run with their hosts, each leased just before."""
        for source in self._lease_due() if ids is None else self._lease_these(ids):
            self.leased[source.pk] = source
            yield urlsplit(source.url).hostname or "", source

    def _lease_due(self) -> Iterator[Source]:
        if not self.token:
            yield from list(Source.objects.due(timezone.now()).longest_waiting())
            return
        while self.has_time() and (source := Source.objects.lease_next_due(self.token, timezone.now())):
            yield source

    def _lease_these(self, ids: Iterable[int]) -> Iterator[Source]:
        for pk in ids:
            if not self.token:
                yield Source.objects.get(pk=pk)
            elif source := Source.objects.lease(pk, self.token, timezone.now()):
                yield source
            else:
                name = str(Source.objects.filter(pk=pk).first() or pk)
                self.report.add(SourceResult(name, "left", "another poller has it"))

    def start(self, host: str, source: Source) -> Future | None:
        if self.token and not Source.objects.renew_lease(source.pk, self.token, timezone.now()):
            self._leave(source, "another poller has it")
        elif not self.has_time():
            self._leave(source, "there was no time")
        else:
            return self.threads.submit(self._fetch, source)
        return None

    def _fetch(self, source: Source) -> _Fetched:
        """Fetch and parse a feed, in a thread without database use. Raises FetchError or FeedError."""
        answer = self.fetcher.fetch(
            source.url, etag=source.etag, last_modified=source.last_modified, respect_robots=True
        )
        content_hash = sha256(answer.content).hexdigest()
        if answer.is_unchanged or content_hash == source.content_hash:
            return _Fetched(answer, None, source.content_hash)
        feed = self.parsers.parse(answer.content, answer.content_type, answer.url)
        return _Fetched(answer, feed, content_hash)

    def finish(self, host: str, source: Source, future: Future) -> None:
        try:
            fetched = future.result()
            if reason := _retire_duplicate(source, fetched.answer, self.token):
                self._done(source, "retired", reason)
                return
            ingested = None
            if fetched.feed:
                ingested = ingest_feed(source, fetched.feed, timezone.now(), self.taxonomy, self.token)
        except (FetchError, FeedError) as error:
            self._fail(source, host, error)
        except LeaseLost:
            self._leave(source, "another poller has it")
        except DatabaseError:
            raise
        except Exception:
            # A bug must not stop the other sources; this one is polled less and less.
            logger.exception("polling source %s failed", source.pk)
            self._fail(source, host, FetchError("an error of this program; see the log"))
        else:
            detail = _save_success(source, fetched, ingested, self.token)
            self._done(source, "read" if fetched.feed else "unchanged", detail, ingested)

    def _fail(self, source: Source, host: str, error: FetchError | FeedError) -> None:
        if retry_after := getattr(error, "retry_after", None):
            for other in self.queue.pause(host, time.monotonic(), retry_after):
                if self.token:  # a Retry-After is no failure of the source
                    due = timezone.now() + timedelta(seconds=retry_after)
                    Source.objects.leased(other.pk, self.token).update(next_due_at=due)
                self._leave(other, "the host asked to be left alone for a while")
        detail = _save_failure(source, error, self.token)
        self._done(source, "retired" if source.retired_at else "failed", detail)

    def _leave(self, source: Source, reason: str) -> None:
        if self.token:
            Source.objects.release(source.pk, self.token)
        self._done(source, "left", reason)

    def _done(self, source: Source, outcome: str, detail: str, ingested: IngestResult | None = None) -> None:
        self.leased.pop(source.pk, None)
        self.report.add(SourceResult(str(source), outcome, detail, ingested, source.url))

    def release_rest(self) -> None:
        """Release what was leased and not finished, so that others need not wait for the lease to expire."""
        for pk in self.leased if self.token else ():
            Source.objects.release(pk, self.token)


def interval(moments: Iterable[datetime], now: datetime, requested: timedelta = timedelta()) -> timedelta:
    """Return the time between two polls of a source that answers.

    It is half of the mean time between its newest entries, including the time since the last one, so that a
    source that stops publishing is polled less and less. `requested` is the interval in the feed itself.
    """
    newest = sorted((moment for moment in moments if moment <= now), reverse=True)[:NEWEST]
    half = (now - newest[-1]) / len(newest) / 2 if newest else FIRST
    return max(min(max(half, SHORTEST), LONGEST), min(requested, LONGEST_REQUESTED))


def pause(failures: int, retry_after: timedelta = timedelta()) -> timedelta:
    """Return the time to the next poll after so many failures in a row (1 or more).

    It doubles with each failure, up to a day, and is never less than the host's Retry-After.
    """
    return max(min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE), retry_after)


def spread(wait: timedelta, key: str) -> timedelta:
    """Return a wait shortened by up to a tenth, by the same share for the same key."""
    part = int.from_bytes(sha256(key.encode()).digest()[:4], "big") / 2**32
    return wait * (1 - SPREAD * part)


def _save_success(source: Source, fetched: _Fetched, ingested: IngestResult | None, token: str) -> str:
    """Save that a source answered; returns a summary."""
    answer, feed, now = fetched.answer, fetched.feed, timezone.now()
    source.last_polled_at = source.last_good_at = now
    source.failures = 0
    if not answer.is_unchanged:
        source.etag, source.last_modified = answer.etag, answer.last_modified
        source.content_hash = fetched.content_hash
    if feed and ingested:
        source.last_new, source.skipped = ingested.new, dict(ingested.skipped)
        source.name = source.name or clean_text(feed.title)[:200]
        with suppress(LinkError):
            source.site_url = source.site_url or clean_link(feed.site)
        known = ingested.unchanged + ingested.shared
        detail = f"{ingested.new} new, {ingested.changed} changed, {known} known"
        skipped = sum(ingested.skipped.values())
        detail += f", {skipped} left out" if skipped else ""
        requested = timedelta(minutes=feed.minutes)
    else:
        source.last_new, detail, requested = 0, "nothing has changed", timedelta()
    source.last_outcome = detail
    wait = interval(SourceEntry.objects.newest_times(source, NEWEST), now, requested)
    source.interval_seconds = round(wait.total_seconds())
    source.next_due_at = now + spread(wait, source.url)
    if answer.moved_to and answer.moved_to != source.url:
        source.url = answer.moved_to
        detail = f"{detail}; moved permanently, and is polled at its new address from now on"
    _save(source, token)
    return detail


def _retire_duplicate(source: Source, answer: Response, token: str) -> str:
    """Retire a source that moved permanently to the address of another; returns the reason, or ""."""
    moved = answer.moved_to not in ("", source.url)
    other = Source.objects.at_address(answer.moved_to) if moved else None
    if other is None:
        return ""
    source.last_polled_at = timezone.now()
    _retire(source, f"moved permanently to the address of another source: {other}"[:300])
    source.last_outcome = source.retired_reason
    _save(source, token)
    return source.retired_reason


def _save_failure(source: Source, error: FetchError | FeedError, token: str) -> str:
    """Save that a poll failed; returns the reason. A feed that its server calls gone (410) is retired."""
    now = timezone.now()
    reason = f"the feed {error}" if isinstance(error, FeedError) else str(error)
    source.last_polled_at, source.last_outcome = now, reason[:300]
    source.failures += 1
    retry_after = timedelta(seconds=getattr(error, "retry_after", None) or 0)
    source.next_due_at = now + pause(source.failures, retry_after)
    if getattr(error, "status", 0) == GONE:
        _retire(source, "the server says that the feed is gone for good (410)")
    _save(source, token)
    return reason


def _retire(source: Source, reason: str) -> None:
    source.is_active, source.retired_at, source.retired_reason = False, timezone.now(), reason


def _save(source: Source, token: str) -> None:
    """Save what a poll changed, unless the lease was lost to another poller or an editor."""
    if not token:
        return
    state = {name: getattr(source, name) for name in _STATE}
    before = source.loaded_values
    state |= {name: getattr(source, name) for name in _SHARED if getattr(source, name) != before[name]}
    leased = Source.objects.leased(source.pk, token)
    for name in _NAMES:
        if getattr(source, name) != before[name]:
            leased.filter(**{name: ""}).update(**{name: getattr(source, name)})
    leased.update(**state, lease_token="", leased_until=None)
