"""The site's one address: before every link that leaves it, whoever asks by whatever name."""

import re

import pytest

from articles.models import Provider


@pytest.mark.thorough
def test_with_an_address_set_no_answer_depends_on_the_host_that_is_asked(story, client, settings):
    settings.SITE_URL = "https://news.example"
    settings.ALLOWED_HOSTS = ["*"]
    provider = Provider.objects.active().first()
    paths = [
        "/", "/topics/tidal-energy/", story.get_absolute_url(), provider.get_absolute_url(), "/about/",
        "/feed.atom", "/feed.json", f"{story.get_absolute_url()}feed.atom", "/sitemap.xml",
        "/sitemap-lists.xml", "/sitemap-2023-05.xml", "/robots.txt", "/api/v1/stories?limit=1",
        "/api/v1/topics", "/api/v1/providers?limit=1", "/api/v1/articles", "/search/?q=tide",
    ]  # fmt: skip
    for path in paths:
        answers = [client.get(path, headers={"host": host}) for host in ("news.example", "evil.example:81")]
        texts = [answer.content.decode() for answer in answers]
        # All that looks like an address; between the two answers a minute may have passed.
        named = [re.findall(r"""(?:https?:)?//[^"'<>\s]+|tag:[^"<]+""", text) for text in texts]
        assert answers[0].status_code == 200, path
        assert named[0] == named[1] != [], path
        assert "evil.example" not in texts[1]
    assert 'rel="canonical" href="https://news.example/"' in client.get("/").content.decode()
    assert "tag:news.example,2026:" in client.get("/feed.atom").content.decode()


def test_without_one_the_address_asked_is_the_sites(story, client, settings):
    settings.ALLOWED_HOSTS = ["mirror.example"]
    answer = client.get("/feed.atom", headers={"host": "mirror.example"}).content.decode()
    assert "tag:mirror.example,2026:" in answer
    assert "http://mirror.example/feed.atom" in answer


def test_pictures_of_a_cache_keep_its_address(rf, settings):
    from articles.pages.meta import absolute

    settings.SITE_URL = "https://news.example"
    assert absolute(rf.get("/"), "https://cdn.example/media/a.webp") == "https://cdn.example/media/a.webp"
    assert absolute(rf.get("/"), "//evil.example/ü") == "https://news.example//evil.example/%C3%BC"
