"""Shared by all tests: no secrets, plain static files, a temporary media folder, article files on demand."""

from pathlib import Path

import pytest

from articles import generation

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(autouse=True)
def _quick_settings(settings, tmp_path):
    settings.API_PER_MINUTE = settings.SEARCHES_PER_MINUTE = 0
    settings.PAGES_MAY_LAG = 0.0
    settings.PAGE_CACHE_SECONDS = 1e9  # no minute ends within a test, and no ETag changes with it
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    generation.forget()  # a rolled back test's generation may come again with other rows
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


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
        from articles.store.document import emit

        path = tmp_path / folder / f"2023-05-04-{slug}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(emit(values))
        return path

    return write


@pytest.fixture
def run_import(db):
    def run(*paths, **options):
        from articles.store.importing import import_paths

        return import_paths(paths, keeps_files=True, **options)

    return run


@pytest.fixture
def seeds(run_import):
    return run_import(Path(__file__).parents[1] / "seeds")


@pytest.fixture
def editor(db):
    from django.contrib.auth.models import Group, User

    user = User.objects.create_user("ed", password="tide-table", is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    return user
