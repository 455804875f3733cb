"""Bytes to pictures of ours (floor 0): verified by content, upright, without metadata, at several widths."""

import io
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
MAX_PIXELS = 40_000_000
MIN_SIDE = 32
MAX_RATIO = 20
PICTURE_WIDTHS = (960, 640, 320)
LOGO_WIDTHS = (96,)
_QUALITY, _METHOD = 78, 4


class PictureError(ValueError):
    """Bytes that are no usable picture; the text is the reason in plain words."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One encoded file: its name comes from its bytes, so a name never changes its content."""

    name: str
    width: int
    height: int
    content: bytes


def make_renditions(data: bytes, widths: Sequence[int] = PICTURE_WIDTHS) -> list[Picture]:
    """Return WebP files of a picture at these widths (pixels, largest first), none wider than the picture.

    Decodes the first frame of a JPEG, PNG, GIF, WebP or AVIF (decided by content) of at most 40 megapixels,
    turns it upright, converts it to sRGB and shrinks it in one chain. Nothing of the input but its pixels
    survives. Raises PictureError.
    """
    with warnings.catch_warnings():
        # Pillow only warns of files that it thinks too large or odd; ours are judged here.
        warnings.simplefilter("ignore")
        try:
            picture = _decode(data, max(widths))
            pictures, (full_width, full_height) = [], picture.size
            for width in sorted({min(width, picture.width) for width in widths}, reverse=True):
                height = max(1, round(full_height * width / full_width))
                picture = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
                pictures.append(_encode(picture))
        except PictureError:
            raise
        except UnidentifiedImageError as error:
            raise PictureError("is no JPEG, PNG, GIF, WebP or AVIF picture") from error
        except Exception as error:  # decoders raise whatever they like on damaged files
            raise PictureError("is a damaged picture") from error
    return pictures


def _decode(data: bytes, widest: int) -> Image.Image:
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise PictureError(f"may have {MAX_PIXELS:,} pixels at most, this has {width * height:,}")
    if min(width, height) < MIN_SIDE:
        raise PictureError(f"must be {MIN_SIDE} pixels or more on each side")
    if max(width, height) > MAX_RATIO * min(width, height):
        raise PictureError(f"may not be more than {MAX_RATIO} times as long as wide")
    if picture.format == "JPEG":
        # Decodes at half, a quarter or an eighth of the size, which is most of the work saved.
        side = widest if width <= height else -(-widest * width // height)
        picture.draft("RGB", (min(side, width), min(side, height)))
    picture.seek(0)
    profile = picture.info.get("icc_profile")
    picture = ImageOps.exif_transpose(picture)
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    if profile and picture.mode in ("RGB", "RGBA"):
        picture = _to_srgb(picture, profile)
    return picture.convert("RGBA" if has_alpha else "RGB")


def _to_srgb(picture: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        return ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB")) or picture
    except (ImageCms.PyCMSError, OSError):
        return picture  # a broken profile is no reason to lose the picture


def _encode(picture: Image.Image) -> Picture:
    clean = Image.frombytes(picture.mode, picture.size, picture.tobytes())  # leaves every comment behind
    target = io.BytesIO()
    clean.save(target, "WEBP", quality=_QUALITY, method=_METHOD)
    content = target.getvalue()
    digest = sha256(content).hexdigest()[:32]
    return Picture(f"{digest[:2]}/{digest}.webp", picture.width, picture.height, content)
