"""Processing of pictures: from bytes to stored files and rows, once for the same bytes."""

import os
from collections import defaultdict
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import islice

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from articles.caching.version import bump
from articles.caching.writing import chunked
from articles.images.decoder import LOGO, PICTURE, Decoders, PictureError, Recipe
from articles.models import Image, Rendition

BATCH = 16  # pictures in memory at once
_RECIPES = {Image.Purpose.PICTURE: PICTURE, Image.Purpose.LOGO: LOGO}
_COLUMNS = [field.name for field in Image._meta.concrete_fields if not field.primary_key]
_FILE_COLUMNS = ("shape", "width", "height", "size", "name")


@dataclass(frozen=True, slots=True)
class Processed:
    """The result for a picture's bytes: stored files by the columns of a rendition, or a reason."""

    content_hash: str
    recipe: str
    files: tuple[dict, ...] = ()
    reason: str = ""


def recipe_of(image: Image) -> Recipe:
    """Return the recipe for this picture."""
    return _RECIPES[Image.Purpose(image.purpose)]


def hash_of(data: bytes) -> str:
    """Return the hash that identifies a picture's bytes."""
    return blake2b(data, digest_size=32).hexdigest()


def store_picture(image: Image, data: bytes, *, by_editor: bool = False) -> bool:
    """Process and store the bytes of a picture; returns whether it is ready.

    The same bytes again change nothing, and bytes known from another URL are not decoded again. An unusable
    picture is refused with the reason. An editor's choice stays, unless `by_editor`.
    """
    recipe, content_hash = recipe_of(image), hash_of(data)
    if image.is_edited and not by_editor:
        return image.state == Image.State.READY
    if is_current(image, content_hash):
        return image.state == Image.State.READY
    processed = find_processed([content_hash], recipe).get(content_hash) or process(
        data, content_hash, recipe, shared_decoders()
    )
    image.is_edited = by_editor
    return save_processed(image, processed)


def store_pictures(pictures: Iterable[tuple[Image, bytes]]) -> None:
    """Process and store many pictures, several at once; what an editor chose stays.

    Each batch is saved in one transaction, since each transaction outdates the cached pages.
    """
    pictures = iter(pictures)
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        while batch := list(islice(pictures, BATCH)):
            fresh: dict[tuple[str, Recipe], dict[int, Image]] = defaultdict(dict)
            contents = {}
            for image, data in batch:
                key = (hash_of(data), recipe_of(image))
                if not image.is_edited and not is_current(image, key[0]):
                    contents[key], fresh[key][image.pk] = data, image
            known: dict[tuple[str, Recipe], Processed] = {}
            for recipe in _RECIPES.values():
                found = find_processed([digest for digest, wanted in fresh if wanted == recipe], recipe)
                known |= {(digest, recipe): processed for digest, processed in found.items()}
            unknown = [key for key in fresh if key not in known]  # the same bytes are not decoded again
            decoders = shared_decoders()
            results = threads.map(lambda key: process(contents[key], key[0], key[1], decoders), unknown)  # noqa: B023
            known |= dict(zip(unknown, results, strict=True))
            _save({pk: (image, known[key]) for key in fresh for pk, image in fresh[key].items()}.values())


def is_current(image: Image, content_hash: str) -> bool:
    """Return whether the state of a picture results from these bytes."""
    decided = image.state in (Image.State.READY, Image.State.REFUSED)
    return decided and image.content_hash == content_hash and image.recipe == recipe_of(image).name


def find_processed(hashes: Collection[str], recipe: Recipe) -> dict[str, Processed]:
    """Return the results of bytes that were processed under other URLs, by their hash."""
    found = {}
    for part in chunked(hashes):
        for twin in Image.objects.twins(part, recipe.name):
            files = tuple(
                {column: getattr(file, column) for column in _FILE_COLUMNS} for file in twin.renditions.all()
            )
            found[twin.content_hash] = Processed(twin.content_hash, recipe.name, files, twin.reason)
    return found


def process(data: bytes, content_hash: str, recipe: Recipe, decoders: Decoders) -> Processed:
    """Decode a picture and store its files; uses no database, so any thread may call it."""
    try:
        pictures = decoders.decode(data, recipe)
    except PictureError as error:
        return Processed(content_hash, recipe.name, reason=str(error))
    files = []
    for picture in pictures:
        if not default_storage.exists(picture.name):
            default_storage.save(picture.name, ContentFile(picture.content))
        values = (picture.shape, picture.width, picture.height, len(picture.content), picture.name)
        files.append(dict(zip(_FILE_COLUMNS, values, strict=True)))
    return Processed(content_hash, recipe.name, tuple(files))


def save_processed(image: Image, processed: Processed, *, etag: str = "", last_modified: str = "") -> bool:
    """Save the result for a picture; returns whether it is ready."""
    _save([(image, processed)], etag, last_modified)
    return bool(processed.files)


def _save(results: Collection[tuple[Image, Processed]], etag: str = "", last_modified: str = "") -> None:
    files, results = [], sorted(results, key=lambda each: each[0].pk)
    for image, processed in results:
        image.state = Image.State.READY if processed.files else Image.State.REFUSED
        image.reason = processed.reason[:200]
        image.content_hash, image.recipe = processed.content_hash, processed.recipe
        image.etag, image.last_modified = etag, last_modified
        image.fetched_at, image.next_try_at, image.tries = timezone.now(), None, 0
        files += [Rendition(image=image, **file) for file in processed.files]
    with transaction.atomic():
        # An image that was pruned meanwhile is created again. Images come first: whoever saves the same one
        # at this moment then waits, and sees the renditions to replace.
        images = [image for image, _ in results]
        Image.objects.bulk_create(
            images, update_conflicts=True, unique_fields=["id"], update_fields=_COLUMNS, batch_size=500
        )
        Rendition.objects.filter(image__in=images).delete()
        Rendition.objects.bulk_create(files, batch_size=500)
        bump()


def hide(images: Iterable[Image]) -> int:
    """Show no picture for these images, whatever imports and fetches bring; returns how many."""
    with transaction.atomic():
        count = Image.objects.filter(pk__in=[image.pk for image in images]).update(
            state=Image.State.OFF, is_edited=True, reason=""
        )
        bump()
    return count


def reset(images: Iterable[Image]) -> list[int]:
    """Discard editors' choices, so that the pictures are fetched again; returns their ids.

    A picture that readers see stays until its host has answered, and one that was taken down stays down.
    """
    chosen = Image.objects.filter(pk__in=[image.pk for image in images], take_downs=None)
    ids = list(chosen.values_list("pk", flat=True))
    chosen = Image.objects.filter(pk__in=ids)
    with transaction.atomic():
        chosen.exclude(state=Image.State.READY, is_edited=False).update(state=Image.State.WAITING, reason="")
        chosen.filter(is_edited=True).update(etag="", last_modified="")
        chosen.update(is_edited=False, next_try_at=None, tries=0)
        bump()
    return ids


def shared_decoders() -> Decoders:
    """Return the decoders of this process, never those of its parent. They end when it ends."""
    return _decoders_of(os.getpid())


@lru_cache(maxsize=1)
def _decoders_of(process: int) -> Decoders:
    return Decoders()
