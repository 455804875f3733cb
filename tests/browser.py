"""The site in a real browser: Debian's chromium, against a server in this process."""

import shutil
import threading
from contextlib import contextmanager

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.test.testcases import QuietWSGIRequestHandler

CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture
def served(transactional_db, monkeypatch):
    """The address of the site as readers get it; unlike pytest-django's, pictures come through our view."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright's loop runs in this thread
    call_command("collectstatic", interactive=False, verbosity=0)
    shared, connection = {}, connections["default"]
    if connection.vendor == "sqlite":  # a database in memory is one connection's alone
        connection.inc_thread_sharing()
        shared = {"default": connection}
    server = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler, connections_override=shared)
    server.set_app(WSGIHandler())
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
    if shared:
        connection.dec_thread_sharing()


@contextmanager
def browsing(playwright, **options):
    """A page of a fresh browser that notes in `requested` whatever it asks for."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        page = browser.new_context(**options).new_page()
        page.requested = []
        page.on("request", lambda request: page.requested.append(request.url))
        try:
            yield page
        finally:
            browser.close()


def scroll_down(page):
    """Scroll to the end in steps, so that every lazy picture is asked for."""
    height = page.evaluate("document.documentElement.scrollHeight")
    for place in range(0, height, 400):
        page.evaluate(f"window.scrollTo(0, {place})")
        page.wait_for_timeout(20)
    # Asked again from here: to a page that asks itself, its own policy forbids all but the first time.
    for _ in range(500):
        if page.evaluate("[...document.images].every((image) => image.complete)"):
            return
        page.wait_for_timeout(20)
    raise AssertionError("a picture is still on its way")
