"""Every text of the interface is there in every language."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

ROOT = Path(__file__).resolve().parents[2]
TEXTS = re.compile(r"""{% translate ["'](.+?)["'] %}|\b_\(["']([^"')]+)["']\)""")


def texts():
    files = [*ROOT.glob("templates/**/*.html"), *ROOT.glob("articles/pages/**/*.py")]
    for path in files:
        for found in TEXTS.findall(path.read_text()):
            yield found[0] or found[1]


@pytest.mark.parametrize("language", [code for code, _ in settings.LANGUAGES if code != "en"])
def test_no_text_is_missing_unfinished_or_not_compiled(language):
    catalogue = (ROOT / "locale" / language / "LC_MESSAGES" / "django.po").read_text()
    assert "fuzzy" not in catalogue
    assert not re.search(r'msgstr(\[\d\])? ""\n(\n|$)', catalogue)
    known = set(re.findall(r'^msgid "(.*)"$', catalogue, re.MULTILINE))
    assert {text.replace('"', '\\"') for text in texts()} - known == set()
    with translation.override(language):
        for text, said in re.findall(r'^msgid "(.+)"\nmsgstr "(.+)"$', catalogue, re.MULTILINE):
            assert translation.gettext(text.replace('\\"', '"')) == said.replace('\\"', '"')


def test_a_reader_is_spoken_to_in_the_browsers_language_or_the_one_chosen(seeds, client):
    german = client.get("/", headers={"Accept-Language": "de-AT,en;q=0.5"}).content.decode()
    assert '<html lang="de"' in german
    assert "Wichtigste Nachrichten" in german
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "zz, x;q=2"}).content.decode()
    client.post("/preferences/", {"language": "de"})
    assert "16. Nov 2022" in client.get("/").content.decode()
