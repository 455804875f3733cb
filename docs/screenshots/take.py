"""Takes the screenshots of this folder from a running demo: every page type, three widths, light and dark.

make demo & .venv/bin/python docs/screenshots/take.py http://127.0.0.1:8000
"""

import io
import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

FOLDER = Path(__file__).parent
SIZES = {360: 780, 768: 1024, 1280: 900}
ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]


def addresses(page, base: str) -> dict[str, str]:
    """Return a page of each type, found from the front page."""
    page.goto(base + "/")
    front = page.content()
    story, report, provider = (
        re.search(f'href="(/{kind}/[^"]+)"', front)[1] for kind in ("stories", "news", "providers")
    )
    month = page.locator("main time").first.get_attribute("datetime")[:7].replace("-", "/")
    return {
        "front": "/", "topic": "/topics/technology/", "story": story, "article": report, "provider": provider,
        "topics": "/topics/", "providers": "/providers/", "archive": f"/archive/{month}/",
        "search": "/search/?q=new", "about": "/about/", "data": "/api/v1/", "not-found": "/nothing/",
    }  # fmt: skip


def main(base: str) -> None:
    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path="/usr/bin/chromium", args=ARGS)
        for width, height in SIZES.items():
            for theme in ("light", "dark"):
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=theme, java_script_enabled=False
                )
                page = context.new_page()
                for name, path in addresses(page, base).items():
                    page.goto(base + path)
                    picture = Image.open(io.BytesIO(page.screenshot()))
                    picture.convert("RGB").save(FOLDER / f"{name}-{width}-{theme}.webp", quality=72, method=6)
                    if (name, width, theme) == ("front", 1280, "light"):
                        picture.convert("P", palette=Image.Palette.ADAPTIVE).save(
                            FOLDER / "front-1280.png", optimize=True
                        )
                context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
