"""What benchmarks/serve.py serves: the site, the site made cold each time, or an empty view."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aggregator.settings")
KIND = os.environ.get("BENCH_KIND", "site")

from django.conf import settings  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


def hello(request):
    return HttpResponse(b"hello")


urlpatterns = [path("hello", hello)]
if KIND == "hello":
    settings.MIDDLEWARE = []
    settings.ROOT_URLCONF = "benchmarks.serve_app"

from aggregator.wsgi import application as site  # noqa: E402
from aggregator.wsgi import site as stock  # noqa: E402

if KIND == "hello":
    application = stock  # as Django gives it, without what the site adds
elif KIND == "cold":
    from articles.caching import version as site_version

    def application(environ, start_response):
        """The site, which forgets everything before each request."""
        site_version.clear()
        return site(environ, start_response)
else:
    application = site
