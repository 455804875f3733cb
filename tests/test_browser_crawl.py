"""Every kind of page that links lead to, in a real browser: none breaks the rules it states for itself."""

from urllib.parse import urldefrag, urlsplit

import pytest
from django.contrib.auth.models import User
from django.urls import Resolver404, resolve

from articles.editing.articles import set_published
from articles.models import Article, Edit
from tests.browser import CHROMIUM, browsing, served  # noqa: F401 (a fixture)
from tests.newsroom import write_stories
from tests.test_browser_newsroom import sign_in

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:No directory at"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium"),
]
LINKS = "[...document.querySelectorAll('a[href], link[rel=alternate][href]')].map(a => a.href)"
WATCH = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`violates ${event.violatedDirective}: ${event.blockedURI}`))"""


@pytest.fixture
def site(served, write_article, run_import):  # noqa: F811
    run_import(write_stories(write_article))
    User.objects.create_superuser("ed", password="tide-table")
    set_published(Article.objects.all()[:1], False)
    assert Edit.objects.exists(), "the log of acts has a page to show"
    return served


def kind_of(path):
    """Return what answers at a path, and whether it is asked for something particular."""
    place, _, query = path.partition("?")
    try:
        return resolve(place).view_name or place, bool(query)
    except Resolver404:
        return None


def crawl(page, site, of_each_kind, *starts):
    """Read what links lead to, so many of each kind; returns the kinds and what the browser complained of."""
    troubles, kinds, waiting, known = [], {}, list(starts), set(starts)
    page.add_init_script(WATCH)
    page.on("console", lambda said: troubles.append((page.url, said.text)) if said.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append((page.url, str(error))))
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if kind is None or kinds.get(kind, 0) == of_each_kind or "logout" in path:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        answer = page.goto(site + path)
        assert answer.status == 200, path
        assert "content-security-policy" in answer.headers, path
        for link in page.evaluate(LINKS):
            link = urldefrag(link).url.removeprefix(site)
            if not urlsplit(link).netloc and link not in known:
                known.add(link)
                waiting.append(link)
    return {name for name, _ in kinds}, troubles


def test_no_page_of_readers_breaks_the_sites_own_rules(site):
    with browsing(playwright) as page:
        kinds, troubles = crawl(page, site, 2, "/", "/robots.txt", "/sitemap.xml", "/news-sitemap.xml")
        assert {address.split("/")[2] for address in page.requested if "://" in address} == {site[7:]}
    assert troubles == []
    assert len(kinds) >= 27, sorted(kinds)


def test_no_page_of_the_desk_breaks_the_sites_own_rules(site):
    with browsing(playwright) as page:
        sign_in(page, site)
        kinds, troubles = crawl(page, site, 1, "/admin/")
    assert troubles == []
    assert len(kinds) > 60, sorted(kinds)
