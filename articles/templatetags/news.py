"""Template filters of the site's pages."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.pages import times

register = template.Library()


@register.filter
def relative_time(moment: datetime | None) -> SafeString | str:
    """Return a <time> element: exact for machines and careful readers, "3 h ago" for hurried ones."""
    if not moment:
        return ""
    said = times.when(moment)
    return format_html('<time datetime="{}" title="{}">{}</time>', said["iso"], said["exact"], said["ago"])


@register.filter
def exact_time(moment: datetime) -> str:
    """Return a time in full, in UTC and in the reader's language."""
    return times.when(moment)["exact"]
