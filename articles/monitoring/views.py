"""/healthz, /readyz and /metrics, and the id, time and log line of each request.

The middleware answers these addresses before anything else runs: for any Host (a load balancer uses the
machine's own), without a redirect to https, and never from or for a cache.

Metrics are for Prometheus: request times and the results of the probes. Several web processes serve, and a
scrape reaches one of them. With PROMETHEUS_MULTIPROC_DIR (a folder emptied at each start) all processes count
in files there and each answers for all; without it, for itself.
"""

import logging
import os
import re
import secrets
import time
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.crypto import constant_time_compare
from prometheus_client import CollectorRegistry, Histogram, generate_latest, multiprocess
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from aggregator.logging import current_request
from aggregator.middleware import is_newsroom
from articles.monitoring.checks import PROBES, run_probes

_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}", re.ASCII)
_log = logging.getLogger("aggregator.requests")
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# First segments of the site's own addresses; anything else counts as "other", so that labels stay few.
KINDS = frozenset({
    "about", "api", "archive", "healthz", "media", "metrics", "news", "preferences", "providers", "readyz",
    "search", "static", "stories", "topics",
})  # fmt: skip

REGISTRY = CollectorRegistry()
REQUESTS = Histogram(
    "news_request_seconds", "Seconds from the arrival of a request to its response.", ["kind", "status"],
    buckets=BUCKETS, registry=REGISTRY,
)  # fmt: skip


def request_kind(path: str, is_admin: bool) -> str:
    """Return the label of a path: one of few words."""
    if is_admin:
        return "admin"
    head, _, rest = path[1:].partition("/")
    if path.endswith((".atom", "/feed.json")):
        return "feed"
    if head in KINDS:
        return head
    return "front" if not head else "sitemap" if not rest and head.endswith((".xml", ".txt")) else "other"


class _ProbeCollector(Collector):
    """The results of the probes at the moment of the scrape."""

    def collect(self) -> Iterator[Metric]:
        is_ok = GaugeMetricFamily("news_probe_ok", "1 if this part works.", labels=["probe"])
        value = GaugeMetricFamily(
            "news_probe_value", "A number a probe measured.", labels=["probe", "name"]
        )  # age_seconds of a job is the time since it ended
        for probe, result in run_probes().items():
            is_ok.add_metric([probe], float(result.is_ok))
            for name, number in result.values.items():
                value.add_metric([probe, name], number)
        yield is_ok
        yield value

    def describe(self) -> list[Metric]:
        return []  # so that registering runs no probe


def render_metrics() -> bytes:
    """Return all metrics in the Prometheus text format."""
    requests = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        requests = CollectorRegistry()
        multiprocess.MultiProcessCollector(requests)
    probes = CollectorRegistry()
    probes.register(_ProbeCollector())
    return generate_latest(requests) + generate_latest(probes)


def live(request) -> HttpResponse:
    """Answer that the process runs. The database is not asked, so its failure kills no web process."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


def ready(request) -> HttpResponse:
    """Answer whether this process can serve pages: 503 if not, else 200 with whatever else fails."""
    results = run_probes()
    serving = all(results[name].is_ok for name, probe in PROBES.items() if probe.required)
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


def _record(request, status: int, seconds: float) -> None:
    """Count an answered request, and log it if LOG_REQUESTS is on."""
    kind = request_kind(request.path_info, is_newsroom(request))
    REQUESTS.labels(kind, f"{status // 100}xx").observe(seconds)
    if settings.LOG_REQUESTS:
        # Neither the query nor the client's address: what readers search for is private.
        fields = {"method": request.method, "path": request.path_info[:400], "kind": kind, "status": status,
                  "ms": round(1000 * seconds, 1)}  # fmt: skip
        _log.info("request", extra=fields)


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
            _record(request, response.status_code, time.perf_counter() - start)
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
