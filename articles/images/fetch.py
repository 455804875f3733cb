"""The picture run (floor 2): fetches what public stories show, newest first, and keeps our files of it."""

import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from articles.http.client import Fetcher, make_fetcher
from articles.http.response import FetchError, Response
from articles.http.throttle import HostQueue
from articles.images.decoding import Decoders
from articles.images.process import Made, hash_of, is_kept, made_before, make, note_made, recipe_of
from articles.models import ArticleImage, Image, Rendition

FETCHES = 8  # at once, over all hosts
OUTCOMES = ("ready", "unchanged", "refused", "failed", "left")
CHUNK = 500  # rows read ahead
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=10), timedelta(days=7)


@dataclass
class CacheReport:
    """What a run did: pictures by outcome, and why the others came to nothing."""

    total: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    reasons: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    is_full: bool = False

    @property
    def done(self) -> int:
        return sum(self.counts.values())

    def note(self, outcome: str, reason: str = "") -> None:
        self.counts[outcome] += 1
        if reason:
            self.reasons[reason] = self.reasons.get(reason, 0) + 1

    def lines(self) -> Iterator[str]:
        """The report as text, one line each."""
        counts = ", ".join(f"{count} {name}" for name, count in self.counts.items())
        yield f"{counts} of {self.total} in {self.seconds:.1f} s"
        for reason, count in sorted(self.reasons.items(), key=lambda entry: -entry[1]):
            yield f"  {count} x {reason}"
        if self.is_full:
            yield f"The quota of {settings.PICTURES_QUOTA_MB:,} MB is used up; see prune_images."


def wanted_images(
    *, limit: int | None = None, since: datetime | None = None, retry: bool = False
) -> list[int]:
    """Return ids of the images to fetch: those of public articles, newest first, then logos and topics.

    Of an article's pictures only the first that may still come, for only one is shown.
    """
    waiting = Image.objects.to_fetch(timezone.now(), retry=retry)
    links = ArticleImage.objects.wanted(waiting, since).values_list("article", "image")
    found: dict[int, None] = {}
    last = None
    for article, image in links.iterator(chunk_size=5000):
        if article != last:
            found[image] = None
            last = article
    if since is None:
        found |= dict.fromkeys(waiting.for_marks().order_by("pk").values_list("pk", flat=True))
    return list(found)[:limit]


def cache_images(
    ids: Iterable[int],
    *,
    fetcher: Fetcher | None = None,
    on_image: Callable[[CacheReport], None] | None = None,
    cores: int | None = None,
    seconds: float | None = None,
) -> CacheReport:
    """Fetch these images, in this order as far as politeness to their hosts lets, and keep our files.

    Each is written down as soon as it is decided, so a run that was stopped goes on where it was. `on_image`
    is told after each. `cores` is the number of decoders; after `seconds` nothing more is
    begun. Rows are touched by this thread alone.
    """
    ids = list(ids)
    run = _Run(fetcher or make_fetcher(), CacheReport(len(ids)), on_image, cores or os.cpu_count() or 1)
    began = time.monotonic()
    run.ends_at = began + seconds if seconds is not None else None
    with ExitStack() as stack:
        run.decoders = stack.enter_context(Decoders(run.cores))
        run.network = stack.enter_context(ThreadPoolExecutor(FETCHES))
        run.benches = stack.enter_context(ThreadPoolExecutor(run.cores))
        stack.callback(run.cancel)
        for start in range(0, len(ids), CHUNK):
            run.take(Image.objects.in_bulk(ids[start : start + CHUNK]), ids[start : start + CHUNK])
        run.finish()
    run.report.seconds = time.monotonic() - began
    return run.report


