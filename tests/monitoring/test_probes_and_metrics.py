"""/healthz, /readyz and /metrics, and the id and log line of each request."""

import ipaddress
import json
import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Image, ImportRun, Job, StaleDay
from articles.monitoring import checks as probes
from articles.operations import jobs
from tests.feeds import make_source
from tests.pictures import add_image
from tests.queries import queries_of

TOKEN = "t" * 30


def ready(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_monitoring_is_answered_under_any_host_name(db, client, settings, path):
    settings.SECURE_SSL_REDIRECT = True
    for host in ("10.1.2.3:8001", "evil.example", "a_b", "", "[::1]:9"):
        answer = client.get(path, headers={"host": host})
        assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
        assert "ETag" not in answer
    assert client.head(path).content == b""
    assert client.post(path).status_code == 405


def test_healthz_asks_no_database(client):
    assert client.get("/healthz").content == b"ok\n"


def test_a_working_site_is_ready(seeds, client):
    jobs.group_new()
    status, content = ready(client)
    assert (status, content["status"]) == (200, "ready")
    assert set(content["probes"]) == {
        "database", "migrations", "cache", "polling", "grouping", "pictures", "import",
    }  # fmt: skip
    assert content["probes"]["grouping"]["age_seconds"] >= 0
    assert content["probes"]["import"]["refused_files"] == 0


def test_the_number_of_queries_of_readyz_does_not_grow_with_the_rows(seeds, client):
    ready(client)
    before = queries_of(ready, client)
    Image.objects.bulk_create(Image(url=f"https://a.example/{n}", url_hash=str(n)) for n in range(50))
    assert before == queries_of(ready, client) <= 12


def test_without_its_database_the_site_is_down_and_shows_no_secret(client, monkeypatch, db):
    def fail():
        raise OSError("postgres://news:tide-table@db refused")

    monkeypatch.setitem(probes.PROBES, "database", probes.Probe(fail, True, False))
    answer = client.get("/readyz")
    content = answer.json()
    assert (answer.status_code, content["status"]) == (503, "down")
    assert content["probes"]["database"]["text"] == "OSError"
    assert content["probes"]["grouping"]["text"] == "the database is away"
    assert "tide-table" not in answer.content.decode()


def test_an_unapplied_migration_makes_the_site_not_ready(client, monkeypatch, db):
    monkeypatch.setattr(probes, "_migrations_on_disk", lambda: {("articles", "9999_more")})
    status, content = ready(client)
    assert (status, content["probes"]["migrations"]["waiting"]) == (503, 1)


def test_a_cache_that_is_away_only_degrades_the_site(client, cache_away, db):
    status, content = ready(client)
    assert (status, content["status"], content["probes"]["cache"]["ok"]) == (200, "degraded", False)


def test_days_that_nobody_groups_are_reported(seeds, client):
    jobs.group_new()
    StaleDay.objects.mark([19000])
    assert ready(client)[1]["status"] == "ready"
    Job.objects.update(
        started_at=timezone.now() - timedelta(hours=3), finished_at=timezone.now() - timedelta(hours=2)
    )
    status, content = ready(client)
    assert (status, content["status"], content["probes"]["grouping"]["waiting_days"]) == (200, "degraded", 1)
    jobs.group_new()
    assert ready(client)[1]["status"] == "ready"


def test_many_failed_pictures_and_an_import_that_never_ended_are_reported(seeds, client):
    for number, state in enumerate(["failed"] * 11 + ["ready"] * 3):
        add_image(f"https://a.example/{number}", state=state)
    content = ready(client)[1]
    assert (content["status"], content["probes"]["pictures"]["failed_pictures"]) == ("degraded", 11)
    assert content["probes"]["import"]["ok"]
    run = ImportRun.objects.create()
    ImportRun.objects.filter(pk=run.pk).update(started_at=timezone.now() - timedelta(hours=2))
    assert not ready(client)[1]["probes"]["import"]["ok"]


def test_a_job_records_its_start_end_and_failure(db):
    with jobs.tracked("sweeping"):
        assert Job.objects.get(pk="sweeping").is_running
    job = Job.objects.get(pk="sweeping")
    assert (job.is_running, job.failure) == (False, "")
    with pytest.raises(ValueError, match="dust"), jobs.tracked("sweeping"):
        raise ValueError("dust")
    job.refresh_from_db()
    assert job.failure == "ValueError"
    assert not probes.check_job("sweeping").is_ok


@pytest.mark.parametrize(
    ("started", "finished", "is_ok"),
    [(None, None, False), (10, 5, True), (10, None, False), (9000, 8000, False), (5000, 5001, False)],
    ids=["never ran", "ran", "runs for the first time", "silent", "stuck"],
)
def test_a_probe_of_a_regular_job_finds_it_silent_or_stuck(db, started, finished, is_ok):
    now = timezone.now()
    ago = [seconds and now - timedelta(seconds=seconds) for seconds in (started, finished)]
    Job.objects.create(name="polling", started_at=ago[0], finished_at=ago[1])
    assert probes.check_job("polling", silent_after=600).is_ok == is_ok


def test_metrics_need_the_token(seeds, client, settings):
    assert client.get("/metrics").status_code == 404
    settings.METRICS_TOKEN = TOKEN
    for wrong in ({}, {"authorization": "Bearer no"}, {"authorization": f"Basic {TOKEN}"}):
        answer = client.get("/metrics", headers=wrong)
        assert (answer.status_code, b"news_" in answer.content) == (401, False)
    client.get("/")
    client.get("/no-such-page/x")
    answer = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})
    text = answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert 'news_request_seconds_count{kind="front",status="2xx"}' in text
    assert 'news_request_seconds_count{kind="other",status="4xx"}' in text
    assert 'news_probe_ok{probe="database"} 1.0' in text
    assert 'news_probe_value{name="refused_files",probe="import"} 0.0' in text
    assert "no-such-page" not in text


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/", "front"), ("/topics/x/", "topics"), ("/topics/x/feed.atom", "feed"), ("/feed.json", "feed"),
     ("/sitemap-2023-05.xml", "sitemap"), ("/robots.txt", "sitemap"), ("/wp-login.php", "other"),
     ("/evil/x.xml", "other"), ("", "front")],
)  # fmt: skip
def test_requests_are_counted_under_few_labels(path, kind):
    from articles.monitoring.views import request_kind

    assert request_kind(path, is_admin=False) == kind
    assert request_kind(path, is_admin=True) == "admin"


