"""Lists of subscriptions: as three readers write them, as we write them, and as nobody should."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from articles.http.client import Fetcher
from articles.models import Provider, Source, Topic
from articles.sources.opml import OpmlError, read_opml
from articles.sources.subscriptions import export_list, import_list
from tests.feeds import make_source

# One folder deep, text and title alike, as web readers write it.
WEB_READER = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.0"><head><title>Pat's subscriptions</title></head><body>
<outline text="Harbour" title="Harbour">
  <outline type="rss" text="Gazette &amp; Post" title="Gazette &amp; Post"
    xmlUrl="https://harbour-gazette.example/rss" htmlUrl="https://harbour-gazette.example"/>
  <outline type="rss" text="Tides" title="Tides" xmlUrl="https://tides.example/feed?format=rss&amp;n=5"/>
</outline>
<outline text="Science" title="Science">
  <outline type="rss" text="Tides" title="Tides" xmlUrl="https://tides.example/feed?format=rss&amp;n=5"/>
</outline>
<outline type="rss" text="Alone" title="Alone" xmlUrl="http://alone.example/atom.xml" htmlUrl="http://alone.example/"/>
</body></opml>"""

# Folders in folders, no titles, attributes of the reader's own, a category, a stored search without address.
SELF_HOSTED = """<?xml version="1.0" encoding="UTF-8"?>
<opml xmlns:own="https://reader.example/opml" version="2.0">
<head><title>Reader</title><dateCreated>Thu, 04 May 2023 09:30:00 +0000</dateCreated></head>
<body>
<outline text="News"><outline text="Ports / Docks">
  <outline text="Dock News" type="rss" xmlUrl="https://dock.example/feed" htmlUrl="https://dock.example/"
    description="About docks" category="/Tidal Energy,/Unheard Of" language="de" own:priority="feed"/>
  <outline text="A stored search" own:search="docks"/>
</outline></outline>
</body></opml>"""

# No title, names in lower case, each feed inside an outline of its own, as mail programs write it.
MAIL_PROGRAM = """<?xml version="1.0"?>
<opml version="1.0" xmlns:mail="urn:feeds-of-a-mail-program">
<head><title>Mail OPML Export</title></head><body>
<outline title="News">
  <outline title="Dock News" mail:quickMode="false">
    <outline type="rss" title="Dock News" text="Dock News" version="RSS" xmlurl="https://dock.example/feed"
      htmlurl="https://dock.example/"/>
  </outline>
  <outline title="Broken"><outline type="rss" title="Broken" text="Broken" version="RSS"/></outline>
</outline>
</body></opml>"""


def _found(text):
    return [(each.url, each.name, each.folder) for each in read_opml(text.encode())]


def test_the_lists_of_three_readers():
    assert _found(WEB_READER) == [
        ("https://harbour-gazette.example/rss", "Gazette & Post", "Harbour"),
        ("https://tides.example/feed?format=rss&n=5", "Tides", "Harbour"),
        ("http://alone.example/atom.xml", "Alone", ""),
    ]
    assert _found(SELF_HOSTED) == [("https://dock.example/feed", "Dock News", "News/Ports ∕ Docks")]
    only = read_opml(SELF_HOSTED.encode())[0]
    assert (only.language, only.topics, only.is_own) == ("de", ("Tidal Energy", "Unheard Of"), False)
    assert _found(MAIL_PROGRAM) == [("https://dock.example/feed", "Dock News", "News")]
    latin = WEB_READER.replace("UTF-8", "ISO-8859-1").replace("Alone", "Ålone")
    assert read_opml(latin.encode("latin-1"))[2].name == "Ålone"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<!DOCTYPE opml [<!ENTITY e 'x'>]><opml><body/></opml>", "DOCTYPE"),
        ("<!DOCTYPE opml SYSTEM 'http://10.0.0.1/o.dtd'><opml/>", "DOCTYPE"),
        ("<rss version='2.0'/>", "no OPML"),
        ("<opml><body>", "no sound XML"),
        ("", "no sound XML"),
        ("<opml>" + "<outline>" * 60, "levels deep"),
    ],
)
def test_what_is_no_list_is_refused(text, reason):
    with pytest.raises(OpmlError, match=reason):
        read_opml(text.encode())


