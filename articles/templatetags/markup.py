"""Tags for pieces that are put together without templates (floor 3), see articles/pages/markup.py."""

from django import template

from articles.pages import markup

register = template.Library()
register.simple_tag(markup.when_html, name="when")
register.simple_tag(markup.tile_html, name="tile")
register.simple_tag(markup.byline_html, name="byline")
register.simple_tag(markup.chips_html, name="chips")
register.simple_tag(markup.picture_html, name="picture")
register.simple_tag(markup.lines_html, name="lines")
register.simple_tag(lambda: markup.CARDS, name="cards")


@register.simple_tag(takes_context=True)
def feed_items(context):
    """Links to the feeds of a page, as items of a list."""
    return markup.feed_items_html(context.get("feeds") or ())


@register.simple_tag(takes_context=True)
def about_page(context):
    """What the head of a page says of it to programs, as far as the page gives it."""
    given = ("site_name", "description", "canonical", "feeds", "preview", "linked_data")
    return markup.head_html(*(context.get(name) or "" for name in given))
