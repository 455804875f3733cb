"""Probes (floor 2): short questions whether a part of the site works, asked by /readyz and for /metrics.

A new one is a function with `@probe(name)` that returns a Finding, or a line `watch_job(name)` for work that
notes its runs (jobs.py). A probe must be quick: it runs whenever a load balancer asks.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache as once
from uuid import uuid4

from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from articles.models import Image, ImportRun, Job, Source, StaleDay

STUCK_AFTER = 3600  # seconds that a run of anything may take before somebody should look
POLLED_WITHIN = 900  # seconds: the loop begins each minute, cron as often as it is told
WAITING_TOO_LONG = 3600  # seconds without a group run while days wait
MANY_FAILED, FEW = 0.2, 10  # a share of the pictures asked for; so few say nothing

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a probe found: whether all is well, a few words, and numbers by name (they are metrics too)."""

    is_ok: bool
    text: str
    values: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Probe:
    """`is_needed`: without this part no page can be served. `asks_database`: not asked when that is away."""

    ask: Callable[[], Finding]
    is_needed: bool = False
    asks_database: bool = True


PROBES: dict[str, Probe] = {}


def probe(name: str, *, is_needed: bool = False, asks_database: bool = True) -> Callable:
    """Register a function as a probe."""

    def register(ask: Callable[[], Finding]) -> Callable[[], Finding]:
        PROBES[name] = Probe(ask, is_needed, asks_database)
        return ask

    return register


def watch_job(name: str, *, silent_after: float | None = None) -> None:
    """Register a probe of a job: stuck, failed, or, if it is to run regularly, silent for so many seconds."""

    probe(name)(lambda: look_at(_job(name), silent_after))


def _job(name: str) -> Job:
    return Job.objects.filter(pk=name).first() or Job(name=name)


def look_at(job: Job, silent_after: float | None = None) -> Finding:
    """Judge what a job noted of its runs."""
    now = timezone.now()
    values = {"running_seconds": job.seconds_running(now), "failed": float(bool(job.failure))}
    if job.finished_at:
        values["age_seconds"] = (now - job.finished_at).total_seconds()
    if values["running_seconds"] > STUCK_AFTER:
        return Finding(False, "began long ago and has not ended", values)
    if job.failure:
        return Finding(False, f"the last run ended with {job.failure}", values)
    if silent_after is not None and values.get("age_seconds", silent_after + 1) > silent_after:
        return Finding(False, "has not run for long", values)
    return Finding(True, "ran" if job.finished_at else "has not run yet", values)


def look() -> dict[str, Finding]:
    """Ask all probes; what a probe raises is a finding too, told by the name of the error alone."""
    found: dict[str, Finding] = {}
    for name, each in PROBES.items():
        is_away = each.asks_database and "database" in found and not found["database"].is_ok
        found[name] = Finding(False, "the database is away") if is_away else _ask(name, each)
    return found


def _ask(name: str, each: Probe) -> Finding:
    try:
        return each.ask()
    except Exception as error:
        _log.warning("probe failed", extra={"probe": name, "error": type(error).__name__})
        return Finding(False, type(error).__name__)


def is_serving(found: dict[str, Finding]) -> bool:
    """Tell whether all that pages need is there."""
    return all(found[name].is_ok for name, each in PROBES.items() if each.is_needed)


@probe("database", is_needed=True, asks_database=False)
def _database() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return Finding(True, "answers")


@probe("migrations", is_needed=True)
def _migrations() -> Finding:
    waiting = _migrations_on_disk() - set(MigrationRecorder(connection).applied_migrations())
    text = f"{len(waiting)} to apply" if waiting else "all applied"
    return Finding(not waiting, text, {"waiting": len(waiting)})


@once
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


@probe("cache", asks_database=False)
def _cache() -> Finding:
    name = f"probe.{uuid4().hex}"  # of its own each time: another process may ask at this moment
    cache.set(name, name, 10)
    is_kept = cache.get(name) == name
    cache.delete(name)
    return Finding(is_kept, "keeps what it is given" if is_kept else "does not keep what it is given")


@probe("polling")
def _polling() -> Finding:
    sources = Source.objects.active()
    if not sources.exists():
        return Finding(True, "there is no source to poll")
    found = look_at(_job("polling"), silent_after=POLLED_WITHIN)
    return replace(found, values=found.values | {"failing_sources": sources.failing().count()})


@probe("grouping")
def _grouping() -> Finding:
    waiting = StaleDay.objects.count()
    found = look_at(_job("grouping"))
    values = found.values | {"waiting_days": waiting}
    if found.is_ok and waiting and values.get("age_seconds", WAITING_TOO_LONG + 1) > WAITING_TOO_LONG:
        return Finding(False, "days wait and nothing groups them", values)
    return Finding(found.is_ok, found.text, values)


@probe("pictures")
def _pictures() -> Finding:
    found = look_at(_job("pictures"))
    states = Image.State
    counts = {state: Image.objects.filter(state=state).count() for state in (states.FAILED, states.WAITING)}
    failed, waiting = counts[states.FAILED], counts[states.WAITING]
    values = found.values | {"failed_pictures": failed, "waiting_pictures": waiting}
    if found.is_ok and failed > max(FEW, MANY_FAILED * (failed + Image.objects.ready().count())):
        return Finding(False, "many pictures could not be fetched", values)
    return Finding(found.is_ok, found.text, values)


@probe("import")
def _import() -> Finding:
    last = ImportRun.objects.first()
    if last is None:
        return Finding(True, "nothing imported yet")
    run = Job(name="import", started_at=last.started_at, finished_at=last.finished_at)
    found = look_at(run)
    return Finding(found.is_ok, found.text, found.values | {"refused_files": last.refused})
