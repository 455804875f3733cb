"""With scripts off everything is reached; no other host is asked; no cookie before a choice."""

import os

import pytest

from articles.models import Provider, Story
from tests.browser import ARGUMENTS, CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:No directory at"),  # static files come from their sources here
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # playwright's loop runs in this thread
    with sync_api.sync_playwright() as player:
        chromium = player.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(live_server, write_article, run_import):
    later = {"publishedDateTime": "2023-05-20T09:30:00Z"}
    write_article("two", topics=["Ports"], title="Ferries at the quay", **later)
    run_import(write_article("one", title="Turbines at the quay", related=("ferry", "post")).parent)
    return live_server.url


@pytest.fixture
def open_page(browser):
    """Return a function that opens an empty page in a context of its own."""
    contexts = []

    def open_page(**options):
        contexts.append(browser.new_context(**options))
        return contexts[-1].new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize("scripts", [False, True])
def test_a_reader_walks_the_site(open_page, site, scripts):
    expect = pytest.importorskip("playwright.sync_api").expect
    page = open_page(java_script_enabled=scripts, viewport={"width": 1280, "height": 900})
    hosts, troubles = set(), []
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.goto(site)
    page.get_by_role("link", name="3 reports, 3 independent providers").first.click()
    expect(page.locator(".report")).to_have_count(3)
    page.get_by_role("navigation", name="Reports by provider").get_by_text("Ferry").click()
    expect(page.locator(".report")).to_have_count(1)
    page.get_by_role("searchbox").first.fill("quay")
    page.get_by_role("searchbox").first.press("Enter")
    expect(page.locator("main mark")).not_to_have_count(0)
    page.get_by_text("Filter", exact=True).click()
    page.get_by_label("Topic", exact=True).select_option("ports")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".report")).to_have_count(1)
    page.get_by_role("link", name="Archive").click()
    page.get_by_role("link", name="2023").click()
    page.get_by_role("link", name="May").click()
    expect(page.locator(".card")).to_have_count(2)
    assert page.context.cookies() == []
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert "/archive/2023/05/" in page.url
    assert [cookie["name"] for cookie in page.context.cookies()] == ["theme"]
    assert hosts == {site.removeprefix("http://")}
    assert not troubles
    page.goto(site + "/about/")
    assert page.get_by_role("button", name="Use these keys").count() == scripts


def test_keys_walk_headlines_where_scripts_run(open_page, site):
    page = open_page()
    page.goto(site)
    page.keyboard.press("j")
    page.keyboard.press("j")
    titles = page.locator(".card-title a").all_inner_texts()
    assert page.evaluate("document.activeElement.innerText") == titles[1]
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.innerText") == titles[0]
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"


def test_the_keys_can_be_switched_off_and_on_again(open_page, site):
    page = open_page()

    def walks():
        page.goto(site)
        page.keyboard.press("j")
        return page.evaluate("document.activeElement !== document.body")

    def switch():
        page.goto(site + "/about/#keys")
        button = page.get_by_role("button", name="Use these keys")
        button.click()
        return button.get_attribute("aria-pressed")

    assert walks()
    assert switch() == "false"
    assert not walks()
    page.keyboard.press("?")
    assert page.url == site + "/"
    assert switch() == "true"
    assert walks()


@pytest.mark.parametrize("system", ["light", "dark"])
@pytest.mark.parametrize("choice", ["", "dark"])
def test_paper_is_always_dark_on_light(open_page, site, system, choice):
    page = open_page(color_scheme=system)
    page.context.add_cookies([{"name": "theme", "value": choice, "url": site}])
    page.goto(site)
    page.emulate_media(media="print")
    colours = "(({color, backgroundColor}) => [color, backgroundColor])(getComputedStyle(document.body))"
    assert page.evaluate(colours) == ["rgb(21, 25, 28)", "rgb(253, 253, 252)"]


def test_a_long_date_does_not_widen_a_narrow_page(open_page, site):
    page = open_page(viewport={"width": 320, "height": 800}, locale="de-DE")
    page.goto(site)
    page.evaluate("""document.querySelectorAll(".section-note time, .colophon time").forEach(
        (time) => { time.textContent = "Donnerstag, 24. September 2026, 16:27 Uhr UTC" })""")
    assert page.evaluate("document.documentElement.scrollWidth") == 320


