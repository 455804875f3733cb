"""Polling: leases, intervals, retirement, and failures that do not affect other sources."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles.models import Article, Source, StoryTopic, Topic
from articles.models.source import LEASE
from articles.operations import jobs
from articles.sources import poll as polling
from articles.sources.poll import pause
from tests.feeds import make_source, poll
from tests.written_feeds import item, rss

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def source(site):
    validators = {"ETag": '"1"', "Last-Modified": "Thu, 04 May 2023 09:30:00 GMT"}
    site.pages["/feed"] = (200, validators, rss(item("tide")))
    return make_source(site.url("/feed"))


def test_a_source_is_leased_by_one_poller_until_it_is_released_or_expires(source):
    now = timezone.now()
    assert Source.objects.lease_next_due("one", now) == source
    assert Source.objects.lease_next_due("two", now) is None
    assert Source.objects.lease(source.pk, "two", now) is None
    assert Source.objects.renew_lease(source.pk, "one", now)
    assert not Source.objects.renew_lease(source.pk, "two", now)
    later = now + LEASE + timedelta(seconds=1)
    assert Source.objects.lease_next_due("two", later) == source
    assert not Source.objects.renew_lease(source.pk, "one", later)
    Source.objects.release(source.pk, "one")
    assert Source.objects.lease(source.pk, "three", later) is None
    Source.objects.release(source.pk, "two")
    assert Source.objects.lease(source.pk, "three", later) == source


def test_the_source_that_is_due_for_longest_is_leased_first(db):
    now = timezone.now()
    for place in range(30):
        make_source(f"https://paper-{place}.example/", next_due_at=now - place * HOUR)
    make_source("https://later.example/", next_due_at=now + HOUR)
    make_source("https://off.example/", next_due_at=now - HOUR, is_active=False)
    order = []
    while source := Source.objects.lease_next_due("one", now):
        order.append(source.url)
    assert order == [f"https://paper-{place}.example/" for place in range(29, -1, -1)]


def test_a_source_that_another_poller_leases_is_left_to_it(site, source):
    Source.objects.lease(source.pk, "another", timezone.now())
    report = poll(site.place, source)
    assert (report.counts["left"], site.requests) == (1, [])
    assert poll(site.place).counts == dict.fromkeys(polling.OUTCOMES, 0)


@pytest.fixture
def meanwhile(monkeypatch):
    """Return a function that changes all sources just before entries are written."""

    def change(**values):
        ingest = polling.ingest_feed

        def changed(*arguments, **options):
            Source.objects.update(**values)
            return ingest(*arguments, **options)

        monkeypatch.setattr(polling, "ingest_feed", changed)

    return change


def test_entries_are_discarded_after_the_lease_was_lost(site, source, meanwhile):
    meanwhile(lease_token="another")
    report = poll(site.place, source)
    source.refresh_from_db()
    assert (report.counts["left"], Article.objects.count(), source.lease_token) == (1, 0, "another")


def test_the_second_poll_is_conditional_and_the_next_is_not_sooner_than_due(site, source):
    poll(site.place, source)
    source.refresh_from_db()
    assert source.lease_token == "" and source.leased_until is None
    assert source.name == "Harbour Gazette"
    assert source.next_due_at > timezone.now() + timedelta(minutes=10)
    site.pages["/feed"] = (304, {}, b"")
    assert poll(site.place, source).counts["unchanged"] == 1
    sent = site.requests[-1][1]
    assert (sent["If-None-Match"], sent["If-Modified-Since"]) == ('"1"', "Thu, 04 May 2023 09:30:00 GMT")
    assert sum(poll(site.place).counts.values()) == 0


def test_failures_add_up_until_a_good_answer(site, source):
    site.pages["/feed"] = (500, {}, b"broken")
    for failures in (1, 2, 3):
        before = timezone.now()
        assert poll(site.place, source).counts["failed"] == 1
        source.refresh_from_db()
        assert source.failures == failures
        assert source.last_outcome == "the server answered 500"
        assert source.next_due_at >= before + pause(failures)
    site.pages["/feed"] = (200, {}, rss(item("tide")))
    poll(site.place, source)
    source.refresh_from_db()
    assert (source.failures, source.last_new) == (0, 1)


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_postpones_all_sources_of_the_host(site, source, status):
    site.pages["/feed"] = (status, {"Retry-After": "7200"}, b"later")
    other = make_source(site.url("/other"), next_due_at=timezone.now() - HOUR / 60)
    Source.objects.filter(pk=source.pk).update(next_due_at=timezone.now() - HOUR)
    report = poll(site.place)
    assert (report.counts["failed"], report.counts["left"]) == (1, 1)
    for row in (source, other):
        row.refresh_from_db()
        assert row.next_due_at > timezone.now() + 1.9 * HOUR
    assert (source.failures, other.failures, other.lease_token) == (1, 0, "")
    assert [path for path, _ in site.requests] == ["/robots.txt", "/feed"]


def test_a_feed_that_is_gone_is_retired(site, source):
    site.pages["/feed"] = (410, {}, b"gone")
    assert poll(site.place).counts["retired"] == 1
    source.refresh_from_db()
    assert (source.is_active, source.retired_reason) == (
        False, "the server says that the feed is gone for good (410)"
    )  # fmt: skip
    Source.objects.update(next_due_at=timezone.now())
    assert sum(poll(site.place).counts.values()) == 0


@pytest.mark.parametrize(("status", "moves"), [(301, True), (308, True), (302, False), (307, False)])
def test_only_a_permanent_redirect_changes_the_address(site, source, status, moves):
    site.pages["/new"] = site.pages["/feed"]
    site.pages["/feed"] = (status, {"Location": site.url("/new")}, b"")
    poll(site.place, source)
    source.refresh_from_db()
    assert source.url == site.url("/new" if moves else "/feed")
    assert Article.objects.count() == 1


def test_a_permanent_redirect_to_what_is_no_feed_changes_nothing(site, source):
    site.pages["/new"] = (200, {}, b"<!doctype html><title>Log in</title>")
    site.pages["/feed"] = (301, {"Location": site.url("/new")}, b"")
    poll(site.place, source)
    source.refresh_from_db()
    assert (source.url, source.last_outcome) == (site.url("/feed"), "the feed is a web page, no feed")


def test_robots_txt_is_obeyed(site, source):
    site.pages["/robots.txt"] = (200, {}, b"User-agent: *\nDisallow: /feed")
    poll(site.place, source)
    source.refresh_from_db()
    assert source.last_outcome == "robots.txt asks to keep out"
    assert [path for path, _ in site.requests] == ["/robots.txt"]


def test_a_bug_costs_one_source_and_is_logged(site, source, monkeypatch, caplog):
    good = make_source(site.url("/good"))
    site.pages["/good"] = (200, {}, rss(item("ebb")))
    ingest = polling.ingest_feed

    def broken(given, *arguments, **options):
        if given == source:
            raise RuntimeError("a fault")
        return ingest(given, *arguments, **options)

    monkeypatch.setattr(polling, "ingest_feed", broken)
    report = poll(site.place, source, good)
    assert (report.counts["failed"], report.counts["read"]) == (1, 1)
    assert "a fault" in caplog.text
    source.refresh_from_db()
    assert (source.failures, source.lease_token) == (1, "")


def test_an_editors_change_during_a_poll_stays(site, source, meanwhile):
    meanwhile(name="As the editor has it", is_active=False)
    poll(site.place, source)
    source.refresh_from_db()
    assert (source.name, source.is_active, source.last_new) == ("As the editor has it", False, 1)


def test_the_command_polls_groups_and_reports(site, source, client):
    source.topics.add(Topic.objects.create(name="Tides"))
    said = io.StringIO()
    call_command("poll_sources", due=True, dry_run=True, stdout=said)
    assert "dry run: 1 read" in said.getvalue() and not Article.objects.exists()
    call_command("poll_sources", due=True, stdout=said)
    assert "1 new articles" in said.getvalue()
    assert StoryTopic.objects.filter(is_public=True).count() == 1
    assert "The tide report" in client.get("/topics/tides/").content.decode()
    call_command("poll_sources", due=True, stdout=said)
    assert said.getvalue().splitlines()[-1].startswith("0 read, 0 unchanged")
    for name in (str(source.pk), source.url, "Harbour Gazette"):
        call_command("poll_sources", source=[name], stdout=said)
        assert "1 unchanged" in said.getvalue().splitlines()[-1]
    with pytest.raises(CommandError, match="no active source"):
        call_command("poll_sources", source=["Nobody"])


def test_a_report_lists_what_became_of_each_source_and_entry(site, source, tmp_path):
    bad = make_source(site.url("/none"))
    untitled = item("quay").replace("<title>The quay report</title>", "")
    site.pages["/feed"] = (200, {}, rss(item("tide"), untitled, item("mole", link="http://localhost/mole")))
    place = tmp_path / "report.json"
    call_command("poll_sources", report=str(place), verbosity=0, stdout=io.StringIO())
    report = json.loads(place.read_text())
    assert report["counts"] | {"read": 1, "failed": 1} == report["counts"]
    sources = {each["url"]: each for each in report["sources"]}
    assert sources[bad.url]["outcome"] == "failed" and "404" in sources[bad.url]["detail"]
    assert sorted((each["outcome"], each["reason"]) for each in sources[source.url]["entries"]) == [
        ("new", ""),
        ("skipped", "no title"),
        ("skipped", "the host is not a public name"),
    ]
    with pytest.raises(CommandError, match="no report can be written"):
        call_command("poll_sources", report=str(tmp_path / "none" / "report.json"))


def test_a_failing_job_stops_no_other_and_slows_the_loop_down(monkeypatch, caplog):
    done, waits = [], []

    def fail():
        raise RuntimeError("a fault")

    monkeypatch.setattr(jobs, "JOBS", (("bad", fail), ("good", lambda: done.append(1))))
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)

    def is_over(seconds):
        waits.append(round(seconds))
        return len(waits) == 5

    jobs.run_forever(10, wait=is_over)
    assert (len(done), waits) == (5, [20, 40, 80, 100, 100])
    assert "the job “bad” failed" in caplog.text
