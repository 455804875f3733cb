"""/healthz, /readyz and /metrics, and the id, time and log line of each request.

The middleware answers these addresses before anything else runs: for any Host (a load balancer uses the
machine's own), without a redirect to https, and never from or for a cache.
"""

import logging
import re
import secrets
import time

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.crypto import constant_time_compare

from aggregator.logging import current_request
from aggregator.middleware import is_newsroom
from articles.monitoring.checks import PROBES, can_serve, run_probes
from articles.monitoring.metrics import count_request, render_metrics, request_kind

_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}", re.ASCII)
_log = logging.getLogger("aggregator.requests")


def live(request) -> HttpResponse:
    """Answer that the process runs. The database is not asked, so its failure kills no web process."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def ready(request) -> HttpResponse:
    """Answer whether this process can serve pages: 503 if not, else 200 with whatever else fails."""
    results = run_probes()
    serving = can_serve(results)
    all_ok = all(result.is_ok for result in results.values())
    content = {
        "status": "ready" if all_ok else "degraded" if serving else "down",
        "probes": {
            name: {
                "ok": result.is_ok,
                "needed": PROBES[name].required,
                "text": result.text,
                **{key: round(value, 1) for key, value in result.values.items()},
            }
            for name, result in results.items()
        },
    }
    return JsonResponse(content, status=200 if serving else 503)


def metrics(request) -> HttpResponse:
    """Answer with the metrics if the request carries the token."""
    if not constant_time_compare(
        request.headers.get("Authorization", ""), f"Bearer {settings.METRICS_TOKEN}"
    ):
        response = HttpResponse("Show the token.\n", status=401, content_type="text/plain; charset=utf-8")
        response["WWW-Authenticate"] = 'Bearer realm="metrics"'
        return response
    return HttpResponse(render_metrics(), content_type="text/plain; version=0.0.4; charset=utf-8")


ADDRESSES = {"/healthz": live, "/readyz": ready, "/metrics": metrics}


def request_id(meta: dict) -> str:
    """Return the valid X-Request-ID of a request, else a new random id."""
    given = meta.get("HTTP_X_REQUEST_ID", "")
    return given if _ID.fullmatch(given) else secrets.token_hex(8)


def record_request(
    request_id: str, method: str, path: str, status: int, seconds: float, is_admin: bool = False
) -> None:
    """Count an answered request, and log it under its id if LOG_REQUESTS is on."""
    kind = request_kind(path, is_admin)
    count_request(kind, status, seconds)
    if settings.LOG_REQUESTS:
        # Neither the query nor the client's address: what readers search for is private.
        fields = {"method": method, "path": path[:400], "kind": kind, "status": status,
                "ms": round(1000 * seconds, 1)}  # fmt: skip
        token = current_request.set(request_id)
        _log.info("request", extra=fields)
        current_request.reset(token)


class MonitoringMiddleware:
    """Answers the addresses above; gives each other request an id, counts, times and logs it."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        start = time.perf_counter()
        name = request_id(request.META)
        token = current_request.set(name)
        try:
            response = self._respond(request)
            seconds = time.perf_counter() - start
            status = response.status_code
            record_request(name, request.method, request.path_info, status, seconds, is_newsroom(request))
        finally:
            current_request.reset(token)
        response.headers["X-Request-ID"] = name
        return response

    def _respond(self, request) -> HttpResponse:
        view = ADDRESSES.get(request.path_info)
        if view is None or (view is metrics and not settings.METRICS_TOKEN):
            return self.get_response(request)
        is_allowed = request.method in ("GET", "HEAD")
        response = view(request) if is_allowed else HttpResponseNotAllowed(["GET", "HEAD"])
        response["Cache-Control"] = "no-store"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["X-Content-Type-Options"] = "nosniff"
        if request.method == "HEAD":
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response
