"""Feed parsers: a process that dies, hangs or lies costs one feed, and it can open nothing."""

import json

import pytest

from articles.http.sandbox import ROOT
from articles.sources.feed import FeedError, FeedParsers
from articles.sources.parse import parse_feed
from tests.written_feeds import item, rss

ANSWER = "import sys; w = sys.stdout.buffer; w.write({answer!r}); w.flush(); sys.stdin.buffer.read()"
URL = "https://harbour-gazette.example/feed"


def _parse(data, content_type=""):
    with FeedParsers(1) as found:
        return found.parse(data, content_type, URL)


def test_a_feed_is_read_as_it_would_be_here_and_a_reason_comes_through():
    data = rss(item("tide"), item("ebb", date=""))
    with FeedParsers(1) as found:
        assert found.parse(data, "", URL) == parse_feed(data, "", URL)
        with pytest.raises(FeedError, match="web page"):
            found.parse(b"<html></html>", "", URL)
        for encoding in ("utf-16", "shift_jis", "koi8-r", "cp1251", "iso-2022-jp"):
            text = "港" if encoding in ("utf-16", "shift_jis", "iso-2022-jp") else "Порт"
            named = rss(item("tide", title=text)).decode().replace("UTF-8", encoding)
            assert found.parse(named.encode(encoding), "", URL).entries[0].title == text, encoding


@pytest.mark.parametrize(
    "feed",
    [None, "nonsense", {}, {"title": 1, "site": "", "entries": [], "skipped": [], "minutes": 0},
     {"title": "", "site": "", "entries": [{"link": ["x"]}], "skipped": [], "minutes": 0},
     {"title": "", "site": "", "entries": [], "skipped": [{"reason": "a"}], "minutes": 0}],
)  # fmt: skip
def test_a_parser_that_lies_or_dies_is_not_believed(monkeypatch, feed):
    answer = json.dumps({"reason": "", "feed": feed}).encode() + b"\n"
    monkeypatch.setattr(FeedParsers, "program", ANSWER.format(answer=answer) if feed is not None else "")
    with pytest.raises(FeedError, match="limits"):
        _parse(b"<rss/>")


def test_a_parser_can_open_no_file_and_no_connection(monkeypatch):
    program = (
        f"import sys, json, os; sys.path.insert(0, {str(ROOT)!r})\n"
        "from articles.http.sandbox import limit, open_nothing_more\n"
        "import socket; limit(2**28); open_nothing_more(); tried = []\n"
        "for act in (lambda: open('/etc/hostname'), lambda: socket.socket(), lambda: os.pipe()):\n"
        "    try: act(); tried.append('did')\n"
        "    except OSError: tried.append('could not')\n"
        "print(json.dumps({'reason': f'{tried} {sorted(os.environ)}', 'feed': None}), flush=True)\n"
        "sys.stdin.buffer.read()"
    )
    monkeypatch.setenv("SECRET_KEY", "tide-table")
    monkeypatch.setattr(FeedParsers, "program", program)
    with pytest.raises(FeedError) as caught:
        _parse(b"<rss/>")
    assert str(caught.value).startswith("['could not', 'could not', 'could not']")
    assert "SECRET_KEY" not in str(caught.value)


def test_a_feed_that_needs_too_much_memory_is_refused(monkeypatch):
    program = FeedParsers.program.replace(
        "from articles.sources.parse import main; main()",
        "from articles.sources import parse; parse.MEMORY = 1_000_000; parse.main()",
    )
    monkeypatch.setattr(FeedParsers, "program", program)
    with pytest.raises(FeedError, match="memory"):
        _parse(rss(*[item(f"tide-{place}") for place in range(500)]))
