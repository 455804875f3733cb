"""`{% kept name … %}`: a piece of a page made once per state of the site and language (floor 3)."""

from django import template

from articles.generation import remember

register = template.Library()


class KeptNode(template.Node):
    def __init__(self, nodes, parts):
        self.nodes, self.parts = nodes, parts

    def render(self, context):
        key = ("html", *(part.resolve(context) for part in self.parts))
        return remember(key, lambda: self.nodes.render(context))


@register.tag
def kept(parser, token):
    """Keep what stands up to `{% endkept %}` under these values; they must name all that it depends on.

    What is inside is not even asked for when it is known, so give it callables.
    """
    parts = [parser.compile_filter(bit) for bit in token.split_contents()[1:]]
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(nodes, parts)
