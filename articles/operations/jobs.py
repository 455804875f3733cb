"""The recurring jobs (poll, group, fetch pictures) as plain functions for any runner, and their log.

Commands, workers and the admin call these functions; each run is recorded in a `Job` row, so that monitoring
sees when a job stops running. Any number of workers on any number of machines may run them at the same time:
sources are leased one by one, a grouping that another overtook is discarded, and a picture fetched twice is
stored once.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django_tasks import task

from articles.images.fetch import CacheReport, cache_images, wanted_images
from articles.models import Job
from articles.sources.poll import PollReport, poll_sources
from articles.stories.grouping import group_waiting

PICTURES = 300  # fetched in one run, the newest first
PICTURE_SECONDS = 30.0
POLL_SECONDS = 300.0

logger = logging.getLogger(__name__)


@contextmanager
def tracked(name: str) -> Iterator[None]:
    """Record start and end of the block in the job of this name; also usable as a decorator.

    A killed process leaves a start without an end. An exception is recorded by its class name, if the
    database still accepts writes, and raised again.
    """
    _record(name, started_at=timezone.now())
    try:
        yield
    except BaseException as error:
        try:
            _record(name, finished_at=timezone.now(), failure=type(error).__name__[:100])
        except DatabaseError:
            logger.warning("The failure of the job %s could not be recorded.", name)
        raise
    _record(name, finished_at=timezone.now(), failure="")


def _record(name: str, **changes: object) -> None:
    """Save these values of a job, in one statement: several machines may do so at once."""
    job = Job(name=name, **changes)
    Job.objects.bulk_create([job], update_conflicts=True, unique_fields=["name"], update_fields=list(changes))


@tracked("polling")
def poll(ids=None, **options) -> PollReport:
    """Poll sources; the parameters are those of `poll_sources`."""
    return poll_sources(ids, **options)


def poll_due() -> PollReport:
    """Poll the sources that are due."""
    return poll(seconds=POLL_SECONDS)


@tracked("grouping")
def group_new() -> int:
    """Group the articles that wait for it; returns how many were assigned to stories."""
    return group_waiting()


@tracked("pictures")
def fetch_pictures(images=None, **options) -> CacheReport:
    """Fetch pictures; without parameters some of those that public stories lack, in bounded time."""
    if images is None:
        return cache_images(wanted_images(limit=PICTURES), seconds=PICTURE_SECONDS)
    return cache_images(images, **options)


Jobs = tuple[tuple[str, Callable[[], object]], ...]
JOBS: Jobs = (("poll", poll_due), ("group", group_new), ("pictures", fetch_pictures))


@task()
def run_job(name: str) -> str:
    """Run one of JOBS: at once where it is enqueued, or, by the setting TASKS, in a worker."""
    return str(dict(JOBS)[name]())


def run_once(on_job: Callable[[str, object], None] | None = None, jobs: Jobs | None = None) -> bool:
    """Run each job once; returns whether all succeeded. A failure is logged and does not stop the others."""
    succeeded = True
    for name, job in JOBS if jobs is None else jobs:
        close_old_connections()
        try:
            result = job()
        except Exception:
            logger.exception("the job “%s” failed", name)
            succeeded = False
        else:
            if on_job:
                on_job(name, result)
    close_old_connections()
    return succeeded


def run_forever(
    every: float,
    *,
    wait: Callable[[float], bool],
    on_job: Callable[[str, object], None] | None = None,
    jobs: Jobs | None = None,
) -> None:
    """Start a round every `every` seconds until stopped; after failed rounds up to ten times as late.

    `wait` sleeps for so many seconds and returns whether to stop.
    """
    failures = 0
    while True:
        start = time.monotonic()
        failures = 0 if run_once(on_job, jobs) else failures + 1
        pause = every * min(2**failures, 10) - (time.monotonic() - start)
        if wait(max(pause, 1.0 if every >= 1 else 0.0)):
            return
