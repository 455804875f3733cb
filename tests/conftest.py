"""Shared by all tests: no secrets, plain static files, a temporary media folder, article files on demand."""

import os
from contextlib import contextmanager
from pathlib import Path

import pytest

from articles.caching import version as site_version

SHARED = Path(__file__).resolve().parents[2] / "shared"
NO_FOLDER = Path(os.devnull)  # a test that writes below it fails, instead of meeting another's files
_OF_DATABASE = {"db", "transactional_db", "live_server"}


def _needs_database(item):
    return bool(item.get_closest_marker("django_db")) or not _OF_DATABASE.isdisjoint(item.fixturenames)


@pytest.hookimpl(trylast=True)  # after pytest-django, which puts tests that leave the database empty last
def pytest_collection_modifyitems(items):
    from tests.migrating import in_good_order

    items[:] = in_good_order(items, _needs_database, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1)))


@pytest.fixture(scope="session", autouse=True)
def _quick_settings(django_test_environment, tmp_path_factory):
    """Settings that all tests share, set once: each change of one is told to a dozen receivers."""
    from django.conf import settings
    from django.test import override_settings

    with override_settings(
        API_PER_MINUTE=0,
        SEARCHES_PER_MINUTE=0,
        FETCH_HOST_INTERVAL=0.0,
        PAGES_MAY_LAG=0.0,
        SITE_VERSION_SECONDS=0.0,
        PAGE_CACHE_SECONDS=1e9,  # no minute ends within a test, and no ETag changes with it
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        MEDIA_ROOT=NO_FOLDER / "media",
        STATIC_ROOT=tmp_path_factory.mktemp("static"),
        STORAGES={
            **settings.STORAGES,
            "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
        },
    ):
        yield


@pytest.fixture(autouse=True)
def _own_state(request):
    """Folders of its own for each test that may write pictures, and nothing remembered of another's rows."""
    site_version.clear()  # a rolled back test's generation may come again with other rows
    if _needs_database(request.node) or not {"tmp_path", "settings"}.isdisjoint(request.fixturenames):
        settings, place = request.getfixturevalue("settings"), request.getfixturevalue("tmp_path")
        settings.MEDIA_ROOT = place / "media"
        settings.STATIC_ROOT = place / "static"
        settings.STATIC_ROOT.mkdir()


@pytest.fixture(scope="session")
def _migrate_once(tmp_path_factory):
    from tests.migrating import migrate_once

    with pytest.MonkeyPatch.context() as patch:
        if "PYTEST_XDIST_WORKER" in os.environ:
            migrate_once(patch, tmp_path_factory.getbasetemp().parent)  # which all workers have in common
        yield patch


@pytest.fixture(scope="session")
def django_db_setup(_migrate_once, django_db_setup):
    """The migrations run once for all workers; tests that migrate do it in earnest."""
    _migrate_once.undo()


@pytest.fixture
def write_article(tmp_path):
    """Return a function that writes an article file into a store and gives its path."""

    def write(slug="tide", folder="store", related=(), **fields):
        values = {
            "title": f"The {slug} report",
            "excerpt": f"What is known of the {slug}.",
            "publishedDateTime": "2023-05-04T09:30:00Z",
            "webUrl": f"https://harbour-gazette.example/{slug}",
            "type": "article",
            "quality": 57,
            "heat": -1,
            "published": True,
            "provider": {"name": "Harbour Gazette", "domain": "harbour-gazette.example"},
            "topics": ["Tidal Energy"],
            **fields,
        }
        if related:
            values["related"] = [
                {
                    "title": f"{values['title']} as {name} has it",
                    "excerpt": f"What is known of the {slug}, told by {name}.",
                    "publishedDateTime": "2023-05-04T10:00:00Z",
                    "webUrl": f"https://{name}.example/report",
                    "type": "article",
                    "provider": {"name": name.title(), "domain": f"{name}.example"},
                    "quality": 20,
                }
                for name in related
            ]
        from articles.frontmatter.emit import emit

        path = tmp_path / folder / f"2023-05-04-{slug}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(emit(values))
        return path

    return write


@pytest.fixture
def run_import(db):
    def run(*paths, **options):
        from tests.importing.helpers import import_all

        return import_all(paths, keeps_files=True, **options)

    return run


@pytest.fixture
def passing():
    """Return a context in which everything that is done to the database is undone at its end."""
    from django.db import transaction

    @contextmanager
    def passing():
        with transaction.atomic():
            yield
            transaction.set_rollback(True)

    return passing


@pytest.fixture
def seeds(run_import):
    return run_import(Path(__file__).parents[1] / "seeds")


@pytest.fixture
def story(write_article, run_import):
    """Return the one public story, of a report and a copy of it by another paper."""
    from articles.models import Story

    run_import(write_article("one", related=("ferry",)))
    return Story.objects.public().get()


@pytest.fixture
def stories(write_article, run_import):
    """Return four stories of three reports each, by a word of theirs (tests.newsroom.EVENTS)."""
    from articles.models import Story
    from tests.newsroom import write_stories

    run_import(write_stories(write_article))
    return {story.lead.permalink.split("-")[3]: story for story in Story.objects.select_related("lead")}


@pytest.fixture
def site(settings):
    """Return a web server on loopback that this project may fetch from."""
    from tests.network import Site

    with Site() as site:
        settings.FETCH_LOOPBACK_ALLOWED = site.place
        yield site


@pytest.fixture
def editor(db):
    from django.contrib.auth.models import Group, User

    user = User.objects.create_user("ed", password="tide-table", is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    return user


@pytest.fixture
def newsroom(client, editor):
    """Return a client that an editor has signed in with."""
    client.force_login(editor)
    return client


@pytest.fixture
def cache_away(settings):
    """Let the shared cache be a Redis that does not answer."""
    redis = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": redis, "LOCATION": "redis://127.0.0.1:1/0"}}
