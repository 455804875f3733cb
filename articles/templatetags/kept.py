"""Pieces of pages that are made once (floor 3), under values that name all that they depend on.

`{% kept name … %}` keeps a piece as long as the state of the site; `{% fixed name … %}`, for what holds no
data, as long as the process. Each language has its own.
"""

from django import template

from articles.caching.version import cached
from articles.language import spoken

register = template.Library()
_fixed: dict[tuple, str] = {}


class KeptNode(template.Node):
    def __init__(self, nodes, name, parts):
        self.nodes, self.name, self.parts = nodes, name, parts

    def render(self, context):
        key = ("html", self.name, *(part.resolve(context) for part in self.parts))
        return cached(key, lambda: self.nodes.render(context))


class FixedNode(KeptNode):
    def render(self, context):
        key = (spoken(), self.name, *(part.resolve(context) for part in self.parts))
        if key not in _fixed:
            _fixed[key] = self.nodes.render(context)
        return _fixed[key]


@register.tag
def kept(parser, token):
    """Keep what stands up to `{% endkept %}` under these values.

    What is inside is not even asked for when it is known, so give it callables.
    """
    return _node(KeptNode, parser, token)


@register.tag
def fixed(parser, token):
    """Keep what stands up to `{% endfixed %}`; the values must be few: never what a reader sends."""
    return _node(FixedNode, parser, token)


def _node(kind, parser, token):
    tag, name, *bits = token.split_contents()
    parts = [parser.compile_filter(bit) for bit in bits]
    nodes = parser.parse((f"end{tag}",))
    parser.delete_first_token()
    return kind(nodes, name, parts)
