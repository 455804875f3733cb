"""How many modules and functions of this project four everyday flows pass, counted by tracing.

    .venv/bin/python -m benchmarks.flows [--list]

The flows: one article file imported; one click on "published" in the newsroom's list of articles; one new
entry of a feed polled and grouped; one topic page that no cache holds. Each flow runs once with other data
before it is traced, so that imports and first-use caches do not count. A function counts once, however often
it is called; module and class bodies do not count. What runs in the sandboxed parser process is traced by
parsing the same feed in this process. `--list` names the modules.
"""

import argparse
import http.server
import inspect
import os
import re
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = tuple(str(ROOT / name) + os.sep for name in ("articles", "aggregator"))
LIMITS = {"file": 30, "click": 18, "entry": 34, "page": 20}  # modules at most

ARTICLE = """---
category: news
title: "{title}"
excerpt: "{excerpt}"
publishedDateTime: 2026-11-{day:02}T10:00:00Z
webUrl: "https://{host}/{slug}"
type: article
quality: 60
published: true

provider:
  name: {host}
  domain: {host}

topics:
  - Harbours
---

"""
ENTRY = """<rss version="2.0"><channel><title>Harbour Gazette</title><link>https://gazette.example/</link>
<item><title>{title}</title><link>https://gazette.example/{slug}</link><description>{text}</description>
<pubDate>Sat, 28 Nov 2026 10:00:00 GMT</pubDate></item></channel></rss>"""


FIELD = re.compile(r'<input type="(?:hidden|number)" name="([^"]+)" value="([^"]*)"')
CHECKED = re.compile(r'<input type="checkbox" name="(form-[^"]+)"[^>]* checked')


class Trace:
    """The project's functions that ran: their qualified names by module path."""

    def __init__(self) -> None:
        self.modules: dict[str, set[str]] = defaultdict(set)

    def __call__(self, frame, event: str, argument: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_flags & inspect.CO_OPTIMIZED and code.co_filename.startswith(PACKAGES):
            self.modules[str(Path(code.co_filename).relative_to(ROOT))].add(code.co_qualname)

    @property
    def functions(self) -> int:
        return sum(map(len, self.modules.values()))


@contextmanager
def traced(trace: Trace) -> Iterator[None]:
    """Trace this thread, and every thread started inside."""
    threading.setprofile(trace)
    sys.setprofile(trace)
    try:
        yield
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


class FeedServer(http.server.ThreadingHTTPServer):
    """Serves `body` as a feed on loopback, and no robots.txt."""

    body = b""

    def __init__(self) -> None:
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = self.path == "/feed.xml"
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", "application/rss+xml")
                self.end_headers()
                self.wfile.write(server.body if found else b"")

            def log_message(self, *arguments: object) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.place = f"127.0.0.1:{self.server_address[1]}"


def flow_file(folder: Path) -> Iterator[Trace]:
    from django.core.management import call_command

    for number, word in enumerate(("turbines", "ferries"), 1):
        path = folder / f"2026-11-{number:02}-{word}.md"
        path.write_text(ARTICLE.format(
            title=f"Harbour board approves {word} below the old bridge", day=number, slug=word,
            excerpt=f"After ten years of dispute the board approved the {word}.", host=f"{word}.example",
        ))  # fmt: skip
        trace = Trace()
        with traced(trace):
            call_command("import_articles", str(path), verbosity=0, stdout=StringIO())
        yield trace


def flow_click(client) -> Iterator[Trace]:
    from articles.models import Article

    for article in Article.objects.order_by("-published_at", "-pk")[:2]:
        address = "/admin/articles/article/"
        page = client.get(address).content.decode()
        data = {name: value for name, value in FIELD.findall(page) if name.startswith("form-")}
        ids = {value: name for name, value in data.items() if name.endswith("-id")}
        row = ids[str(article.pk)].removesuffix("-id")
        checked = dict.fromkeys(CHECKED.findall(page), "on")
        data |= {"_save": "Save", **checked}
        del data[f"{row}-is_published"]
        trace = Trace()
        with traced(trace):
            answer = client.post(address, data)
        article.refresh_from_db()
        if answer.status_code != 302 or article.is_published:
            raise SystemExit(f"the click did not unpublish: status {answer.status_code}")
        yield trace


def flow_entry(server: FeedServer) -> Iterator[Trace]:
    from django.core.management import call_command

    from articles.models import Article, Source
    from articles.sources.parse import parse_feed

    Source.objects.create(url=f"http://{server.place}/feed.xml")
    for word in ("breakwater", "lighthouse"):
        text = f"The {word} is to be rebuilt by spring, the board said."
        server.body = ENTRY.format(title=f"Old {word} to be rebuilt by spring", slug=word, text=text).encode()
        trace = Trace()
        with traced(trace):
            call_command("poll_sources", verbosity=0, stdout=StringIO())
            parse_feed(server.body, "application/rss+xml", f"http://{server.place}/feed.xml")
        if not Article.objects.filter(title__contains=word).exists():
            raise SystemExit("the entry did not become an article")
        yield trace


def flow_page(client) -> Iterator[Trace]:
    from articles.caching.version import bump

    for _ in range(2):
        bump()
        trace = Trace()
        with traced(trace):
            answer = client.get("/topics/harbours/")
        if answer.status_code != 200:
            raise SystemExit(f"the topic page answered {answer.status_code}")
        yield trace


def measure() -> dict[str, Trace]:
    """Return the trace of each flow, on a new database in a temporary folder."""
    with tempfile.TemporaryDirectory() as place, FeedServer() as server:
        os.environ |= {"VAR_DIR": f"{place}/var", "DJANGO_SETTINGS_MODULE": "aggregator.settings"}
        os.environ.pop("DATABASE_URL", None)
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.FETCH_LOOPBACK_ALLOWED = server.place
        settings.ALLOWED_HOSTS, settings.PAGES_MAY_LAG = ["*"], 0.0
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        from django.contrib.auth.models import User
        from django.test import Client

        threading.Thread(target=server.serve_forever, daemon=True).start()
        visitor, editor = Client(), Client()
        user = User.objects.create_superuser("editor")
        editor.force_login(user, "django.contrib.auth.backends.ModelBackend")
        found = {}
        for name, runs in (
            ("file", flow_file(Path(place))), ("entry", flow_entry(server)),
            ("page", flow_page(visitor)), ("click", flow_click(editor)),
        ):  # fmt: skip
            *_, found[name] = runs
        server.shutdown()
        return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="name the modules of each flow")
    options = parser.parse_args()
    traces = measure()
    print(f"{'flow':8}{'modules':>9}{'at most':>9}{'functions':>11}")
    for name, trace in traces.items():
        print(f"{name:8}{len(trace.modules):>9}{LIMITS[name]:>9}{trace.functions:>11}")
        if options.list:
            for module, functions in sorted(trace.modules.items()):
                print(f"    {module}: {len(functions)}")
    return int(any(len(trace.modules) > LIMITS[name] for name, trace in traces.items()))


if __name__ == "__main__":
    raise SystemExit(main())
