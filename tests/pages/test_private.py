"""What is not public is nowhere: a site with private articles reads like one without them."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.caching import version as site_version
from articles.models import Article, Story
from articles.stories.aggregates import refresh_stories, request_recount
from articles.stories.grouping import group_waiting

SECRET = "zwielicht"
# What a file may say that hides it, and what happens to it in the newsroom.
HIDINGS = ["not published", "removed", "from the future", "removed in the newsroom", "hidden in the newsroom"]
LISTS = [
    "/", "/?sort=new", "/topics/", "/topics/tidal-energy/", "/topics/tidal-energy/?sort=new",
    "/providers/", "/archive/", "/archive/2023/", "/archive/2023/05/", "/archive/2023/05/04/", "/about/",
    "/feed.atom", "/feed.json", "/topics/tidal-energy/feed.atom", "/topics/tidal-energy/feed.json",
    "/sitemap.xml", "/sitemap-lists.xml", "/sitemap-2023-05.xml", "/news-sitemap.xml", "/robots.txt",
    "/search/?q=report", "/search/?q=report&sort=new", f"/search/?q={SECRET}",
    f"/search/feed.atom?q={SECRET}", "/search/feed.atom?q=report", "/api/v1/stories", "/api/v1/articles",
    "/api/v1/topics", "/api/v1/topics/tidal-energy", "/api/v1/providers", "/api/v1/search?q=report",
    f"/api/v1/search?q={SECRET}",
]  # fmt: skip


def _bodies(client, more=()) -> dict[str, bytes]:
    site_version.clear()
    found = {}
    for path in [*LISTS, *more]:
        content = client.get(path).content
        # The time of day, and ids that a database counts up, are not what this is about.
        found[path] = re.sub(rb"\d\d:\d\d(:\d\dZ)?", b"", content)
    return found


def _hide(article: Article, how: str) -> None:
    if how == "hidden in the newsroom":
        article.is_published = False
        article.edited_fields = ["is_published"]
    elif how == "removed in the newsroom":
        article.is_removed = True
        article.edited_fields = ["is_removed"]
    article.save()


@pytest.mark.thorough
@pytest.mark.django_db
@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(hidings=st.lists(st.sampled_from(HIDINGS), min_size=1, max_size=4))
def test_a_site_with_private_articles_reads_like_one_without(write_article, run_import, hidings):
    Story.objects.all().delete()
    Article.objects.all().delete()
    request_recount()
    run_import(write_article("harbour"), write_article("quay"))
    client = Client(raise_request_exception=True)
    before = _bodies(client)
    paths, keys = [], {}
    ahead = (timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    for place, how in enumerate(hidings):
        fields = {"title": f"{SECRET} {place}", "excerpt": f"Of the {SECRET} of day {place}.", "heat": 0,
                  "webUrl": f"https://{SECRET}-{place}.example/{place}", "topics": ["Tidal Energy"],
                  "provider": {"name": SECRET.title(), "domain": f"{SECRET}-{place}.example"}}  # fmt: skip
        if how == "not published":
            fields["published"] = False
        if how == "removed":
            fields["removed"] = True
        if how == "from the future":
            fields["publishedDateTime"] = ahead
        paths.append(write_article(f"{SECRET}-{place}", folder="hidden", **fields))
        keys[f"{SECRET}-{place}.example/{place}"] = how
    run_import(*paths)
    for article in Article.objects.filter(title__startswith=SECRET):
        _hide(article, keys[article.link_key])
    refresh_stories(Story.objects.values_list("pk", flat=True))
    group_waiting()
    after = _bodies(client)
    for path, body in before.items():
        assert after[path] == body or SECRET in path, path
        assert (
            SECRET.encode() not in after[path].lower().replace(f"?q={SECRET}".encode(), b"") or SECRET in path
        )
    for path in (f"/search/?q={SECRET}", f"/search/feed.atom?q={SECRET}", f"/api/v1/search?q={SECRET}"):
        assert after[path] == before[path], path
    for article in Article.objects.filter(title__startswith=SECRET):
        story = article.story.get_absolute_url() if article.story else "/x/"
        data, provider = f"/api/v1/articles/{article.permalink}", f"/providers/{article.provider.domain}/"
        for path in (article.get_absolute_url(), story, data, provider):
            answer = client.get(path)
            assert answer.status_code in (404, 410, 301), (path, answer.status_code)
            # An answer may hold the address that was asked for.
            assert SECRET.encode() not in answer.content.replace(path.encode(), b""), path
