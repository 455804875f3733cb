"""An editor names a source in a real browser; a cycle later its stories stand on the topic's page."""


import pytest
from django.contrib.auth.models import User

from articles.models import Source, Topic
from articles.operations import jobs
from tests.browser import CHROMIUM, browsing, served  # noqa: F401 (served is a fixture)
from tests.written_feeds import item, rss

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]


def test_a_source_named_on_the_desk_fills_its_topic_within_one_cycle(served, site, monkeypatch):  # noqa: F811
    monkeypatch.setattr(jobs, "close_old_connections", lambda: None)  # the test's own is shared
    site.pages["/feed"] = (200, {}, rss(item("tide"), item("ebb")))
    Topic.objects.create(name="Tidal Energy")
    User.objects.create_superuser("ed", password="tide-table")  # tests before may have emptied the groups
    with browsing(playwright) as page:
        page.goto(f"{served}/topics/tidal-energy/")
        assert page.locator(".card").count() == 0
        page.goto(f"{served}/admin/articles/source/add/")
        page.get_by_label("Username").fill("ed")
        page.get_by_label("Password").fill("tide-table")
        page.get_by_role("button", name="Log in").click()
        page.get_by_label("Feed address").fill(site.url("/feed"))
        page.locator(".field-topics .select2-selection").click()
        page.locator(".select2-search__field").last.fill("Tidal")
        page.get_by_role("option", name="Tidal Energy").click()
        page.get_by_role("button", name="Save", exact=True).click()
        assert Source.objects.get().topics.count() == 1
        assert jobs.run_once()
        page.goto(f"{served}/topics/tidal-energy/")
        titles = page.locator(".card-title").all_inner_texts()
        assert sorted(title.strip() for title in titles) == ["The ebb report", "The tide report"]
        assert {url.split("/")[2] for url in page.requested} == {served.removeprefix("http://")}
