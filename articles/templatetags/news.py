"""Template filters of the site's pages, and a tag for the lists of the newsroom."""

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from articles.caching.times import exact_time, time_element

register = template.Library()
register.filter("relative_time", time_element)  # "3 h ago" in a <time> element
register.filter("exact_time", exact_time)


@register.filter
def translated(text):
    """Return a text of Python code, such as the name of a column, in the language of the page."""
    return gettext(text) if text else text


@register.simple_tag
def labelled_cells(cells, headers) -> SafeString:
    """Return the cells of an admin list's row, each with its column's name in `data-label`.

    On narrow screens a row is shown as a card, and style sheets put the names before the values.
    """
    html = ""
    for cell, header in zip(cells, headers, strict=False):
        start, space, rest = str(cell).partition(" ")
        label = escape(translated(header["text"]))
        html += f'{start} data-label="{label}"{space}{rest}' if space else str(cell)
    return mark_safe(html)  # noqa: S308  Django made the cells, the label is escaped
