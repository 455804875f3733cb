"""How many queries a call takes."""

from django.db import connection
from django.test.utils import CaptureQueriesContext


def queries_of(call, *arguments, **options):
    """Return the number of queries that a call makes."""
    with CaptureQueriesContext(connection) as seen:
        call(*arguments, **options)
    return len(seen)
