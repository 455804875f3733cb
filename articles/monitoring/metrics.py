"""Numbers for Prometheus (floor 2): requests of this process, or of all on the machine, and what probes find.

Several processes serve, and a question reaches one of them. With PROMETHEUS_MULTIPROC_DIR, an empty folder at
each start, the processes count in files there, and each answers for all; without it each tells its own.
"""

import os
from collections.abc import Iterator
from functools import cache as once

from prometheus_client import CollectorRegistry, Histogram, generate_latest, multiprocess
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from articles.monitoring.checks import look

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
# The first part of an address, if it is one of the site's: never what a stranger makes up.
KINDS = frozenset({
    "about", "api", "archive", "healthz", "media", "metrics", "news", "preferences", "providers", "readyz",
    "search", "static", "stories", "topics",
})  # fmt: skip

REGISTRY = CollectorRegistry()
REQUESTS = Histogram(
    "news_request_seconds", "Time from a request's arrival to its answer.", ["kind", "status"],
    buckets=BUCKETS, registry=REGISTRY,
)  # fmt: skip


def kind_of(path: str, is_desk: bool) -> str:
    """Return what a path asks for, as one of few words."""
    if is_desk:
        return "desk"
    head, _, rest = path[1:].partition("/")
    if path.endswith((".atom", "/feed.json")):
        return "feed"
    if head in KINDS:
        return head
    return "front" if not head else "sitemap" if not rest and head.endswith((".xml", ".txt")) else "other"


@once
def _row(kind: str, status: int) -> Histogram:
    return REQUESTS.labels(kind, f"{status}xx")


def count(kind: str, status: int, seconds: float) -> None:
    """Count one request."""
    _row(kind, status // 100).observe(seconds)


class _Found(Collector):
    """What the probes find at the moment of asking."""

    def collect(self) -> Iterator[Metric]:
        is_ok = GaugeMetricFamily("news_probe_ok", "1: all is well with this part.", labels=["probe"])
        value = GaugeMetricFamily(
            "news_probe_value", "What a probe counted.", labels=["probe", "name"]
        )  # age_seconds of a job is the time since it ended
        for name, finding in look().items():
            is_ok.add_metric([name], float(finding.is_ok))
            for what, number in finding.values.items():
                value.add_metric([name, what], number)
        yield is_ok
        yield value

    def describe(self) -> list[Metric]:
        return []  # nothing is asked before somebody wants to know


def told() -> bytes:
    """Return all numbers in Prometheus' text form."""
    shared = bool(os.environ.get("PROMETHEUS_MULTIPROC_DIR"))
    asked = CollectorRegistry()
    if shared:
        multiprocess.MultiProcessCollector(asked)
    own = b"" if shared else generate_latest(REGISTRY)
    found = CollectorRegistry()
    found.register(_Found())
    return own + generate_latest(asked) + generate_latest(found)
