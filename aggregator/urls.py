"""All addresses of the site: the desk, and the readers' pages."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path(settings.ADMIN_PATH, admin.site.urls),
    path("", include("articles.pages.urls")),
]

handler404 = "articles.pages.views.not_found"
