"""Addresses of the JSON API."""

from django.urls import path

from articles.api import views

app_name = "api"
urlpatterns = [
    path("", views.api_page, name="page"),
    path("openapi.json", views.openapi, name="openapi"),
]
