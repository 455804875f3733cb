"""What a poll means for its source (floor 2): when it is due again, where it lives, whether it is over."""

from contextlib import suppress
from datetime import timedelta

from django.utils import timezone

from articles.frontmatter.fields import clean_text
from articles.frontmatter.links import LinkError, clean_link
from articles.http.answers import Answer, FetchError
from articles.models import Source, SourceEntry
from articles.sources.entries import Feed, FeedError
from articles.sources.ingest import Taken
from articles.sources.schedule import NEWEST, interval, pause, spread

GONE = 410
# What polling alone writes.
_STATE = (
    "etag", "last_modified", "content_hash", "next_due_at", "interval_seconds", "failures", "last_polled_at",
    "last_good_at", "last_outcome", "last_new", "skipped",
)  # fmt: skip
# What editors write too: saved only where this poll changed it; names only where there are none.
_SHARED = ("url", "is_active", "retired_at", "retired_reason")
_NAMES = ("name", "site_url")


def note_good(
    source: Source, answer: Answer, feed: Feed | None, taken: Taken | None, content_hash: str, claim: str
) -> str:
    """Note that a source answered; without a feed, that nothing had changed. Returns what to say of it.

    An empty claim (a dry run) changes nothing in the database.
    """
    now = timezone.now()
    source.last_polled_at = source.last_good_at = now
    source.failures = 0
    if not answer.is_unchanged:
        source.etag, source.last_modified = answer.etag, answer.last_modified
        source.content_hash = content_hash
    if feed and taken:
        source.last_new, source.skipped = taken.new, dict(taken.skipped)
        source.name = source.name or clean_text(feed.title)[:200]
        with suppress(LinkError):
            source.site_url = source.site_url or clean_link(feed.site)
        said = f"{taken.new} new, {taken.changed} changed, {taken.unchanged + taken.shared} known"
        left_out = sum(taken.skipped.values())
        said += f", {left_out} left out" if left_out else ""
        wish = timedelta(minutes=feed.minutes)
    else:
        source.last_new, said, wish = 0, "nothing has changed", timedelta()
    source.last_outcome = said
    wait = interval(SourceEntry.objects.newest_moments(source, NEWEST), now, wish)
    source.interval_seconds = round(wait.total_seconds())
    source.next_due_at = now + spread(wait, source.url)
    if answer.moved_to and answer.moved_to != source.url:
        source.url = answer.moved_to
        said = f"{said}; moved for good, and is asked at its new address from now on"
    _save(source, claim)
    return said


def retire_twin(source: Source, answer: Answer, claim: str) -> str:
    """Retire a source that moved for good to where another one is asked; returns the reason, or ""."""
    moved = answer.moved_to not in ("", source.url)
    other = Source.objects.at_address(answer.moved_to) if moved else None
    if other is None:
        return ""
    source.last_polled_at = timezone.now()
    _retire(source, f"moved for good to the address of another source: {other}"[:300])
    source.last_outcome = source.retired_reason
    _save(source, claim)
    return source.retired_reason


def note_failure(source: Source, error: FetchError | FeedError, claim: str) -> str:
    """Note that nothing usable came; returns the reason. A feed that its server calls gone is retired."""
    now = timezone.now()
    said = f"the feed {error}" if isinstance(error, FeedError) else str(error)
    source.last_polled_at, source.last_outcome = now, said[:300]
    source.failures += 1
    asked = timedelta(seconds=getattr(error, "retry_after", None) or 0)
    source.next_due_at = now + pause(source.failures, asked)
    if getattr(error, "status", 0) == GONE:
        _retire(source, "the server says that the feed is gone for good (410)")
    _save(source, claim)
    return said


def put_off(source: Source, wait: timedelta, claim: str) -> None:
    """Let a source wait because its host asked to be left alone; that is no failure of its own."""
    Source.objects.held(source.pk, claim).update(next_due_at=timezone.now() + wait)


def _retire(source: Source, reason: str) -> None:
    source.is_active, source.retired_at, source.retired_reason = False, timezone.now(), reason


def _save(source: Source, claim: str) -> None:
    """Save what a poll changed, unless the claim was lost to another poller or an editor."""
    if not claim:
        return
    state = {name: getattr(source, name) for name in _STATE}
    before = source.as_claimed
    state |= {name: getattr(source, name) for name in _SHARED if getattr(source, name) != before[name]}
    held = Source.objects.held(source.pk, claim)
    for name in _NAMES:
        if getattr(source, name) != before[name]:
            held.filter(**{name: ""}).update(**{name: getattr(source, name)})
    held.update(**state, claim="", claimed_until=None)
