"""The one door: who may be asked, how long, how much, and what is told about us."""

import gzip
import socket
import threading
import time

import pytest

from articles.http.client import Fetcher, FetchError
from tests.network import Site, authority, world  # noqa: F401 (fixtures)

PUBLIC = "93.184.215.14"


@pytest.fixture
def fetcher(site):
    return Fetcher("https://news.example/contact", loopback_allowed=site.place, seconds=5)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "http://127.1/", "http://2130706433/", "http://0x7f.1/", "http://0/",
     "http://localhost/", "http://printer.local/", "http://intranet/", "http://[::1]/",
     "http://[::ffff:10.0.0.1]/", "http://[64:ff9b::a00:1]/", "http://[fe80::1%25eth0]/", "http://10.0.0.1/",
     "http://169.254.169.254/", "http://100.64.0.1/", "http://224.0.0.1/", "http://user@public.example/",
     "http://public.example\\@127.0.0.1/", "http://127.0.0.1#@public.example/", "http:///127.0.0.1/",
     "http://１２７.０.０.１/", "file:///etc/passwd", "gopher://127.0.0.1/", "//127.0.0.1/", "", "http://[::1",
     "http://public.example:22/", "http://public.example:99999/", "http://public.example/\r\nX: y",
     "http://127.0.0.1%00.public.example/"],
)  # fmt: skip
def test_no_connection_is_made_to_what_is_no_public_link(world, url):  # noqa: F811
    world.names["public.example"] = [PUBLIC]
    with pytest.raises(FetchError) as caught:
        Fetcher().fetch(url)
    assert world.connects == []
    assert str(caught.value)
    assert caught.value.is_final


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.1.2.3"], ["::1"], ["::ffff:192.168.0.1"], ["0.0.0.0"], [PUBLIC, "192.168.1.1"],
     [PUBLIC, "fd00::1"], ["fe80::1%eth0"], []],
)  # fmt: skip
def test_a_name_must_have_public_addresses_only(world, addresses):  # noqa: F811
    world.names["evil.example"] = addresses
    with pytest.raises(FetchError):
        Fetcher().fetch("http://evil.example/")
    assert world.connects == []


def test_the_address_that_was_checked_is_the_one_connected_to(world):  # noqa: F811
    world.names["evil.example"], world.later["evil.example"] = [PUBLIC], ["127.0.0.1"]
    assert Fetcher().fetch("http://evil.example/").content == b"content"
    assert world.connects == [(PUBLIC, 80)]
    assert world.lookups == ["evil.example"]


@pytest.mark.parametrize(
    "hops",
    [["http://127.0.0.1:8080/"], ["file:///etc/passwd"], ["//localhost/"], ["http://user:pw@public.example/"],
     ["https://public.example/2", "/3", "http://[::1]/"], ["http://inside.example/"], [""], ["http://a\\b/"],
     [f"/{n}" for n in range(6)]],
    ids=["loopback", "file", "local name", "password", "third hop", "name inside", "empty", "backslash",
         "six"],
)  # fmt: skip
def test_every_hop_of_a_redirect_is_checked(world, hops):  # noqa: F811
    world.names |= {"public.example": [PUBLIC], "inside.example": ["10.0.0.5"]}
    world.play(hops)
    with pytest.raises(FetchError):
        Fetcher(tls=world.client_tls).fetch("https://public.example/r")
    assert {address for address, _ in world.connects} == {PUBLIC}


def test_harmless_redirects_are_followed_and_permanent_ones_told(world):  # noqa: F811
    world.names["public.example"] = [PUBLIC]
    world.play(["/b", "https://public.example/c.jpg"])
    answer = Fetcher(tls=world.client_tls).fetch("https://public.example/a")
    assert (answer.url, answer.moved_to) == ("https://public.example/c.jpg", "")
    world.site.pages["/old"] = (301, {"Location": "https://public.example/new"}, b"")
    assert Fetcher(tls=world.client_tls).fetch("http://public.example/old").moved_to.endswith("/new")


