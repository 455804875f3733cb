"""Keeping a picture (floor 2): from its bytes to stored files and rows, once for the same bytes."""

import atexit
import os
from collections import defaultdict, deque
from collections.abc import Collection, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from articles.caching.version import bump
from articles.caching.writing import chunked
from articles.images.decoding import Decoders
from articles.images.recipes import LOGO, PICTURE, PictureError, Recipe
from articles.models import Image, Rendition
from articles.models.bulk import insert_rows

_RECIPES = {Image.Purpose.PICTURE: PICTURE, Image.Purpose.LOGO: LOGO}
_COLUMNS = [field.name for field in Image._meta.concrete_fields]  # the id first
_values_of = attrgetter(*_COLUMNS)
FACTS = ("shape", "width", "height", "size", "name")


@dataclass(frozen=True, slots=True)
class Made:
    """What came of a picture's bytes: stored files as (shape, width, height, bytes, name), or a reason."""

    content_hash: str
    recipe: str
    files: tuple[tuple, ...] = ()
    reason: str = ""


def recipe_of(image: Image) -> Recipe:
    """Return what is made of this picture."""
    return _RECIPES[Image.Purpose(image.purpose)]


def hash_of(data: bytes) -> str:
    """Return the identity of a picture's bytes."""
    return blake2b(data, digest_size=32).hexdigest()  # half the work of SHA-256 where no CPU helps with that


def keep_picture(image: Image, data: bytes, *, by_editor: bool = False) -> bool:
    """Make our files of a picture from its bytes and note its state; returns whether it is ready.

    The same bytes again change nothing, and bytes known from another URL are not decoded again. A picture
    that cannot be used is refused with the reason. What an editor decided stays, unless this is the editor.
    """
    recipe, content_hash = recipe_of(image), hash_of(data)
    if image.is_edited and not by_editor:
        return image.state == Image.State.READY
    if is_kept(image, content_hash):
        return image.state == Image.State.READY
    made = made_before([content_hash], recipe).get(content_hash) or make(
        data, content_hash, recipe, shared_decoders()
    )
    image.is_edited = by_editor
    return note_made(image, made)


def keep_pictures(found: Iterable[tuple[Image, bytes]]) -> None:
    """Keep many pictures, several at once."""
    with Keeping() as keeping:
        for image, data in found:
            keeping.add([(image, data)])
            keeping.finish(leaving=os.cpu_count() or 1)


class Keeping:
    """Pictures being kept, several at once, while the caller does other things until `finish`.

    Rows are touched by the caller's thread alone, when a picture is added or finished. A decoder takes as
    long to start as forty logos, so who is busy on the other core asks for one bench.
    """

    def __init__(self, benches: int | None = None) -> None:
        self._benches = ThreadPoolExecutor(benches or os.cpu_count() or 1)
        self._waiting: deque[tuple[list[Image], tuple[str, Recipe], Future]] = deque()

    def __enter__(self) -> "Keeping":
        return self

    def __exit__(self, error_type, error, trace) -> None:
        if error_type is None:
            self.finish()
        self._benches.shutdown(cancel_futures=True)

    def add(self, found: Iterable[tuple[Image, bytes]]) -> None:
        """Start on pictures, but for those whose bytes are known."""
        fresh = [
            (image, data, content_hash)
            for image, data, content_hash in ((image, data, hash_of(data)) for image, data in found)
            if not image.is_edited and not is_kept(image, content_hash)
        ]
        wanted: dict[Recipe, set[str]] = defaultdict(set)
        for image, _, content_hash in fresh:
            wanted[recipe_of(image)].add(content_hash)
        known = {recipe: made_before(hashes, recipe) for recipe, hashes in wanted.items()}
        at_work = {key: images for images, key, _ in self._waiting}
        for image, data, content_hash in fresh:
            recipe = recipe_of(image)
            if made := known[recipe].get(content_hash):
                note_made(image, made)
            elif (key := (content_hash, recipe)) in at_work:  # the same bytes are not decoded again
                at_work[key].append(image)
            else:
                future = self._benches.submit(make, data, content_hash, recipe, shared_decoders())
                at_work[key] = [image]
                self._waiting.append((at_work[key], key, future))

    def is_done(self) -> bool:
        """Tell whether `finish` has nothing to wait for, and no error to raise."""
        return all(future.done() and not future.exception() for _, _, future in self._waiting)

    def finish(self, leaving: int = 0) -> None:
        """Wait for pictures, the first added first, until so many are left; note them at once.

        In one transaction: each is a change of the site, after which its pages are made anew.
        """
        ready: dict[int, tuple[Image, Made]] = {}
        while len(self._waiting) > leaving:
            images, _, future = self._waiting.popleft()
            made = future.result()
            ready.update((image.pk, (image, made)) for image in images)
        if ready:
            _note(ready.values())


