"""Pictures on readers' pages (floor 3): what an <img> needs, tiles where there is none, and the files."""

from collections.abc import Iterable, Sequence
from zlib import crc32

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from articles.models import Article, Provider, Rendition, Topic
from articles.models.coverage import Picture, first_pictures
from articles.models.image import File, read_files

HUES = 12


def initials_and_hue(name: str, seed: str) -> dict:
    """Return what a tile shows where there is no picture: up to two letters, and a hue by `seed`."""
    words = [word for word in name.split() if word[0].isalnum()] or [seed]
    return {"initials": "".join(word[0] for word in words[:2]).upper(), "hue": crc32(seed.encode()) % HUES}


def logos_of(providers: Iterable[Provider]) -> dict[int, str]:
    """Return the address of our file of each logo, by the logo's image."""
    from_ids = {provider.logo_id for provider in providers if provider.logo_id}
    rows = Provider.objects.logo_files(from_ids) if from_ids else ()
    return {image: Rendition.url_of(name) for image, name in rows}


def logo_urls(logos: dict[int, list[File]]) -> dict[int, str]:
    """Return addresses of logos from their files, both by the logo's image: of the widest."""
    return {image: Rendition.url_of(files[-1].name) for image, files in logos.items()}


def _img(files: Sequence[File], alt: str) -> dict | None:
    """Return what an <img> needs, or None where we have no file; `card` in it is the same of the 2:1 crop."""
    whole = _sources([file for file in files if file.shape == Rendition.Shape.WHOLE], alt)
    card = _sources([file for file in files if file.shape == Rendition.Shape.CARD], alt)
    return whole and whole | {"card": card or whole}


def _sources(files: Sequence[File], alt: str) -> dict | None:
    if not files:
        return None
    urls = [Rendition.url_of(file.name) for file in files]
    middle = min(1, len(files) - 1)
    return {
        "src": urls[middle],
        "srcset": ", ".join(f"{url} {file.width}w" for url, file in zip(urls, files, strict=True)),
        "width": files[middle].width,
        "height": files[middle].height,
        "alt": alt,
        "smallest": urls[0],
    }


def image_of(picture: Picture) -> dict | None:
    """Return what an <img> of an article's picture needs."""
    return _img(picture.files, picture.alt)


def pictures_of(articles: Iterable[Article]) -> dict[int, dict]:
    """Return the first picture we have of each article."""
    found = first_pictures([article.pk for article in articles])
    return {article: image_of(picture) for article, picture in found.items()}


def topic_picture(topic: Topic) -> dict | None:
    """Return the picture of a topic's page, or None; its name stands beside it, so it has no text."""
    return _img(read_files(topic.files), "")


def topic_marks(topics: Iterable[Topic]) -> dict[int, dict]:
    """Return a small picture, or a tile, for each of these topics (see TopicQuerySet.with_pictures)."""
    marks = {}
    for topic in topics:
        picture = topic_picture(topic)
        smallest = picture["card"]["smallest"] if picture else ""
        marks[topic.pk] = {"logo": smallest, "is_cut": True, **initials_and_hue(topic.name, topic.slug)}
    return marks


@require_safe
def media(request, name):
    """A picture of ours, by a name that never changes its content."""
    etag = f'"{name}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        try:
            response = FileResponse(default_storage.open(name), content_type="image/webp")
        except FileNotFoundError as error:
            raise Http404 from error
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"  # feeds show it elsewhere
    return response
