"""Metrics for Prometheus: request times and the results of the probes.

Several web processes serve, and a scrape reaches one of them. With PROMETHEUS_MULTIPROC_DIR (a folder emptied
at each start) all processes count in files there and each answers for all; without it, for itself.
"""

import os
from collections.abc import Iterator
from functools import cache as memoize

from prometheus_client import CollectorRegistry, Histogram, generate_latest, multiprocess
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from articles.monitoring.checks import run_probes

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


@memoize
def _series(kind: str, status: int) -> Histogram:
    return REQUESTS.labels(kind, f"{status}xx")


def count_request(kind: str, status: int, seconds: float) -> None:
    """Count one request under its kind and class of status."""
    _series(kind, status // 100).observe(seconds)


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
