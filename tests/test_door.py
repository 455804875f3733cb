"""What came before, word for word, is answered before Django is asked; everything else goes on to it."""

import logging
from ipaddress import ip_network

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import Error, close_old_connections
from django.test import RequestFactory

from articles.caching import door as doors
from articles.caching.door import Door
from articles.models import Story


class Site:
    """The site behind a door, and how often Django was asked."""

    def __init__(self, application):
        self.application, self.handler, self.asked = application, WSGIHandler(), 0

    def __call__(self, environ, start_response):
        self.asked += 1
        return self.handler(environ, start_response)

    def get(self, path="/", method="get", **said):
        """Return status, headers and body, and whether the door answered."""
        told, before = [], self.asked
        environ = getattr(RequestFactory(), method)(path, **said).environ
        body = b"".join(self.application(environ, lambda *answer: told.append(answer)))
        return int(told[0][0][:3]), dict(told[0][1]), body, self.asked == before


@pytest.fixture
def site(write_article, run_import, monkeypatch, settings):
    settings.ALLOWED_HOSTS = ["news.example", "testserver"]
    run_import(write_article("one", related=("ferry",)))
    from aggregator import wsgi  # makes the site

    monkeypatch.setattr(wsgi, "site", Site(wsgi.application))
    monkeypatch.setattr(wsgi, "door", Door())
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)  # the test's own is open until its end
    yield wsgi.site
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_what_came_before_is_answered_at_the_door_as_django_would(site):
    first = site.get()
    second = site.get()
    assert [first[3], second[3]] == [False, True]
    assert (first[0], first[2]) == (second[0], second[2]) == (200, first[2])
    assert first[1].pop("X-Request-ID") != second[1].pop("X-Request-ID")
    assert first[1] == second[1]
    packed = site.get(HTTP_ACCEPT_ENCODING="br, gzip")
    assert (packed[1]["Content-Encoding"], packed[3]) == ("gzip", True)
    assert len(packed[2]) == int(packed[1]["Content-Length"]) < len(first[2])


@pytest.mark.parametrize(
    "said",
    [
        {"HTTP_ACCEPT_LANGUAGE": "de"},
        {"HTTP_COOKIE": "theme=dark"},
        {"HTTP_HOST": "news.example"},
        {"QUERY_STRING": "order=new"},
        {"wsgi.url_scheme": "https"},
        {"method": "head"},
        {"method": "post"},
        {"path": "/about/"},
    ],
    ids=str,
)
def test_a_request_that_says_anything_else_goes_on_to_django(site, said):
    site.get()
    assert not site.get(**said)[3]


def test_who_has_the_page_is_told_so_at_the_door(site):
    etag = site.get()[1]["ETag"]
    asked = site.get(HTTP_IF_NONE_MATCH=etag)
    assert (asked[0], asked[2], asked[3]) == (304, b"", True)
    assert asked[1]["ETag"] == etag
    assert "Content-Type" not in asked[1]
    assert "default-src 'none'" in asked[1]["Content-Security-Policy"]


def test_a_change_is_seen_on_the_next_request_and_a_minute_later_times_are_anew(site, monkeypatch, settings):
    before = site.get()
    Story.objects.update(heat=3)
    after = site.get()
    assert (after[3], after[1]["ETag"] == before[1]["ETag"]) == (False, False)
    assert site.get()[3]
    now = doors.time.time()
    monkeypatch.setattr("time.time", lambda: now + settings.PAGE_CACHE_SECONDS)
    assert not site.get()[3]


def test_what_is_not_kept_or_kept_no_more_is_not_at_the_door(site, settings):
    assert not site.get("/no-such-page/")[3]
    assert not site.get("/no-such-page/")[3]
    site.get(HTTP_COOKIE="a" * 2000)
    assert not site.get(HTTP_COOKIE="a" * 2000)[3]
    settings.PAGE_CACHE_BYTES = 0
    assert not site.get("/about/")[3]
    assert not site.get("/about/")[3]


def test_a_strangers_host_is_not_believed_at_the_door_and_a_proxys_is(site, settings):
    told = {"HTTP_X_FORWARDED_HOST": "news.example", "HTTP_X_REQUEST_ID": "mine"}
    site.get()
    stranger = site.get(**told)
    assert stranger[3]
    assert stranger[1]["X-Request-ID"] != "mine"
    settings.TRUSTED_PROXIES = [ip_network("127.0.0.1")]
    for at_the_door in (False, True):
        answer = site.get(**told)
        assert answer[3] is at_the_door
        assert b"https://news.example/" in answer[2] or b"http://news.example/" in answer[2]
        assert answer[1]["X-Request-ID"] == "mine"


def test_an_answer_at_the_door_is_counted_and_logged_as_any(site, settings, caplog):
    settings.LOG_REQUESTS = True
    with caplog.at_level(logging.INFO, "aggregator.requests"):
        assert [site.get()[3], site.get()[3]] == [False, True]
    said = [(line.path, line.kind, line.status, line.method) for line in caplog.records]
    assert said == [("/", "front", 200, "GET")] * 2


def test_where_the_database_does_not_answer_django_is_asked(site, monkeypatch):
    site.get()

    def fail():
        raise Error("away")

    monkeypatch.setattr(doors, "request_version", fail)
    assert site.get()[0::3] == (200, False)
