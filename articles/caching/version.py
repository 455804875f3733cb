"""The site version: a number that every change of public data raises; what is cached is good for one version.

Writers raise it in the transaction of their change (`writing()` does so for them). A process reads the row at
most every SITE_VERSION_SECONDS, and always before the data it makes a page from: a page may be newer than its
version, never older. Visitors see an editor's change with the next version that is read, and any other within
PAGES_MAY_LAG seconds, so that an import does not renew every page with each of its commits.
"""

import secrets
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from django.apps import apps
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.db.models import Max, Min
from django.utils import timezone
from django.utils.translation import get_language

Value = TypeVar("Value")
MAX_CACHED_VALUES = 5_000
_MISSING = object()
# When an article dated ahead or under embargo becomes public, and when a pin ends.
_TIMES = (("Article", "published_at"), ("Article", "embargo_until"), ("Pin", "until"))
_ROW = 1  # primary key of the one row


@dataclass(frozen=True, slots=True)
class _CachedRow:
    """The row as this process read it last. Times are seconds since the epoch."""

    version: str = ""
    number: int = 0
    edit_number: int = 0
    since: float = 0.0  # when visitors got this version
    read_at: float = 0.0
    due_at: float = 0.0  # when time alone changes what visitors see


_known = _CachedRow()
_values: dict = {}  # of `cached`, for the version in `_known`
_pinned: ContextVar[str] = ContextVar("pinned_version", default="")
_private_values: ContextVar[dict | None] = ContextVar("private_values", default=None)


def bump(*, by_editor: bool = False) -> None:
    """Raise the version in the current transaction; processes see it when that commits.

    `by_editor` lets visitors see it at once, without PAGES_MAY_LAG.
    """
    row = apps.get_model("articles", "SiteVersion")
    number = time.time_ns() // 1000  # by the clock: unique even after the restore of an old backup
    columns = ["number", "next_due_at"]
    values = {"number": number, "next_due_at": _next_due(timezone.now())}
    if by_editor:
        columns.append("edit_number")
        values["edit_number"] = number
    row.objects.bulk_create(
        [row(pk=_ROW, **values)], update_conflicts=True, unique_fields=["id"], update_fields=columns
    )
    transaction.on_commit(_expire)


def current_version() -> str:
    """Return the version as the database has it now: equal versions, equal pages but for the time of day.

    It changes with every commit of public data, and when an article dated ahead or under embargo becomes
    due, or a pin ends.
    Inside `pinned_version` it is read once.
    """
    return _pinned.get() or _read(max_age=0.0, may_lag=0.0)


def request_version() -> str:
    """Return the version that a visitor's request is answered in; it may lag as the settings allow."""
    return _pinned.get() or _read(settings.SITE_VERSION_SECONDS, settings.PAGES_MAY_LAG)


@contextmanager
def pinned_version(*, is_exact: bool = False) -> Iterator[str]:
    """Read the version once for all that happens inside, such as one request; `is_exact`: without any lag."""
    token = _pinned.set(current_version() if is_exact else request_version())
    try:
        yield _pinned.get()
    finally:
        _pinned.reset(token)


@contextmanager
def without_cache() -> Iterator[None]:
    """Keep what is cached inside from everybody else, and forget it at the end.

    For data that is not committed, such as that of a preview: it may be rolled back.
    """
    pinned = _pinned.set(f"uncommitted {secrets.token_hex(8)}")
    private = _private_values.set({})
    try:
        yield
    finally:
        _private_values.reset(private)
        _pinned.reset(pinned)


def cached(key: Hashable, make: Callable[[], Value]) -> Value:
    """Return what `make` returns, called once per site version and language in this process."""
    return cached_many("", [key], lambda _missing: {key: make()})[key]


def cached_many(kind: str, keys: list, make: Callable[[list], dict]) -> dict:
    """Return a value for each key that `make` returns one for; it is called once, with the unknown keys."""
    values = _private_values.get()
    version = "" if values is not None else current_version()
    values = _values if values is None else values
    place = (version, get_language(), kind)
    found = {key: values.get((*place, key), _MISSING) for key in keys}
    missing = [key for key, value in found.items() if value is _MISSING]
    if missing:
        made = make(missing)
        if len(values) + len(made) > MAX_CACHED_VALUES:
            values.clear()
        values.update({(*place, key): value for key, value in made.items()})
        found |= made
    return {key: value for key, value in found.items() if value is not _MISSING}


def clear() -> None:
    """Forget the version and all cached values of this process."""
    global _known
    _known = _CachedRow()
    _values.clear()
    caches["template_fragments"].clear()


def _expire() -> None:
    """Let the next request of this process read the row anew."""
    global _known
    _known = replace(_known, read_at=0.0)


def _read(max_age: float, may_lag: float) -> str:
    """Return the version known, or read anew where it was read more than `max_age` seconds ago."""
    global _known
    known, now = _known, time.time()
    is_due = now >= known.due_at
    if not is_due and 0 <= now - known.read_at < max_age:
        return known.version
    number, edit_number, next_due_at = _row()
    is_same = number == known.number
    is_early = edit_number == known.edit_number and 0 <= now - known.since < may_lag
    if not is_due and (is_same or is_early):
        _known = replace(known, read_at=now)
        return known.version
    version, due_at = str(number), _seconds(next_due_at)
    if due_at <= now:  # nothing was written since an article became due
        moment = timezone.now()
        version, due_at = f"{number}.{_seconds(_last_due(moment)):.0f}", _seconds(_next_due(moment))
    if version != known.version:
        _values.clear()
    _known = _CachedRow(version, number, edit_number, now, now, due_at)
    return version


def _row() -> tuple[int, int, datetime | None]:
    row = apps.get_model("articles", "SiteVersion")
    found = row.objects.filter(pk=_ROW).values_list("number", "edit_number", "next_due_at").first()
    return found or (0, 0, None)


def _last_due(now: datetime) -> datetime | None:
    """Return when time alone last changed what visitors see."""
    return max(_times(Max, lte=now), default=None)


def _next_due(now: datetime) -> datetime | None:
    """Return when time alone next changes what visitors see."""
    return min(_times(Min, gt=now), default=None)


def _times(first: type[Max] | type[Min], **bound: datetime) -> Iterator[datetime]:
    """Yield the first time on one side of now in each of _TIMES."""
    [(lookup, now)] = bound.items()
    for model, column in _TIMES:
        rows = apps.get_model("articles", model).objects.filter(**{f"{column}__{lookup}": now})
        if moment := rows.aggregate(time=first(column))["time"]:
            yield moment


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else float("inf")
