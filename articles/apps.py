"""The app of the news aggregator."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from articles import checks  # noqa: F401 (registers the system checks)
from articles.search import index


def _after_migrations(using="default", **given):
    if using == "default":
        index.ensure()


class NewsroomConfig(admin_apps.SimpleAdminConfig):
    default = False  # named in INSTALLED_APPS, in place of the stock one
    default_site = "articles.admin.site.newsroom_site"


class ArticlesConfig(AppConfig):
    default = True
    name = "articles"
    verbose_name = "News"

    def ready(self):
        connection_created.connect(index.add_functions)
        post_migrate.connect(_after_migrations, sender=self)
