"""What watchers ask: /healthz, /readyz, /metrics, and the ids and lines of requests."""

import ipaddress
import json
import logging
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Image, ImportRun, Job, StaleDay
from articles.monitoring import checks as probes
from articles.operations.jobs import noted
from articles.sources.poll import poll_sources
from tests.feeds import make_source

TOKEN = "t" * 30
STRANGE_HOSTS = ["10.1.2.3:8001", "evil.example", "a_b", "", "[::1]:9"]


def ready(client):
    answer = client.get("/readyz")
    return answer.status_code, answer.json()


@pytest.mark.parametrize("host", STRANGE_HOSTS)
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_watchers_are_answered_by_whatever_name_they_ask(db, client, settings, path, host):
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get(path, headers={"host": host})
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")
    assert "ETag" not in answer


def test_being_alive_asks_no_database(client):
    assert client.get("/healthz").content == b"ok\n"


def test_head_has_no_body_and_other_methods_are_refused(db, client):
    assert client.head("/healthz").content == b""
    assert client.post("/healthz").status_code == 405
    assert client.delete("/readyz")["Cache-Control"] == "no-store"


def test_a_well_site_is_ready(seeds, client):
    status, told = ready(client)
    assert (status, told["status"]) == (200, "ready")
    assert set(told["probes"]) == {
        "database", "migrations", "cache", "polling", "grouping", "pictures", "import",
    }  # fmt: skip
    assert told["probes"]["grouping"]["age_seconds"] >= 0
    assert told["probes"]["import"]["refused_files"] == 0


def test_being_ready_costs_few_queries_however_much_there_is(seeds, client):
    ready(client)
    with CaptureQueriesContext(connection) as seen:
        ready(client)
    Image.objects.bulk_create(Image(url=f"https://a.example/{n}", url_hash=str(n)) for n in range(50))
    with CaptureQueriesContext(connection) as more:
        ready(client)
    assert len(seen) == len(more) <= 12


def test_without_its_database_the_site_is_down_and_tells_no_secret(client, monkeypatch, db):
    def fail():
        raise OSError("postgres://news:tide-table@db refused")

    monkeypatch.setitem(probes.PROBES, "database", probes.Probe(fail, True, False))
    answer = client.get("/readyz")
    told = answer.json()
    assert (answer.status_code, told["status"]) == (503, "down")
    assert told["probes"]["database"]["text"] == "OSError"
    assert told["probes"]["grouping"]["text"] == "the database is away"
    assert "tide-table" not in answer.content.decode()


def test_a_migration_to_apply_keeps_requests_away(client, monkeypatch, db):
    monkeypatch.setattr(probes, "_migrations_on_disk", lambda: {("articles", "9999_more")})
    status, told = ready(client)
    assert (status, told["probes"]["migrations"]["waiting"]) == (503, 1)


def test_a_cache_that_is_away_takes_no_page_away(client, settings, db):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    status, told = ready(client)
    assert (status, told["status"], told["probes"]["cache"]["ok"]) == (200, "degraded", False)


def test_days_that_nobody_groups_are_told(seeds, client):
    StaleDay.objects.mark([19000])
    assert ready(client)[1]["status"] == "ready"
    Job.objects.update(
        started_at=timezone.now() - timedelta(hours=3), finished_at=timezone.now() - timedelta(hours=2)
    )
    status, told = ready(client)
    assert (status, told["status"], told["probes"]["grouping"]["waiting_days"]) == (200, "degraded", 1)
    call_command("group_stories", stdout=None)
    assert ready(client)[1]["status"] == "ready"


def test_many_failed_pictures_are_told(seeds, client):
    states = ["failed"] * 11 + ["ready"] * 3
    for number, state in enumerate(states):
        Image.objects.create(url=f"https://a.example/{number}", url_hash=str(number), state=state)
    told = ready(client)[1]
    assert (told["status"], told["probes"]["pictures"]["failed_pictures"]) == ("degraded", 11)