@pytest.mark.parametrize("text", [WEB_READER, SELF_HOSTED, MAIL_PROGRAM], ids=["web", "own", "mail"])
def test_every_list_goes_in_twice_as_once(db, text):
    Topic.objects.create(name="Science")
    first = import_list(text.encode(), Fetcher())
    assert (first.created, first.refused) == (Source.objects.count(), [])
    again = import_list(text.encode(), Fetcher())
    assert (again.created, again.updated, again.unchanged) == (0, 0, first.created)


def test_folders_and_categories_called_like_topics_give_them(db):
    for name in ("harbour", "Tidal Energy"):
        Topic.objects.create(name=name)
    import_list(WEB_READER.encode(), Fetcher())
    report = import_list(SELF_HOSTED.encode(), Fetcher())
    topics = {source.url: [str(each) for each in source.topics.all()] for source in Source.objects.all()}
    assert topics["https://tides.example/feed?format=rss&n=5"] == ["harbour"]
    assert topics["https://dock.example/feed"] == ["Tidal Energy"]
    assert report.unknown_topics == {"Unheard Of"}


def _everything():
    topics = [Topic.objects.create(name=name) for name in ("News", "Ports, Docks / Quays", "AI")]
    provider = Provider.objects.create(domain="dock.example", name='The "Dock"')
    fields = {"weight": 7, "minimum_quality": 30, "provider": provider, "language": "de-AT"}
    fields |= {"name": 'A & B <"C">', "folder": "News/Deep", "site_url": "https://dock.example/"}
    make_source("https://dock.example/feed?a=1&b=2", topics[1:], **fields)
    make_source("https://plain.example/feed", folder="News")
    make_source("https://off.example/feed", is_active=False, name="Off")


def test_what_we_export_goes_back_in_unchanged(db):
    _everything()
    exported = export_list()
    report = import_list(exported.encode(), Fetcher())
    assert (report.created, report.updated, report.unchanged) == (0, 0, 3)
    assert export_list() == exported
    Source.objects.all().delete()
    assert import_list(exported.encode(), Fetcher()).created == 3
    assert export_list() == exported


def test_addresses_that_may_not_be_fetched_are_refused_and_the_rest_comes(db, tmp_path):
    path = tmp_path / "list.opml"
    path.write_text(WEB_READER.replace("http://alone.example/atom.xml", "http://127.0.0.1/feed"))
    said = io.StringIO()
    report = tmp_path / "report.json"
    with pytest.raises(CommandError, match="1 refused"):
        call_command("import_opml", path, report=str(report), stdout=said)
    content = json.loads(report.read_text())
    assert content["counts"] == {"created": 2, "updated": 0, "unchanged": 0, "refused": 1}
    refused = [each for each in content["feeds"] if each["outcome"] == "refused"]
    assert [(each["url"], bool(each["reason"])) for each in refused] == [("http://127.0.0.1/feed", True)]
    assert "not a public address" in said.getvalue()
    assert Source.objects.count() == 2


def test_the_commands_write_and_read_and_a_dry_run_changes_nothing(db, tmp_path):
    _everything()
    path, said = tmp_path / "out" / "list.opml", io.StringIO()
    call_command("export_opml", path)
    call_command("export_opml", stdout=said)
    assert path.read_text() == said.getvalue()
    Source.objects.all().delete()
    call_command("import_opml", path, dry_run=True, stdout=said)
    assert not Source.objects.exists()
    call_command("import_opml", path, stdout=said)
    assert "3 created" in said.getvalue().splitlines()[-1]
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_opml", tmp_path / "none.opml")
