"""System checks of an operator's settings, with ids and hints; docs/deployment.md lists them.

Every command reports mistakes in the environment (`articles.E0…`); `check --deploy` also reports what only a
public site needs (`articles.W1…`).
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.http.request import validate_host
from django.utils.module_loading import import_string

SHORTEST_TOKEN = 20


def check_environment(app_configs=None, **given):
    """Report environment variables with invalid values (aggregator/environment.py)."""
    return [
        Error(found.text, hint=found.hint, id=f"articles.{found.check}")
        for found in settings.ENVIRONMENT_MISTAKES
    ]


def check_hosts(app_configs=None, **given):
    """The site's own address must be one that it answers to."""
    host = urlsplit(settings.SITE_URL).hostname
    if not host or validate_host(host, settings.ALLOWED_HOSTS):
        return []
    hint = "Add the host of SITE_URL to ALLOWED_HOSTS, or leave ALLOWED_HOSTS out."
    return [Error("ALLOWED_HOSTS leaves out the host of SITE_URL.", hint=hint, id="articles.E003")]


def check_pictures(app_configs=None, **given):
    """The packages of the storage backend for pictures must be installed."""
    try:
        import_string(settings.STORAGES["default"]["BACKEND"])
    except (ImportError, ImproperlyConfigured):
        pass
    else:
        return []
    hint = "Install requirements-s3.txt, or leave PICTURES_S3_BUCKET out."
    return [Error("Pictures are to lie in a bucket, but django-storages is not there.", hint=hint,
                  id="articles.E008")]  # fmt: skip


def check_shared_numbers(app_configs=None, **given):
    """The folder in which processes count together must be one that they can write to."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder or os.access(folder, os.W_OK):
        return []
    hint = "Make the folder, empty at each start, and give it to the user of the web processes."
    return [Error("PROMETHEUS_MULTIPROC_DIR is no folder to write to.", hint=hint, id="articles.E010")]


def check_address(app_configs=None, **given):
    """A public site has an address, and a trusted proxy that forwards scheme and host."""
    if not settings.SITE_URL:
        hint = "Set it to the address that readers use, such as https://news.example."
        return [Warning("SITE_URL is not set.", hint=hint, id="articles.W101")]
    if not settings.IS_HTTPS:
        hint = "Let nginx or Caddy speak TLS before the site, and write https:// in SITE_URL."
        return [Warning("SITE_URL is not https.", hint=hint, id="articles.W102")]
    if not settings.TRUSTED_PROXIES:
        hint = "Set it to the proxy's address, such as 127.0.0.1; else every request seems to be plain http."
        return [Warning("TRUSTED_PROXIES is not set.", hint=hint, id="articles.W103")]
    return []


def check_openness(app_configs=None, **given):
    """No host, proxy or token is more open than it should be."""
    found = []
    if "*" in settings.ALLOWED_HOSTS:
        hint = "List the hosts, or leave it out: the host of SITE_URL is enough."
        found.append(Warning("ALLOWED_HOSTS allows any host.", hint=hint, id="articles.W104"))
    if any(not network.prefixlen for network in settings.TRUSTED_PROXIES):
        hint = "Name the proxy's own address, or the network that only proxies are in."
        found.append(Warning("TRUSTED_PROXIES trusts everybody.", hint=hint, id="articles.W105"))
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < SHORTEST_TOKEN:
        hint = f"Use {SHORTEST_TOKEN} random characters or more, such as `openssl rand -hex 20` gives."
        found.append(Warning("METRICS_TOKEN can be guessed.", hint=hint, id="articles.W106"))
    return found


def check_key(app_configs=None, **given):
    """All machines share one secret key."""
    if os.environ.get("SECRET_KEY"):
        return []
    hint = "Set it to 50 random characters, the same on every machine, such as `openssl rand -hex 40` gives."
    return [Warning("SECRET_KEY is not set; this machine made its own.", hint=hint, id="articles.W107")]


def check_folders(app_configs=None, **given):
    """Folders can be written, and static files are collected."""
    found = []
    if not os.access(settings.VAR_DIR, os.W_OK):
        hint = "Make the folder and give it to the user that the site runs as."
        found.append(Warning("VAR_DIR cannot be written to.", hint=hint, id="articles.W108"))
    manifest = getattr(staticfiles_storage, "manifest_name", "")
    if manifest and not (Path(settings.STATIC_ROOT) / manifest).exists():
        hint = "Run manage.py collectstatic."
        found.append(Warning("The static files are not collected.", hint=hint, id="articles.W109"))
    return found


ALWAYS = (check_environment, check_hosts, check_pictures, check_shared_numbers)
BEFORE_DEPLOYING = (check_address, check_openness, check_key, check_folders)
