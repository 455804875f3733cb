"""Sources are polled (floor 2): fetched and read in threads, written down by one, each source on its own.

A source is claimed in its row before it is fetched, so that pollers on several machines share the work. What
came is written in short transactions; the source's own state comes last, so that a poller that was stopped
leaves work for the next one, and nothing half done.
"""

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from articles.caching.writing import lock_timeout
from articles.http.answers import Answer, FetchError
from articles.http.client import Fetcher
from articles.http.throttle import Turns
from articles.images.fetch import make_fetcher
from articles.models import Source
from articles.sources import outcomes
from articles.sources.claiming import claim_due, claim_one, is_held, new_claim, release, renew
from articles.sources.entries import Feed, FeedError
from articles.sources.ingest import ClaimLost, Taken, read_taxonomy, take_feed
from articles.sources.parsers import Parsers
from articles.sources.topics import Taxonomy

FETCHES = 8  # at once, over all hosts
PATIENCE = 120  # seconds to wait for a database that another program has locked
AHEAD = 16  # sources claimed and not yet begun
logger = logging.getLogger(__name__)
OUTCOMES = ("read", "unchanged", "failed", "retired", "left")


@dataclass(frozen=True, slots=True)
class Polled:
    """What became of one source."""

    source: str
    outcome: str
    said: str = ""
    taken: Taken | None = None

    def __str__(self):
        return f"{self.outcome}: {self.source}{f': {self.said}' if self.said else ''}"


