"""Work outside requests notes when it begins and ends (floor 2), so that watchers see it stop."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError
from django.utils import timezone

from articles.models import Job

_log = logging.getLogger(__name__)


@contextmanager
def noted(name: str) -> Iterator[None]:
    """Note the beginning and the end of what happens inside; also a decorator.

    What a killed process leaves is a beginning without an end. A failure is noted by the name of its error,
    as far as the database still takes notes, and raised again.
    """
    Job.objects.note(name, started_at=timezone.now())
    try:
        yield
    except BaseException as error:
        try:
            Job.objects.note(name, finished_at=timezone.now(), failure=type(error).__name__[:100])
        except DatabaseError:
            _log.warning("The failure of %s could not be noted.", name)
        raise
    Job.objects.note(name, finished_at=timezone.now(), failure="")
