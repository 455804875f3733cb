"""Addresses of the readers' pages (floor 3)."""

from django.urls import path, re_path

from articles.pages import pictures, views

app_name = "articles"
urlpatterns = [
    path("", views.front, name="front"),
    path("topics/", views.topic_list, name="topic_list"),
    path("topics/<str:slug>/", views.topic_detail, name="topic_detail"),
    re_path(
        r"^stories/(?P<story_id>[0-9]{1,18})(?:-(?P<slug>[^/]*))?/$", views.story_detail, name="story_detail"
    ),
    path("news/<str:stem>/", views.article_detail, name="article_detail"),
    path("providers/", views.provider_list, name="provider_list"),
    path("providers/<str:domain>/", views.provider_detail, name="provider_detail"),
    re_path(r"^media/(?P<name>[0-9a-f]{2}/[0-9a-f]{32}\.webp)$", pictures.media, name="media"),
]
