"""Writing a store of invented news (floor 0): article files, topics, organisations, pictures."""

from collections.abc import Callable
from datetime import UTC, datetime
from json import dumps
from pathlib import Path
from random import Random

from articles.demo.drawing import MOTIFS, draw_logo, draw_picture, picture_size
from articles.demo.press import ABROAD, PROVIDERS, TOPICS
from articles.demo.stories import MIN_ALONE, MIN_PUBLISHED, Newsroom, Report, Story
from articles.frontmatter.document import emit
from articles.stories.ranking import HEAT_PER_SOURCE

MARK = ".demo-store"
MAX_PICTURES = 240
LOGO_SIDES = (50, 400)
# How often `progress` is called.
STEP = 500
_LIST_HEAD, _FILE_END = b"---\nrelated:\n", b"---\n\n"


class DemoFolderError(ValueError):
    """A folder that is not the demo's to write to; the text is the reason in plain words."""


def clear_folder(folder: Path) -> None:
    """Make room for a demo store: what an earlier one left goes, any other folder must be empty.

    Raises DemoFolderError for a folder that holds something else.
    """
    if folder.exists() and not folder.is_dir():
        raise DemoFolderError(f"{folder} is no folder")
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / MARK
    if not mark.exists():
        if any(folder.iterdir()):
            raise DemoFolderError(f"{folder} is not empty and holds no demo store")
        mark.touch()  # first of all, so that a store left half-written can be replaced too
        return
    for name in ("_news", "_data", "assets"):
        _remove(folder / name)


def _remove(folder: Path) -> None:
    # Only what a store has: a link to elsewhere is no part of it and is not followed.
    if folder.is_symlink() or not folder.is_dir():
        return
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            _remove(path)
        else:
            path.unlink()
    folder.rmdir()


