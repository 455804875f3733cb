"""The newsroom in a real browser, by keyboard alone and without scripts; and what axe says of it."""

import pytest

from articles.models import Article, Edit, Source, Story, Topic
from tests.browser import CHROMIUM, browsing, served  # noqa: F401 (a fixture)
from tests.newsroom import database, write_stories

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:No directory at"),
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's chromium"),
]


@pytest.fixture
def newsroom(served, write_article, run_import):  # noqa: F811
    from django.contrib.auth.models import Permission, User

    folder = write_stories(write_article)
    for path in folder.glob("*.md"):
        path.write_text(path.read_text().replace("published: true", "published: false"))
    run_import(folder)
    user = User.objects.create_user("ed", password="tide-table", is_staff=True)
    names = ["change_story", "view_story", "change_article", "view_edit", "view_health"]
    rights = Permission.objects.filter(content_type__app_label="articles", codename__in=names)
    user.user_permissions.add(*rights)
    return served


def tab_to(page, selector, limit=400):
    """Press Tab until what the selector finds first has the focus."""
    target = page.locator(selector).first
    for _ in range(limit):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


def press(page, selector, key="Enter"):
    tab_to(page, selector)
    if key == "Enter":
        with page.expect_navigation():
            page.keyboard.press(key)
    else:
        page.keyboard.press(key)


def has_focus(page, selector):
    """Wait until what the selector finds has the focus: a new page gives it with its first frame."""
    playwright.expect(page.locator(selector)).to_be_focused()


def confirm(page):
    """Save what was shown: its button has the focus already."""
    has_focus(page, "button[name=confirm]")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def sign_in(page, newsroom):
    page.goto(f"{newsroom}/admin/articles/story/")
    tab_to(page, "#id_username")
    page.keyboard.type("ed")
    tab_to(page, "#id_password")
    page.keyboard.type("tide-table")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def front(page, newsroom, what=".card .coverage"):
    """Return what readers see on the front page now: by its title what each card says of its coverage."""
    other = page.context.new_page()
    other.goto(newsroom)
    titles = other.locator(".card-title").all_inner_texts()
    told = other.locator(what).all_inner_texts()
    other.close()
    return dict(zip(titles, told, strict=True))


def heats(page, newsroom):
    """Return the heat that readers see of each story."""
    return {title: int(told.split()[-1]) for title, told in front(page, newsroom, ".card .heat").items()}


def test_an_editor_decides_and_takes_it_all_back_by_keyboard_alone(newsroom):
    before = database()
    with browsing(playwright, java_script_enabled=False, viewport={"width": 1280, "height": 900}) as page:
        sign_in(page, newsroom)
        assert front(page, newsroom) == {}
        rows = list(Story.objects.order_by("-rank").select_related("lead"))
        press(page, f"#publish{rows[0].pk}")
        assert list(front(page, newsroom)) == [rows[0].lead.title]
        for place in (1, 2):
            # The next row's button has the focus: one key publishes it.
            has_focus(page, f"#publish{rows[place].pk}")
            with page.expect_navigation():
                page.keyboard.press("Enter")
            assert len(front(page, newsroom)) == place + 1
        title = rows[1].lead.title
        heat = heats(page, newsroom)[title]
        press(page, f"#raise{rows[1].pk}")
        assert heats(page, newsroom)[title] == heat + 10

        press(page, f'a.newsroom-title[href*="/{rows[0].pk}/"]')
        tab_to(page, "input[name=search]")
        page.keyboard.type(rows[1].lead.title)
        press(page, "button[value=refresh]:not([hidden])")
        press(page, f'input[name=others][value="{rows[1].pk}"]', "Space")
        press(page, "button[value=merge]")
        assert len(front(page, newsroom)) == 3, "shown, not saved"
        confirm(page)
        merged = Story.objects.get(article_count=6)
        assert sorted(front(page, newsroom).values())[-1].startswith("6 reports")

        members = list(Article.objects.filter(story=merged).order_by("story_position"))
        for article in members[3:5]:
            press(page, f"#r{article.pk}", "Space")
        press(page, "button[value=split]")
        confirm(page)
        assert Story.objects.get(pk=merged.pk).article_count == 4
        assert sorted(front(page, newsroom).values())[-1].startswith("4 reports")

        tab_to(page, "input[name=lead]")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        press(page, "button[value=lead]")
        confirm(page)
        lead = Story.objects.select_related("lead").get(pk=merged.pk).lead
        assert lead != merged.lead
        assert lead.title not in front(page, newsroom), "it is not published, so its story is not"

        while edit := Edit.objects.filter(undone_by=None, undoes=None).first():
            page.goto(f"{newsroom}/admin/articles/edit/")
            press(page, f'#result_list a[href*="/{edit.pk}/"]')
            has_focus(page, "button:text-is('Undo')")
            with page.expect_navigation():
                page.keyboard.press("Enter")
        assert front(page, newsroom) == {}
    after = database()
    aliases = after.pop("StoryAlias")
    before.pop("StoryAlias")
    assert after == before
    assert len(aliases) == 1, "the story split off for a while has an address that leads on"
    assert Edit.objects.count() == 14


