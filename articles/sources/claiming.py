"""Who polls a source (floor 2): a claim in its row, good for some minutes, so that nobody else polls it.

The claim is taken by one UPDATE that says what must hold, which both databases do for one caller at a time.
A poller that dies leaves a claim that runs out.
"""

import secrets
from datetime import datetime, timedelta

from articles.models import Source

LEASE = timedelta(minutes=10)
_CANDIDATES = 20


def new_claim() -> str:
    """Return a name for a poller that no other has."""
    return secrets.token_hex(16)


def claim_due(claim: str, now: datetime) -> Source | None:
    """Claim the source that has been due for longest; returns None when nothing is due or all is claimed."""
    while True:
        due = Source.objects.due(now).free(now).longest_waiting().values_list("pk", flat=True)
        candidates = list(due[:_CANDIDATES])
        for pk in candidates:
            if source := claim_one(pk, claim, now, only_due=True):
                return source
        if len(candidates) < _CANDIDATES:
            return None


def claim_one(pk: int, claim: str, now: datetime, *, only_due: bool = False) -> Source | None:
    """Claim a source, or return None if another poller has it, or it is not due any more."""
    wanted = Source.objects.due(now) if only_due else Source.objects.all()
    taken = wanted.free(now).filter(pk=pk).update(claim=claim, claimed_until=now + LEASE)
    return Source.objects.get(pk=pk) if taken else None


def renew(source: Source, claim: str, now: datetime) -> bool:
    """Claim a source for longer; returns False if the claim was lost."""
    return bool(Source.objects.held(source.pk, claim).update(claimed_until=now + LEASE))


def is_held(source: Source, claim: str) -> bool:
    """Tell whether a source is still ours; inside a transaction nobody takes it from us before its end."""
    return Source.objects.held(source.pk, claim).select_for_update().exists()


def release(source: Source, claim: str) -> None:
    """Give a claim up."""
    Source.objects.held(source.pk, claim).update(claim="", claimed_until=None)
