"""Template filters of the site's pages."""

from datetime import datetime

from django import template
from django.utils.safestring import SafeString

from articles.caching import times

register = template.Library()


@register.filter
def relative_time(moment: datetime | None) -> SafeString | str:
    """Return a <time> element: exact for programs and in its title, with "3 h ago" as its text."""
    return times.time_element(moment)


@register.filter
def exact_time(moment: datetime) -> str:
    """Return a time in full, in UTC and in the reader's language."""
    return times.exact_time(moment)
