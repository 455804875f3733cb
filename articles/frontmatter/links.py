"""Links: what a valid link is, and when two links are the same article. PURE."""

import hashlib
import ipaddress
import re
from functools import lru_cache
from typing import cast
from urllib.parse import quote

import idna

MAX_LENGTH = 2000
# An index entry must fit a database page on PostgreSQL (2,704 bytes), so longer keys end in a hash.
MAX_KEY_LENGTH = 500

_SCHEME = re.compile(r"(https?)://([^/?#]*)(.*)", re.IGNORECASE | re.DOTALL)
# What is clean already, but perhaps for its host.
_CLEAN = re.compile(
    r"(https?)://([0-9A-Za-z.-]++)((?:[/?#][!#$%&()*+,\-./0-9:;=?@A-Z\[\]^_a-z{|}~`]*+)?)", re.ASCII
)
_PORT = re.compile(r"(.*?)(?::([0-9]*))?", re.DOTALL)
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_DOTS = str.maketrans("。．｡", "...")  # IDNA reads these as full stops, and so do browsers
_UNSAFE = re.compile(r"[^!#$%&()*+,\-./0-9:;=?@A-Z\[\]^_a-z{|}~`]")
_TRACKING = re.compile(r"utm_.*|fbclid|gclid|mc_cid|mc_eid", re.IGNORECASE | re.DOTALL)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".localdomain")
# Ranges that Python's `is_global` lets pass although no ordinary public host lives there: addresses that
# carry an IPv4 address inside (NAT64, 6to4, Teredo, IPv4-compatible), deprecated and multicast ranges.
_NOT_ORDINARY = [
    ipaddress.ip_network(net)
    for net in (
        "::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fec0::/10",
        "ff00::/8", "192.88.99.0/24", "224.0.0.0/3",
    )
]  # fmt: skip


class LinkError(ValueError):
    """A link or host that the store's rules refuse; the text is the reason in plain words."""


def is_ordinary_public(address: str) -> bool:
    """Tell whether an IP address in its usual form is public unicast and carries no other address inside."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if getattr(ip, "scope_id", None):
        return False
    return ip.is_global and not any(ip in net for net in _NOT_ORDINARY if net.version == ip.version)


@lru_cache(maxsize=4096)  # a store names few hosts, thousands of times each
def clean_host(text: str) -> str:
    """Return a host in its one spelling: lower case, A-labels, no trailing dot; IPv6 in brackets.

    Raises LinkError for what is no DNS name with a dot and no public address in its usual form.
    """
    if text.startswith("["):
        return _clean_ipv6(text)
    try:
        host = text.lower() if text.isascii() else idna.uts46_remap(text, std3_rules=False)
        host = host.translate(_DOTS).removesuffix(".")
        host = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except (idna.IDNAError, UnicodeError) as error:
        raise LinkError("the host is no valid name") from error
    labels = host.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        if not is_ordinary_public(host):
            raise LinkError("the host is not a public address")
        return host
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise LinkError("the host is no valid name")
    if len(labels) < 2 or host.endswith(_LOCAL_SUFFIXES):
        raise LinkError("the host is not a public name")
    return host


def _clean_ipv6(text: str) -> str:
    if not text.endswith("]") or ":" not in text:
        raise LinkError("the host is no valid address")
    try:
        ip = ipaddress.IPv6Address(text[1:-1])
    except ValueError as error:
        raise LinkError("the host is no valid address") from error
    if not is_ordinary_public(str(ip)):
        raise LinkError("the host is not a public address")
    return f"[{ip}]"


def clean_link(text: object) -> str:
    """Return a link in the one spelling that is stored and shown.

    Takes what a file or feed gives; returns an absolute http(s) URL in ASCII. Raises LinkError with the
    reason, which never repeats a part of the link (it may hold a password).
    """
    if not isinstance(text, str):
        raise LinkError("a link must be text")
    text = text.strip()
    if len(text) > MAX_LENGTH:
        raise LinkError(f"a link may have {MAX_LENGTH:,} characters at most, this has {len(text):,}")
    if parts := _CLEAN.fullmatch(text):
        scheme, authority, rest = parts.groups()
        return f"{scheme}://{_clean_authority(authority, scheme)}{rest}"
    if _CONTROLS.search(text) or "\\" in text:
        raise LinkError("a link may hold no control character and no backslash")
    parts = _SCHEME.fullmatch(text)
    if not parts:
        raise LinkError("a link must be absolute and begin with http:// or https://")
    scheme, authority, rest = parts[1].lower(), parts[2], parts[3]
    if "@" in authority:
        raise LinkError("a link may hold no user name or password")
    return f"{scheme}://{_clean_authority(authority, scheme)}{_UNSAFE.sub(_encode, rest)}"


def _encode(match: re.Match[str]) -> str:
    try:
        return quote(match[0], safe="")
    except UnicodeEncodeError as error:
        raise LinkError("a link may hold no half characters") from error


@lru_cache(maxsize=4096)
def _clean_authority(authority: str, scheme: str) -> str:
    host, port = cast("re.Match[str]", _PORT.fullmatch(authority)).groups()  # it matches any text
    if port and not 1 <= int(port[:6]) <= 65535:
        raise LinkError("the port is not between 1 and 65535")
    host = clean_host(host)
    if not port or int(port) == _DEFAULT_PORTS[scheme]:
        return host
    return f"{host}:{int(port)}"


def link_key(link: str) -> str:
    """Return the identity of a cleaned link: two links are the same article when their keys are equal.

    Scheme, fragment, trailing slashes and tracking parameters do not count; paths are case-sensitive.
    """
    rest = link.split("://", 1)[1].split("#", 1)[0]
    path, has_query, query = rest.partition("?")
    if has_query:
        parts = (part for part in query.split("&") if part)
        query = "&".join(part for part in parts if not _TRACKING.fullmatch(part.split("=", 1)[0]))
    key = path.rstrip("/") + (f"?{query}" if query else "")
    if len(key) > MAX_KEY_LENGTH:
        # "#" cannot occur in a key otherwise, so a shortened key never equals a whole one.
        key = f"{key[: MAX_KEY_LENGTH - 65]}#{hashlib.sha256(key.encode()).hexdigest()}"
    return key
