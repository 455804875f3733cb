"""The one door to the network (floor 0): whatever the site fetches from others comes through `Fetcher`.

httpcore speaks the protocol on a connection that this module has opened itself, to an address that it has
checked; it follows no redirect, reads no environment variable, keeps no cookie and unpacks nothing.
"""

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from threading import Lock

import certifi
import httpcore
from protego import Protego

from articles.frontmatter.links import LinkError, clean_link, is_ordinary_public
from articles.http.answers import Answer, FetchError, read_answer, read_body, read_headers, read_location
from articles.http.throttle import retry_after_seconds

PRODUCT = "NewsAggregator"
PORTS = frozenset({80, 443, 8080, 8443})
MAX_SECONDS = 15.0
MAX_BYTES = 10_000_000
MAX_REDIRECTS = 5
MAX_ADDRESSES = 4  # of one name, tried in turn
MAX_ROBOTS_BYTES = 512_000  # RFC 9309 asks for 500 KiB; the rest of a longer file is not read
ROBOTS_SECONDS = 3600
MAX_CRAWL_DELAY = 10.0
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
    """The moment at which a fetch is over, whatever it is waiting for."""

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
    """A socket whose every wait ends at the deadline, so that a drip of bytes does not go on for ever."""

    def __init__(self, sock: socket.socket, deadline: _Deadline):
        self._sock, self._deadline = sock, deadline

    def read(self, max_bytes, timeout=None):
        self._sock.settimeout(self._deadline.left())
        try:
            return self._sock.recv(max_bytes)
        except TimeoutError as error:
            raise self._deadline.error() from error
        except OSError as error:
            raise httpcore.ReadError from error

    def write(self, buffer, timeout=None):
        self._sock.settimeout(self._deadline.left())
        try:
            self._sock.sendall(buffer)
        except TimeoutError as error:
            raise self._deadline.error() from error
        except OSError as error:
            raise httpcore.WriteError from error

    def close(self):
        self._sock.close()

    def get_extra_info(self, info):
        return None


