"""Production mode: settings by environment, and every mistake in it told by a check with an id and a hint."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from aggregator import environment

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).resolve().parents[1]
GOOD = {
    "SECRET_KEY": "kq" * 5 + "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "SITE_URL": "https://news.example/",
    "TRUSTED_PROXIES": "127.0.0.1,10.0.0.0/8",
    "DATABASE_URL": "postgres://news:tide-table@127.0.0.1/news",
    "CACHE_URL": "redis://127.0.0.1:6379/0",
    "ADMIN_PATH": "desk-4711",
    "METRICS_TOKEN": "m" * 40,
    "LOG_FORMAT": "json",
}


def manage(folder, given, *arguments, code=""):
    """Run a command, or a piece of code, in a process that has only this environment."""
    (folder / "static").mkdir(exist_ok=True)
    manifest = json.dumps({"paths": {}, "version": "1.1", "hash": ""})
    (folder / "static" / "staticfiles.json").write_text(manifest)
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    command = [sys.executable, *(["-c", code] if code else ["manage.py", *arguments])]
    own = {"VAR_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "aggregator.settings"}
    env = {**kept, **own, **given}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def ids(result):
    return set(re.findall(r"\((\w+\.\w+)\)", result.stderr))


def test_the_deploy_check_has_nothing_to_say_about_a_good_environment(tmp_path):
    result = manage(tmp_path, GOOD, "check", "--deploy", "--fail-level", "WARNING")
    assert (result.returncode, ids(result)) == (0, set()), result.stderr


def test_every_mistake_is_told_at_once_with_a_hint_and_without_its_value(tmp_path):
    bad = {
        "DEBUG": "perhaps", "PICTURES_QUOTA_MB": "-3", "SITE_URL": "https://user:hush-hush@x.example/news",
        "DATABASE_URL": "mysql://news:hush-hush@db/news", "CACHE_URL": "memcached://hush-hush@x",
        "ADMIN_PATH": "topics/desk", "TRUSTED_PROXIES": "the-proxy.hush-hush", "MEDIA_URL": "media",
        "PICTURES_S3_ENDPOINT": "https://s3.example", "LOG_LEVEL": "hush-hush",
        "PROMETHEUS_MULTIPROC_DIR": "/nowhere/hush-hush",
    }  # fmt: skip
    result = manage(tmp_path, bad, "check")
    assert result.returncode == 1
    numbers = ("1", "2", "4", "5", "6", "7", "8", "9")
    assert ids(result) == {f"articles.E00{n}" for n in numbers} | {"articles.E010"}
    assert result.stderr.count("HINT: ") == result.stderr.count("articles.E0") == 11
    assert "hush-hush" not in result.stderr


def test_a_host_that_is_not_allowed_is_told(tmp_path):
    result = manage(tmp_path, {**GOOD, "ALLOWED_HOSTS": "other.example"}, "check")
    assert ids(result) == {"articles.E003"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"SITE_URL": "http://news.example"}, {"W102"}),
        ({"TRUSTED_PROXIES": ""}, {"W103"}),
        ({"ALLOWED_HOSTS": "*", "TRUSTED_PROXIES": "0.0.0.0/0", "METRICS_TOKEN": "short", "SECRET_KEY": ""},
         {"W104", "W105", "W106", "W107"}),
    ],
    ids=["http", "no proxy", "too open"],
)  # fmt: skip
def test_what_a_public_site_lacks_is_told_before_it_is_deployed(tmp_path, changes, told):
    result = manage(tmp_path, {**GOOD, **changes}, "check", "--deploy", "--fail-level", "WARNING")
    assert result.returncode == 1
    assert {name for name in ids(result) if name.startswith("articles.")} == {f"articles.{n}" for n in told}


def test_a_database_that_cannot_be_read_is_never_replaced_by_another(monkeypatch):
    monkeypatch.setattr(environment, "MISTAKES", [])
    for url in ("mysql://a@b/c", "postgres://db", "nonsense", "postgres://u:p@h:port/n", "://"):
        monkeypatch.setenv("DATABASE_URL", url)
        assert environment.env_database("sqlite:///x") == environment.NO_DATABASE, url
    assert {found.check for found in environment.MISTAKES} == {"E004"}


def test_a_postgresql_server_that_is_gone_is_found_out_in_seconds(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://news@db/news?connect_timeout=2")
    found = environment.env_database("")
    assert (found["CONN_MAX_AGE"], found["CONN_HEALTH_CHECKS"]) == (600, True)
    assert found["OPTIONS"]["connect_timeout"] == 2
    assert found["OPTIONS"]["keepalives_idle"] <= 30


@pytest.mark.parametrize(
    "url",
    ["news.example", "ftp://news.example", "https://", "https://a/b", "https://a?b", "https://u@a.example",
     "https://a.example:0", "https://a.example:99999", "https://a b", "https://[::1", "javascript://x"],
)  # fmt: skip
def test_an_address_that_is_none_is_not_taken_for_the_sites(monkeypatch, url):
    monkeypatch.setattr(environment, "MISTAKES", [])
    monkeypatch.setenv("SITE_URL", url)
    assert environment.env_site() == ""
    assert [found.check for found in environment.MISTAKES] == ["E002"]


def test_https_in_the_sites_address_turns_on_what_a_public_site_needs(tmp_path):
    code = (
        "from django.conf import settings as s; import json; print(json.dumps([s.SITE_URL, s.ALLOWED_HOSTS, "
        "s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 0, "
        "s.CACHES['default']['BACKEND'][-9:], s.ADMIN_PATH]))"
    )
    found = json.loads(manage(tmp_path, GOOD, code=code).stdout)
    assert found == ["https://news.example", ["news.example"], True, True, True, True,
                     "edisCache", "desk-4711/"]  # fmt: skip
    found = json.loads(manage(tmp_path, {}, code=code).stdout)
    assert found[2:6] == [False] * 4


def test_no_middleware_of_django_is_missing_because_its_check_is_silenced():
    from django.middleware.csrf import CsrfViewMiddleware
    from django.utils.module_loading import import_string

    assert settings.SILENCED_SYSTEM_CHECKS == ["security.W003", "security.W005", "security.W021"]
    assert any(
        isinstance(found := import_string(name), type) and issubclass(found, CsrfViewMiddleware)
        for name in settings.MIDDLEWARE
    )


def test_every_variable_and_every_check_stands_in_the_document():
    code = "".join(path.read_text() for path in (ROOT / "aggregator").glob("*.py"))
    code += "".join(path.read_text() for path in (ROOT / "articles").rglob("*.py"))
    names = set(re.findall(r"""(?:\benv(?:_\w+)?|os\.environ\.get)\(\s*"([A-Z][A-Z0-9_]+)\"""", code))
    names.discard("DJANGO_SETTINGS_MODULE")
    text = (ROOT / "docs" / "deployment.md").read_text()
    rows = re.findall(r"^\| (\*{0,2}`[A-Z].*?) \|", text, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`([A-Z][A-Z0-9_]+)`", row)}
    assert names - told == set()
    checks = set(re.findall(r'"(?:articles\.)?([EW]\d{3})"', code))
    assert checks - set(re.findall(r"`articles\.([EW]\d{3})`", text)) == set()


def test_editors_stay_signed_in_while_the_shared_cache_is_away(newsroom, cache_away):
    assert newsroom.get("/admin/").status_code == 200
    assert newsroom.get("/admin/articles/article/").status_code == 200
