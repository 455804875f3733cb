"""Pictures in a real browser: no other host is asked, nothing jumps, and a phone loads little."""

import re
from urllib.parse import urlsplit

import pytest

from articles.images.process import store_pictures
from articles.models import Image, Story
from tests.browser import CHROMIUM, browsing, scroll_down, served  # noqa: F401 (served is a fixture)
from tests.pictures import encoded
from tests.scenes import scene

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]
WATCH_SHIFTS = """
window.shift = 0;
new PerformanceObserver((list) => { for (const entry of list.getEntries()) window.shift += entry.value; })
  .observe({type: "layout-shift", buffered: true});
"""
STORIES = 20


@pytest.fixture(scope="module")
def pictures():
    return [encoded(scene(720, 480, number), quality=88) for number in range(STORIES)]


@pytest.fixture
def public(transactional_db, pictures, write_article, run_import):
    """A site of twenty stories, each with a picture as busy as a photograph, and their addresses."""
    for number in range(STORIES):
        folder = write_article(
            f"s{number:02}",
            images=[{"url": f"https://a.example/{number}.jpg"}],
            publishedDateTime=f"{2001 + number}-05-04T09:30:00Z",  # far apart: no reports of one event
            topics=["Tidal Energy", f"Topic {number % 3}"],
        ).parent
    run_import(folder)
    store_pictures(zip(Image.objects.order_by("pk"), pictures, strict=True))
    story = Story.objects.public().first()
    return {
        "front": "/",
        "topics": "/topics/",
        "topic": "/topics/tidal-energy/",
        "narrowed": "/topics/tidal-energy/?sort=new&quality=50",
        "story": story.get_absolute_url(),
        "report": story.lead.get_absolute_url(),
        "providers": "/providers/",
        "provider": story.lead.provider.get_absolute_url(),
        "missing": "/nothing/",
    }


def _shift_of(page, address):
    """Return how far a page's parts jump.

    A browser that gets no processor paints a half-read page, whose parts then move once. A page that moves
    by itself does so every time.
    """
    for _ in range(3):
        page.goto(address, wait_until="load")
        scroll_down(page)
        if not (shift := page.evaluate("window.shift")):
            break
    return shift


def test_no_page_asks_another_host_and_nothing_jumps(served, public):  # noqa: F811
    for width in (360, 1280):
        with browsing(playwright, viewport={"width": width, "height": 800}) as page:
            page.add_init_script(WATCH_SHIFTS)
            for name, address in public.items():
                assert _shift_of(page, served + address) == 0, (name, width)
                broken = "[...document.images].filter((image) => !image.naturalWidth).length"
                assert page.evaluate(broken) == 0, (name, width)
            hosts = {urlsplit(url).netloc for url in page.requested if not url.startswith("data:")}
            assert hosts == {urlsplit(served).netloc}
            assert len(page.requested) > STORIES


def test_a_phone_loads_less_than_400_kb_of_pictures_for_twenty_cards(public, served, capsys):  # noqa: F811
    sizes = {}
    options = {"viewport": {"width": 360, "height": 740}, "device_scale_factor": 2}
    with browsing(playwright, **options) as page:
        page.on("response", lambda answer: sizes.update({answer.url: len(answer.body())})
                if "/media/" in answer.url else None)  # fmt: skip
        page.goto(served + public["topic"], wait_until="load")
        assert page.locator(".card").count() == STORIES
        scroll_down(page)
        chosen = page.evaluate(
            "[...document.querySelectorAll('.card img:not(.tile)')].map((i) => i.currentSrc)"
        )
    assert len(chosen) == STORIES
    with capsys.disabled():
        print(f" {sum(sizes.values()) / 1000:.0f} kB in {len(sizes)} pictures ", end="")
    assert sum(sizes.values()) < 400_000
    assert all(re.search(r"/media/[0-9a-f]{2}/[0-9a-f]{32}\.webp$", url) for url in sizes)