@pytest.mark.parametrize("width", [1280, 768])
def test_axe_finds_nothing_on_the_queue_and_a_story(newsroom, width):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    story = Story.objects.order_by("-rank").first()
    with browsing(playwright, bypass_csp=True, viewport={"width": width, "height": 900}) as page:
        sign_in(page, newsroom)
        found = {"queue": axe.run(page).response["violations"]}
        page.goto(f"{newsroom}/admin/articles/story/{story.pk}/change/")
        found["story"] = axe.run(page).response["violations"]
        page.locator("input[name=selected]").nth(1).check()
        page.locator("button[value=split]").click()
        found["effect"] = axe.run(page).response["violations"]
        confirm(page)
        for name, path in (("log", "/admin/articles/edit/"), ("health", "/admin/articles/edit/health/")):
            page.goto(newsroom + path)
            found[name] = axe.run(page).response["violations"]
        assert page.requested
        assert {address.split("/")[2] for address in page.requested if "://" in address} == {newsroom[7:]}
    assert {name: [each["id"] for each in rules] for name, rules in found.items()} == {
        "queue": [], "story": [], "effect": [], "log": [], "health": [],
    }  # fmt: skip


LISTS = ("story", "article", "topic", "provider", "source", "image", "importrun", "importoutcome", "edit")
SIDEWAYS = """[document.documentElement, ...document.querySelectorAll(".results, .newsroom-scroll")]
    .filter((element) => element.scrollWidth > element.clientWidth)
    .map((element) => element.className || element.tagName)"""


@pytest.fixture
def owner_pages(newsroom):
    """Addresses of all pages that the newsroom's owner works with, by name; the owner is "ed"."""
    from django.contrib.auth.models import User

    User.objects.update(is_superuser=True)
    Source.objects.create(url="https://gazette.example/feed", name="The Gazette", failures=3)
    story, topic = Story.objects.first(), Topic.objects.first()
    pages = {name: f"/admin/articles/{name}/" for name in LISTS} | {"front": "/admin/"}
    pages["health"] = "/admin/articles/edit/health/"
    for name, row in (("story", story), ("article", story.lead), ("topic", topic)):
        pages[f"one {name}"] = f"/admin/articles/{name}/{row.pk}/change/"
    return pages


@pytest.mark.parametrize("width", [375, 768, 1024, 1280, 1440, 1920])
def test_no_page_of_the_newsroom_scrolls_sideways_at_any_width(newsroom, owner_pages, width):
    with browsing(playwright, viewport={"width": width, "height": 900}) as page:
        sign_in(page, newsroom)
        wide = {}
        for name, path in owner_pages.items():
            page.goto(newsroom + path)
            if found := page.evaluate(SIDEWAYS):
                wide[name] = found
        assert wide == {}
        page.goto(newsroom + owner_pages["article"])
        for name in ("is_published", "quality"):
            inputs = page.locator(f"#result_list [name$={name}]:not([type=hidden])").all()
            assert len(inputs) == 12
            for box in [each.bounding_box() for each in inputs]:
                assert box and box["x"] >= 0 and box["x"] + box["width"] <= width


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page_of_the_newsroom(newsroom, owner_pages, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": scheme, "bypass_csp": True}
    with browsing(playwright, **options) as page:
        sign_in(page, newsroom)
        found = {}
        for name, path in owner_pages.items():
            page.goto(newsroom + path)
            for rule in axe.run(page).response["violations"]:
                found.setdefault(name, []).append((rule["id"], rule["nodes"][0]["html"][:120]))
    assert found == {}


def test_keys_decide_where_scripts_run(newsroom):
    rows = list(Story.objects.order_by("-rank"))
    with browsing(playwright, viewport={"width": 1280, "height": 900}) as page:
        sign_in(page, newsroom)
        page.keyboard.press("j")
        page.keyboard.press("j")
        with page.expect_navigation():
            page.keyboard.press("p")
        assert Story.objects.get(is_public=True) == rows[1]
        with page.expect_navigation():
            page.keyboard.press("o")
        page.keyboard.press("2")
        with page.expect_navigation():
            page.keyboard.press("s")
        confirm(page)
    assert Edit.objects.filter(kind="split").count() == 1