def test_a_certificate_for_another_name_or_of_an_unknown_authority_is_refused(world):  # noqa: F811
    world.names |= {"public.example": [PUBLIC], "other.example": [PUBLIC]}
    with pytest.raises(FetchError, match="certificate"):
        Fetcher(tls=world.client_tls).fetch("https://other.example/")
    with pytest.raises(FetchError, match="certificate"):
        Fetcher().fetch("https://public.example/")


def test_the_next_address_is_tried_where_the_first_does_not_answer(world):  # noqa: F811
    world.names["public.example"] = ["2606:4700:4700::1111", PUBLIC]
    assert Fetcher().fetch("http://public.example/").content == b"content"
    assert [address for address, _ in world.connects] == ["2606:4700:4700::1111", PUBLIC]


def test_proxy_variables_and_netrc_are_not_used(world, monkeypatch, tmp_path):  # noqa: F811
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    (tmp_path / ".netrc").write_text("machine public.example login ed password tide\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    world.names["public.example"] = [PUBLIC]
    Fetcher().fetch("http://public.example/")
    assert world.connects == [(PUBLIC, 80)]
    assert "Authorization" not in world.site.requests[0][1]


def test_a_request_tells_who_asks_and_nothing_else(site, fetcher):
    site.pages["/a"] = (302, {"Location": "/b", "Set-Cookie": "id=1"}, b"")
    site.pages["/b"] = (200, {}, b"content")
    fetcher.fetch(site.url("/a"))
    path, headers = site.requests[1]
    assert path == "/b"
    assert headers == {
        "Host": site.place,
        "User-Agent": "NewsAggregator/0.1 (+https://news.example/contact)",
        "Accept": "*/*",
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }


def test_a_contact_that_would_break_the_header_and_a_place_not_on_loopback_are_refused():
    for contact in ("a\r\nX: y", "smørrebrød"):
        with pytest.raises(ValueError, match="ASCII"):
            Fetcher(contact)
    for place in ("localhost:80", "10.0.0.1:80", "127.0.0.1", "127.0.0.1:x", "0.0.0.0:80"):
        with pytest.raises(ValueError, match=r"127\.0\.0\.1"):
            Fetcher(loopback_allowed=place)


def test_the_allowed_place_opens_no_other(site, fetcher):
    with Site({"/secret": (200, {}, b"secret")}) as inside:
        site.pages["/r"] = (302, {"Location": inside.url("/secret")}, b"")
        for url in (inside.url("/secret"), site.url("/r"), f"http://localhost:{site.port}/",
                    f"http://{site.place}@{inside.place}/", f"http://{site.place}0/"):  # fmt: skip
            with pytest.raises(FetchError):
                fetcher.fetch(url)
        assert inside.requests == []


def test_validators_make_a_request_conditional(site, fetcher):
    site.pages["/a"] = (200, {"ETag": '"1"', "Last-Modified": "Thu, 04 May 2023 09:30:00 GMT"}, b"content")
    first = fetcher.fetch(site.url("/a"))
    site.pages["/a"] = (304, {"ETag": '"1"'}, b"")
    again = fetcher.fetch(site.url("/a"), etag=first.etag, last_modified=first.last_modified)
    assert again.is_unchanged
    assert again.etag == '"1"'
    headers = site.requests[1][1]
    assert headers["If-None-Match"] == '"1"'
    assert headers["If-Modified-Since"] == "Thu, 04 May 2023 09:30:00 GMT"
    with pytest.raises(FetchError, match="304"):
        fetcher.fetch(site.url("/a"))


def test_other_statuses_are_errors_final_or_not(site, fetcher):
    site.pages |= {f"/{status}": (status, {}, b"") for status in (204, 206, 401, 404, 410, 408, 500, 502)}
    for status in (204, 206, 401, 404, 410, 408, 500, 502):
        with pytest.raises(FetchError, match=str(status)) as caught:
            fetcher.fetch(site.url(f"/{status}"))
        assert (caught.value.status, caught.value.is_final) == (status, status not in (408, 500, 502))


def test_a_host_that_asks_for_time_is_left_alone(site, fetcher):
    site.pages["/busy"] = (503, {"Retry-After": "99999999999"}, b"later")
    site.pages["/a"] = (200, {}, b"content")
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(site.url("/busy"))
    assert caught.value.retry_after == 86_400
    with pytest.raises(FetchError, match="left alone"):
        fetcher.fetch(site.url("/a"))
    assert len(site.requests) == 1


def test_a_body_is_limited_as_sent_and_as_unpacked(site):
    fetcher = Fetcher(loopback_allowed=site.place, max_bytes=1000)
    site.pages["/just"] = (200, {}, b"x" * 1000)
    assert len(fetcher.fetch(site.url("/just")).content) == 1000
    bomb = gzip.compress(b"\0" * 10_000_000)
    for page in ((200, {}, b"x" * 1001), (200, {"Content-Encoding": "gzip"}, bomb)):
        site.pages["/more"] = page
        with pytest.raises(FetchError, match="more than 1,000 bytes"):
            fetcher.fetch(site.url("/more"))


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", b"HTTP/1.1 200 OK\r\n"]
)
def test_a_silent_server_costs_no_more_than_the_limit(answer):
    hung_up = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            connection, _ = server.accept()
            with connection:
                connection.sendall(answer)
                while not hung_up.wait(0.05):
                    try:
                        connection.sendall(b"x" if answer else b"")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        place = f"127.0.0.1:{server.getsockname()[1]}"
        with pytest.raises(FetchError, match=r"took longer than 0\.3 seconds"):
            Fetcher(loopback_allowed=place, seconds=0.3).fetch(f"http://{place}/")
        hung_up.set()
        thread.join()


