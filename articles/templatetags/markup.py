"""Tags for pieces that are put together without templates (floor 3), see articles/pages/markup.py."""

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from articles.caching.version import cached
from articles.language import gettext as _
from articles.pages import markup

_HEAD = ("site_name", "description", "canonical", "feeds", "preview", "linked_data")
register = template.Library()
register.simple_tag(markup.when_html, name="when")
register.simple_tag(markup.tile_html, name="tile")
register.simple_tag(markup.byline_html, name="byline")
register.simple_tag(markup.chips_html, name="chips")
register.simple_tag(markup.picture_html, name="picture")
register.simple_tag(markup.lines_html, name="lines")
_PAGER = ("next_url", "first_url", "rest")


@register.simple_tag(takes_context=True)
def stories(context):
    """Where a page's finished cards are put, and the way on to more of them, made once a state."""
    given = {name: context.get(name) or "" for name in _PAGER}

    def make():
        words = {"next_text": _("More stories"), "end_text": _("That is every story.")}
        return get_template("components/pager.html").template.render(template.Context({**given, **words}))

    pager = cached(("pager", *given.values()), make)
    return SafeString(f'<div class="stories">\n{markup.CARDS}\n</div>\n{pager}\n')


@register.simple_tag(takes_context=True)
def feed_items(context):
    """Links to the feeds of a page, as items of a list."""
    return markup.feed_items_html(context.get("feeds") or ())


@register.simple_tag(takes_context=True)
def about_page(context):
    """What the head of a page says of it to programs, as far as the page gives it.

    With a `head_key`, which names all of it but the canonical address, it is made once a state of the site.
    """

    def make():
        given = [context.get(name) or "" for name in _HEAD]
        return markup.head_html(*(value() if callable(value) else value for value in given))

    if key := context.get("head_key"):
        return cached(("head", context.get("canonical"), *key), make)
    return make()
