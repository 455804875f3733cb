"""Fetching of pictures that public stories show, newest first."""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from articles.caching.writing import chunked
from articles.http.client import Fetcher, make_fetcher
from articles.http.response import FetchError, Response
from articles.http.throttle import ThrottledRun
from articles.images.decoder import Decoders
from articles.images.process import (
    Processed,
    find_processed,
    hash_of,
    is_current,
    process,
    recipe_of,
    save_processed,
)
from articles.models import ArticleImage, Image, Rendition

FETCHES = 8  # at once, over all hosts
OUTCOMES = ("ready", "unchanged", "refused", "failed", "left")
QUEUED = 500  # images queued, so that hosts mix
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=10), timedelta(days=7)


@dataclass
class CacheReport:
    """The result of a run: pictures by outcome, and the reasons of those that failed."""

    total: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    is_full: bool = False

    @property
    def done(self) -> int:
        return sum(self.counts.values())

    def add(self, outcome: str, reason: str = "") -> None:
        """Count a picture."""
        self.counts[outcome] += 1
        if reason:
            self.reasons[reason] += 1

    def lines(self) -> Iterator[str]:
        """Yield the report as lines of text."""
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        yield f"{counts} of {self.total} in {self.seconds:.1f} s"
        for reason, count in self.reasons.most_common():
            yield f"  {count} x {reason}"
        if self.is_full:
            yield f"The quota of {settings.PICTURES_QUOTA_MB:,} MB is used up; see prune_images."


def wanted_images(
    *, limit: int | None = None, since: datetime | None = None, retry: bool = False
) -> list[int]:
    """Return ids of the images to fetch: those of public articles, newest first, then logos and topics.

    Only the first usable picture of an article counts, since only one is shown.
    """
    waiting = Image.objects.to_fetch(timezone.now(), retry=retry)
    links = ArticleImage.objects.wanted(waiting, since).values_list("article", "image")
    by_article = groupby(links.iterator(chunk_size=5000), key=itemgetter(0))
    found = dict.fromkeys(next(pairs)[1] for _, pairs in by_article)
    if since is None:
        found |= dict.fromkeys(waiting.for_logos_and_topics().order_by("pk").values_list("pk", flat=True))
    return list(found)[:limit]


def cache_images(
    ids: Iterable[int],
    *,
    fetcher: Fetcher | None = None,
    on_image: Callable[[CacheReport], None] | None = None,
    cores: int | None = None,
    seconds: float | None = None,
) -> CacheReport:
    """Fetch and store these images, in this order as far as the throttling of hosts permits.

    Each result is saved at once, so that a stopped run can be continued. `on_image` is called after each.
    `cores` is the number of decoders; after `seconds` no further image is started. Only the calling thread
    uses the database.
    """
    ids = list(ids)
    report, cores = CacheReport(len(ids)), cores or os.cpu_count() or 1
    if not ids:
        return report
    start = time.monotonic()
    with Decoders(cores) as decoders, ThreadPoolExecutor(FETCHES + cores) as threads:
        run = _Run(fetcher or make_fetcher(), report, decoders, threads, on_image)
        # Fetched bytes stay in memory until they are decoded, so fetching waits for the decoders.
        run.capacity = FETCHES + cores
        run.ends_at = start + seconds if seconds is not None else None
        run.work(run.read(ids))
    report.seconds = time.monotonic() - start
    return report


class _Run(ThrottledRun[Image]):
    ahead = QUEUED

    def __init__(
        self,
        fetcher: Fetcher,
        report: CacheReport,
        decoders: Decoders,
        threads: ThreadPoolExecutor,
        on_image: Callable[[CacheReport], None] | None,
    ):
        super().__init__(2, settings.FETCH_HOST_INTERVAL)
        self.fetcher, self.report, self.decoders, self.threads = fetcher, report, decoders, threads
        self.on_image = on_image
        self.quota = settings.PICTURES_QUOTA_MB * 1_000_000
        self.stored = Rendition.objects.bytes_in_all() if self.quota else 0

    def read(self, ids: list[int]) -> Iterator[tuple[str, Image]]:
        """Yield these images with their hosts."""
        for chunk in chunked(ids):
            images = Image.objects.in_bulk(chunk)
            for pk in chunk:
                if pk in images:
                    yield urlsplit(images[pk].url).hostname or "", images[pk]
                else:
                    self._count("left", "deleted meanwhile")

    def start(self, host: str, image: Image) -> Future | None:
        self.report.is_full = bool(self.quota) and self.stored >= self.quota
        if self.report.is_full or not self.has_time():
            self._count("left")
            return None
        has_files = image.state == Image.State.READY
        etag, modified = (image.etag, image.last_modified) if has_files else ("", "")
        return self.threads.submit(self.fetcher.fetch, image.url, etag=etag, last_modified=modified)

    def finish(self, host: str, image: Image, future: Future) -> None:
        try:
            response = future.result()
        except FetchError as error:
            self._fail(host, image, error)
            return
        content_hash, recipe = hash_of(response.content), recipe_of(image)
        if response.is_unchanged or is_current(image, content_hash):
            image.fetched_at = timezone.now()
            image.save(update_fields=["fetched_at"])
            self._count("unchanged")
        elif processed := find_processed([content_hash], recipe).get(content_hash):
            self._save(image, processed, response)
        else:
            processing = self.threads.submit(process, response.content, content_hash, recipe, self.decoders)
            self.running[processing] = partial(self._finish_processing, image, response)

    def _finish_processing(self, image: Image, response: Response, future: Future) -> None:
        processed = future.result()
        self.stored += sum(file["size"] for file in processed.files)
        self._save(image, processed, response)

    def _save(self, image: Image, processed: Processed, response: Response) -> None:
        is_ready = save_processed(image, processed, etag=response.etag, last_modified=response.last_modified)
        self._count("ready" if is_ready else "refused", processed.reason)

    def _fail(self, host: str, image: Image, error: FetchError) -> None:
        now = timezone.now()
        retry_after = timedelta(seconds=error.retry_after or 0)
        for other in self.queue.pause(host, time.monotonic(), retry_after.total_seconds()):
            Image.objects.filter(pk=other.pk).update(next_try_at=now + retry_after)
            self._count("left", "the host asked to be left alone for a while")
        image.tries += 1
        if image.state != Image.State.READY:  # an existing picture stays
            image.state = Image.State.REFUSED if error.is_final else Image.State.FAILED
        image.reason, image.fetched_at = str(error)[:200], now
        pause = min(FIRST_PAUSE * 2 ** min(image.tries - 1, 12), LONGEST_PAUSE)
        image.next_try_at = None if error.is_final else now + max(pause, retry_after)
        image.save()
        self._count("refused" if error.is_final else "failed", str(error))

    def _count(self, outcome: str, reason: str = "") -> None:
        self.report.add(outcome, reason)
        if self.on_image:
            self.on_image(self.report)
