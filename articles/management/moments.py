"""Moments as they are written in a command (floor 3)."""

from datetime import datetime

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import make_aware


def moment(text: str) -> datetime:
    """Return the moment that a date or time stands for, in UTC; raises ValueError."""
    found = parse_datetime(text) or datetime.combine(parse_date(text), datetime.min.time())
    return make_aware(found) if found.tzinfo is None else found