def is_kept(image: Image, content_hash: str) -> bool:
    """Tell whether these very bytes decided the picture's present state."""
    judged = image.state in (Image.State.READY, Image.State.REFUSED)
    return judged and image.content_hash == content_hash and image.recipe == recipe_of(image).name


def made_before(hashes: Collection[str], recipe: Recipe) -> dict[str, Made]:
    """Return what came of bytes under other URLs, by their hash."""
    found = {}
    for part in chunked(hashes):
        for twin in Image.objects.twins(part, recipe.name):
            files = tuple(tuple(getattr(file, fact) for fact in FACTS) for file in twin.renditions.all())
            found[twin.content_hash] = Made(twin.content_hash, recipe.name, files, twin.reason)
    return found


def make(data: bytes, content_hash: str, recipe: Recipe, decoders: Decoders) -> Made:
    """Decode a picture and store its files; touches no database, so any thread may do it."""
    try:
        pictures = decoders.decode(data, recipe)
    except PictureError as error:
        return Made(content_hash, recipe.name, reason=str(error))
    files = []
    for picture in pictures:
        if not default_storage.exists(picture.name):
            default_storage.save(picture.name, ContentFile(picture.content))
        files.append((picture.shape, picture.width, picture.height, len(picture.content), picture.name))
    return Made(content_hash, recipe.name, tuple(files))


def note_made(image: Image, made: Made, *, etag: str = "", last_modified: str = "") -> bool:
    """Write down what came of a picture's bytes; returns whether it is ready."""
    _note([(image, made)], etag, last_modified)
    return bool(made.files)


def _note(noted: Collection[tuple[Image, Made]], etag: str = "", last_modified: str = "") -> None:
    files = []
    noted = sorted(noted, key=lambda each: each[0].pk)
    for image, made in noted:
        image.state = Image.State.READY if made.files else Image.State.REFUSED
        image.reason = made.reason[:200]
        image.content_hash, image.recipe = made.content_hash, made.recipe
        image.etag, image.last_modified = etag, last_modified
        image.fetched_at, image.next_try_at, image.tries = timezone.now(), None, 0
        files += [(image.pk, *file) for file in made.files]
    with transaction.atomic():
        # A picture that was pruned meanwhile is there again, for whoever fetched it has a use for it.
        # It comes first: who keeps the same picture at this moment then waits, and sees what to replace.
        rows = [_values_of(image) for image, _ in noted]
        insert_rows(Image, _COLUMNS, rows, unique=["id"], update=_COLUMNS[1:])
        Rendition.objects.filter(image__in=[image.pk for image, _ in noted]).delete()
        insert_rows(Rendition, ["image", *FACTS], files)
        bump()


def hide(images: Iterable[Image]) -> int:
    """Let no picture be shown for these, whatever an import or a fetch brings; returns how many."""
    with transaction.atomic():
        count = Image.objects.filter(pk__in=[image.pk for image in images]).update(
            state=Image.State.OFF, is_edited=True, reason=""
        )
        bump()
    return count


def release(images: Iterable[Image]) -> list[int]:
    """Take back what editors decided, so that the pictures are fetched again; returns their ids.

    A picture that readers see stays until its host has answered.
    """
    ids = [image.pk for image in images]
    chosen = Image.objects.filter(pk__in=ids)
    with transaction.atomic():
        chosen.exclude(state=Image.State.READY, is_edited=False).update(state=Image.State.WAITING, reason="")
        chosen.filter(is_edited=True).update(etag="", last_modified="")
        chosen.update(is_edited=False, next_try_at=None, tries=0)
        bump()
    return ids


@lru_cache(maxsize=1)
def _decoders_of(process: int) -> Decoders:
    decoders = Decoders()
    # A forked child runs this too when it ends; the processes are not its to end.
    atexit.register(lambda: os.getpid() == process and decoders.close())
    return decoders


def shared_decoders() -> Decoders:
    """Return this process's decoders; those of a parent process are not ours to talk to."""
    return _decoders_of(os.getpid())
