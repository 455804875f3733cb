"""What is made of a picture, and the sandboxed processes that decode pictures.

Pillow is loaded only inside those processes (`renditions.py`): loading it takes as long as a small import,
and a picture that crashes it costs that one picture.
"""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import IO

from articles.http.sandbox import WorkerGone, Workers, program_of

WHOLE, CARD = "whole", "card"
SECONDS = 10  # per picture
MAX_FILE_BYTES = 5_000_000  # of one file made here
MAX_PIXELS = 10_000_000  # of one file made here
_WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}


class PictureError(ValueError):
    """A picture that cannot be used; the text is the reason in plain words."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The files made of a picture: widths in pixels of the whole picture, and of the 2:1 crop for cards."""

    name: str
    widths: tuple[int, ...]
    card_widths: tuple[int, ...] = ()


PICTURE = Recipe("picture-1", (960, 640, 320), (640, 320))
LOGO = Recipe("logo-1", (96,))
RECIPES = {recipe.name: recipe for recipe in (PICTURE, LOGO)}


@dataclass(frozen=True, slots=True)
class EncodedFile:
    """One encoded file. Its name is made from its content, so a name never changes its content."""

    shape: str
    width: int
    height: int
    content: bytes

    @property
    def name(self) -> str:
        digest = sha256(self.content).hexdigest()[:32]
        return f"{digest[:2]}/{digest}.webp"

    def is_clean(self) -> bool:
        """Return whether the content is WebP with pixels and nothing else."""
        data = self.content
        if (
            data[:4] != b"RIFF"
            or data[8:12] != b"WEBP"
            or int.from_bytes(data[4:8], "little") + 8 != len(data)
        ):
            return False
        at = 12
        while at < len(data):
            if data[at : at + 4] not in _WEBP_CHUNKS:
                return False
            size = int.from_bytes(data[at + 4 : at + 8], "little")
            at += 8 + size + size % 2
        return at == len(data)


class Decoders(Workers):
    """A pool of decoder processes, started on demand; safe to use from several threads."""

    program = program_of("articles.images.renditions")
    seconds = SECONDS

    def decode(self, data: bytes, recipe: Recipe = PICTURE) -> list[EncodedFile]:
        """Return what `renditions.make_renditions` returns for these bytes; raises PictureError.

        If the process dies or takes too long, this picture fails; the next one gets a fresh process.
        """
        try:
            reason, files = self.ask({"recipe": recipe.name}, data, _read_answer)
        except WorkerGone:
            raise PictureError("could not be decoded within the limits of time and memory") from None
        if reason or not files:
            raise PictureError(reason or "is a damaged picture")
        return files


def _read_answer(stream: IO[bytes]) -> tuple[str, list[EncodedFile]]:
    head = json.loads(stream.readline(100_000))
    files = []
    for shape, width, height, size in head["files"]:
        is_valid = 0 < size <= MAX_FILE_BYTES and 0 < width * height < MAX_PIXELS
        if shape not in (WHOLE, CARD) or not is_valid:
            raise ValueError("a file of an impossible size")
        file = EncodedFile(shape, int(width), int(height), stream.read(size))
        if not file.is_clean():
            raise ValueError("a file that is no plain WebP")
        files.append(file)
    return str(head["reason"])[:200], files
