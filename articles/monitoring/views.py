"""Where watchers ask (floor 3): /healthz, /readyz and /metrics; and a request's id, time and line in the log.

These addresses are answered before anything else is looked at: for any Host (a load balancer asks by the
machine's own), without a redirect to https, never out of a cache and never for one.
"""

import logging
import re
import secrets
import time

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.crypto import constant_time_compare

from aggregator.logging import current_request
from aggregator.middleware import is_desk
from articles.monitoring.checks import PROBES, is_serving, look
from articles.monitoring.metrics import count, kind_of, told

_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}", re.ASCII)
_log = logging.getLogger("aggregator.requests")


def live(request) -> HttpResponse:
    """The process answers: nothing else is asked, so that a database that is away kills no process."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def ready(request) -> HttpResponse:
    """Whether requests may be sent here: 503 if pages cannot be served, 200 with what else is amiss."""
    found = look()
    serving = is_serving(found)
    is_well = all(finding.is_ok for finding in found.values())
    answer = {
        "status": "ready" if is_well else "degraded" if serving else "down",
        "probes": {
            name: {
                "ok": finding.is_ok,
                "needed": PROBES[name].is_needed,
                "text": finding.text,
                **{key: round(value, 1) for key, value in finding.values.items()},
            }
            for name, finding in found.items()
        },
    }
    return JsonResponse(answer, status=200 if serving else 503)


def measured(request) -> HttpResponse:
    """The numbers, for whoever shows the token."""
    if not constant_time_compare(
        request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
    ):
        answer = HttpResponse("Show the token.\n", status=401, content_type="text/plain; charset=utf-8")
        answer["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return answer
    return HttpResponse(told(), content_type="text/plain; version=0.0.4; charset=utf-8")


ADDRESSES = {"/healthz": live, "/readyz": ready, "/metrics": measured}


def name_of(meta: dict) -> str:
    """Return the id that a request came with, if it is one, or a new one."""
    given = meta.get("HTTP_X_REQUEST_ID", "")
    return given if _ID.fullmatch(given) else secrets.token_hex(8)


def note(name: str, method: str, path: str, status: int, seconds: float, is_desk: bool = False) -> None:
    """Count an answered request by its path, and log it under its id where that is wished."""
    kind = kind_of(path, is_desk)
    count(kind, status, seconds)
    if settings.LOG_REQUESTS:
        # No query and no client: what readers search for, and who they are, is nobody's business.
        told = {"method": method, "path": path[:400], "kind": kind, "status": status,
                "ms": round(1000 * seconds, 1)}  # fmt: skip
        token = current_request.set(name)
        _log.info("request", extra=told)
        current_request.reset(token)


class WatchMiddleware:
    """Answers watchers; gives each request an id, counts and times it, and logs it where that is wished."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        began = time.perf_counter()
        name = name_of(request.META)
        token = current_request.set(name)
        try:
            answer = self._answer(request)
            seconds = time.perf_counter() - began
            note(name, request.method, request.path_info, answer.status_code, seconds, is_desk(request))
        finally:
            current_request.reset(token)
        answer.headers["X-Request-ID"] = name
        return answer

    def _answer(self, request) -> HttpResponse:
        view = ADDRESSES.get(request.path_info)
        if view is None or (
            view is measured and not settings.METRICS_TOKEN
        ):  # without a token: no such address
            return self.get_response(request)
        answer = (
            view(request) if request.method in ("GET", "HEAD") else HttpResponseNotAllowed(["GET", "HEAD"])
        )
        answer["Cache-Control"] = "no-store"
        answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
        answer["X-Content-Type-Options"] = "nosniff"
        if request.method == "HEAD":
            answer["Content-Length"] = str(len(answer.content))
            answer.content = b""
        return answer
