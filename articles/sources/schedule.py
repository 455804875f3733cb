"""When a source is looked at again (floor 0): as often as it publishes, less often while it fails."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

SHORTEST, LONGEST = timedelta(minutes=15), timedelta(hours=12)
FIRST = timedelta(hours=1)  # where nothing is known yet
NEWEST = 20  # reports whose times tell how often a source publishes
LONGEST_WISH = timedelta(days=1)  # a feed may ask to be fetched less often, down to this
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(days=1)
SPREAD = 0.1  # an interval is shorter by up to this part, so that sources do not come due together


def interval(moments: Iterable[datetime], now: datetime, wish: timedelta = timedelta()) -> timedelta:
    """Return how long to wait between two looks at a source that answers.

    Half of the mean time between its newest reports, the silence since the last one included: a source that
    falls silent is asked less and less. `wish` is what the feed itself asks for.
    """
    newest = sorted((moment for moment in moments if moment <= now), reverse=True)[:NEWEST]
    half = (now - newest[-1]) / len(newest) / 2 if newest else FIRST
    return max(min(max(half, SHORTEST), LONGEST), min(wish, LONGEST_WISH))


def pause(failures: int, asked: timedelta = timedelta()) -> timedelta:
    """Return how long to leave a source alone after so many failures in a row (1 or more).

    Twice as long each time, at most a day; never less than the host asked for.
    """
    return max(min(FIRST_PAUSE * 2 ** min(failures - 1, 10), LONGEST_PAUSE), asked)


def spread(wait: timedelta, key: str) -> timedelta:
    """Return a wait made shorter by up to a tenth, the same for the same key."""
    part = int.from_bytes(sha256(key.encode()).digest()[:4], "big") / 2**32
    return wait * (1 - SPREAD * part)
