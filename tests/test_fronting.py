"""The site as it stands on the internet: nginx by deploy/nginx.conf before web processes by deploy/serve."""

import gzip
import http.client
import os
import re
import signal
import socket
import ssl
import time
from contextlib import suppress

import brotli
import pytest

from tests import fronting
from tests.pictures import jpeg

pytestmark = [
    pytest.mark.nginx,
    pytest.mark.skipif(not fronting.NGINX, reason="there is no nginx here"),
]
TOKEN = "t" * 30
PICTURE = "ab/" + "ab" * 16 + ".webp"


class Front:
    """nginx and its web processes, with a client that speaks to them as a browser would."""

    def __init__(self, folder):
        self.folder = folder
        # No minute ends within a test, and no ETag changes with it.
        self.env = fronting.environment(
            folder, DATABASE_URL="", PAGE_CACHE_SECONDS="1e9", METRICS_TOKEN=TOKEN
        )
        fronting.manage(self.env, "prepare")
        self.http, self.https, *self.ports = fronting.free_ports(4)
        self.web = [self.serve(place) for place in range(2)]
        self.nginx = fronting.front(folder, self.http, self.https, self.ports)
        self.context = ssl.create_default_context(cafile=str(folder / "ca.pem"))

    def serve(self, place):
        """Start a web service: the first with two processes that count together."""
        shared = {"WEB_WORKERS": "2", "PROMETHEUS_MULTIPROC_DIR": str(self.folder / "numbers")}
        more = shared if place == 0 else {}
        return fronting.serve(self.env, self.ports[place], self.folder / "web.log", **more)

    def stop(self):
        return [fronting.stop(process) for process in (self.nginx, *self.web)]

    def connect(self):
        raw = socket.create_connection(("127.0.0.1", self.https), timeout=10)
        return self.context.wrap_socket(raw, server_hostname=fronting.HOST)

    def ask(self, path, method="GET", **headers):
        """Return status, headers by lower-case name, body."""
        connection = http.client.HTTPConnection(fronting.HOST)
        connection.sock = self.connect()
        connection.request(method, path, headers={"Host": fronting.HOST, **headers})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    front = Front(tmp_path_factory.mktemp("front"))
    yield front
    front.stop()


def test_pages_come_over_tls_with_the_sites_own_headers(site):
    status, headers, body = site.ask("/")
    assert status == 200
    assert b'rel="canonical" href="https://news.example/"' in body
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "max-age" in headers["strict-transport-security"]
    assert len(headers["x-request-id"]) == 32
    assert site.ask("/", **{"If-None-Match": headers["etag"]})[0] == 304


def test_plain_http_leads_to_the_sites_address_whatever_host_is_asked(site):
    for host in ("news.example", "evil.example"):
        connection = http.client.HTTPConnection("127.0.0.1", site.http)
        connection.request("GET", "/topics/?a=b", headers={"Host": host})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert (answer.status, answer.headers["Location"]) == (301, "https://news.example/topics/?a=b")


def test_nobody_can_tell_the_site_another_address_or_name_his_own_requests(site):
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http", "X-Request-ID": "mine",
              "Forwarded": "host=evil.example", "X-Forwarded-For": "10.0.0.1"}  # fmt: skip
    status, headers, body = site.ask("/about/", **forged)
    assert status == 200
    assert b"evil.example" not in body + repr(headers).encode()
    assert headers["x-request-id"] != "mine"


def test_static_files_come_packed_under_names_that_never_change_their_content(site):
    names = set(re.findall(r'/static/[^"]+\.(?:css|svg|js)', site.ask("/")[2].decode()))
    assert names
    for name in names:
        assert re.search(r"\.[0-9a-f]{12}\.", name)
        plain = site.ask(name)
        for _ in range(2):  # the second time out of nginx' own keeping
            unpacked = {}
            for asked, form, unpack in (
                ("gzip, deflate, br, zstd", "br", brotli.decompress),
                ("gzip", "gzip", gzip.decompress),
                ("identity", None, bytes),
            ):
                status, headers, body = site.ask(name, **{"Accept-Encoding": asked})
                assert (status, headers.get("content-encoding")) == (200, form), name
                assert "immutable" in headers["cache-control"]
                assert "default-src 'none'" in headers["content-security-policy"]
                assert headers["x-content-type-options"] == "nosniff"
                unpacked[form] = unpack(body)
            assert set(unpacked.values()) == {plain[2]}


def test_pictures_are_served_and_kept_with_the_sites_own_headers(site):
    path = site.folder / "var" / "media" / PICTURE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(jpeg())
    seen = [site.ask(f"/media/{PICTURE}") for _ in range(2)]
    path.unlink()
    seen.append(site.ask(f"/media/{PICTURE}?out-of-nginx-keeping"))
    for status, headers, body in seen:
        assert (status, headers["content-type"], body) == (200, "image/webp", jpeg())
        assert "immutable" in headers["cache-control"]
        assert headers["content-security-policy"] == "default-src 'none'; sandbox"


def test_watchers_addresses_are_not_for_the_world(site):
    for path in ("/readyz", "/metrics"):
        status, headers, _ = site.ask(path)
        assert (status, headers["content-security-policy"]) == (404, "default-src 'none'")
    assert site.ask("/healthz")[0] == 200


