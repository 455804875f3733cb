"""Pictures that a store holds itself: logos, topic pictures, and pictures of its articles."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from articles.caching.writing import writing
from articles.frontmatter.document import printable
from articles.frontmatter.links import LinkError, clean_link
from articles.images.process import store_picture, store_pictures
from articles.importing.files import read_file
from articles.importing.lookups import find_or_create_images
from articles.importing.report import FileOutcome, ImportReport, Kind, record
from articles.models import Image, ImportRun, Provider, Store, Topic

MAX_PICTURE_BYTES = 10 * 1024 * 1024
Candidates = list[list[str]]  # pairs: the URL under which a picture is stored, its URL in the store
# What stores describe with pictures: its name in a taxonomy, its model with the key, the column, the purpose.
_PICTURED: tuple[tuple[str, Any, str, str, str], ...] = (
    ("topics", Topic, "name_key", "image", Image.Purpose.PICTURE),
    ("providers", Provider, "domain", "logo", Image.Purpose.LOGO),
)


def candidates_of(root: Path, path: str, values: Mapping[str, object]) -> Candidates:
    """Return the pictures that a topic's or provider's file names, best last.

    Those that the store holds are better than those that have to be fetched. A picture named by its place in
    the store has a URL that ends in its hash: another picture in that place is another picture.
    """
    images = values.get("images")
    entries = images if isinstance(images, list) else []
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
            found.append([url if is_full else f"store:{path}#{url}{_fingerprint(data)}", url])
    return elsewhere + found


def _fingerprint(data: bytes) -> str:
    return f"#{sha256(data).hexdigest()[:16]}"


def import_images(report: ImportReport) -> None:
    """Store the pictures that imported stores hold: logos, topic pictures, and those of their articles.

    Logos and topic pictures are chosen anew where a store's taxonomy has changed. A folder that cannot be
    read, or files that cannot be stored, are reported as refused; the next import tries them again.
    """
    for opened, digest in report.stores:
        if opened.root is None:
            continue
        try:
            if digest is not None:
                store_pictures(_best_pictures(opened.root))
                choose_pictures(opened.root)
                # Last, so that an import stopped before this point reads all of it again.
                Store.objects.filter(name=opened.name).update(taxonomy_digest=digest)
            if store := Store.objects.filter(name=opened.name).first():
                store_pictures(_article_pictures(store, opened.root))
        except OSError as error:
            _refuse(report, opened.name, f"its pictures cannot be stored: {error.strerror or error}")


def _refuse(report: ImportReport, name: str, reason: str) -> None:
    outcome = FileOutcome(printable(name), Kind.REFUSED, reason=reason)
    run = ImportRun.objects.get(pk=report.run)
    report.add([outcome])
    with writing(changes_pages=False):
        record(run, [(outcome, None)])
        run.refused = report.counts[Kind.REFUSED]
        run.save(update_fields=["refused"])


def _best_pictures(root: Path) -> Iterator[tuple[Image, bytes]]:
    """Yield the best picture of each topic and provider that the store at `root` holds."""
    taxonomy = Store.objects.merged_taxonomy()
    for kind, *_, purpose in _PICTURED:
        found = (_best_in_store(each["pictures"], root) for each in taxonomy[kind].values())
        best = dict(filter(None, found))
        with writing(changes_pages=False):
            images = find_or_create_images(best, purpose)
        for url, place in best.items():
            if (data := _read_from_store(url, place, root)) is not None:
                yield images[url], data


def _best_in_store(candidates: Candidates, root: Path) -> list[str] | None:
    best_first = reversed(candidates)
    return next((pair for pair in best_first if _read_from_store(pair[0], pair[1], root) is not None), None)


def _read_from_store(url: str, place: str, root: Path | None) -> bytes | None:
    """Return the bytes of a picture that the store holds; another file in its place does not count."""
    data = local_picture(root, place) if root else None
    if data is not None and url.startswith("store:") and not url.endswith(_fingerprint(data)):
        return None
    return data


def choose_pictures(root: Path | None) -> None:
    """Give topics and providers the best of their pictures that can be used, where no editor chose another.

    Pictures without files of ours are made from the store at `root`, if it is given. A topic or provider that
    no store describes any more loses its picture.
    """
    taxonomy = Store.objects.merged_taxonomy()
    for kind, model, key, column, purpose in _PICTURED:
        candidates = {identity: described["pictures"] for identity, described in taxonomy[kind].items()}
        hashes = {Image.hash_of(url) for pairs in candidates.values() for url, _ in pairs}
        images = Image.objects.in_bulk(hashes, field_name="url_hash")
        rows = model.objects.in_bulk(candidates, field_name=key)
        undescribed = model.objects.filter(is_described=False, **{f"{column}__isnull": False})
        rows |= {getattr(row, key): row for row in undescribed}
        changed = []
        for identity, row in rows.items():
            if column in row.edited_fields:
                continue
            image = _choose(candidates.get(identity, []), root, purpose, images)
            if getattr(row, f"{column}_id") != (image.pk if image else None):
                setattr(row, column, image)
                changed.append(row)
        with writing(changes_pages=bool(changed)):
            model.objects.bulk_update(changed, [column], batch_size=500)


def _choose(
    candidates: Candidates, root: Path | None, purpose: str, images: Mapping[str, Image]
) -> Image | None:
    for url, place in reversed(candidates):
        image = images.get(Image.hash_of(url))
        data = _read_from_store(url, place, root)
        if data is not None:
            image = image or find_or_create_images([url], purpose)[url]
            store_picture(image, data)
        # Where an editor decided for no picture, a smaller one of the same is not wanted either.
        if image and (image.state == Image.State.READY or image.is_edited):
            return image
    remote = [url for url, _ in candidates if url.startswith("http")][-1:]
    return next(iter(find_or_create_images(remote, purpose).values()), None)


def _article_pictures(store: Store, root: Path) -> Iterator[tuple[Image, bytes]]:
    """Yield the article pictures that the store holds itself and of which we have no files yet."""
    for image in list(Image.objects.waiting_in_store(store)):
        if (data := local_picture(root, image.url)) is not None:
            yield image, data


def local_picture(root: Path, url: str) -> bytes | None:
    """Return the bytes of the file that a picture's URL stands for in this store, if the store holds it.

    A URL whose path ends in `/assets/…` stands for that file under the store's `assets`. Links are not
    followed, and nothing outside `assets` is read. What cannot be reached, such as a picture in a folder that
    may not be entered or under a name that is too long, the store does not hold.
    """
    path = unquote(url.split("?", 1)[0].split("#", 1)[0])
    _, found, inside = path.rpartition("/assets/")
    parts = inside.split("/")
    if not found or any(part in ("", ".", "..") or "\0" in part for part in parts):
        return None
    try:
        place = root.joinpath("assets", *parts)
        if not place.is_file() or place.resolve() != root.resolve().joinpath("assets", *parts):
            return None
        return read_file(str(place), MAX_PICTURE_BYTES)
    except (ValueError, OSError, RuntimeError):  # FileError, odd names, circles of links
        return None
