"""What a proxy tells is believed of the proxies named, and of nobody else."""

import ipaddress

import pytest

from aggregator.middleware import apply_forwarded

PROXIES = [ipaddress.ip_network("127.0.0.1"), ipaddress.ip_network("10.0.0.0/8")]


def settled(settings, networks, **told):
    settings.TRUSTED_PROXIES = networks
    meta = {"REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "HTTP_HOST": "news.example"}
    meta |= told
    apply_forwarded(meta)
    return meta


LIES = {
    "HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_X_FORWARDED_FOR": "1.2.3.4", "HTTP_X_REQUEST_ID": "mine", "HTTP_FORWARDED": "host=evil.example",
    "HTTP_X_REAL_IP": "1.2.3.4", "HTTP_X_FORWARDED_PORT": "81", "HTTP_X_FORWARDED_SERVER": "evil.example",
}  # fmt: skip


@pytest.mark.parametrize(("networks", "peer"), [([], "127.0.0.1"), (PROXIES, "192.0.2.7"), (PROXIES, "")])
def test_a_strangers_word_is_dropped(settings, networks, peer):
    meta = settled(settings, networks, **LIES, REMOTE_ADDR=peer)
    assert meta == {"REMOTE_ADDR": peer, "wsgi.url_scheme": "http", "HTTP_HOST": "news.example"}


def test_a_trusted_proxys_word_counts(settings):
    meta = settled(settings, PROXIES, **LIES)
    assert meta == {
        "REMOTE_ADDR": "1.2.3.4", "wsgi.url_scheme": "https", "HTTP_HOST": "evil.example",
        "HTTP_X_REQUEST_ID": "mine",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("chain", "client"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("6.6.6.6, 203.0.113.9, 10.1.2.3", "203.0.113.9"),
        ("10.9.9.9, 10.1.2.3", "10.9.9.9"),
        ("6.6.6.6, nonsense, 10.1.2.3", "10.1.2.3"),
        ("2001:db8::7", "2001:db8::7"),
        ("", "127.0.0.1"),
        ("6.6.6.6," * 100_000, "127.0.0.1"),
    ],
    ids=["one", "forged before", "all trusted", "broken", "IPv6", "none", "endless"],
)
def test_the_client_is_the_first_stranger_from_the_right(settings, chain, client):
    assert settled(settings, PROXIES, HTTP_X_FORWARDED_FOR=chain)["REMOTE_ADDR"] == client


@pytest.mark.parametrize("proto", ["", "ftp", "https, http", "\nhttps;"])
def test_a_scheme_that_is_none_changes_nothing(settings, proto):
    expected = "https" if proto.strip() == "https" else "http"
    assert settled(settings, PROXIES, HTTP_X_FORWARDED_PROTO=proto)["wsgi.url_scheme"] == expected


def test_behind_a_trusted_proxy_https_pages_are_served_and_http_ones_lead_to_them(db, client, settings):
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://news.example", ["news.example"]
    settings.SECURE_SSL_REDIRECT, settings.TRUSTED_PROXIES = True, PROXIES
    asked = {"host": "news.example", "x-forwarded-proto": "https"}
    assert client.get("/", headers=asked).status_code == 200
    answer = client.get("/", headers={"host": "news.example"})
    assert (answer.status_code, answer["Location"]) == (301, "https://news.example/")
    settings.TRUSTED_PROXIES = []
    assert client.get("/", headers=asked).status_code == 301
