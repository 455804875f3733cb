"""Throttling of requests per host, and the Retry-After header."""

from collections import deque
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Generic, TypeVar

Item = TypeVar("Item")

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
        self._count = 0

    def __len__(self):
        return self._count

    def add(self, host: str, item: Item) -> None:
        """Queue an item for a host."""
        self._waiting.setdefault(host, deque()).append(item)
        self._count += 1

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
                self._count -= 1
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
        removed = list(self._waiting.pop(host, ()))
        self._count -= len(removed)
        return removed

    def next_start(self) -> float | None:
        """Return the earliest time for `start_next`; None if a `finish` must come first."""
        times = [
            self._not_before.get(host, 0.0)
            for host in self._waiting
            if self._running.get(host, 0) < self.concurrent
        ]
        return min(times, default=None)
