"""How a command ends that somebody stops (floor 3)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError

INTERRUPTED = 130  # what a shell expects of a program that Ctrl-C ended


@contextmanager
def stoppable() -> Iterator[None]:
    """Let Ctrl-C end the command in one line: what it had done is kept, and the next run does the rest."""
    try:
        yield
    except KeyboardInterrupt:
        raise CommandError("stopped; run it again to go on", returncode=INTERRUPTED) from None
