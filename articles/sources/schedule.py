"""When a source is polled, and by whom: intervals, and leases that keep two pollers from the same source.

A lease is two columns of the source, set by a conditional UPDATE, which both databases grant to one caller at
a time. The lease of a poller that dies expires.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from articles.models import Source

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=12)
FIRST = timedelta(hours=1)  # for a source without entries
NEWEST = 20  # entries whose times show how often a source publishes
LONGEST_REQUESTED = timedelta(days=1)  # the longest interval that a feed may request
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(days=1)
LEASE = timedelta(minutes=10)
_CANDIDATES = 20  # due sources read at once
SPREAD = 0.1  # an interval is shortened by up to this share, so that sources do not all come due at once


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


def new_token() -> str:
    """Return a random token that identifies one poller."""
    return secrets.token_hex(16)


def lease_next_due(token: str, now: datetime) -> Source | None:
    """Lease the source that has been due for longest; returns None if none is due and free."""
    while True:
        due = Source.objects.due(now).free(now).longest_waiting().values_list("pk", flat=True)
        candidates = list(due[:_CANDIDATES])
        for pk in candidates:
            if source := lease(pk, token, now, only_due=True):
                return source
        if len(candidates) < _CANDIDATES:
            return None


def lease(pk: int, token: str, now: datetime, *, only_due: bool = False) -> Source | None:
    """Lease a source; returns None if another poller has it, or it is no longer due."""
    wanted = Source.objects.due(now) if only_due else Source.objects.all()
    count = wanted.free(now).filter(pk=pk).update(lease_token=token, leased_until=now + LEASE)
    return Source.objects.get(pk=pk) if count else None


def renew(source: Source, token: str, now: datetime) -> bool:
    """Extend a lease; returns False if it was lost."""
    return bool(Source.objects.leased(source.pk, token).update(leased_until=now + LEASE))


def is_leased(source: Source, token: str) -> bool:
    """Return whether the lease still holds; inside a transaction it then holds until the end of that."""
    return Source.objects.leased(source.pk, token).select_for_update().exists()


def release(source: Source, token: str) -> None:
    """Give up a lease."""
    Source.objects.leased(source.pk, token).update(lease_token="", leased_until=None)