@pytest.mark.parametrize("speaks_tls", [False, True])
def test_500_connections_that_never_finish_asking_leave_others_unharmed(site, speaks_tls):
    held = []
    try:
        for _ in range(500):
            raw = socket.create_connection(("127.0.0.1", site.https), timeout=10)
            if speaks_tls and len(held) < 50:
                raw = site.context.wrap_socket(raw, server_hostname=fronting.HOST)
                raw.sendall(b"GET / HTTP/1.1\r\nHost: news.exa")
            held.append(raw)
        assert [site.ask("/")[0] for _ in range(30)] == [200] * 30
    finally:
        for each in held:
            with suppress(OSError):
                each.close()


def edit(site, title):
    """Rename the topic as an editor's request would."""
    fronting.manage(
        site.env, "shell", "-v0", "-c",
        "from articles.caching.version import bump; from articles.caching.writing import writing\n"
        f"with writing(): Topic.objects.update_or_create(slug='ports', defaults={{'name': '{title}'}}); "
        "bump(by_editor=True)",
    )  # fmt: skip


def test_pages_come_out_of_nginx_and_an_edit_is_seen_within_two_and_a_half_seconds(site):
    edit(site, "Ports")
    time.sleep(2.5)
    for accepted in ("gzip", "identity"):
        ids, tags = set(), set()
        for _ in range(200):
            status, headers, _body = site.ask("/topics/", **{"Accept-Encoding": accepted})
            assert status == 200
            assert "x-accel-expires" not in headers
            ids.add(headers["x-request-id"])
            tags.add(headers["etag"])
        assert (len(ids), len(tags)) == (200, 1)
        assert site.ask("/topics/", **{"Accept-Encoding": accepted, "If-None-Match": tags.pop()})[0] == 304
    edit(site, "Harbours")
    ends = time.monotonic() + 2.5
    while time.monotonic() < ends:
        site.ask("/topics/")
    assert b"Harbours" in site.ask("/topics/")[2]
    edit(site, "Quays")
    cookie = "theme=dark; __Host-sessionid=x"
    assert b"Quays" in site.ask("/topics/", Cookie=cookie)[2], "an editor sees it with the next request"


def test_visitors_with_other_choices_get_their_own_pages_out_of_nginx(site):
    for _ in range(2):
        assert b'lang="en"' in site.ask("/about/")[2]
        assert b'lang="de"' in site.ask("/about/", Cookie="language=de")[2]
        assert b'lang="de"' in site.ask("/about/", **{"Accept-Language": "de"})[2]
        assert b'data-theme="dark"' in site.ask("/about/", Cookie="theme=dark")[2]


def numbers(site, place):
    connection = http.client.HTTPConnection("127.0.0.1", site.ports[place])
    headers = {"Host": "10.0.0.1", "Authorization": f"Bearer {TOKEN}"}
    connection.request("GET", "/metrics", headers=headers)
    text = connection.getresponse().read().decode()
    connection.close()
    return sum(float(n) for n in re.findall(r'seconds_count\{kind="about",status="2xx"\} (\S+)', text)), text


def test_processes_that_share_a_port_count_together(site):
    before, _ = numbers(site, 0)
    for _ in range(30):
        connection = http.client.HTTPConnection("127.0.0.1", site.ports[0])
        connection.request("GET", "/about/", headers={"Host": fronting.HOST, "X-Forwarded-Proto": "https"})
        assert connection.getresponse().status == 200
        connection.close()
    told = [numbers(site, 0) for _ in range(8)]
    assert {count for count, _ in told} == {before + 30}
    assert all('news_probe_ok{probe="database"} 1.0' in text for _, text in told)
    assert len(list((site.folder / "numbers").glob("histogram_*.db"))) == 2


def test_a_header_too_long_is_refused_with_headers_of_its_own(site):
    status, headers, _ = site.ask("/" + "x" * 9000)
    assert status == 400
    assert "default-src 'none'" in headers["content-security-policy"]


def test_a_web_process_that_is_killed_is_not_missed_and_without_any_the_site_says_so(site):
    workers = [int(pid) for web in site.web for pid in _children(web.pid)]
    assert len(workers) == 3
    os.kill(workers[0], signal.SIGKILL)
    assert [site.ask("/topics/")[0] for _ in range(20)] == [200] * 20
    fronting.wait_for(f"http://127.0.0.1:{site.ports[0]}/healthz", site.web[0])  # another one took its place
    assert fronting.stop(site.web[0]) == 0
    assert [site.ask("/")[0] for _ in range(20)] == [200] * 20
    assert fronting.stop(site.web[1]) == 0
    time.sleep(1.1)  # for so long nginx has the page
    status, headers, _ = site.ask("/")
    assert (status, headers["retry-after"], headers["cache-control"]) == (503, "5", "no-store")
    assert headers["content-security-policy"] == "default-src 'none'"
    site.web[0] = site.serve(0)
    assert site.ask("/")[0] == 200


def _children(pid):
    path = f"/proc/{pid}/task/{pid}/children"
    for _ in range(40):
        with open(path) as file:  # noqa: PTH123
            found = file.read().split()
        if found:
            return found
        time.sleep(0.05)
    return []
