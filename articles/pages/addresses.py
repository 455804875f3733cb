"""Addresses as the world sees them (floor 3): the site's own before a path, from one setting."""

from urllib.parse import urlsplit

from django.conf import settings
from django.utils.encoding import iri_to_uri


def absolute(request, address: str) -> str:
    """Return a path of ours behind SITE_URL, or behind the address that was asked where none is set.

    What is absolute already stays: pictures may be served by a cache at another address.
    """
    if address.startswith("/"):
        return origin(request) + iri_to_uri(address)
    return request.build_absolute_uri(address)


def origin(request) -> str:
    """Return the scheme and host that stand before the site's paths."""
    if not hasattr(request, "origin"):  # a page asks several times, and each time the host is checked
        request.origin = settings.SITE_URL or f"{request.scheme}://{request.get_host()}"
    return request.origin


def site_host(request) -> str:
    """Return the host of the site, for ids."""
    return urlsplit(settings.SITE_URL or f"//{request.get_host()}").hostname
