"""All addresses of the site: the newsroom, readers' pages and the API."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from articles.api.views import api

admin.autodiscover()

urlpatterns = [
    path(settings.ADMIN_PATH, admin.site.urls),
    path("", include("articles.pages.urls")),
    path("api/v1/", include("articles.api.urls")),
    path("api/v1/", api.urls),
]

handler400 = "articles.pages.views.site.bad_request"
handler403 = "articles.admin.unsaved.refused"
handler404 = "articles.pages.views.site.not_found"
