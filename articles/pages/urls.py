"""Addresses of visitors' pages, feeds and sitemaps."""

from django.urls import path, re_path

from articles.pages import feeds, sitemaps
from articles.pages.views import archive, front, log, providers, search, site, stories, topics

app_name = "articles"
YEAR, MONTH, DAY = "(?P<year>[0-9]{4})", "(?P<month>[0-9]{2})", "(?P<day>[0-9]{2})"
FORM = r"feed\.(?P<form>atom|json)$"
feed_patterns = [
    re_path(f"^{FORM}", feeds.front, name="front_feed"),
    re_path(f"^topics/(?P<slug>[^/]+)/{FORM}", feeds.topic, name="topic_feed"),
    re_path(f"^providers/(?P<domain>[^/]+)/{FORM}", feeds.provider, name="provider_feed"),
    re_path(f"^search/{FORM}", feeds.search, name="search_feed"),
    re_path(
        f"^stories/(?P<story_id>[0-9]{{1,18}})(?:-(?P<slug>[^/]*))?/{FORM}", feeds.story, name="story_feed"
    ),
    re_path(f"^log/{FORM}", feeds.log, name="log_feed"),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    path("sitemap-lists.xml", sitemaps.lists, name="sitemap_lists"),
    re_path(f"^sitemap-{YEAR}-{MONTH}\\.xml$", sitemaps.month, name="sitemap_month"),
    path("news-sitemap.xml", sitemaps.news, name="news_sitemap"),
    path("robots.txt", sitemaps.robots, name="robots"),
]
urlpatterns = [
    path("", front.front, name="front"),
    path("topics/", topics.topic_list, name="topic_list"),
    path("topics/<str:slug>/", topics.topic_detail, name="topic_detail"),
    re_path(
        r"^stories/(?P<story_id>[0-9]{1,18})(?:-(?P<slug>[^/]*))?/$",
        stories.story_detail,
        name="story_detail",
    ),
    path("news/<str:permalink>/", stories.article_detail, name="article_detail"),
    path("providers/", providers.provider_list, name="provider_list"),
    path("providers/<str:domain>/", providers.provider_detail, name="provider_detail"),
    path("archive/", archive.archive, name="archive"),
    re_path(f"^archive/{YEAR}/$", archive.archive_year, name="archive_year"),
    re_path(f"^archive/{YEAR}/{MONTH}/$", archive.archive_month, name="archive_month"),
    re_path(f"^archive/{YEAR}/{MONTH}/{DAY}/$", archive.archive_day, name="archive_day"),
    path("search/", search.search, name="search"),
    path("log/", log.log, name="log"),
    path("favicon.ico", site.icon, name="icon"),
    path("about/", site.about, name="about"),
    path("preferences/", site.preferences, name="preferences"),
    re_path(r"^media/(?P<name>[0-9a-f]{2}/[0-9a-f]{32}\.webp)$", site.media, name="media"),
    *feed_patterns,  # after the pages, which are asked for more
]
