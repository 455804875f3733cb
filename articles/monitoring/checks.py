"""Probes: quick checks of each part of the site, run by /readyz and /metrics.

A new probe is a function with `@probe(name)` that returns a ProbeResult; `check_job` gives that of a job
whose runs are recorded (operations/jobs.py). Probes must be quick: load balancers call them often.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache as memoize
from uuid import uuid4

from django.core.cache import cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from articles.models import Image, ImportRun, Job, Source, StaleDay

STUCK_AFTER = 3600  # seconds after which a run that has not ended counts as stuck
POLLED_WITHIN = 900  # seconds; `manage.py run` polls each minute, cron as often as it is set up
WAITING_TOO_LONG = 3600  # seconds without a grouping while days wait for one
MANY_FAILED, FEW = 0.2, 10  # share of all pictures fetched; up to ten failures are never reported

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a probe found: whether the part works, a short text, and numbers by name (also metrics)."""

    is_ok: bool
    text: str
    values: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Probe:
    """`required`: without this part no page can be served. `needs_database`: not run while that is down."""

    run: Callable[[], ProbeResult]
    required: bool = False
    needs_database: bool = True


PROBES: dict[str, Probe] = {}


def probe(name: str, *, required: bool = False, needs_database: bool = True) -> Callable:
    """Register a function as a probe."""

    def register(run: Callable[[], ProbeResult]) -> Callable[[], ProbeResult]:
        PROBES[name] = Probe(run, required, needs_database)
        return run

    return register


def check_job(name: str, silent_after: float | None = None, job: Job | None = None) -> ProbeResult:
    """Return whether a job is stuck, failed, or has not run for `silent_after` seconds, by its runs."""
    job, now = job or Job.objects.filter(pk=name).first() or Job(name=name), timezone.now()
    values = {"running_seconds": job.seconds_running(now), "failed": float(bool(job.failure))}
    if job.finished_at:
        values["age_seconds"] = (now - job.finished_at).total_seconds()
    if values["running_seconds"] > STUCK_AFTER:
        return ProbeResult(False, "began long ago and has not ended", values)
    if job.failure:
        return ProbeResult(False, f"the last run ended with {job.failure}", values)
    if silent_after is not None and values.get("age_seconds", silent_after + 1) > silent_after:
        return ProbeResult(False, "has not run for long", values)
    return ProbeResult(True, "ran" if job.finished_at else "has not run yet", values)


def run_probes() -> dict[str, ProbeResult]:
    """Run all probes; an exception becomes a result with the name of its class and nothing else."""
    results: dict[str, ProbeResult] = {}
    for name, each in PROBES.items():
        is_down = each.needs_database and "database" in results and not results["database"].is_ok
        try:
            results[name] = ProbeResult(False, "the database is away") if is_down else each.run()
        except Exception as error:
            _log.warning("probe failed", extra={"probe": name, "error": type(error).__name__})
            results[name] = ProbeResult(False, type(error).__name__)
    return results


@probe("database", required=True, needs_database=False)
def _database() -> ProbeResult:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return ProbeResult(True, "answers")


@probe("migrations", required=True)
def _migrations() -> ProbeResult:
    waiting = _migrations_on_disk() - set(MigrationRecorder(connection).applied_migrations())
    text = f"{len(waiting)} to apply" if waiting else "all applied"
    return ProbeResult(not waiting, text, {"waiting": len(waiting)})


@memoize
def _migrations_on_disk() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).disk_migrations)


@probe("cache", needs_database=False)
def _cache() -> ProbeResult:
    name = f"probe.{uuid4().hex}"  # unique: another process may run this probe now
    cache.set(name, name, 10)
    works = cache.get(name) == name
    cache.delete(name)
    return ProbeResult(works, "stores values" if works else "does not store values")


@probe("polling")
def _polling() -> ProbeResult:
    sources = Source.objects.active()
    if not sources.exists():
        return ProbeResult(True, "there is no source to poll")
    found = check_job("polling", silent_after=POLLED_WITHIN)
    return replace(found, values=found.values | {"failing_sources": sources.failing().count()})


@probe("grouping")
def _grouping() -> ProbeResult:
    waiting = StaleDay.objects.count()
    found = check_job("grouping")
    values = found.values | {"waiting_days": waiting}
    if found.is_ok and waiting and values.get("age_seconds", WAITING_TOO_LONG + 1) > WAITING_TOO_LONG:
        return ProbeResult(False, "days wait and nothing groups them", values)
    return ProbeResult(found.is_ok, found.text, values)


@probe("pictures")
def _pictures() -> ProbeResult:
    found = check_job("pictures")
    failed, waiting = (
        Image.objects.filter(state=state).count() for state in (Image.State.FAILED, Image.State.WAITING)
    )
    values = found.values | {"failed_pictures": failed, "waiting_pictures": waiting}
    if found.is_ok and failed > max(FEW, MANY_FAILED * (failed + Image.objects.ready().count())):
        return ProbeResult(False, "many pictures could not be fetched", values)
    return ProbeResult(found.is_ok, found.text, values)


@probe("import")
def _import() -> ProbeResult:
    last = ImportRun.objects.first()
    if last is None:
        return ProbeResult(True, "nothing imported yet")
    found = check_job("import", job=Job(started_at=last.started_at, finished_at=last.finished_at))
    return replace(found, values=found.values | {"refused_files": last.refused})
