"""Whatever is asked, pages, feeds, search and API answer plainly: never 500, never another host's name."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

PLAIN = {200, 301, 400, 404, 405, 410}
VALUES = ["-1", "1" + "0" * 30, "x", "%00", "a%00b", "%D9%A3", "%ff%fe", "%C3%28", "", "a" * 10_000,
          "1e400", "NaN", "%E2%80%AE", "'%22--", "../../etc/passwd", "{{7*7}}", "%F0%9F%9A%A2",
          "9999-12-31", "0001-01-01"]  # fmt: skip
NAMES = ["after", "page", "sort", "provider", "since", "until", "kind", "quality", "q", "topic", "limit"]
PATHS = ["/stories/{}/", "/stories/1-{}/", "/topics/{}/", "/news/{}/", "/providers/{}/", "/archive/{}/",
         "/archive/2023/{}/", "/archive/2023/05/{}/", "/topics/{}/feed.atom", "/stories/{}/feed.json",
         "/sitemap-{}.xml", "/media/{}", "/api/v1/stories/{}", "/api/v1/articles/{}", "/api/v1/topics/{}",
         "/api/v1/providers/{}", "/{}"]  # fmt: skip


@pytest.fixture
def addresses(story):
    return [
        "/", "/topics/", "/topics/tidal-energy/", "/providers/", "/providers/ferry.example/", "/archive/",
        "/archive/2023/", "/archive/2023/05/", "/archive/2023/05/04/", "/search/", "/about/", "/api/v1/",
        story.get_absolute_url(), story.lead.get_absolute_url(), "/feed.atom", "/feed.json",
        "/search/feed.atom", "/topics/tidal-energy/feed.json", "/sitemap.xml", "/sitemap-2023-05.xml",
        "/news-sitemap.xml", "/robots.txt", "/api/v1/stories", "/api/v1/articles",
        "/api/v1/topics", "/api/v1/providers",
        "/api/v1/search", "/api/v1/openapi.json",
    ]  # fmt: skip


@pytest.mark.thorough
def test_every_address_answers_odd_values_of_all_parameters_at_once(addresses, client):
    for place, address in enumerate(addresses):
        for value in VALUES[place % 4 :: 4]:
            query = "&".join(f"{name}={value}" for name in NAMES)
            assert client.get(f"{address}?{query}").status_code in PLAIN, (address, value)
        assert client.get(f"{address}?q=a&q=b&sort=new&sort=hot&after=1&after=x").status_code in PLAIN


@pytest.mark.parametrize("path", PATHS)
def test_any_name_in_a_path_is_answered(addresses, client, path):
    for value in VALUES:
        answer = client.get(path.format(value))
        assert answer.status_code in PLAIN, (path, value)


@pytest.mark.parametrize("value", ["%00", "%0%000", "a%0%0%0000", "%0\0" + "0"])
def test_no_nul_gets_through_to_a_question(addresses, client, value):
    for address in ("stories?provider=", "articles?provider=", "search?q=a&provider=", "providers?after="):
        answer = client.get(f"/api/v1/{address}{value}")
        assert answer.status_code in PLAIN
        assert "\0" not in answer.wsgi_request.META["QUERY_STRING"]
        assert "%00" not in answer.wsgi_request.META["QUERY_STRING"]


def test_an_unknown_address_of_the_api_is_told_in_its_own_form(addresses, client):
    for path in ("/api/v1/nosuch", "/api/v1/stories/"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()) == (404, {"detail": "not found"})
    assert b"<main" in client.get("/api/").content  # who goes up from there is no program


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
def test_a_wrong_method_is_405_everywhere(addresses, client, method):
    for address in addresses:
        assert getattr(client, method)(address).status_code == 405, address


def test_a_megabyte_of_query_is_answered(addresses, client):
    for address in ("/search/", "/search/feed.atom", "/api/v1/search", "/"):
        assert client.get(f"{address}?q={'turbine%20' * 100_000}").status_code in PLAIN


@pytest.mark.thorough
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(typed=st.text(max_size=80), sort=st.sampled_from(["", "new"]))
def test_any_query_finds_or_does_not(addresses, client, typed, sort):
    answer = client.get("/search/", {"q": typed.encode("utf-8", "replace"), "sort": sort})
    assert answer.status_code == 200
