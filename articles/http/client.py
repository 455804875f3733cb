"""The HTTP client for addresses that come from content: every such request goes through `Fetcher`.

httpcore speaks the protocol on connections that this module opens to addresses that it has checked. It
follows no redirects, reads no environment variables, keeps no cookies and decompresses nothing.
"""

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock
from typing import cast

import certifi
import httpcore
from django.conf import settings

from articles.frontmatter.links import LinkError, clean_link, is_ordinary_public
from articles.http.response import (
    FetchError,
    Response,
    build_response,
    read_body,
    read_headers,
    read_location,
)
from articles.http.throttle import MAX_ROBOTS_BYTES, RobotsCache, retry_after_seconds

PRODUCT = "NewsAggregator"
PORTS = frozenset({80, 443, 8080, 8443})
MAX_SECONDS = 15.0
MAX_BYTES = 10_000_000
MAX_REDIRECTS = 5
MAX_ADDRESSES = 4  # of one name, tried in turn
_REDIRECTS = (301, 302, 303, 307, 308)
_PARTS = re.compile(r"(https?)://(\[[^\]]*\]|[^/?#:]*)(?::([0-9]+))?([^#]*)(?:#.*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Target:
    url: str
    scheme: str
    host: str
    port: int
    path: str
    is_test: bool

    @property
    def origin(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


class _Deadline:
    """The time at which a fetch ends, whatever it is waiting for."""

    def __init__(self, seconds: float):
        self._at, self._seconds = time.monotonic() + seconds, seconds

    def extend(self, seconds: float) -> None:
        self._at += seconds

    def error(self) -> FetchError:
        return FetchError(f"took longer than {self._seconds:g} seconds")

    def left(self) -> float:
        """Return the seconds left; raises FetchError when there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise self.error()
        return left


class _Stream(httpcore.NetworkStream):
    """A socket on which every wait ends at the deadline, so that a trickle of bytes cannot last for ever."""

    def __init__(self, sock: socket.socket, deadline: _Deadline):
        self._sock, self._deadline = sock, deadline

    def read(self, max_bytes, timeout=None):
        with self._errors_as(httpcore.ReadError):
            return self._sock.recv(max_bytes)

    def write(self, buffer, timeout=None):
        with self._errors_as(httpcore.WriteError):
            self._sock.sendall(buffer)

    @contextmanager
    def _errors_as(self, kind: type[Exception]) -> Iterator[None]:
        self._sock.settimeout(self._deadline.left())
        try:
            yield
        except TimeoutError as error:
            raise self._deadline.error() from error
        except OSError as error:
            raise kind from error

    def close(self):
        self._sock.close()

    def get_extra_info(self, info):
        return None


class Fetcher:
    """Fetches by GET within limits: public addresses only, few redirects, bounded time and size.

    `contact` is an address for questions about the requests, sent in the User-Agent. Limits are in seconds
    and in bytes after decompression. `loopback_allowed` ("127.0.0.1:PORT") is for tests and benchmarks: the
    only local address that may be fetched. Safe to use from several threads.
    """

    def __init__(
        self,
        contact: str = "",
        *,
        seconds: float = MAX_SECONDS,
        max_bytes: int = MAX_BYTES,
        loopback_allowed: str = "",
        tls: ssl.SSLContext | None = None,
    ):
        self.agent = f"{PRODUCT}/0.1 (+{contact})" if contact else f"{PRODUCT}/0.1"
        if not (self.agent.isascii() and self.agent.isprintable()):
            raise ValueError("the contact must be plain ASCII text")
        host, _, port = loopback_allowed.rpartition(":")
        if loopback_allowed and not (host == "127.0.0.1" and port.isdigit()):
            raise ValueError("loopback_allowed must be 127.0.0.1:PORT")
        self.seconds, self.max_bytes = seconds, max_bytes
        self._loopback_allowed = loopback_allowed
        self._given_tls = tls
        self._lock = Lock()
        self._not_before: dict[str, float] = {}
        self._robots = RobotsCache(PRODUCT)

    def check(self, url: str) -> str:
        """Return an address in normal form; raises FetchError if it may not be fetched.

        The name is not resolved: it may still turn out to have an address that is refused.
        """
        return self._target(url).url

    def fetch(
        self, url: str, *, etag: str = "", last_modified: str = "", respect_robots: bool = False
    ) -> Response:
        """Return the response of a URL; raises FetchError.

        `etag` and `last_modified` of an earlier response make the request conditional. With `respect_robots`
        the host's robots.txt is read first, and its Crawl-delay (at most 10 seconds) is waited for.
        """
        deadline = _Deadline(self.seconds)
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        if respect_robots:
            self._check_robots(self._target(url), deadline)
        return self._follow(url, deadline, conditions, respect_robots=respect_robots)

    def _follow(self, url, deadline, conditions, *, respect_robots=False, cut_at=None) -> Response:
        """Return the response after redirects, each of which is checked like the first address."""
        target, moved_to, is_permanent = self._target(url), "", True
        for _ in range(MAX_REDIRECTS + 1):
            self._check_retry_after(target.host)
            with self._request(target, deadline, conditions) as response:
                headers = read_headers(response)
                if response.status not in _REDIRECTS:
                    self._check_status(target, response.status, headers, conditions)
                    unchanged = response.status == 304
                    content = b"" if unchanged else read_body(response, headers, self.max_bytes, cut_at)
                    return build_response(
                        target.url, headers, content, is_unchanged=unchanged, moved_to=moved_to
                    )
            is_permanent = is_permanent and response.status in (301, 308)
            try:
                target = self._target(read_location(target.url, headers))
            except FetchError as error:
                raise FetchError(f"a redirect is refused: {error}", is_final=True) from error
            moved_to = target.url if is_permanent else moved_to
            if respect_robots:
                self._check_robots(target, deadline)
        raise FetchError(f"more than {MAX_REDIRECTS} redirects", is_final=True)

    def _target(self, url: str) -> _Target:
        """Return the checked parts of a URL; raises FetchError."""
        allowed = f"http://{self._loopback_allowed}/"
        is_test = bool(self._loopback_allowed) and url.startswith(allowed)
        try:
            link = clean_link("http://allowed.example/" + url.removeprefix(allowed) if is_test else url)
        except LinkError as error:
            raise FetchError(str(error), is_final=True) from error
        match = cast(re.Match[str], _PARTS.fullmatch(link))  # of a clean link
        scheme, host, stated_port, path = match.groups()
        if is_test:
            host, _, stated_port = self._loopback_allowed.partition(":")
        port = int(stated_port or (443 if scheme == "https" else 80))
        if port not in PORTS and not is_test:
            raise FetchError(f"port {port} is not one of {sorted(PORTS)}", is_final=True)
        path = path if path.startswith("/") else f"/{path}"
        normal = allowed + path[1:] if is_test else link.partition("#")[0]
        return _Target(normal, scheme, host.strip("[]"), port, path, is_test)

    def _check_retry_after(self, host: str) -> None:
        with self._lock:
            left = self._not_before.get(host, 0.0) - time.monotonic()
        if left > 0:
            raise FetchError("the host asked to be left alone for a while", retry_after=round(left) + 1)

    def _check_status(self, target, status, headers, conditions) -> None:
        if status == 200 or (status == 304 and any(conditions.values())):
            return
        wait = None
        if status in (429, 503):
            wait = retry_after_seconds(headers.get("retry-after", ""), datetime.now(UTC))
            with self._lock:
                self._not_before[target.host] = time.monotonic() + (wait or 0)
        is_final = 200 <= status < 500 and status not in (408, 425, 429)
        raise FetchError(f"the server answered {status}", status=status, retry_after=wait, is_final=is_final)

    @contextmanager
    def _request(self, target, deadline, conditions) -> Iterator[httpcore.Response]:
        """Send one request on a new connection; every failure becomes a FetchError."""
        origin = httpcore.Origin(target.scheme.encode(), target.host.encode(), target.port)
        default = target.port == (443 if target.scheme == "https" else 80)
        headers = {
            "Host": target.origin.partition("://")[2].removesuffix(f":{target.port}" if default else ""),
            "User-Agent": self.agent,
            "Accept": "*/*",
            "Accept-Encoding": "gzip",
            "Connection": "close",
        } | {name: value for name, value in conditions.items() if value}
        try:
            with httpcore.HTTP11Connection(origin, self._connect(target, deadline)) as connection:
                url = httpcore.URL(
                    scheme=origin.scheme, host=origin.host, port=origin.port, target=target.path.encode()
                )
                yield connection.handle_request(httpcore.Request("GET", url, headers=headers))
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise FetchError("the connection broke or the answer was no proper HTTP") from error

    def _connect(self, target: _Target, deadline: _Deadline) -> _Stream:
        """Return a connection to a checked address of the host."""
        addresses = self._addresses(target, deadline)[:MAX_ADDRESSES]
        for left, (family, address) in zip(range(len(addresses), 0, -1), addresses, strict=True):
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.settimeout(deadline.left() / left)
                sock.connect(address)
                if target.scheme == "https":
                    sock.settimeout(deadline.left())
                    sock = self._tls.wrap_socket(sock, server_hostname=target.host)
                return _Stream(sock, deadline)
            except (OSError, FetchError) as error:
                sock.close()
                if isinstance(error, FetchError):
                    raise
                if isinstance(error, ssl.SSLCertVerificationError):
                    raise FetchError("the server's certificate is not valid") from error
        deadline.left()
        raise FetchError("no connection to the server")

    def _addresses(self, target: _Target, deadline: _Deadline) -> list[tuple[int, tuple]]:
        """Return pairs of family and address of a host; raises FetchError unless all are public."""
        try:
            literal = ipaddress.ip_address(target.host)
        except ValueError:
            infos = self._resolve(target, deadline)
        else:
            family = socket.AF_INET if literal.version == 4 else socket.AF_INET6
            infos = [(family, (target.host, target.port))]
        if not target.is_test and not all(is_ordinary_public(address[0]) for _, address in infos):
            raise FetchError("the host's address is not public", is_final=True)
        return infos

    def _resolve(self, target: _Target, deadline: _Deadline) -> list[tuple[int, tuple]]:
        # The system's resolver has no timeout, so it runs in a thread that can be left waiting.
        lookup = self._resolver.submit(socket.getaddrinfo, target.host, target.port, type=socket.SOCK_STREAM)
        try:
            infos = lookup.result(timeout=deadline.left())
        except TimeoutError as error:
            raise deadline.error() from error
        except (OSError, UnicodeError) as error:
            raise FetchError("the host's name does not resolve") from error
        return [(info[0], info[4]) for info in infos]

    @cached_property
    def _resolver(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(8, thread_name_prefix="names")

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        if self._given_tls:
            return self._given_tls
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
        return context

    def _check_robots(self, target: _Target, deadline: _Deadline) -> None:
        """Raise FetchError if the host's robots.txt forbids the path; wait for its Crawl-delay."""

        def fetch_rules() -> bytes:
            url = f"http://{self._loopback_allowed}" if target.is_test else target.origin
            return self._follow(f"{url}/robots.txt", deadline, {}, cut_at=MAX_ROBOTS_BYTES).content

        wait = self._robots.check(target.origin, target.path, fetch_rules)
        deadline.extend(wait)
        time.sleep(wait)


def make_fetcher() -> Fetcher:
    """Return a fetcher with the contact of the settings."""
    return Fetcher(settings.FETCH_CONTACT, loopback_allowed=settings.FETCH_LOOPBACK_ALLOWED)