@dataclass
class _Run:
    fetcher: Fetcher
    report: CacheReport
    on_image: Callable[[CacheReport], None] | None
    cores: int
    network: ThreadPoolExecutor | None = None
    benches: ThreadPoolExecutor | None = None
    decoders: Decoders | None = None
    queue: HostQueue = field(default_factory=lambda: HostQueue(2, settings.FETCH_HOST_INTERVAL))
    running: dict[Future, tuple] = field(default_factory=dict)
    stored: int = 0
    ends_at: float | None = None

    def __post_init__(self):
        self.room = FETCHES + self.cores
        if settings.PICTURES_QUOTA_MB:
            self.stored = Rendition.objects.bytes_in_all()

    def take(self, images: dict[int, Image], order: Iterable[int]) -> None:
        """Queue these images, and work until few are left, so that the next ones mix in."""
        for pk in order:
            if pk in images:
                self.queue.add(urlsplit(images[pk].url).hostname or "", images[pk])
            else:
                self._tell("left", "deleted meanwhile")
        self._work(until=FETCHES)

    def finish(self) -> None:
        self._work(until=0)

    def cancel(self) -> None:
        for future in self.running:
            future.cancel()

    def _work(self, until: int) -> None:
        while len(self.queue) > until or (self.running and not until):
            self._start_fetches()
            at = None if len(self.running) >= self.room else self.queue.next_start()
            pause = None if at is None else max(at - time.monotonic(), 0.01)
            if not self.running:
                time.sleep(pause or 0.01)
                continue
            done, _ = wait(self.running, timeout=pause, return_when=FIRST_COMPLETED)
            for future in done:
                step, *rest = self.running.pop(future)
                step(future, *rest)

    def _start_fetches(self) -> None:
        quota = settings.PICTURES_QUOTA_MB * 1_000_000
        self.report.is_full = bool(quota) and self.stored >= quota
        # What is fetched and not yet decoded lies in memory, so fetching waits for the decoders.
        while len(self.running) < self.room and (started := self.queue.start_next(time.monotonic())):
            host, image = started
            is_over = self.ends_at is not None and time.monotonic() > self.ends_at
            if self.report.is_full or is_over:
                self.queue.finish(host)
                self._tell("left")
                continue
            has_files = image.state == Image.State.READY
            validators = {"etag": image.etag, "last_modified": image.last_modified} if has_files else {}
            future = self.network.submit(self.fetcher.fetch, image.url, **validators)
            self.running[future] = (self._fetched, host, image)

    def _fetched(self, future: Future, host: str, image: Image) -> None:
        self.queue.finish(host)
        try:
            answer = future.result()
        except FetchError as error:
            self._fail(host, image, error)
            return
        content_hash = hash_of(answer.content)
        if answer.is_unchanged or is_kept(image, content_hash):
            image.fetched_at = timezone.now()
            image.save(update_fields=["fetched_at"])
            self._tell("unchanged")
        elif made := made_before([content_hash], recipe_of(image)).get(content_hash):
            self._keep(image, made, answer)
        else:
            future = self.benches.submit(make, answer.content, content_hash, recipe_of(image), self.decoders)
            self.running[future] = (self._made, image, answer)

    def _made(self, future: Future, image: Image, answer: Response) -> None:
        made = future.result()
        self.stored += sum(file[3] for file in made.files)
        self._keep(image, made, answer)

    def _keep(self, image: Image, made: Made, answer: Response) -> None:
        is_ready = note_made(image, made, etag=answer.etag, last_modified=answer.last_modified)
        self._tell("ready" if is_ready else "refused", made.reason)

    def _fail(self, host: str, image: Image, error: FetchError) -> None:
        now = timezone.now()
        if error.retry_after:
            given_up = self.queue.pause(host, time.monotonic(), error.retry_after)
            Image.objects.filter(pk__in=[other.pk for other in given_up]).update(
                next_try_at=now + timedelta(seconds=error.retry_after)
            )
            for _ in given_up:
                self._tell("left", "the host asked to be left alone for a while")
        image.tries += 1
        if image.state != Image.State.READY:  # what was there stays until something better comes
            image.state = Image.State.REFUSED if error.is_final else Image.State.FAILED
        image.reason, image.fetched_at = str(error)[:200], now
        pause = min(FIRST_PAUSE * 2 ** min(image.tries - 1, 12), LONGEST_PAUSE)
        image.next_try_at = (
            None if error.is_final else now + max(pause, timedelta(seconds=error.retry_after or 0))
        )
        image.save()
        self._tell("refused" if error.is_final else "failed", str(error))

    def _tell(self, outcome: str, reason: str = "") -> None:
        self.report.note(outcome, reason)
        if self.on_image:
            self.on_image(self.report)
