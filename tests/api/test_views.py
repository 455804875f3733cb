"""The JSON API: public things only, names of the stores, cursors, no error on any input."""

import html
import json

import pytest
from django.conf import settings
from django.utils import translation

from articles.models import Article, Story
from tests.queries import queries_of

LISTS = ["stories", "articles", "topics", "providers", "search?q=report"]


def get(client, path, status=200):
    answer = client.get(f"/api/v1/{path}")
    assert answer.status_code == status, answer.content
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in answer
    return json.loads(answer.content)


@pytest.fixture
def store(write_article, run_import):
    write_article("hidden", published=False, publishedDateTime="2023-04-01T09:30:00Z")
    run_import(write_article("one", title="The <b>one</b> report", related=("ferry",)).parent)


def test_a_story_is_told_with_its_reports_in_the_stores_names(store, client):
    assert b"<" not in client.get("/api/v1/stories").content
    [told] = get(client, "stories")["items"]
    assert (told["lead"]["title"], told["heat"], told["articleCount"]) == ("The <b>one</b> report", 77, 2)
    assert told["lead"]["publishedDateTime"] == "2023-05-04T09:30:00Z"
    assert told["lead"]["webUrl"] == "https://harbour-gazette.example/one"
    detail = get(client, f"stories/{told['id']}")
    assert [report["provider"]["domain"] for report in detail["related"]] == ["ferry.example"]
    assert detail["related"][0]["url"] is None


def test_what_is_hidden_is_nowhere(store, client):
    hidden = Article.objects.get(permalink__contains="hidden")
    for path in LISTS:
        assert "hidden" not in json.dumps(get(client, path))
    get(client, f"articles/{hidden.permalink}", 404)
    get(client, f"stories/{hidden.story_id}", 404)


def test_single_things_are_found_by_their_names(store, client):
    article = get(client, "articles")["items"][0]
    assert get(client, "articles/2023-05-04-one")["id"] == article["id"]
    assert get(client, "topics/tidal-energy")["storyCount"] == 1
    assert get(client, "providers/ferry.example")["reportCount"] == 1


@pytest.mark.parametrize("path", ["stories", "stories?sort=new", "articles", "providers", "search?q=report"])
def test_pages_follow_the_cursor_and_show_each_once(write_article, run_import, client, path):
    for number in range(7):
        domain = f"p{number}.example"
        folder = write_article(f"r{number}", provider={"name": f"P{number}", "domain": domain}).parent
    run_import(folder)
    seen, address = [], f"/api/v1/{path}{'&' if '?' in path else '?'}limit=3"
    while address:
        page = client.get(address).json()
        seen += [item.get("id") or item["domain"] for item in page["items"]]
        address = page["next"]
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize(
    ("path", "status"),
    [("stories?limit=0", 400), ("stories?limit=x", 400), ("stories?sort=zzz", 400), ("stories?after=x", 400),
     ("stories?since=never", 400), ("stories?since=0", 400), ("stories?topic=none", 404),
     ("stories?provider=none", 404),
     ("stories/0", 400), (f"stories/{10**30}", 400), ("stories/x", 400), ("articles/none", 404),
     ("search", 400), ("search?q=%00", 200), ("search?q=a&after=٣", 400), ("none", 404),
     ("stories?since=9999-12-31&until=0001-01-01", 200), ("articles?until=9999-12-31", 200)],
)  # fmt: skip
def test_what_does_not_fit_is_answered_plainly(store, client, path, status):
    assert client.get(f"/api/v1/{path}").status_code == status


def test_other_methods_are_refused_and_preflight_is_answered(store, client):
    assert client.post("/api/v1/stories").status_code == 405
    answer = client.options("/api/v1/stories", headers={"Access-Control-Request-Method": "GET"})
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (204, "*")


def test_filters_narrow_lists(store, write_article, run_import, client):
    run_import(write_article("late", publishedDateTime="2024-01-01T00:00:00Z", topics=["Ports"]))
    assert len(get(client, "stories")["items"]) == 2
    for query in ("topic=ports", "since=2024-01-01", "topic=ports&since=2024-01-01&until=2024-01-01"):
        for noun in ("stories", "articles", "search?q=report&"):
            [told] = get(client, f"{noun}{'' if '?' in noun else '?'}{query}")["items"]
            assert "late" in told["url"]
    assert len(get(client, "stories?provider=ferry.example")["items"]) == 1


def test_query_counts_do_not_grow_with_rows(write_article, run_import, client):
    counts = []
    for size in (5, 10):
        for number in range(size):
            folder = write_article(f"r{number}", related=(f"paper{number}",)).parent
        run_import(folder)
        found = []
        for path in [*LISTS, f"stories/{Story.objects.public().first().pk}"]:
            client.get(f"/api/v1/{path}")
            found.append(queries_of(client.get, f"/api/v1/{path}{'&' if '?' in path else '?'}limit=50"))
        counts.append(found)
    assert counts[0] == counts[1]


def test_the_description_and_its_page_name_every_operation(store, client):
    schema = client.get("/api/v1/openapi.json").json()
    page = client.get("/api/v1/").content.decode()
    assert len(schema["paths"]) == 9
    for path in schema["paths"]:
        assert path in page


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES if code != "en"])
def test_the_page_tells_of_every_operation_in_the_readers_language(store, client, language):
    page = html.unescape(client.get("/api/v1/", headers={"Accept-Language": language}).text)
    for path in client.get("/api/v1/openapi.json").json()["paths"].values():
        for text in (path["get"]["summary"], path["get"]["description"]):
            with translation.override(language):
                assert translation.gettext(text) != text
                assert translation.gettext(text) in page
            assert f">{text}<" not in page