def test_a_resolver_that_hangs_costs_no_more_than_the_limit(monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: release.wait(10) and [])
    with pytest.raises(FetchError, match="took longer"):
        Fetcher(seconds=0.2).fetch("http://public.example/")
    release.set()


def test_robots_txt_is_obeyed_where_that_is_asked_for(site, fetcher, monkeypatch):
    waits = []
    monkeypatch.setattr(time, "sleep", waits.append)
    site.pages |= {
        "/robots.txt": (200, {}, b"User-agent: *\nDisallow: /private/\nCrawl-delay: 3\n"),
        "*": (200, {}, b"content"),
    }
    assert fetcher.fetch(site.url("/a"), respect_robots=True).content == b"content"
    assert fetcher.fetch(site.url("/b"), respect_robots=True).content == b"content"
    with pytest.raises(FetchError, match=r"robots\.txt asks to keep out"):
        fetcher.fetch(site.url("/private/feed.xml"), respect_robots=True)
    assert fetcher.fetch(site.url("/private/feed.xml")).content == b"content"
    assert [path for path, _ in site.requests].count("/robots.txt") == 1
    assert [round(wait) for wait in waits] == [0, 3]


@pytest.mark.parametrize(
    ("page", "may"),
    [((404, {}, b"none"), True), ((403, {}, b"no"), True), ((503, {}, b"sorry"), False),
     ((500, {}, b""), False),
     ((302, {"Location": "http://10.0.0.1/robots.txt"}, b""), False), ((200, {}, b""), True),
     ((200, {}, b"User-agent: *\nDisallow: /\n"), False), ((200, {}, b"<html>User-agent: *</html>"), True),
     ((200, {}, b"User-agent: *\nDisallow: /x\n" + b"#" * 2_000_000), True),
     ((200, {}, b"User-agent: newsaggregator\nDisallow: /\n\nUser-agent: *\nAllow: /"), False)],
    ids=["missing", "forbidden", "busy", "broken", "redirect inside", "empty", "deny", "html", "huge",
         "ours"],
)  # fmt: skip
def test_a_robots_txt_that_cannot_be_read_keeps_out_and_a_missing_one_does_not(site, fetcher, page, may):
    site.pages |= {"/robots.txt": page, "/feed": (200, {}, b"content")}
    if may:
        assert fetcher.fetch(site.url("/feed"), respect_robots=True).content == b"content"
    else:
        with pytest.raises(FetchError, match=r"robots\.txt"):
            fetcher.fetch(site.url("/feed"), respect_robots=True)
