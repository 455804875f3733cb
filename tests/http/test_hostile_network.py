"""The badly behaved server and the list of forbidden targets, where they stand beside the checkout."""

import importlib.util
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from articles.http.client import Fetcher, FetchError
from articles.images.fetch import cache_images
from articles.models import Image
from tests.conftest import SHARED
from tests.network import authority, world  # noqa: F401 (fixtures)
from tests.pictures import add_image

HOSTILE = SHARED / "hostile"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not HOSTILE.is_dir(), reason="no folder of bad servers beside the checkout"),
]
# Paths whose bytes come through this door as they are; what reads them refuses them (a picture, a feed).
ONLY_REFUSED_LATER = {"/html-as-image.jpg", "/svg-as-image.svg", "/length-too-small", "/meta-refresh"}
SECONDS = 1.5


@pytest.fixture(scope="module")
def hostile():
    spec = importlib.util.spec_from_file_location("hostile_server", HOSTILE / "hostile_server.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _paths(text):
    """Yield (path, verdict) of every path that the server's docstring names outside its feeds."""
    text = text.partition("BODIES")[2].partition("FEEDS (all")[0]
    verdict = re.compile(r"\b(ok|refuse|limit)\b")
    for line in text.splitlines():
        found = re.match(r"  ((?:/\S+ )*/\S+)\s+(.*)", line)
        if found:
            words = set(verdict.findall(found[2].replace("/ok.jpg", "").replace("ok.jpg", "")))
            yield from ((path, words, line) for path in found[1].split())


def _fetch(server, path):
    fetcher = Fetcher("t", seconds=SECONDS, loopback_allowed=f"127.0.0.1:{server.port}")
    began = time.monotonic()
    try:
        answer = fetcher.fetch(server.url(path))
        return answer, time.monotonic() - began
    except FetchError as error:
        return error, time.monotonic() - began


@pytest.mark.thorough
def test_every_path_of_the_bad_server_ends_as_its_docstring_says(hostile):
    cases = [
        (path.replace("CODE", "418"), words, line)
        for path, words, line in _paths(hostile.__doc__)
        if "/img/" not in path and "redirect-to" not in path
    ]
    assert len(cases) > 70
    wrong = []
    with hostile.HostileServer() as server, ThreadPoolExecutor(8) as pool:
        for (path, words, line), (end, seconds) in zip(
            cases, pool.map(lambda case: _fetch(server, case[0]), cases), strict=True
        ):
            came = not isinstance(end, FetchError)
            if path in ONLY_REFUSED_LATER:
                right = came and len(end.content) < 400
            elif path in ("/redirect-loop", "/redirect-self", "/redirect-growing", "/304-always", "/auth"):
                right = not came
            elif words:
                right = came if words == {"ok"} else not came if "ok" not in words else True
            else:
                right = True
            if not right or seconds > SECONDS + 1 or (came and len(end.content) > 10_000_000):
                wrong.append((path, line, end, seconds))
        assert wrong == []
        assert server.internal_hits == 0
        for request in server.log:
            assert not {"cookie", "authorization", "referer"} & {name.lower() for name in request["headers"]}


def test_only_pictures_are_kept_of_what_the_bad_server_sends(hostile, db):
    good = ["/ok.jpg", "/ok.png", "/wrong-type.jpg", "/no-type.jpg", "/chunked.jpg", "/cookie.jpg",
            "/redirect-ok", "/redirect-relative", "/etag.jpg", "/etag-evil.jpg",
            "/redirect-gzip-bomb"]  # fmt: skip
    bad = [*sorted(ONLY_REFUSED_LATER), "/empty.jpg", "/204", "/gzip-bomb", "/redirect-internal",
           "/304-always", "/length-too-large", "/reset-mid-body"]  # fmt: skip
    with hostile.HostileServer() as server:
        fetcher = Fetcher("t", seconds=SECONDS, loopback_allowed=f"127.0.0.1:{server.port}")
        urls = {server.url(path): path for path in good + bad}
        ids = [add_image(url).pk for url in urls]
        report = cache_images(ids, fetcher=fetcher)
        assert server.internal_hits == 0
        states = {urls[image.url]: image.state for image in Image.objects.all()}
        assert [path for path in good if states[path] != "ready"] == []
        assert [path for path in bad if states[path] == "ready"] == []
        assert report.done == len(ids)
        # Another ETag each time, the same bytes: no second copy.
        image = add_image(server.url("/etag-changes.jpg"))
        files = []
        for _ in range(2):
            cache_images([image.pk], fetcher=fetcher)
            files.append(list(image.renditions.values_list("name", flat=True)))
        assert files[0] == files[1]


def _rows():
    for line in (HOSTILE / "ssrf_urls.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            verdict, kind, url, context, why = line.split("\t")
            yield verdict, kind, json.loads(url), json.loads(context), why


@pytest.mark.parametrize("with_proxies", [False, True], ids=["plain", "proxies set"])
def test_every_forbidden_target_is_refused_and_every_control_passes(
    world, monkeypatch, capsys, with_proxies  # noqa: F811
):  # fmt: skip
    if with_proxies:
        for name in ("http_proxy", "https_proxy", "all_proxy"):
            for spelt in (name, name.upper()):
                monkeypatch.setenv(spelt, "http://127.0.0.1:3128")
    rows, wrong = list(_rows()), []
    for row in rows:
        verdict, kind, url, context, _ = row
        world.names = {"public.example": ["93.184.215.14"]} | context.get("dns", {})
        world.later, world.lookups, world.connects = context.get("then", {}), [], []
        world.play(context.get("hops", []))
        try:
            Fetcher(tls=world.client_tls).fetch(url)
            end = "pass"
        except FetchError as error:
            # A control without a route (IPv6 here) was let through all the same.
            end = "pass" if "no connection" in str(error) and world.connects else "refuse"
        public = {"93.184.215.14", "2606:4700:4700::1111"}
        asked = {address for address, _ in world.connects}
        # The answer of a name that changes afterwards is good for the address that was checked.
        right = end == verdict or (kind == "rebind" and asked == public - {"2606:4700:4700::1111"})
        if not right or not asked <= public or (verdict == "refuse" and kind in ("url", "dns") and asked):
            wrong.append((row, end, asked))
    with capsys.disabled():
        print(f" {len(rows) - len(wrong)} of {len(rows)} ", end="")
    assert wrong == []
