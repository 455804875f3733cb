"""Writes a store of invented news to a folder: article files, topics, organisations, pictures."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import yaml

from articles.demo.content import LOGOS, PICTURES, load, picture_size, providers
from articles.demo.stories import MIN_HEAT, MIN_PUBLISHED, Article, StoryGenerator
from articles.frontmatter.emit import emit
from articles.stories.ranking import HEAT_PER_PROVIDER

MARKER = ".demo-store"
IMAGES = "assets/images"
LOGO_SIDE = 200
# What an article shows of another one, in this order.
_RELATED_KEYS = (
    "title", "excerpt", "publishedDateTime", "webUrl", "ampWebUrl", "type", "provider", "quality", "images",
)  # fmt: skip


class DemoFolderError(ValueError):
    """A folder that the demo must not write to; the text is the reason."""


def clear_folder(folder: Path) -> None:
    """Make the folder if needed and remove an earlier demo store from it.

    Raises DemoFolderError for a folder that holds something else.
    """
    if folder.exists() and not folder.is_dir():
        raise DemoFolderError(f"{folder} is no folder")
    folder.mkdir(parents=True, exist_ok=True)
    marker = folder / MARKER
    if not marker.exists():
        if any(folder.iterdir()):
            raise DemoFolderError(f"{folder} is not empty and holds no demo store")
        marker.touch()  # first of all, so that a store left half-written can be replaced too
    for name in ("_news", "_data", "assets"):
        path = folder / name
        if path.is_symlink():
            path.unlink()
        elif path.is_dir():
            shutil.rmtree(path)


def write_store(folder: Path, articles: int, seed: int, *, now: datetime) -> None:
    """Write a whole front-matter store with this many article files into `folder`.

    The same articles, seed and now (aware) give the same bytes. Memory does not grow with their number.
    """
    (folder / "_news").mkdir(parents=True, exist_ok=True)
    used = set()
    for story in StoryGenerator(Random(seed), articles, now.astimezone(UTC)).stories():
        for article, data in zip(story, article_files(story), strict=True):
            (folder / "_news" / f"{article.stem}.md").write_bytes(data)
            used.add(article.picture)
    for name in used - {""}:
        _write(folder / IMAGES / "news" / f"{name}.webp", (PICTURES / f"{name}.webp").read_bytes())
    _write_organizations(folder)
    _write_topics(folder)


def article_files(story: list[Article]) -> list[bytes]:
    """Return the files of a story's articles, in their order; the first leads."""
    values = [_values(story, article) for article in story]
    if len(values) > 1:
        entries = [{key: each[key] for key in _RELATED_KEYS if key in each} for each in values]
        for place, each in enumerate(values):
            each["related"] = entries[:place] + entries[place + 1 :]
    return [emit(each) for each in values]


def _values(story: list[Article], article: Article) -> dict[str, object]:
    """Return the values of an article file without the related articles."""
    is_lead, provider, link = article is story[0], article.provider, article.link
    heat = article.quality + HEAT_PER_PROVIDER * (len(story) - 1)
    published = is_lead and article.quality >= MIN_PUBLISHED and heat >= MIN_HEAT
    values: dict[str, object] = {
        "category": "news",
        "title": article.wording.title,
        "excerpt": article.wording.excerpt,
        "publishedDateTime": article.published_at,
        "originalUrl": link,
        "webUrl": link,
        **({"ampWebUrl": f"{link}amp/"} if provider.amp else {}),
        "type": "video" if article.is_video else "article",
        "quality": article.quality,
        "heat": heat if published else article.quality if is_lead else -1,
        "published": published,
        "provider": {"name": provider.name, "domain": provider.domain},
        "topics": list(article.topics),
    }
    if article.picture:
        url = f"https://pictures.{provider.domain}/{IMAGES}/news/{article.picture}.webp"
        width, height = picture_size(article.picture)
        values["images"] = [{"url": url, "width": width, "height": height, "isCached": True}]
    return values


def _write_organizations(folder: Path) -> None:
    for provider in providers():
        name = f"{provider.domain}-{LOGO_SIDE}x{LOGO_SIDE}.webp"
        logo = {"url": f"/{IMAGES}/organizations/{name}", "width": LOGO_SIDE, "height": LOGO_SIDE}
        values = {
            "taxonomy": "organization",
            "_id": provider.domain,
            "name": provider.name,
            "domain": provider.domain,
            "images": [logo],
        }
        _write(folder / "_data" / "organizations" / f"{provider.domain}.md", emit(values))
        _write(folder / IMAGES / "organizations" / name, (LOGOS / f"{provider.domain}.webp").read_bytes())


def _write_topics(folder: Path) -> None:
    for place, topic in enumerate(load("topics")):
        name, [picture] = topic["name"], topic["images"]
        slug = name.lower().replace(" ", "-")
        values = {"taxonomy": "topic", "_id": slug, **topic, "shortname": name}
        values["hashtags"] = [f"#{name.replace(' ', '')}"]
        values["images"] = [f"https://store.example/{IMAGES}/topics/{slug}.webp"]
        data = yaml.safe_dump(values, sort_keys=False).encode()
        _write(folder / "_data" / "topics" / f"{place:02d}-{slug}.yaml", data)
        _write(folder / IMAGES / "topics" / f"{slug}.webp", (PICTURES / f"{picture}.webp").read_bytes())


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