def test_every_response_has_an_id_and_a_trusted_proxys_id_is_used(db, client, settings):
    assert len(client.get("/", headers={"x-request-id": "forged"})["X-Request-ID"]) == 16
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("127.0.0.1")]
    assert client.get("/", headers={"x-request-id": "proxy-1"})["X-Request-ID"] == "proxy-1"
    for bad in ("x" * 65, "a b", "-\x1b", ".."):
        assert client.get("/", headers={"x-request-id": bad})["X-Request-ID"] != bad


def test_request_logging_leaves_the_query_out(db, client, settings, caplog):
    client.get("/search/?q=private")
    assert not [found for found in caplog.records if found.name == "aggregator.requests"]
    settings.LOG_REQUESTS = True
    answer = client.get("/search/?q=private")
    (line,) = [found for found in caplog.records if found.name == "aggregator.requests"]
    assert (line.levelno, line.path, line.status, line.kind) == (logging.INFO, "/search/", 200, "search")
    from aggregator.logging import JsonLines

    assert "private" not in JsonLines().format(line)
    assert answer["X-Request-ID"]


def test_log_lines_of_a_request_carry_its_id(db, client, settings, monkeypatch):
    from aggregator.logging import JsonLines, current_request

    seen = []

    def ask():
        seen.append(json.loads(JsonLines().format(logging.makeLogRecord({"msg": "x"}))))
        return probes.ProbeResult(True, "asked")

    monkeypatch.setitem(probes.PROBES, "x", probes.Probe(ask))
    answer = client.get("/readyz")
    assert seen[0]["request"] == answer["X-Request-ID"]
    assert current_request.get() == ""


def test_sources_that_nobody_polls_are_reported(db, client):
    assert ready(client)[1]["probes"]["polling"]["ok"]
    make_source("https://paper.example/feed", failures=3)
    status, content = ready(client)
    assert (status, content["status"]) == (200, "degraded")
    assert not content["probes"]["polling"]["ok"]
    assert content["probes"]["polling"]["failing_sources"] == 1
    jobs.poll([])
    assert ready(client)[1]["probes"]["polling"]["ok"]
