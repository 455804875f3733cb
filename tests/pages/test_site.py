"""Archive, search, about and the reader's switches."""


import pytest
from django.template.loader import render_to_string

from articles.caching import version as site_version
from articles.models import Story, Topic


@pytest.fixture
def stories(write_article, run_import):
    write_article("two", publishedDateTime="2022-12-31T23:59:59Z", title="Year's end at the quay")
    title = "Turbines at the harbour wall turn at last"
    run_import(write_article("one", title=title, related=("ferry", "quay")).parent)


def test_the_archive_leads_to_every_story(stories, client):
    assert [cell["name"] for cell in client.get("/archive/").context["cells"]] == [2023, 2022]
    months = client.get("/archive/2022/").context["cells"]
    assert [bool(cell["url"]) for cell in months] == [False] * 11 + [True]
    weeks = client.get("/archive/2022/12/").context["weeks"]
    assert [cell["day"] for week in weeks for cell in week if cell["url"]] == [31]
    cards = client.get("/archive/2022/12/31/").context["cards"]
    assert [card["title"] for card in cards] == ["Year's end at the quay"]


def test_only_days_that_are_days_have_an_archive(stories, client):
    for path in ("2022/02/30", "2022/13", "0000", "9999", "1989", "2022/1"):
        assert client.get(f"/archive/{path}/").status_code == 404
    for path in ("1990/01/01", "1990"):
        assert client.get(f"/archive/{path}/").status_code == 200


def test_a_search_marks_its_words_and_leads_to_story_and_report(stories, client):
    page = client.get("/search/?q=year's+QUAY").content.decode()
    assert "<mark>Year</mark>" in page
    assert "<mark>quay</mark>" in page
    assert "1 report found" in page
    assert Story.objects.get(lead__title__startswith="Year").get_absolute_url() in page


def test_a_search_without_hits_says_so(stories, client):
    page = client.get('/search/?q=%00"%3Cscript%3Ezebra').content.decode()
    assert "Nothing found" in page
    assert "<script>zebra" not in page


def test_only_a_search_with_filters_offers_to_drop_them(stories, client):
    plain, narrowed = (client.get(f"/search/?q=zebra{tail}").text for tail in ("", "&topic=tidal-energy"))
    assert "lead a story or were published by an editor" in plain
    assert "lead a story or were published by an editor" in narrowed
    assert "ilters" not in plain.split("Nothing found")[1]
    assert 'href="?q=zebra">Without filters' in narrowed


def test_a_search_finds_topics_and_providers_by_name(stories, client):
    names = {found["name"] for found in client.get("/search/?q=tidal").context["matching"]}
    assert names == {"Tidal Energy"}
    assert client.get("/search/?q=gazette").context["matching"][0]["name"] == "Harbour Gazette"


@pytest.mark.parametrize("sort", ["", "new"])
def test_pages_of_hits_show_every_hit_once(write_article, run_import, client, sort):
    for number in range(45):
        folder = write_article(f"r{number:02}").parent
    run_import(folder)
    seen, address = [], f"?q=report&sort={sort}"
    while address:
        context = client.get(f"/search/{address}").context
        seen += [hit["permalink"] for hit in context["cards"]]
        address = context["next_url"]
    assert len(seen) == len(set(seen)) == 45


def test_a_switch_sets_a_cookie_and_leads_back(stories, client):
    assert not client.get("/").cookies
    answer = client.post("/preferences/", {"theme": "dark", "next": "/topics/"})
    assert (answer.status_code, answer["Location"]) == (303, "/topics/")
    assert 'data-theme="dark"' in client.get("/").content.decode()
    assert client.post("/preferences/", {"theme": ""}).cookies["theme"].value == ""
    assert "data-theme" not in client.get("/").content.decode()


def test_a_switch_leads_nowhere_else_and_refuses_unknown_choices(db, client):
    for back in ("https://evil.example/", "//evil.example", "\\\\evil.example", "x", "", "/\nX: y"):
        answer = client.post("/preferences/", {"theme": "light", "next": back})
        assert answer.status_code == 303
        assert "evil" not in answer["Location"]
    assert client.post("/preferences/", {"theme": "mauve"}).status_code == 400
    assert client.get("/preferences/").status_code == 405


def test_a_cookie_that_is_no_choice_is_none(db, client):
    client.cookies["theme"] = '"><script>'
    client.cookies["language"] = "zz"
    page = client.get("/").content.decode()
    assert "data-theme" not in page
    assert '<html lang="en"' in page


def test_full_coverage_narrows_to_a_provider_and_shows_sums(stories, client):
    story = Story.objects.get(article_count=3)
    page = client.get(story.get_absolute_url())
    assert sum(len(day["cards"]) for day in page.context["days"]) == 3
    ranking = page.context["ranking"]
    assert sum(int(term["value"]) for term in ranking["heat"]) == int(ranking["heat_sum"]) == story.heat
    assert float(ranking["rank_sum"]) == pytest.approx(sum(float(term["value"]) for term in ranking["rank"]))
    narrowed = client.get(story.get_absolute_url() + "?provider=ferry.example").context["days"]
    assert [line["provider"]["name"] for day in narrowed for line in day["cards"]] == ["Ferry"]


def test_front_sections_repeat_no_story_from_above(write_article, run_import, client):
    for number in range(30):
        folder = write_article(f"r{number:02}", topics=["Tides", "Ports"][number % 2 :]).parent
    run_import(folder)
    context = client.get("/").context
    above = {card["url"] for card in context["cards"]}
    below = [story["url"] for section in context["sections"] for story in section["stories"]]
    assert len(below) == len(set(below)) > 4
    assert not above & set(below)


def test_the_lists_that_are_said_to_have_feeds_have_them(stories, client):
    assert "The front page and every topic, provider, story and search have" in client.get("/about/").text
    story = Story.objects.first()
    lists = (Topic.objects.get(slug="tidal-energy"), story.lead.provider, story)
    for address in ("/", *(one.get_absolute_url() for one in lists), "/search/?q=quay"):
        foot = client.get(address).text.split("<footer")[1]
        assert "feed.atom" in foot, address
        assert "feed.json" in foot, address


def test_the_icon_is_found_where_browsers_guess_it(client, db):
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"].endswith(".svg")


def test_a_page_without_the_sites_frame_leaves_the_topics_of_others_alone(write_article, run_import, client):
    run_import(write_article("one"))
    for name in ("400.html", "404.html", "500.html"):
        site_version.clear()
        render_to_string(name)
        assert 'class="topicbar"' in client.get("/about/").text, name
