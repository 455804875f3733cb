"""What is made of a picture, and what comes of it (floor 0); known without the library that decodes.

Loading that takes as long as a small import, and only a decoder's own process needs it.
"""

from dataclasses import dataclass
from hashlib import sha256

WHOLE, CARD = "whole", "card"
DECODING_SECONDS = 10
_WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}


class PictureError(ValueError):
    """Bytes that are no usable picture; the text is the reason in plain words."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is made of a picture: widths in pixels of the whole, and of the 2:1 crop for cards."""

    name: str
    widths: tuple[int, ...]
    card_widths: tuple[int, ...] = ()


PICTURE = Recipe("picture-1", (960, 640, 320), (640, 320))
LOGO = Recipe("logo-1", (96,))
RECIPES = {recipe.name: recipe for recipe in (PICTURE, LOGO)}


@dataclass(frozen=True, slots=True)
class Picture:
    """One encoded file: its name comes from its bytes, so a name never changes its content."""

    shape: str
    width: int
    height: int
    content: bytes

    @property
    def name(self) -> str:
        digest = sha256(self.content).hexdigest()[:32]
        return f"{digest[:2]}/{digest}.webp"

    def is_clean(self) -> bool:
        """Whether the content is WebP that holds pixels and nothing else."""
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
