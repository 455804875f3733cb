"""Takes the newsroom's screenshots of this folder from a running demo: signs in and opens each page.

make demo & .venv/bin/python docs/screenshots/newsroom.py http://127.0.0.1:8000 editor PASSWORD
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
SIZES = {768: 1024, 1280: 900}
ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def main(base: str, name: str, password: str) -> None:
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        for width, height in SIZES.items():
            page = browser.new_context(viewport={"width": width, "height": height}).new_page()

            def save(what: str, page=page, width=width) -> None:
                picture = Image.open(io.BytesIO(page.screenshot()))
                picture.convert("RGB").save(FOLDER / f"newsroom-{what}-{width}.webp", quality=72, method=6)

            page.goto(f"{base}/admin/articles/story/?decided=no")
            page.fill("#id_username", name)
            page.fill("#id_password", password)
            page.press("#id_password", "Enter")
            page.wait_for_selector("#result_list")
            save("queue")
            page.goto(f"{base}/admin/")
            save("front")
            page.goto(f"{base}/admin/articles/article/")
            save("articles")
            page.goto(f"{base}/admin/articles/story/?size=5")
            page.locator(".newsroom-title").first.click()
            save("story")
            page.locator("input[name=selected]").nth(1).check()
            page.locator("button[value=split]").click()
            save("effect")
            page.locator("#merge").scroll_into_view_if_needed()
            page.evaluate("document.getElementById('merge').scrollIntoView()")
            save("merge")
            page.locator("button[name=confirm]").click()
            page.goto(f"{base}/admin/articles/edit/")
            page.locator("#result_list a").first.click()
            save("edit")
            page.locator("form button.default").click()
            page.goto(f"{base}/admin/articles/edit/")
            save("log")
            page.goto(f"{base}/admin/articles/edit/health/")
            save("health")
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:4])
