"""Readers' pages: constant work, and an answer to whatever is asked."""

import re

import pytest

from articles.caching import version as site_version
from articles.models import Story
from tests.queries import queries_of


def test_query_counts_do_not_grow_with_stories(write_article, run_import, client, newsroom):
    addresses = ["/", "/topics/tidal-energy/", "/topics/", "/providers/"]
    addresses += ["/providers/harbour-gazette.example/"]
    addresses += ["/admin/articles/article/", "/admin/articles/story/", "/admin/articles/topic/"]
    counts = []
    for size in (5, 10):
        for number in range(size):
            folder = write_article(f"r{number}", related=(f"paper{number}", f"post{number}")).parent
        run_import(folder)
        story = Story.objects.public().first().get_absolute_url()
        site_version.clear()
        counts.append([queries_of(client.get, address) for address in [*addresses, story]])
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=1e999~1", f"after={'9' * 20}~1", "after=%00", "sort=zzz",
     "sort=new&after=999999999999999999~1",
     "provider=nobody", "quality=-1", "quality=1e400", "since=2023-13-99", "kind=x", "provider=a&provider=b",
     "sort=top&after=99999999999999999999~5", "after=%D9%A1~%D9%A2", "since=0001-01-01&until=9999-12-31"],
)  # fmt: skip
def test_junk_in_the_query_is_no_error(seeds, client, query):
    for address in ("/", "/topics/ai/", "/providers/medicalxpress.com/"):
        assert client.get(f"{address}?{query}").status_code == 200


@pytest.mark.parametrize("sort", ["hot", "new", "top"])
def test_pages_by_cursor_show_every_story_once(write_article, run_import, client, sort):
    for number in range(45):
        folder = write_article(f"r{number:02}", quality=50 + number % 7).parent
    run_import(folder)
    seen, address = [], f"/topics/tidal-energy/?sort={sort}"
    while address:
        context = client.get(address).context
        seen += [card["id"] for card in context["cards"]]
        address = context["next_url"] and "/topics/tidal-energy/" + context["next_url"]
    assert len(seen) == len(set(seen)) == 45


def test_filters_narrow_a_topic(write_article, run_import, client):
    write_article("low", quality=10)
    run_import(write_article("high", quality=90, type="video").parent)
    for query in ("quality=50", "kind=video"):
        cards = client.get(f"/topics/tidal-energy/?{query}").context["cards"]
        assert [card["title"] for card in cards] == ["The high report"]


@pytest.mark.parametrize("bad", ["since=2020-02-30", "quality=x", "kind=song", "until=never&quality=-1"])
def test_a_filter_that_does_not_fit_leaves_the_others_alone(write_article, run_import, client, bad):
    write_article("low", quality=55)
    run_import(write_article("high", quality=90).parent)
    page = client.get(f"/topics/tidal-energy/?quality=80&since=2000-01-01&{bad}")
    titles = {card["title"] for card in page.context["cards"]}
    assert titles == {"The high report"} | ({"The low report"} if "quality" in bad else set())


def test_a_page_behind_the_first_does_not_call_itself_the_first(write_article, run_import, client):
    run_import(write_article("one"))
    for address in ("/", "/topics/tidal-energy/", "/providers/harbour-gazette.example/"):
        assert b'rel="canonical"' in client.get(f"{address}?sort=new").content
        behind = client.get(f"{address}?after=99999.0~99999").content
        assert b'rel="canonical"' not in behind
        assert b'rel="canonical"' in client.get(address).content


def test_the_way_to_a_storys_present_name_keeps_what_was_asked(story, client):
    answer = client.get(f"/stories/{story.pk}-old/?provider=ferry.example")
    assert answer["Location"] == f"{story.get_absolute_url()}?provider=ferry.example"


def test_a_removed_article_is_gone_for_good(write_article, run_import, client):
    run_import(write_article("one", removed=True))
    answer = client.get("/news/2023-05-04-one/")
    assert answer.status_code == 410
    assert "The one report" not in answer.content.decode()


def test_an_unknown_address_is_404_in_the_sites_clothes_and_a_wrong_method_405(client, db):
    answer = client.get("/nothing/")
    assert answer.status_code == 404
    assert "<main" in answer.content.decode()
    assert client.post("/").status_code == 405


@pytest.mark.parametrize("address", ["/media/none.jpg", "/static/none.css", "/admin/none/"])
def test_an_unknown_address_beside_the_readers_pages_is_404_in_full_words(admin_client, address):
    page = admin_client.get(address)
    assert page.status_code == 404
    assert re.search(rb'<time datetime="\d{4}-\d\d-\d\dT', page.content)  # "As of", in the frame
    assert f'name="next" value="{address}"'.encode() in page.content