@dataclass
class PollReport:
    """What a run did: sources by outcome, and articles new and changed."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    new: int = 0
    changed: int = 0
    seconds: float = 0.0
    on_source: Callable[[Polled], None] | None = None

    def note(self, polled: Polled) -> None:
        self.counts[polled.outcome] += 1
        if polled.taken:
            self.new += polled.taken.new
            self.changed += polled.taken.changed
        if self.on_source:
            self.on_source(polled)

    def __str__(self):
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        return f"{counts}; {self.new} new articles, {self.changed} changed, in {self.seconds:.1f} s"


def poll_sources(
    ids: Iterable[int] | None = None,
    *,
    dry_run: bool = False,
    fetcher: Fetcher | None = None,
    on_source: Callable[[Polled], None] | None = None,
    seconds: float | None = None,
) -> PollReport:
    """Poll these sources, due or not, or without `ids` those that are due; return what became of them.

    A source that another poller has is left to it. `dry_run` fetches and reads, and rolls back what it
    writes. After `seconds` nothing more is begun. Rows are touched by this thread alone.
    """
    report = PollReport(on_source=on_source)
    began = time.monotonic()
    run = _Run(fetcher or make_fetcher(), report, None if ids is None else list(ids), dry_run)
    run.ends_at = None if seconds is None else began + seconds
    with ExitStack() as stack:
        stack.enter_context(lock_timeout(PATIENCE))
        run.parsers = stack.enter_context(Parsers(os.cpu_count()))
        run.threads = stack.enter_context(ThreadPoolExecutor(FETCHES))
        stack.callback(run.stop)
        run.work()
    report.seconds = time.monotonic() - began
    return report


@dataclass(frozen=True, slots=True)
class _Come:
    """What a fetch gave: `feed` is None where nothing changed since the last time."""

    answer: Answer
    feed: Feed | None
    content_hash: str


@dataclass
class _Run:
    fetcher: Fetcher
    report: PollReport
    ids: list[int] | None
    dry_run: bool
    ends_at: float | None = None
    threads: ThreadPoolExecutor | None = None
    parsers: Parsers | None = None
    claim: str = field(default_factory=new_claim)
    turns: Turns = field(default_factory=lambda: Turns(1, settings.FETCH_HOST_INTERVAL))
    running: dict[Future, tuple[str, Source]] = field(default_factory=dict)
    held: dict[int, Source] = field(default_factory=dict)
    known: Taxonomy | None = None

    def work(self) -> None:
        claimed = self._claimed()
        while True:
            while len(self.turns) < AHEAD and (source := next(claimed, None)):
                self.held[source.pk] = source
                self.turns.add(urlsplit(source.url).hostname or "", source)
            self._begin()
            if not self.running and not len(self.turns):
                return
            at = self.turns.next_at() if len(self.running) < FETCHES else None
            pause = None if at is None else max(at - time.monotonic(), 0.01)
            if not self.running:
                time.sleep(pause or 0.01)
                continue
            done, _ = wait(self.running, timeout=pause, return_when=FIRST_COMPLETED)
            for future in done:
                host, source = self.running.pop(future)
                self.turns.done(host)
                self._finish(future, host, source)

    def _claimed(self) -> Iterator[Source]:
        """Yield sources that this run may poll, each claimed just before."""
        if self.ids is None and self.dry_run:
            self.ids = list(Source.objects.due(timezone.now()).longest_waiting().values_list("pk", flat=True))
        if self.ids is None:
            while self._has_time() and (source := claim_due(self.claim, timezone.now())):
                yield source
            return
        for pk in self.ids:
            if self.dry_run:
                yield Source.objects.get(pk=pk)
            elif source := claim_one(pk, self.claim, timezone.now()):
                yield source
            else:
                name = str(Source.objects.filter(pk=pk).first() or pk)
                self.report.note(Polled(name, "left", "another poller has it"))

    def _has_time(self) -> bool:
        return self.ends_at is None or time.monotonic() < self.ends_at

    def _begin(self) -> None:
        while len(self.running) < FETCHES and (turn := self.turns.take(time.monotonic())):
            host, source = turn
            is_ours = self.dry_run or renew(source, self.claim, timezone.now())
            if not is_ours or not self._has_time():
                self.turns.done(host)
                self._leave(source, "there was no time" if is_ours else "another poller has it")
                continue
            future = self.threads.submit(self._fetch, source)
            self.running[future] = (host, source)

    def _fetch(self, source: Source) -> _Come:
        """Fetch and read a feed, in a thread: no row is touched. Raises FetchError or FeedError."""
        answer = self.fetcher.fetch(
            source.url, etag=source.etag, last_modified=source.last_modified, obey_robots=True
        )
        content_hash = sha256(answer.content).hexdigest()
        if answer.is_unchanged or content_hash == source.content_hash:
            return _Come(answer, None, source.content_hash)
        feed = self.parsers.parse(answer.content, answer.content_type, answer.url)
        return _Come(answer, feed, content_hash)

    def _finish(self, future: Future, host: str, source: Source) -> None:
        try:
            come = future.result()
            if said := outcomes.retire_twin(source, come.answer, self._claim_of_run()):
                self._done(source, Polled(str(source), "retired", said))
                return
            taken = self._take(source, come) if come.feed else None
        except (FetchError, FeedError) as error:
            self._fail(source, host, error)
        except ClaimLost:
            self._leave(source, "another poller has it")
        except DatabaseError:
            raise
        except Exception:
            # A fault of ours must not keep the other sources waiting; this one is asked less and less.
            logger.exception("polling source %s failed", source.pk)
            self._fail(source, host, FetchError("an error of this program; see the log"))
        else:
            said = outcomes.note_good(source, come.answer, come.feed, taken, come.content_hash,
                                      self._claim_of_run())  # fmt: skip
            outcome = "read" if come.feed else "unchanged"
            self._done(source, Polled(str(source), outcome, said, taken))

    def _take(self, source: Source, come: _Come) -> Taken:
        self.known = self.known or read_taxonomy()
        return take_feed(
            source,
            come.feed,
            timezone.now(),
            self.known,
            is_ours=lambda: self.dry_run or is_held(source, self.claim),
            dry_run=self.dry_run,
        )

    def _fail(self, source: Source, host: str, error: FetchError | FeedError) -> None:
        asked = getattr(error, "retry_after", None) or 0
        if asked:
            for other in self.turns.pause(host, time.monotonic(), asked):
                if not self.dry_run:
                    outcomes.put_off(other, timedelta(seconds=asked), self.claim)
                self._leave(other, "the host asked to be left alone for a while")
        said = outcomes.note_failure(source, error, self._claim_of_run())
        self._done(source, Polled(str(source), "retired" if source.retired_at else "failed", said))

    def _claim_of_run(self) -> str:
        return "" if self.dry_run else self.claim

    def _leave(self, source: Source, why: str) -> None:
        if not self.dry_run:
            release(source, self.claim)
        self._done(source, Polled(str(source), "left", why))

    def _done(self, source: Source, polled: Polled) -> None:
        self.held.pop(source.pk, None)
        self.report.note(polled)

    def stop(self) -> None:
        """Give up what was claimed and not finished, so that others need not wait for the lease to end."""
        for future in self.running:
            future.cancel()
        if not self.dry_run:
            for source in self.held.values():
                release(source, self.claim)