@pytest.mark.parametrize("width", [320, 768, 1600])
def test_no_page_scrolls_sideways(open_page, site, width, run_import, write_article):
    run_import(write_article("long", title="Unbroken" * 30, excerpt="w" * 400, topics=["T" * 90]))
    page = open_page(viewport={"width": width, "height": 800})
    for path in ("/", "/topics/", "/topics/ports/", "/providers/", "/archive/2023/05/", "/search/?q=quay",
                 "/about/", "/api/v1/", "/nothing/"):  # fmt: skip
        page.goto(site + path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


LARGE = "html { font-size: 200% }"
SPACED = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
p { margin-block-end: 2em !important }"""
STYLE = """(rules) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(rules);
  document.adoptedStyleSheets = [sheet];
}"""
COLLISIONS = """() => {
  const words = (element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return range.getBoundingClientRect();
  };
  const found = [...document.querySelectorAll(".wordmark, .masthead-nav a, .tabs a, .filters > summary")]
    .filter((element) => element.checkVisibility())
    .map((element) => [element.textContent.trim(), words(element)]);
  return found.flatMap(([name, a], place) => found.slice(place + 1).filter(([, b]) =>
    Math.min(a.right, b.right) > Math.max(a.left, b.left)
    && Math.min(a.bottom, b.bottom) > Math.max(a.top, b.top)).map(([other]) => [name, other]));
}"""


@pytest.mark.parametrize(("width", "rules"), [(360, LARGE), (320, SPACED)])
@pytest.mark.parametrize("language", ["en", "de"])
def test_large_or_spaced_text_wraps_and_nothing_covers_anything(open_page, site, width, rules, language):
    story, provider = Story.objects.first(), Provider.objects.first()
    page = open_page(viewport={"width": width, "height": 800}, locale=language)
    for path in ("/", "/topics/tidal-energy/", story.get_absolute_url(), provider.get_absolute_url(),
                 "/search/?q=quay", "/about/"):  # fmt: skip
        page.goto(site + path)
        page.evaluate(STYLE, rules)
        assert page.evaluate("document.documentElement.scrollWidth") == width, path
        assert page.evaluate(COLLISIONS) == [], path


SMALL = """() => [...document.querySelectorAll("main a, main button, main summary")]
  .filter((element) => element.checkVisibility({ contentVisibilityAuto: true }))
  .map((element) => {
    const own = element.getBoundingClientRect(), over = getComputedStyle(element, "::after");
    const lies = over.content !== "none" && over.position === "absolute";
    const height = Math.max(own.height, lies ? parseFloat(over.height) : 0);
    return [element.textContent.trim(), Math.max(own.width, lies ? parseFloat(over.width) : 0), height];
  }).filter(([, width, height]) => height < 43.9 || width < 24)"""


def test_a_finger_hits_every_link(open_page, site, run_import, write_article):
    run_import(write_article("brief", title="X", topics=["Ports"]))
    story, provider = Story.objects.first(), Provider.objects.first()
    page = open_page(viewport={"width": 360, "height": 800}, has_touch=True, is_mobile=True)
    for path in ("/", "/topics/", "/topics/ports/", story.get_absolute_url(), "/providers/",
                 provider.get_absolute_url(), "/archive/2023/05/", "/search/?q=quay", "/search/?q=x",
                 "/about/"):  # fmt: skip
        page.goto(site + path)
        assert page.evaluate(SMALL) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path


def test_forced_colours_underline_only_the_current_tab_and_topic(open_page, site):
    page = open_page(forced_colors="active")
    page.goto(site + "/topics/ports/")
    lines = """(bar) => [...document.querySelectorAll(`${bar} a`)].map((link) => {
      const { borderBlockStartColor, borderBlockEndColor } = getComputedStyle(link);
      const ground = getComputedStyle(document.body).backgroundColor;
      const drawn = [borderBlockStartColor, borderBlockEndColor].map((colour) => colour !== ground);
      return [link.hasAttribute("aria-current"), ...drawn];
    })"""
    for bar in (".topicbar", ".tabs"):
        found = page.evaluate(lines, bar)
        assert [True, False, True] in found, bar
        assert all(below == current and not above for current, above, below in found), bar
