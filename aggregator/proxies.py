"""What a proxy tells of the request it passes on, believed of those alone whom TRUSTED_PROXIES names.

From anybody else these headers are dropped before anything reads them: who sends them himself could else
choose the site's address in its pages, his own address in limits, or the name of his request in the log.
"""

import ipaddress
from functools import lru_cache

from django.conf import settings

_MOST_HOPS = 20
_TOLD = ("HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_FOR", "HTTP_X_REQUEST_ID")
_UNUSED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_PORT", "HTTP_X_FORWARDED_SERVER", "HTTP_X_REAL_IP")


class ForwardedMiddleware:
    """Gives a request the scheme, host and client that a trusted proxy says it came with."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        settle(request.META)
        return self.get_response(request)


def settle(meta: dict) -> None:
    """Change a request's environment to what its trusted proxy tells, or drop what a stranger tells."""
    for name in _UNUSED:
        meta.pop(name, None)
    proto, host, chain, name = [meta.pop(told, "") for told in _TOLD]
    networks = tuple(settings.TRUSTED_PROXIES)
    if not networks or not _is_trusted(meta.get("REMOTE_ADDR", ""), networks):
        return
    if name:
        meta["HTTP_X_REQUEST_ID"] = name
    if proto.strip().lower() in ("http", "https"):
        meta["wsgi.url_scheme"] = proto.strip().lower()
    if host.strip():
        meta["HTTP_HOST"] = host.strip()
    # From right to left, each hop is told by the one after it, so the first stranger is the client.
    for hop in reversed(chain.rsplit(",", _MOST_HOPS)[-_MOST_HOPS:]):
        if not _is_address(hop.strip()):
            return
        meta["REMOTE_ADDR"] = hop.strip()
        if not _is_trusted(hop.strip(), networks):
            return


@lru_cache(maxsize=4096)
def _is_trusted(address: str, networks: tuple) -> bool:
    if not _is_address(address):
        return False
    found = ipaddress.ip_address(address)
    return any(found in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
