"""Readers for soaks: many connections that ask for all kinds of address, and note every answer and error."""

import http.client
import re
import ssl
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.fronting import HOST

# Kinds of address, each found by a pattern in what was read so far; those that begin with "=" are known.
KINDS = (
    "=/", "=/topics/", r"/topics/[^/\"?]+/", r"/topics/[^/\"?]+/\?[^\"]*(?:after|page)=[^\"]+",
    "=/providers/", r"/providers/[^/\"?]+/", r"/stories/\d+-[^/\"?]+/", r"/news/[^/\"?]+/", "=/archive/",
    r"/archive/\d{4}/", r"/archive/\d{4}/\d\d/", r"/archive/\d{4}/\d\d/\d\d/", "=/search/?q=azure",
    "=/search/?q=zzzzyx", "=/about/", "=/feed.atom", r"/topics/[^/\"?]+/feed\.json", "=/sitemap.xml",
    r"/sitemap-\d{4}-\d\d\.xml", "=/api/v1/stories", "=/api/v1/articles?limit=50", "=/robots.txt",
    r"/static/[^\"]+\.css", r"/media/[0-9a-f]{2}/[0-9a-f]{32}\.webp",
)  # fmt: skip


@dataclass
class Door:
    """Where to ask: a port of this machine, through TLS or as a trusted proxy would."""

    port: int
    context: ssl.SSLContext | None = None

    def connect(self) -> http.client.HTTPConnection:
        if self.context is None:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=15, context=self.context)

    def ask(self, connection, path, method="GET", body=None, **headers):
        """Return status, headers and body."""
        more = {"Host": HOST, "X-Forwarded-Proto": "https", "Accept-Encoding": "gzip", **headers}
        connection.request(method, path, body=body, headers=more)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()

    def once(self, path, **options):
        connection = self.connect()
        try:
            return self.ask(connection, path, **options)
        finally:
            connection.close()


def find_addresses(door: Door, kinds=KINDS) -> list[str]:
    """Return one address of each kind that the site has, found by reading it."""
    found, texts = [], []
    for kind in kinds:
        paths = [kind[1:]] if kind.startswith("=") else _matches(kind, texts)
        for path in paths[:8]:
            status, _, body = door.once(path, **{"Accept-Encoding": "identity"})
            if status == 200:
                found.append(path)
                text = body.decode("utf-8", "replace").replace("&amp;", "&")
                texts.append(text.replace(f"https://{HOST}", ""))
                break
    return found


def _matches(kind: str, texts: list[str]) -> list[str]:
    return list(dict.fromkeys(path for text in texts for path in re.findall(rf"(?<![\w.]){kind}", text)))


@dataclass
class Seen:
    """What readers saw: seconds of each answer, and (moment, what) of each error."""

    began: float
    seconds: list[float] = field(default_factory=list)
    errors: list[tuple[float, str]] = field(default_factory=list)

    def p(self, share: float, since: int = 0) -> float:
        """Return a percentile in milliseconds."""
        ordered = sorted(self.seconds[since:])
        return 1000 * ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0

    def errors_between(self, begin: float, end: float) -> list[str]:
        return [what for moment, what in self.errors if begin <= moment < end]

    def told(self, seconds: float) -> str:
        kinds = dict(Counter(what for _, what in self.errors))
        return (
            f"{len(self.seconds):,} answers, {len(self.seconds) / seconds:,.0f}/s, p50 {self.p(0.5):.1f} ms, "
            f"p99 {self.p(0.99):.1f} ms, {len(self.errors)} errors {kinds or ''}"
        )


class Readers:
    """So many connections, each a thread that asks one address after the other until it is told to stop."""

    def __init__(self, door: Door, paths: list[str], connections: int, pause: float = 0.0) -> None:
        self.door, self.paths, self.pause = door, paths, pause
        self.seen = Seen(time.monotonic())
        self._over = threading.Event()
        places = range(connections)
        self._threads = [threading.Thread(target=self._read, args=(n,), daemon=True) for n in places]
        for thread in self._threads:
            thread.start()

    def _read(self, place: int) -> None:
        connection = self.door.connect()
        while not self._over.is_set():
            place += 1
            path = self.paths[place % len(self.paths)]
            began = time.monotonic()
            try:
                status, _, _ = self.door.ask(connection, path)
                if status != 200:
                    self.seen.errors.append((began, f"{status} {path}" if status != 503 else "503"))
                else:
                    self.seen.seconds.append(time.monotonic() - began)
            except (OSError, http.client.HTTPException) as error:
                self.seen.errors.append((began, type(error).__name__))
                connection.close()
                connection = self.door.connect()
                time.sleep(0.02)
            if self.pause:
                time.sleep(self.pause)
        connection.close()

    def stop(self) -> Seen:
        self._over.set()
        for thread in self._threads:
            thread.join(20)
        return self.seen