def write_store(
    folder: Path,
    articles: int,
    seed: int,
    *,
    now: datetime,
    pictures: bool = True,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Write a whole front-matter store into `folder`; return the number of article files.

    The same articles, seed and now (aware) give the same bytes. Memory does not grow with the number of
    articles. Without pictures the articles still name theirs, but the files are missing. `progress` gets the
    number of articles written so far, now and then and at the end.
    """
    news = folder / "_news"
    news.mkdir(parents=True, exist_ok=True)
    rng = Random(seed)
    newsroom = Newsroom(rng, articles, now.astimezone(UTC), pictures_a_motif(articles))
    written = 0
    used: set[str] = set()
    for story in newsroom.stories():
        for report, data in zip(story.reports, article_files(story), strict=True):
            (news / f"{report.stem}.md").write_bytes(data)
            used.add(report.picture)
            written += 1
            if progress and written % STEP == 0:
                progress(written)
    _write_organizations(folder)
    _write_topics(folder)
    if pictures:
        _draw(folder, sorted(used - {""}))
    if progress and written % STEP:
        progress(written)
    return written


def pictures_a_motif(articles: int) -> int:
    """Return how many pictures there are of each motif: enough for the store's size, but a bounded number."""
    return min(max(articles // 60, 4), MAX_PICTURES // len(MOTIFS))


def article_files(story: Story) -> list[bytes]:
    """Return the article files of a story, in the order of its reports."""
    copies = [_copy(report) for report in story.reports]
    # A report stands in the list of every other one, so its lines are made once and not for each list.
    alone = [emit({"related": [copy]}) for copy in copies]
    pieces = [data.removeprefix(_LIST_HEAD).removesuffix(_FILE_END) for data in alone]
    files = []
    for place, (report, copy) in enumerate(zip(story.reports, copies, strict=True)):
        data = emit(_values(story, report, copy, is_lead=place == 0))
        if len(pieces) > 1:
            related = b"".join(pieces[:place] + pieces[place + 1 :])
            data = b"".join((data.removesuffix(_FILE_END), b"\nrelated:\n", related, _FILE_END))
        files.append(data)
    return files


def _values(story: Story, report: Report, copy: dict[str, object], *, is_lead: bool) -> dict[str, object]:
    """Return the values of an article file, less the related reports."""
    quality = report.quality
    heat = quality + HEAT_PER_SOURCE * (len(story.reports) - 1)
    published = is_lead and quality >= MIN_PUBLISHED and heat >= MIN_ALONE
    values = {
        "category": "news",
        "title": report.wording.title,
        "excerpt": report.wording.excerpt,
        "publishedDateTime": report.at,
        "originalUrl": report.link,
        "webUrl": report.link,
    }
    if report.provider.has_amp:
        values["ampWebUrl"] = f"{report.link}amp/"
    values |= {
        "type": "video" if report.is_video else "article",
        "quality": quality,
        "heat": heat if published else quality if is_lead else -1,
        "published": published,
        "provider": copy["provider"],
        "topics": list(story.topics),
    }
    if report.picture:
        values["images"] = copy["images"]
    return values


def _copy(report: Report) -> dict[str, object]:
    """Return a report as the `related` lists of others show it."""
    values = {
        "title": report.wording.title,
        "excerpt": report.wording.excerpt,
        "publishedDateTime": report.at,
        "webUrl": report.link,
    }
    if report.provider.has_amp:
        values["ampWebUrl"] = f"{report.link}amp/"
    values["type"] = "video" if report.is_video else "article"
    values["provider"] = {"name": report.provider.name, "domain": report.provider.domain}
    values["quality"] = report.quality
    if report.picture:
        width, height = picture_size(report.picture)
        url = f"https://pictures.{report.provider.domain}/assets/images/news/{report.picture}.jpg"
        values["images"] = [{"url": url, "width": width, "height": height, "isCached": True}]
    return values


def _providers() -> list:
    return [*PROVIDERS, *(provider for provider, _, _ in ABROAD)]


def _write_organizations(folder: Path) -> None:
    organizations = folder / "_data" / "organizations"
    organizations.mkdir(parents=True, exist_ok=True)
    for provider in _providers():
        lines = ["---", "taxonomy: organization", f"_id: {provider.domain}"]
        lines += [
            f"name: {dumps(provider.name, ensure_ascii=False)}",
            f"domain: {provider.domain}",
            "images:",
        ]
        for side in LOGO_SIDES:
            lines.append(f"  - url: /assets/images/organizations/{provider.domain}-{side}x{side}.jpg")
            lines += [f"    width: {side}", f"    height: {side}"]
        path = organizations / f"{provider.domain}.md"
        path.write_bytes("\n".join([*lines, "---", ""]).encode())


def _write_topics(folder: Path) -> None:
    topics = folder / "_data" / "topics"
    topics.mkdir(parents=True, exist_ok=True)
    for place, topic in enumerate(TOPICS):
        lines = ["taxonomy: topic", f"_id: {topic.slug}", f"name: {topic.name}", f"shortname: {topic.name}"]
        if topic.parent:
            lines.append(f"parent: {topic.parent}")
        lines += [
            f"description: {dumps(topic.about)}",
            "keywords:",
            *(f"  - {word}" for word in topic.keywords),
        ]
        lines += ["hashtags:", f'  - "#{topic.name.replace(" ", "")}"']
        lines += ["images:", f"  - https://store.example/assets/images/topics/{topic.slug}.jpg"]
        (topics / f"{place:02d}-{topic.slug}.yaml").write_bytes("\n".join([*lines, ""]).encode())


def _draw(folder: Path, names: list[str]) -> None:
    images = folder / "assets" / "images"
    for kind in ("news", "topics", "organizations"):
        (images / kind).mkdir(parents=True, exist_ok=True)
    for name in names:
        (images / "news" / f"{name}.jpg").write_bytes(draw_picture(name))
    for topic in TOPICS:
        # A picture of its own for each topic, apart from the numbered ones of articles.
        data = draw_picture(f"{topic.motif}-about-{topic.slug}", small=True)
        (images / "topics" / f"{topic.slug}.jpg").write_bytes(data)
    for provider in _providers():
        for side in LOGO_SIDES:
            path = images / "organizations" / f"{provider.domain}-{side}x{side}.jpg"
            path.write_bytes(draw_logo(provider.name, provider.domain, side))
