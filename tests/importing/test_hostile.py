"""The folder of bad files, where it stands beside the checkout: every outcome as its manifest says."""

import importlib.util
import json
import os
import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article
from tests.conftest import SHARED

HOSTILE = SHARED / "hostile" / "frontmatter"
pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not HOSTILE.is_dir(), reason="no folder of bad files beside the checkout"),
]


@pytest.fixture
def folder(tmp_path):
    spec = importlib.util.spec_from_file_location("make_special", HOSTILE / "make_special.py")
    special = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(special)
    place = tmp_path / "hostile"
    place.mkdir()
    special.main(str(place))
    for path in HOSTILE.glob("*.md"):
        shutil.copyfile(path, place / path.name)
    return place


def _cases(folder):
    lines = (HOSTILE / "manifest.jsonl").read_text().splitlines()
    lines += (folder / "manifest-special.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def _is_right(case, outcomes, articles):
    escaped = case["file"].encode("unicode_escape", "surrogatepass").decode()
    got = outcomes.get(escaped) or outcomes.get(case["file"])
    if case.get("skip_as_root") and os.getuid() == 0:
        return True
    if got is None:
        return bool(case.get("silent_ok"))
    wanted = {case["outcome"].removesuffix("_sanitised"), *case.get("also_ok", [])}
    if got["outcome"] == "refused":
        named = case.get("field") in (None, got["field"]) or case.get("line") == got["line"]
        return "reject" in wanted and named and bool(got["reason"])
    if "accept" not in wanted:
        return False
    expect = case.get("expect", {})
    article = articles.get(got["link"])
    return _facts_fit(expect, article, got)


def _facts_fit(expect, article, got):
    if article is None or ("url" in expect and got["link"] != expect["url"]):
        return False
    facts = {
        "title": article.title,
        "excerpt": article.excerpt,
        "quality": article.quality,
        "heat": article.heat,
        "public": article.is_public,
        "published": article.is_published,
        "removed": article.is_removed,
        "topics": [link.topic.name for link in article.topic_links.all()],
        "images": [link.image.url for link in article.image_links.all()],
        "provider.domain": article.provider.domain,
        "publishedDateTime": f"{article.published_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    names = {topic.casefold() for topic in facts["topics"]}
    for name, value in expect.items():
        if name == "topics":
            # A topic's first spelling names it for all.
            if names != {topic.casefold() for topic in value}:
                return False
        elif name in facts and facts[name] != value:
            return False
    return True


def _pages(client, editor):
    yield from ("/", "/topics/", "/providers/")
    for article in Article.objects.select_related("story__lead", "provider"):
        yield article.get_absolute_url()
        yield article.provider.get_absolute_url()
        if article.story:
            yield article.story.get_absolute_url()
        for topic in article.topics.all():
            yield topic.get_absolute_url()
            yield f"{topic.get_absolute_url()}?sort=new"
    client.force_login(editor)
    for noun in ("article", "story", "provider", "topic", "image", "importrun"):
        yield f"/admin/articles/{noun}/"


@pytest.mark.thorough
def test_every_bad_file_ends_as_its_manifest_says(folder, tmp_path, client, editor, capsys):
    report = tmp_path / "report.json"
    with pytest.raises(CommandError):
        call_command("import_articles", str(folder), report=str(report), stdout=StringIO())
    told = json.loads(report.read_text())
    outcomes = {entry["path"]: entry for entry in told["files"]}
    rows = Article.objects.select_related("provider")
    rows = rows.prefetch_related("topic_links__topic", "image_links__image")
    articles = {row.url: row for row in rows}
    for entry in filter(lambda entry: entry["link"], told["files"]):
        found = [row for row in rows if row.documents.filter(path=entry["path"]).exists()]
        if found:
            articles[entry["link"]] = found[-1]
    cases = _cases(folder)
    wrong = [case["file"] for case in cases if not _is_right(case, outcomes, articles)]
    with capsys.disabled():
        print(f" {len(cases) - len(wrong)} of {len(cases)} ", end="")
    assert wrong == []
    again = StringIO()
    with pytest.raises(CommandError):
        call_command("import_articles", str(folder), stdout=again)
    assert "0 created, 0 updated" in again.getvalue()
    _check_pages(cases, client, editor)


def _check_pages(cases, client, editor):
    forbidden = [(text, case) for case in cases for text in case.get("must_not_appear", [])]
    for address in dict.fromkeys(_pages(client, editor)):
        answer = client.get(address, follow=True)
        assert answer.status_code in (200, 404, 410), address
        page = answer.content.decode()
        for text, case in forbidden:
            if "/admin/" not in address or case.get("where") != "public":
                assert text not in page, (address, text)
