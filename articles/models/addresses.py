"""Addresses of the site's pages (floor 1)."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse


def address(name: str, *args) -> str:
    """Return the address of a page of ours. A page of stories needs a hundred, most of them often."""
    return _address(get_script_prefix(), f"articles:{name}", args)


@lru_cache(maxsize=10_000)
def _address(prefix: str, name: str, args: tuple) -> str:
    return reverse(name, args=args)  # stands behind the prefix, which is why that is a part of the key
