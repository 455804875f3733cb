"""Shared by all tests: no secrets, plain static files, a temporary media folder, article files on demand."""

import os
from functools import cache
from pathlib import Path

import pytest

from articles import generation
from tests.articles_help import article_writer, import_files
from tests.beginnings import Beginning, made_once
from tests.desk_help import write_stories

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
        PAGES_MAY_LAG=0.0,
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


@pytest.fixture(scope="session", autouse=True)
def _one_release():
    """Every client has a page cache of its own; what they look at to name the release is the same for all."""
    from articles.pages import caching

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(caching, "_release", cache(caching._release))
        yield


@pytest.fixture(autouse=True)
def _own_state(request):
    """Folders of its own for each test that may write pictures, and nothing remembered of another's rows."""
    generation.forget()  # a rolled back test's generation may come again with other rows
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
    return article_writer(tmp_path)


@pytest.fixture
def run_import(db):
    return import_files


@pytest.fixture(scope="session")
def _beginning(django_db_setup, django_db_blocker, tmp_path_factory):
    beginning = Beginning(tmp_path_factory.mktemp)
    yield beginning
    with django_db_blocker.unblock():
        beginning.leave()


@pytest.fixture
def _begun(request, _beginning, django_db_blocker):
    with django_db_blocker.unblock():
        _beginning.prepare(request.module.__name__, request.fixturenames)


@pytest.fixture
def _django_db_helper(_begun, _django_db_helper):
    """Before pytest-django opens a test's own transaction, the database holds what the test begins with."""


@pytest.fixture
def editor(db):
    from django.contrib.auth.models import Group, User

    user = User.objects.create_user("ed", password="tide-table", is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    return user


# What tests of several modules begin with.


@made_once
def seeds(folder):
    import_files(Path(__file__).parents[1] / "seeds")


@made_once
def one_story(folder):
    import_files(article_writer(folder)("one", related=("ferry",)))


@made_once
def four_events(folder):
    import_files(write_stories(article_writer(folder)))
