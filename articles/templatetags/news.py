"""Template filters of the site's pages: `relative_time` ("3 h ago" in a <time> element) and `exact_time`."""

from django import template

from articles.caching.times import exact_time, time_element

register = template.Library()
register.filter("relative_time", time_element)
register.filter("exact_time", exact_time)
