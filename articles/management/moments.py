"""Times in the arguments of commands."""

from datetime import datetime

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import make_aware


def moment(text: str) -> datetime:
    """Return the time that a date or time stands for, by default in UTC; raises ValueError."""
    time = parse_datetime(text)
    if time is None:
        day = parse_date(text)
        if day is None:
            raise ValueError("neither a date nor a time")
        time = datetime.combine(day, datetime.min.time())
    return make_aware(time) if time.tzinfo is None else time
