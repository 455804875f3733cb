"""Bytes to pictures of ours (floor 0): verified by content, upright, without metadata, at several widths.

`make_renditions` decodes what strangers sent, so only the decoder's own process calls it (decoder.py);
everybody else asks `Decoders` in decoding.py.
"""

import io
import warnings
from collections.abc import Iterator

from PIL import AvifImagePlugin, Image, ImageCms, UnidentifiedImageError

from articles.images.focus import CARD_RATIO, card_start
from articles.images.recipes import CARD, PICTURE, WHOLE, Picture, PictureError, Recipe

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
MAX_PIXELS = 40_000_000
MIN_SIDE = 32
MAX_RATIO = 20
MAX_HEIGHT_RATIO = 2  # a file of ours is at most twice as high as its nominal width
# Method 2 takes less than half the time of 4 and gives files 5 % larger; many pictures wait as a rule.
_QUALITY, _METHOD = 78, 2
_ORIENTATION = 0x0112
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # one process, one core: the pool decides how many there are


def make_renditions(data: bytes, recipe: Recipe = PICTURE) -> list[Picture]:
    """Return WebP files of a picture as a recipe says, largest first, none larger than the picture.

    Decodes the first frame of a JPEG, PNG, GIF, WebP or AVIF (decided by content) of at most 40 megapixels,
    turns it upright, converts it to sRGB and shrinks it in one chain. Nothing of the input but its pixels
    survives. Raises PictureError.
    """
    with warnings.catch_warnings():
        # Pillow warns of files that it thinks odd; whether they are too large is judged here.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return list(_shrunken(_decode(data, recipe), recipe))
        except PictureError:
            raise
        except MemoryError as error:
            raise PictureError("needs more memory than a picture may") from error
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise PictureError(f"may have {MAX_PIXELS:,} pixels at most") from error
        except UnidentifiedImageError as error:
            raise PictureError("is no JPEG, PNG, GIF, WebP or AVIF picture") from error
        except Exception as error:  # decoders raise whatever they like on damaged files
            raise PictureError("is a damaged picture") from error


def _shrunken(decoded: Image.Image, recipe: Recipe) -> Iterator[Picture]:
    # The smallest nominal width of those that come to one size, for a small picture has cards too.
    sizes = {_size_for(decoded.size, width): width for width in sorted(recipe.widths, reverse=True)}
    is_wide = decoded.width > CARD_RATIO * decoded.height
    start, whole = card_start(decoded) if recipe.card_widths else None, decoded
    last = 0
    for size, nominal in sizes.items():
        whole = _resized(whole, size)
        yield _encode(whole, WHOLE)
        if nominal in recipe.card_widths:
            # Of a long strip the shrunken whole is too low to cut a card from.
            card = _cropped(decoded if is_wide else whole, start)
            width = min(nominal, card.width)
            if width == last:
                continue  # a low strip has one card for two widths
            last = width
            yield _encode(_resized(card, (width, max(1, round(width * card.height / card.width)))), CARD)


def _resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if picture.size == size:
        return picture
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def _cropped(picture: Image.Image, start: tuple[float, float]) -> Image.Image:
    width = min(picture.width, round(CARD_RATIO * picture.height))
    height = min(picture.height, max(1, round(picture.width / CARD_RATIO)))
    left = min(round(start[0] * picture.width), picture.width - width)
    top = min(round(start[1] * picture.height), picture.height - height)
    return picture.crop((left, top, left + width, top + height))


def _size_for(full: tuple[int, int], width: int) -> tuple[int, int]:
    """Return the size of a file of this nominal width, in the proportions of the whole."""
    scale = min(1.0, width / full[0], MAX_HEIGHT_RATIO * width / full[1])
    return max(1, round(full[0] * scale)), max(1, round(full[1] * scale))


def _size_to_decode(full: tuple[int, int], recipe: Recipe) -> tuple[int, int]:
    width, height = _size_for(full, max(recipe.widths))
    needed = min(full[1], max(recipe.card_widths, default=0) / CARD_RATIO)
    if full[0] > CARD_RATIO * full[1] and height < needed:
        return round(full[0] * needed / full[1]), round(needed)
    return width, height


def _decode(data: bytes, recipe: Recipe) -> Image.Image:
    """Return a picture upright, in sRGB, as RGB or RGBA, no larger than the recipe needs it."""
    picture = Image.open(io.BytesIO(data), formats=FORMATS)
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise PictureError(f"may have {MAX_PIXELS:,} pixels at most, this has {width * height:,}")
    if min(width, height) < MIN_SIDE:
        raise PictureError(f"must be {MIN_SIDE} pixels or more on each side")
    if max(width, height) > MAX_RATIO * min(width, height):
        raise PictureError(f"may not be more than {MAX_RATIO} times as long as wide")
    turn = _TURNS.get(_orientation(picture))
    lies = turn in (_TURNS[5], _TURNS[6], _TURNS[7], _TURNS[8])
    size = _size_to_decode((height, width) if lies else (width, height), recipe)
    size = size[::-1] if lies else size
    if picture.format in ("JPEG", "MPO"):
        # Decodes at half, a quarter or an eighth of the size, which is most of the work saved.
        picture.draft(None, size)
    profile = picture.info.get("icc_profile")
    picture.load()
    # Turning and colours come after shrinking: a copy of a full-size picture would double the memory.
    picture = _resized(_plain_mode(picture), size)
    if turn is not None:
        picture = picture.transpose(turn)
    return _to_rgb(picture, profile)


def _orientation(picture: Image.Image) -> int:
    try:
        return picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # nonsense in the metadata is no reason to lose the picture
        return 1


def _plain_mode(picture: Image.Image) -> Image.Image:
    """Return a picture in a mode that can be resized, with its transparency as a channel."""
    if "transparency" in picture.info or picture.mode in ("LA", "PA", "La", "RGBa"):
        return picture.convert("RGBA")
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    if picture.mode == "1":
        return picture.convert("L")
    return picture if picture.mode in ("L", "RGB", "RGBA", "CMYK") else picture.convert("RGB")


def _to_rgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    has_alpha = picture.mode == "RGBA"
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if "sRGB" not in ImageCms.getProfileDescription(source):
                target = ImageCms.createProfile("sRGB")
                mode = "RGBA" if has_alpha else "RGB"
                picture = ImageCms.profileToProfile(picture, source, target, outputMode=mode) or picture
        except (ImageCms.PyCMSError, OSError, TypeError, ValueError):
            pass  # neither is a broken profile
    if has_alpha and picture.getextrema()[3] == (255, 255):
        has_alpha = False
    return picture.convert("RGBA" if has_alpha else "RGB")


def _encode(picture: Image.Image, shape: str) -> Picture:
    picture.info = {}  # whatever is there, Pillow would write into the file
    target = io.BytesIO()
    picture.save(target, "WEBP", quality=_QUALITY, method=_METHOD)
    return Picture(shape, *picture.size, target.getvalue())
