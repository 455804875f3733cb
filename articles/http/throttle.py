"""Manners towards other people's servers (floor 0): whose turn it is, and how long "later" is."""

from collections import deque
from collections.abc import Hashable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_RETRY_AFTER = 86_400  # seconds; a host that asks for more is asked again the next day
SHORT_WAIT = 20.0  # seconds; a run waits this long for a host, and leaves the rest to the next run


def retry_after_seconds(value: str, now: datetime) -> int | None:
    """Return the seconds that a Retry-After header asks for: 0 to one day; None where it says nothing.

    `value` is a number of seconds or an HTTP date; `now` is aware.
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


class Turns:
    """Hands out work so that no host gets more than its share: few at once, and a pause between two.

    Takes items in the order they were added, but passes over a host that is busy, so that one slow host does
    not hold up the others. Knows no clock: every `now` is in seconds of a clock of the caller's.
    """

    def __init__(self, at_once: int = 2, interval: float = 0.25):
        self.at_once, self.interval = at_once, interval
        self._waiting: dict[str, deque] = {}  # a dict keeps the order in which hosts came
        self._running: dict[str, int] = {}
        self._not_before: dict[str, float] = {}
        self._count = 0

    def __len__(self):
        return self._count

    def add(self, host: str, item: Hashable) -> None:
        """Queue an item for a host."""
        self._waiting.setdefault(host, deque()).append(item)
        self._count += 1

    def take(self, now: float) -> tuple[str, Hashable] | None:
        """Return (host, item) of the next host that may be asked, or None if all have to wait."""
        for host, items in self._waiting.items():
            if self._running.get(host, 0) < self.at_once and self._not_before.get(host, now) <= now:
                item = items.popleft()
                del self._waiting[host]
                if items:
                    self._waiting[host] = items  # to the end: the hosts take turns
                self._running[host] = self._running.get(host, 0) + 1
                self._not_before[host] = now + self.interval
                self._count -= 1
                return host, item
        return None

    def done(self, host: str) -> None:
        """Note that an item of this host is finished."""
        self._running[host] -= 1
        if not self._running[host]:
            del self._running[host]

    def pause(self, host: str, now: float, seconds: float) -> list[Hashable]:
        """Leave a host alone for a while; returns the items given up if that takes too long for a run."""
        self._not_before[host] = max(self._not_before.get(host, now), now + seconds)
        if seconds <= SHORT_WAIT:
            return []
        given_up = list(self._waiting.pop(host, ()))
        self._count -= len(given_up)
        return given_up

    def next_at(self) -> float | None:
        """Return the earliest time at which `take` may have something, or None if that hangs on `done`."""
        times = [
            self._not_before.get(host, 0.0)
            for host in self._waiting
            if self._running.get(host, 0) < self.at_once
        ]
        return min(times, default=None)