class Fetcher:
    """Fetches by GET within the rules: public addresses, few redirects, bounded time and bytes.

    `contact` (an address for people who wonder about the requests) stands in the User-Agent. The limits are
    in seconds and in bytes after unpacking. `loopback_allowed` ("127.0.0.1:PORT") is for tests and
    benchmarks: the one place on this machine that may be asked. Safe to use from several threads.
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
        self._robots: dict[str, tuple[float, Protego | str]] = {}

    def check(self, url: str) -> str:
        """Return an address in its one spelling; raises FetchError if it may not be asked for.

        Nothing is looked up: a name may still turn out to lead where nothing may be fetched.
        """
        return self._target(url).url

    def fetch(
        self, url: str, *, etag: str = "", last_modified: str = "", obey_robots: bool = False
    ) -> Answer:
        """Return what a URL gives; raises FetchError.

        `etag` and `last_modified` of an earlier answer make the request conditional. With `obey_robots` the
        host's robots.txt is asked first, and its Crawl-delay waited for (at most 10 seconds).
        """
        deadline = _Deadline(self.seconds)
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        if obey_robots:
            self._obey_robots(self._target(url), deadline)
        return self._follow(url, deadline, conditions, obey_robots=obey_robots)

    def _follow(self, url, deadline, conditions, *, obey_robots=False, cut_at=None) -> Answer:
        """Follow redirects, each checked like the first, to an answer."""
        target, moved_to, is_permanent = self._target(url), "", True
        for _ in range(MAX_REDIRECTS + 1):
            self._check_pause(target.host)
            with self._ask(target, deadline, conditions) as response:
                headers = read_headers(response)
                if response.status not in _REDIRECTS:
                    self._check_status(target, response.status, headers, conditions)
                    unchanged = response.status == 304
                    content = b"" if unchanged else read_body(response, headers, self.max_bytes, cut_at)
                    return replace(read_answer(target.url, headers), content=content, is_unchanged=unchanged,
                                   moved_to=moved_to)  # fmt: skip
            is_permanent = is_permanent and response.status in (301, 308)
            try:
                target = self._target(read_location(target.url, headers))
            except FetchError as error:
                raise FetchError(f"a redirect is refused: {error}", is_final=True) from error
            moved_to = target.url if is_permanent else moved_to
            if obey_robots:
                self._obey_robots(target, deadline)
        raise FetchError(f"more than {MAX_REDIRECTS} redirects", is_final=True)

    def _target(self, url: str) -> _Target:
        """Take a URL apart after checking it; raises FetchError."""
        place = f"http://{self._loopback_allowed}/"
        is_test = bool(self._loopback_allowed) and url.startswith(place)
        try:
            link = clean_link("http://allowed.example/" + url.removeprefix(place) if is_test else url)
        except LinkError as error:
            raise FetchError(str(error), is_final=True) from error
        scheme, host, port, path = _PARTS.fullmatch(link).groups()
        if is_test:
            host, _, port = self._loopback_allowed.partition(":")
        port = int(port or (443 if scheme == "https" else 80))
        if port not in PORTS and not is_test:
            raise FetchError(f"port {port} is not one of {sorted(PORTS)}", is_final=True)
        path = path if path.startswith("/") else f"/{path}"
        shown = place + path[1:] if is_test else link.partition("#")[0]
        return _Target(shown, scheme, host.strip("[]"), port, path, is_test)

    def _check_pause(self, host: str) -> None:
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
    def _ask(self, target, deadline, conditions) -> Iterator[httpcore.Response]:
        """Send one request on a connection of its own; whatever goes wrong is a FetchError."""
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
        """Connect to an address of the host that has been checked, and to no other."""
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
            except ssl.SSLCertVerificationError as error:
                sock.close()
                raise FetchError("the server's certificate is not valid") from error
            except OSError:
                sock.close()
            except FetchError:
                sock.close()
                raise
        deadline.left()
        raise FetchError("no connection to the server")

    def _addresses(self, target: _Target, deadline: _Deadline) -> list[tuple[int, tuple]]:
        """Return (family, address) pairs of a host; raises FetchError unless every one is public."""
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
        # The system's resolver knows no deadline, so it is asked in a thread that can be left waiting.
        asked = self._resolver.submit(socket.getaddrinfo, target.host, target.port, type=socket.SOCK_STREAM)
        try:
            infos = asked.result(timeout=deadline.left())
        except TimeoutError as error:
            raise deadline.error() from error
        except (OSError, UnicodeError) as error:
            raise FetchError("the host's name does not resolve") from error
        if not infos:
            raise FetchError("the host's name does not resolve")
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

    def _obey_robots(self, target: _Target, deadline: _Deadline) -> None:
        """Raise FetchError where the host's robots.txt keeps us out; wait as long as it asks."""
        rules = self._robots_of(target, deadline)
        if isinstance(rules, str):
            raise FetchError(f"robots.txt cannot be read: {rules}")
        if not rules.can_fetch(target.path, PRODUCT):
            raise FetchError("robots.txt asks to keep out", is_final=True)
        delay = min(rules.crawl_delay(PRODUCT) or 0.0, MAX_CRAWL_DELAY)
        if delay:
            with self._lock:
                now = time.monotonic()
                at = max(self._not_before.get(f"turn:{target.host}", 0.0), now)
                self._not_before[f"turn:{target.host}"] = at + delay
            deadline.extend(at - now)
            time.sleep(at - now)

    def _robots_of(self, target: _Target, deadline: _Deadline) -> Protego | str:
        with self._lock:
            now = time.monotonic()
            self._robots = {key: kept for key, kept in self._robots.items() if kept[0] > now}
            self._not_before = {key: at for key, at in self._not_before.items() if at > now}
            if target.origin in self._robots:
                return self._robots[target.origin][1]
        url = f"http://{self._loopback_allowed}" if target.is_test else target.origin
        try:
            answer = self._follow(f"{url}/robots.txt", deadline, {}, cut_at=MAX_ROBOTS_BYTES)
            rules = Protego.parse(answer.content.decode("utf-8", "replace"))
        except FetchError as error:
            # A host that has none keeps nobody out; one that cannot say is left alone (RFC 9309, 2.3.1).
            rules = Protego.parse("") if 400 <= error.status < 500 and error.status != 429 else str(error)
        with self._lock:
            self._robots[target.origin] = (time.monotonic() + ROBOTS_SECONDS, rules)
        return rules
