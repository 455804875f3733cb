"""Pictures that a store holds itself (floor 2): logos, topic pictures, and pictures of its articles."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote

from articles.images.keeping import Keeping, keep_picture, keep_pictures
from articles.models import Image, Store, Topic
from articles.store.files import FileError, read_file
from articles.store.links import LinkError, clean_link

MAX_PICTURE_BYTES = 10 * 1024 * 1024
Candidates = list[list[str]]  # pairs: the URL under which a picture is kept, its URL in the store


def candidates_of(root: Path, path: str, values: Mapping[str, object]) -> Candidates:
    """Return the pictures that a topic's or organisation's file names, best last.

    Those that the store holds are better than those that have to be fetched. A picture named by its place in
    the store is kept under a URL that ends in its hash: another picture in that place is another picture.
    """
    given = values.get("images")
    entries = given if isinstance(given, list) else []
    urls = [entry.get("url") if isinstance(entry, Mapping) else entry for entry in entries]
    found, elsewhere = [], []
    for url in urls:
        if not isinstance(url, str):
            continue
        data = local_picture(root, url)
        if data is None:
            with suppress(LinkError):
                elsewhere.append([clean_link(url), url])
        else:
            is_full = url.startswith(("http://", "https://"))
            found.append([url if is_full else f"store:{path}#{url}{_mark(data)}", url])
    return elsewhere + found


def _mark(data: bytes) -> str:
    return f"#{sha256(data).hexdigest()[:16]}"


def start_pictures(described: Iterable[tuple[type, str, Candidates]], root: Path, keeping: Keeping) -> None:
    """Start on the best picture of each topic and provider that the store at `root` holds."""
    for model, _, candidates in described:
        for full, url in reversed(candidates):
            data = _held(full, url, root)
            if data is not None:
                keeping.add(_image(full, _purpose(model)), data)
                break


def _purpose(model: type) -> str:
    return Image.Purpose.PICTURE if model is Topic else Image.Purpose.LOGO


def _held(full: str, url: str, root: Path | None) -> bytes | None:
    """Return the bytes of a picture that the store holds; another file in its place does not count."""
    data = local_picture(root, url) if root else None
    if data is not None and full.startswith("store:") and not full.endswith(_mark(data)):
        return None
    return data


def choose_picture(model: type, identity: str, candidates: Candidates, root: Path | None) -> None:
    """Give a topic or provider the best of its pictures that can be used, if no editor chose another.

    Pictures that have no files of ours yet are made from the store at `root`, if it is given.
    """
    key, column = ("name_key", "image") if model is Topic else ("domain", "logo")
    purpose = _purpose(model)
    row = model.objects.filter(**{key: identity}).first()
    if row is None or column in row.edited_fields:
        return
    image = None
    for full, url in reversed(candidates):
        image = _usable_image(full, url, root, purpose)
        if image:
            break
    if image is None and root:
        image = next(
            (_image(full, purpose) for full, _ in reversed(candidates) if full.startswith("http")), None
        )
    if getattr(row, f"{column}_id") != (image.pk if image else None):
        model.objects.filter(pk=row.pk).update(**{column: image})


def _usable_image(full: str, url: str, root: Path | None, purpose: str) -> Image | None:
    image = Image.objects.filter(url_hash=Image.hash_of(full)).first()
    data = _held(full, url, root)
    if data is not None:
        image = _image(full, purpose)
        keep_picture(image, data)
    # Where an editor decided for no picture, a smaller one of the same is not wanted either.
    return image if image and (image.state == Image.State.READY or image.is_edited) else None


def _image(url: str, purpose: str) -> Image:
    facts = {"url": url, "purpose": purpose}
    return Image.objects.get_or_create(url_hash=Image.hash_of(url), defaults=facts)[0]


def keep_article_pictures(store: Store, root: Path) -> None:
    """Make our files of article pictures that the store holds itself."""
    waiting = list(Image.objects.brought_by(store))
    found = ((image, local_picture(root, image.url)) for image in waiting)
    keep_pictures((image, data) for image, data in found if data is not None)


def local_picture(root: Path, url: str) -> bytes | None:
    """Return the bytes of the file that a picture's URL stands for in this store, if the store holds it.

    A URL whose path ends in `/assets/…` stands for that file under the store's `assets`. Links are not
    followed, and nothing outside `assets` is read.
    """
    path = unquote(url.split("?", 1)[0].split("#", 1)[0])
    _, found, inside = path.rpartition("/assets/")
    parts = inside.split("/")
    if not found or any(part in ("", ".", "..") or "\0" in part for part in parts):
        return None
    place = root / "assets"
    for part in parts:
        if place.is_symlink():
            return None
        place = place / part
    if place.is_symlink() or not place.is_file():
        return None
    try:
        return read_file(str(place), MAX_PICTURE_BYTES)
    except FileError:
        return None