def test_an_import_that_never_ended_is_told(seeds, client):
    run = ImportRun.objects.create()
    ImportRun.objects.filter(pk=run.pk).update(started_at=timezone.now() - timedelta(hours=2))
    assert not ready(client)[1]["probes"]["import"]["ok"]


def test_work_notes_when_it_begins_ends_and_fails(db):
    with noted("sweeping"):
        assert Job.objects.get(pk="sweeping").is_running
    job = Job.objects.get(pk="sweeping")
    assert (job.is_running, job.failure) == (False, "")
    with pytest.raises(ValueError, match="dust"), noted("sweeping"):
        raise ValueError("dust")
    job.refresh_from_db()
    assert job.failure == "ValueError"
    assert not probes.look_at(job).is_ok


@pytest.mark.parametrize(
    ("started", "finished", "is_ok"),
    [(None, None, False), (10, 5, True), (10, None, False), (9000, 8000, False), (5000, 5001, False)],
    ids=["never ran", "ran", "runs for the first time", "silent", "stuck"],
)
def test_a_job_that_is_to_run_regularly_is_watched_by_one_line(db, monkeypatch, started, finished, is_ok):
    monkeypatch.setattr(probes, "PROBES", {})
    probes.watch_job("polling", silent_after=600)
    now = timezone.now()
    ago = [seconds and now - timedelta(seconds=seconds) for seconds in (started, finished)]
    Job.objects.create(name="polling", started_at=ago[0], finished_at=ago[1])
    assert probes.look()["polling"].is_ok == is_ok


def test_the_numbers_are_for_those_with_the_token(seeds, client, settings):
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
def test_what_is_asked_for_is_counted_in_few_words(path, kind):
    from articles.monitoring.metrics import kind_of

    assert kind_of(path, is_desk=False) == kind
    assert kind_of(path, is_desk=True) == "desk"


def test_every_answer_has_an_id_and_a_proxys_id_is_kept(db, client, settings):
    assert len(client.get("/", headers={"x-request-id": "forged"})["X-Request-ID"]) == 16
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("127.0.0.1")]
    assert client.get("/", headers={"x-request-id": "proxy-1"})["X-Request-ID"] == "proxy-1"
    for bad in ("x" * 65, "a b", "-\x1b", ".."):
        assert client.get("/", headers={"x-request-id": bad})["X-Request-ID"] != bad


def test_a_request_is_a_line_without_its_query_if_that_is_wished(db, client, settings, caplog):
    client.get("/search/?q=private")
    assert not [found for found in caplog.records if found.name == "aggregator.requests"]
    settings.LOG_REQUESTS = True
    answer = client.get("/search/?q=private")
    (line,) = [found for found in caplog.records if found.name == "aggregator.requests"]
    assert (line.levelno, line.path, line.status, line.kind) == (logging.INFO, "/search/", 200, "search")
    from aggregator.logging import JsonLines

    assert "private" not in JsonLines().format(line)
    assert answer["X-Request-ID"]


def test_lines_of_one_request_carry_its_id(db, client, settings, monkeypatch):
    from aggregator.logging import JsonLines, current_request

    seen = []

    def ask():
        seen.append(json.loads(JsonLines().format(logging.makeLogRecord({"msg": "x"}))))
        return probes.Finding(True, "asked")

    monkeypatch.setitem(probes.PROBES, "x", probes.Probe(ask))
    answer = client.get("/readyz")
    assert seen[0]["request"] == answer["X-Request-ID"]
    assert current_request.get() == ""


def test_sources_that_nobody_polls_are_told(db, client):
    assert ready(client)[1]["probes"]["polling"]["ok"]
    make_source("https://paper.example/feed", failures=3)
    status, told = ready(client)
    assert (status, told["status"]) == (200, "degraded")
    assert not told["probes"]["polling"]["ok"]
    assert told["probes"]["polling"]["failing_sources"] == 1
    poll_sources([])
    assert ready(client)[1]["probes"]["polling"]["ok"]
