"""System checks of an operator's settings, with ids and hints; docs/deployment.md lists them.

Every command reports mistakes in the environment (`articles.E0…`); `check --deploy` also reports what only a
public site needs (`articles.W1…`).
"""

import os
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host
from django.utils.module_loading import import_string

SHORTEST_TOKEN = 20


@register
def check_settings(app_configs=None, **given):
    """Report what no site can run with, first what aggregator/environment.py found invalid."""
    for found in settings.ENVIRONMENT_MISTAKES:
        yield Error(found.text, hint=found.hint, id=f"articles.{found.check}")
    host = urlsplit(settings.SITE_URL).hostname
    if host and not validate_host(host, settings.ALLOWED_HOSTS):
        hint = "Add the host of SITE_URL to ALLOWED_HOSTS, or leave ALLOWED_HOSTS out."
        yield Error("ALLOWED_HOSTS leaves out the host of SITE_URL.", hint=hint, id="articles.E003")
    try:
        import_string(settings.STORAGES["default"]["BACKEND"])
    except (ImportError, ImproperlyConfigured):
        text = "Pictures are to lie in a bucket, but django-storages is not there."
        hint = "Install requirements-s3.txt, or leave PICTURES_S3_BUCKET out."
        yield Error(text, hint=hint, id="articles.E008")
    # Processes count together in this folder.
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if folder and not os.access(folder, os.W_OK):
        hint = "Make the folder, empty at each start, and give it to the user of the web processes."
        yield Error("PROMETHEUS_MULTIPROC_DIR is no folder to write to.", hint=hint, id="articles.E010")


@register(deploy=True)
def check_address(app_configs=None, **given):
    """A public site has an address, and a trusted proxy that forwards scheme and host."""
    if not settings.SITE_URL:
        hint = "Set it to the address that visitors use, such as https://news.example."
        yield Warning("SITE_URL is not set.", hint=hint, id="articles.W101")
    elif not settings.IS_HTTPS:
        hint = "Let nginx or Caddy speak TLS before the site, and write https:// in SITE_URL."
        yield Warning("SITE_URL is not https.", hint=hint, id="articles.W102")
    elif not settings.TRUSTED_PROXIES:
        hint = "Set it to the proxy's address, such as 127.0.0.1; else every request seems to be plain http."
        yield Warning("TRUSTED_PROXIES is not set.", hint=hint, id="articles.W103")


@register(deploy=True)
def check_openness(app_configs=None, **given):
    """No host, proxy, token or key is more open than it should be; all machines share one secret key."""
    if "*" in settings.ALLOWED_HOSTS:
        hint = "List the hosts, or leave it out: the host of SITE_URL is enough."
        yield Warning("ALLOWED_HOSTS allows any host.", hint=hint, id="articles.W104")
    if any(not network.prefixlen for network in settings.TRUSTED_PROXIES):
        hint = "Name the proxy's own address, or the network that only proxies are in."
        yield Warning("TRUSTED_PROXIES trusts everybody.", hint=hint, id="articles.W105")
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        hint = f"Use {SHORTEST_TOKEN} random characters or more, such as `openssl rand -hex 20` gives."
        yield Warning("METRICS_TOKEN can be guessed.", hint=hint, id="articles.W106")
    if not os.environ.get("SECRET_KEY"):
        hint = "Set it to 50 random characters, the same on every machine: `openssl rand -hex 40` gives some."
        yield Warning("SECRET_KEY is not set; this machine made its own.", hint=hint, id="articles.W107")
