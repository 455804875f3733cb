"""What keeps a site alive (floor 2): poll, group, fetch pictures, as plain functions for any runner."""

import logging
import time
from collections.abc import Callable

from django.db import close_old_connections

from articles.images.fetch import CacheReport, cache_images, wanted_images
from articles.operations.jobs import noted
from articles.sources.poll import PollReport, poll_sources
from articles.stories.grouping import group_waiting

PICTURES = 300  # fetched in one go, the newest first
PICTURE_SECONDS = 30.0
POLL_SECONDS = 300.0

logger = logging.getLogger(__name__)


def poll_due() -> PollReport:
    """Poll the sources that are due."""
    return poll_sources(seconds=POLL_SECONDS)


def group_new() -> int:
    """Group what waits; return the number of articles assigned to stories."""
    with noted("grouping"):
        return group_waiting()


def fetch_pictures() -> CacheReport:
    """Fetch some of the pictures that public stories lack, in bounded time."""
    return cache_images(wanted_images(limit=PICTURES), seconds=PICTURE_SECONDS)


Jobs = tuple[tuple[str, Callable[[], object]], ...]
JOBS: Jobs = (
    ("poll", poll_due),
    ("group", group_new),
    ("pictures", fetch_pictures),
)


def run_cycle(on_job: Callable[[str, object], None] | None = None, jobs: Jobs | None = None) -> bool:
    """Do each job once; returns whether all went well. One that fails is logged and holds up no other."""
    went_well = True
    for name, job in JOBS if jobs is None else jobs:
        close_old_connections()
        try:
            result = job()
        except Exception:
            logger.exception("the job “%s” failed", name)
            went_well = False
        else:
            if on_job:
                on_job(name, result)
    close_old_connections()
    return went_well


def run_forever(
    every: float,
    *,
    is_over: Callable[[float], bool],
    on_job: Callable[[str, object], None] | None = None,
    jobs: Jobs | None = None,
) -> None:
    """Begin a cycle every so many seconds until told to end; after failures, wait up to ten times as long.

    `is_over` waits so many seconds, and returns whether to end.
    """
    failures = 0
    while True:
        began = time.monotonic()
        failures = 0 if run_cycle(on_job, jobs) else failures + 1
        pause = every * min(2**failures, 10) - (time.monotonic() - began)
        if is_over(max(pause, 1.0 if every >= 1 else 0.0)):
            return
