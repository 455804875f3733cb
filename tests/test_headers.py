"""Every kind of answer carries the headers that keep a browser from harm."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from articles.models import Article, Image, Rendition

HTTPS = {"SECURE_HSTS_SECONDS": 31_536_000, "SESSION_COOKIE_SECURE": True, "CSRF_COOKIE_SECURE": True}


@pytest.fixture
def secure(settings):
    for name, value in HTTPS.items():
        setattr(settings, name, value)
    return Client(raise_request_exception=False, headers={"host": "localhost"})


@pytest.fixture
def kinds(secure, story, editor, settings, monkeypatch):
    """One answer of each kind, by name."""
    Article.objects.filter(pk=story.lead_id).update(amp_url="")
    image = Image.objects.create(url="https://pictures.example/a.jpg", state=Image.State.READY)
    name = "ab/" + "0" * 32 + ".webp"
    Rendition.objects.create(image=image, shape="whole", width=320, height=200, size=4, name=name)
    (settings.MEDIA_ROOT / "ab").mkdir(parents=True)
    (settings.MEDIA_ROOT / name).write_bytes(b"RIFF")

    def ask(path, method="get", **more):
        return getattr(secure, method)(path, secure=True, **more)

    etag = ask("/")["ETag"]
    found = {
        **{path: ask(path) for path in (
            "/", story.get_absolute_url(), "/search/?q=report", "/feed.atom", "/sitemap.xml", "/robots.txt",
            "/api/v1/stories",
        )},
        "data that is not there": ask("/api/v1/stories/77"),
        "picture": ask(f"/media/{name}"),
        "missing": ask("/nothing/"),
        "missing picture": ask("/media/ab/" + "1" * 32 + ".webp"),
        "redirect": ask("/topics"),
        "not changed": ask("/", headers={"If-None-Match": etag}),
        "wrong method": ask("/", "post"),
        "wrong host": ask("/", headers={"host": "evil.example"}),
        "choice": ask("/preferences/", "post", data={"theme": "dark", "next": "/"}),
        "sign-in": ask(f"/{settings.ADMIN_PATH}login/"),
        "newsroom, signed out": ask(f"/{settings.ADMIN_PATH}"),
    }
    secure.force_login(editor)
    found["newsroom"] = ask(f"/{settings.ADMIN_PATH}")
    monkeypatch.setattr("articles.pages.views.site.render_page", _fail)
    found["failure"] = ask("/about/")
    b"".join(found["picture"].streaming_content)
    found["picture"].close()
    return found


def _fail(*arguments, **given):
    raise RuntimeError("broken on purpose")


STATUS = {
    "missing": 404, "missing picture": 404, "data that is not there": 404, "redirect": 301,
    "not changed": 304, "wrong method": 405, "wrong host": 400, "choice": 303,
    "newsroom, signed out": 302, "failure": 500,
}  # fmt: skip


def _policy(answer) -> dict[str, list[str]]:
    parts = (part.split() for part in answer["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore")
def test_every_kind_of_answer_carries_every_header(kinds, caplog):
    assert {name: answer.status_code for name, answer in kinds.items()} == {
        name: STATUS.get(name, 200) for name in kinds
    }
    for name, answer in kinds.items():
        policy = _policy(answer)
        assert policy["default-src"] == ["'none'"], name
        assert not re.search(r"unsafe|\*|data: *script", answer["Content-Security-Policy"]), name
        assert "sandbox" in policy or policy["frame-ancestors"] == ["'none'"], name
        assert answer["X-Content-Type-Options"] == "nosniff", name
        assert answer["Referrer-Policy"] == "same-origin", name
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert answer["Cross-Origin-Resource-Policy"] in ("same-origin", "cross-origin"), name
        assert "geolocation=()" in answer["Permissions-Policy"], name
        assert answer["Strict-Transport-Security"].startswith("max-age=31536000"), name
        assert "Access-Control-Allow-Credentials" not in answer, name
        for cookie in answer.cookies.values():
            assert cookie["secure"] and cookie["samesite"], (name, cookie)


@pytest.mark.parametrize("path", ["/", "/feed.atom", "/api/v1/stories", "/sitemap.xml", "/robots.txt"])
def test_an_answer_that_nothing_changed_repeats_the_rules_of_the_page(client, db, path):
    """Browsers put the headers of a 304 in place of those that came with the page they hold."""
    whole = client.get(path)
    again = client.get(path, headers={"If-None-Match": whole["ETag"]})
    assert again.status_code == 304
    own = ("Content-Type", "Content-Length", "X-Request-ID")
    differ = {name for name, value in again.items() if name not in own and whole.get(name) != value}
    assert not differ
    assert _policy(again) == _policy(whole)


def test_cookies_of_the_desk_belong_to_this_host_alone(secure, db, settings):
    answer = secure.get(f"/{settings.ADMIN_PATH}login/", secure=True)
    for cookie in answer.cookies.values():
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["path"] == "/"
        assert not cookie["domain"]


def test_a_page_without_https_promises_nothing_of_it(client, db):
    assert "Strict-Transport-Security" not in client.get("/")


@pytest.mark.parametrize(
    ("path", "setting"), [("/api/v1/topics", "API_PER_MINUTE"), ("/search/", "SEARCHES_PER_MINUTE")]
)
def test_an_address_that_asks_too_much_has_to_wait(client, db, settings, path, setting):
    cache.clear()
    setattr(settings, setting, 3)
    answers = [client.get(f"{path}?q=turbine&n={number}") for number in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert client.get(f"{path}?q=turbine&n=1").status_code == 200, "what is kept is free"
    assert client.get(f"{path}?q=turbine&n=9", REMOTE_ADDR="10.0.0.9").status_code == 200
    assert client.get(f"{path}?q=turbine&n=8", headers={"x-forwarded-for": "10.0.0.7"}).status_code == 429


def test_the_counts_hold_no_address(client, db, settings):
    cache.clear()
    settings.API_PER_MINUTE = 3
    client.get("/api/v1/topics", REMOTE_ADDR="192.0.2.77")
    assert not any("192.0.2.77" in key for key in cache._cache)


def test_readers_are_answered_while_the_cache_that_counts_is_away(client, db, settings, cache_away):
    settings.API_PER_MINUTE = 3
    answers = [client.get(f"/api/v1/topics?n={number}").status_code for number in range(5)]
    assert answers == [200] * 5
