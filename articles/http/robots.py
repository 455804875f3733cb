"""robots.txt (RFC 9309): cached rules per host, and Crawl-delay."""

import time
from collections.abc import Callable
from threading import Lock

from protego import Protego

from articles.http.response import FetchError

MAX_ROBOTS_BYTES = 512_000  # RFC 9309 requires 500 KiB; the rest of a longer file is ignored
CACHE_SECONDS = 3600
MAX_CRAWL_DELAY = 10.0  # seconds


class RobotsCache:
    """The rules of hosts for one user agent, each kept for an hour. Safe to use from several threads."""

    def __init__(self, agent: str):
        self.agent = agent
        self._lock = Lock()
        self._rules: dict[str, tuple[float, Protego | str]] = {}  # expiry, and rules or why there are none
        self._next_request: dict[str, float] = {}

    def check(self, origin: str, path: str, fetch: Callable[[], bytes]) -> float:
        """Return the seconds to wait before a request, by the host's Crawl-delay; raises FetchError.

        `fetch` returns the host's robots.txt and is called if its rules are not cached; raises FetchError.
        """
        rules = self._get(origin, fetch)
        if isinstance(rules, str):
            raise FetchError(f"robots.txt cannot be read: {rules}")
        if not rules.can_fetch(path, self.agent):
            raise FetchError("robots.txt asks to keep out", is_final=True)
        delay = min(rules.crawl_delay(self.agent) or 0.0, MAX_CRAWL_DELAY)
        if not delay:
            return 0.0
        with self._lock:
            now = time.monotonic()
            start = max(self._next_request.get(origin, 0.0), now)
            self._next_request[origin] = start + delay
        return start - now

    def _get(self, origin: str, fetch: Callable[[], bytes]) -> Protego | str:
        with self._lock:
            now = time.monotonic()
            self._rules = {key: entry for key, entry in self._rules.items() if entry[0] > now}
            self._next_request = {key: at for key, at in self._next_request.items() if at > now}
            if origin in self._rules:
                return self._rules[origin][1]
        try:
            rules: Protego | str = Protego.parse(fetch().decode("utf-8", "replace"))
        except FetchError as error:
            # No robots.txt allows everything; a host that fails to answer is left alone (RFC 9309, 2.3.1).
            rules = Protego.parse("") if 400 <= error.status < 500 and error.status != 429 else str(error)
        with self._lock:
            self._rules[origin] = (time.monotonic() + CACHE_SECONDS, rules)
        return rules
