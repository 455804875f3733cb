"""The app of the news aggregator."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from articles import triggers


def _after_migrations(using="default", **given):
    if using == "default":
        triggers.ensure()


class ArticlesConfig(AppConfig):
    name = "articles"
    verbose_name = "News"

    def ready(self):
        post_migrate.connect(_after_migrations, sender=self)
