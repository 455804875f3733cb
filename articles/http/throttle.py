"""What hosts ask of clients: robots.txt (RFC 9309), Crawl-delay, Retry-After, and few requests at once."""

import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from threading import Lock
from typing import Generic, TypeVar

from protego import Protego

from articles.http.response import FetchError

Item = TypeVar("Item")

MAX_ROBOTS_BYTES = 512_000  # RFC 9309 requires 500 KiB; the rest of a longer file is ignored
CACHE_SECONDS = 3600
MAX_CRAWL_DELAY = 10.0  # seconds
MAX_RETRY_AFTER = 86_400  # seconds; a longer Retry-After counts as one day
SHORT_WAIT = 20.0  # seconds; a run waits so long for a host and leaves longer waits to the next run


def retry_after_seconds(value: str, now: datetime) -> int | None:
    """Return the seconds of a Retry-After header, 0 to one day, or None if it is neither number nor date.

    `now` is aware.
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return min(int(value[:12]), MAX_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, TypeError, OverflowError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(round((at - now).total_seconds()), 0), MAX_RETRY_AFTER)


class HostQueue(Generic[Item]):
    """A queue with limits per host: `concurrent` items at once, and `interval` seconds between two starts.

    Items leave in the order they were added, but a busy host is passed over, so that a slow one does not hold
    up the others. The queue has no clock: every `now` is in seconds of a monotonic clock of the caller.
    """

    def __init__(self, concurrent: int = 2, interval: float = 0.25):
        self.concurrent, self.interval = concurrent, interval
        self._waiting: dict[str, deque[Item]] = {}  # hosts in the order they were added
        self._running: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    def __len__(self):
        return sum(map(len, self._waiting.values()))

    def add(self, host: str, item: Item) -> None:
        """Queue an item for a host."""
        self._waiting.setdefault(host, deque()).append(item)

    def start_next(self, now: float) -> tuple[str, Item] | None:
        """Return host and item of the next request that may start, or None if all have to wait."""
        for host, items in self._waiting.items():
            if self._running.get(host, 0) < self.concurrent and self._not_before.get(host, now) <= now:
                item = items.popleft()
                del self._waiting[host]
                if items:
                    self._waiting[host] = items  # at the end: round robin over hosts
                self._running[host] = self._running.get(host, 0) + 1
                self._not_before[host] = now + self.interval
                return host, item
        return None

    def finish(self, host: str) -> None:
        """Count an item of this host as finished."""
        self._running[host] -= 1
        if not self._running[host]:
            del self._running[host]

    def pause(self, host: str, now: float, seconds: float) -> list[Item]:
        """Start nothing at a host for so many seconds; returns the items removed if that is too long."""
        self._not_before[host] = max(self._not_before.get(host, now), now + seconds)
        if seconds <= SHORT_WAIT:
            return []
        return list(self._waiting.pop(host, ()))

    def next_start(self) -> float | None:
        """Return the earliest time for `start_next`; None if a `finish` must come first."""
        times = [
            self._not_before.get(host, 0.0)
            for host in self._waiting
            if self._running.get(host, 0) < self.concurrent
        ]
        return min(times, default=None)


class ThrottledRun(Generic[Item]):
    """Works through items in threads, as many at once as the limits of their hosts permit.

    Subclasses implement `start` and `finish`. Only the thread that calls `work` runs their methods.
    """

    capacity = 8  # items in progress at once
    ahead = 16  # items queued, so that hosts mix
    ends_at: float | None = None  # the monotonic time after which nothing is to start

    def __init__(self, concurrent: int, interval: float):
        self.queue: HostQueue[Item] = HostQueue(concurrent, interval)
        self.running: dict[Future, Callable[[Future], None]] = {}  # and what uses the result

    def has_time(self) -> bool:
        """Return whether items may still start."""
        return self.ends_at is None or time.monotonic() < self.ends_at

    def start(self, host: str, item: Item) -> Future | None:
        """Start the request of an item; returns None if it was left out."""
        raise NotImplementedError

    def finish(self, host: str, item: Item, future: Future) -> None:
        """Use the result of the request of an item."""
        raise NotImplementedError

    def work(self, items: Iterator[tuple[str, Item]]) -> None:
        """Work through pairs of host and item; what has not started when it fails is cancelled."""
        try:
            while self._fill_queue(items) or self.running:
                self._start_requests()
                at = self.queue.next_start() if len(self.running) < self.capacity else None
                seconds = None if at is None else max(at - time.monotonic(), 0.01)
                if not self.running:
                    time.sleep(seconds or 0.0)
                    continue
                for future in wait(self.running, timeout=seconds, return_when=FIRST_COMPLETED).done:
                    self.running.pop(future)(future)
        finally:
            for future in self.running:
                future.cancel()

    def _fill_queue(self, items: Iterator[tuple[str, Item]]) -> bool:
        while len(self.queue) < self.ahead and (each := next(items, None)):
            self.queue.add(*each)
        return len(self.queue) > 0

    def _start_requests(self) -> None:
        while len(self.running) < self.capacity and (started := self.queue.start_next(time.monotonic())):
            if future := self.start(*started):
                self.running[future] = partial(self._finish_request, *started)
            else:
                self.queue.finish(started[0])

    def _finish_request(self, host: str, item: Item, future: Future) -> None:
        self.queue.finish(host)
        self.finish(host, item, future)


class RobotsCache:
    """The rules of hosts for one user agent, each cached for an hour. Safe to use from several threads."""

    def __init__(self, agent: str):
        self.agent = agent
        self._lock = Lock()
        self._rules: dict[str, tuple[float, Protego | str]] = {}  # expiry, and rules or why there are none
        self._next_request: dict[str, float] = {}

    def check(self, origin: str, path: str, fetch: Callable[[], bytes]) -> float:
        """Return the seconds to wait before a request, by the host's Crawl-delay; raises FetchError.

        `fetch` returns the host's robots.txt and is called if its rules are not cached; raises FetchError.
        """
        rules = self._get(origin, fetch)
        if isinstance(rules, str):
            raise FetchError(f"robots.txt cannot be read: {rules}")
        if not rules.can_fetch(path, self.agent):
            raise FetchError("robots.txt asks to keep out", is_final=True)
        delay = min(rules.crawl_delay(self.agent) or 0.0, MAX_CRAWL_DELAY)
        if not delay:
            return 0.0
        with self._lock:
            now = time.monotonic()
            start = max(self._next_request.get(origin, 0.0), now)
            self._next_request[origin] = start + delay
        return start - now

    def _get(self, origin: str, fetch: Callable[[], bytes]) -> Protego | str:
        with self._lock:
            now = time.monotonic()
            self._rules = {key: entry for key, entry in self._rules.items() if entry[0] > now}
            self._next_request = {key: at for key, at in self._next_request.items() if at > now}
            if origin in self._rules:
                return self._rules[origin][1]
        try:
            rules: Protego | str = Protego.parse(fetch().decode("utf-8", "replace"))
        except FetchError as error:
            # No robots.txt allows everything; a host that fails to answer is left alone (RFC 9309, 2.3.1).
            rules = Protego.parse("") if 400 <= error.status < 500 and error.status != 429 else str(error)
        with self._lock:
            self._rules[origin] = (time.monotonic() + CACHE_SECONDS, rules)
        return rules
