"""Decoders at work (floor 0): pictures are decoded in processes that may die without harm."""

import json
from typing import BinaryIO

from articles.http.sandbox import ROOT, WorkerGone, Workers, program_of
from articles.images.recipes import (
    CARD,
    DECODING_SECONDS,
    PICTURE,
    WHOLE,
    Picture,
    PictureError,
    Recipe,
)

__all__ = ["ROOT", "Decoders"]
LIFE = 200  # pictures; then a fresh process, whatever the last one has leaked
MAX_FILE_BYTES = 5_000_000
MAX_PIXELS = 10_000_000
_START = program_of("articles.images.decoder")


class Decoders(Workers):
    """A few decoder processes, started when they are needed; safe to use from several threads."""

    def __init__(self, count: int | None = None, *, seconds: float = DECODING_SECONDS):
        super().__init__(count, seconds=seconds)

    def program(self) -> str:
        return _START

    def life(self) -> int:
        return LIFE

    def decode(self, data: bytes, recipe: Recipe = PICTURE) -> list[Picture]:
        """Return our files of a picture, as `make_renditions` does; raises PictureError.

        A process that is killed or takes too long costs this one picture; the next gets a fresh one.
        """
        try:
            reason, pictures = self.ask({"recipe": recipe.name}, data, _read_answer)
        except WorkerGone:
            raise PictureError("could not be decoded within the limits of time and memory") from None
        if reason or not pictures:
            raise PictureError(reason or "is a damaged picture")
        return pictures


def _read_answer(source: BinaryIO) -> tuple[str, list[Picture]]:
    head = json.loads(source.readline(100_000))
    pictures = []
    for shape, width, height, size in head["files"]:
        is_sane = 0 < size <= MAX_FILE_BYTES and 0 < width * height < MAX_PIXELS
        if shape not in (WHOLE, CARD) or not is_sane:
            raise ValueError("a decoder's answer that makes no sense")
        picture = Picture(shape, int(width), int(height), source.read(size))
        if not picture.is_clean():
            raise ValueError("a decoder's answer that is no plain WebP")
        pictures.append(picture)
    return str(head["reason"])[:200], pictures
