"""Renditions: the files made of a picture, by Pillow, verified by content, upright and without metadata.

`main` is the program of the sandboxed decoder process (started by `decoder.Decoders`). Nothing else calls
`make_renditions`, since it decodes pictures from strangers.
"""

import io
import json
import os
import warnings
from collections.abc import Iterator
from itertools import accumulate

from PIL import AvifImagePlugin, Image, ImageCms, ImageFilter, UnidentifiedImageError

from articles.http.sandbox import limit, serve
from articles.images.decoder import CARD, PICTURE, RECIPES, SECONDS, WHOLE, EncodedFile, PictureError, Recipe

MEMORY = 256 * 1024 * 1024  # bytes on top of what the process has when it starts
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
MAX_PIXELS = 40_000_000
MIN_SIDE = 32
MAX_RATIO = 20
MAX_HEIGHT_RATIO = 2  # a file made here is at most twice as high as its nominal width
# Method 2 takes less than half the time of 4 and gives files 5 % larger.
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

AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # one core per process; the pool decides how many processes run
CARD_RATIO = 2.0
_LONG_SIDE = 48  # pixels of the picture that is searched: enough to find a head
_SKIN_WEIGHT = 4.0
_PULL = 0.35  # share of the score that a crop at the very edge must gain over one in the middle
# Chroma of human skin of all tones under white light (Chai and Ngan 1999), as bytes of YCbCr.
_CB, _CR = range(77, 128), range(136, 174)


def make_renditions(data: bytes, recipe: Recipe = PICTURE) -> list[EncodedFile]:
    """Return the WebP files of a recipe, largest first, none larger than the picture; raises PictureError.

    Decodes the first frame of a JPEG, PNG, GIF, WebP or AVIF (by content) of at most 40 megapixels, turns it
    upright, converts it to sRGB and shrinks it in one chain. Only pixels survive, no metadata.
    """
    with warnings.catch_warnings():
        # Pillow warns of unusual files; only their size matters here.
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return list(_scaled(_decode(data, recipe), recipe))
        except PictureError:
            raise
        except MemoryError as error:
            raise PictureError("needs more memory than a picture may") from error
        except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
            raise PictureError(f"may have {MAX_PIXELS:,} pixels at most") from error
        except UnidentifiedImageError as error:
            raise PictureError("is no JPEG, PNG, GIF, WebP or AVIF picture") from error
        except Exception as error:  # Pillow raises any exception on damaged files
            raise PictureError("is a damaged picture") from error


def _scaled(decoded: Image.Image, recipe: Recipe) -> Iterator[EncodedFile]:
    # Of nominal widths that lead to the same size the smallest, so that small pictures have cards too.
    sizes = {_size_for(decoded.size, width): width for width in sorted(recipe.widths, reverse=True)}
    is_wide = decoded.width > CARD_RATIO * decoded.height
    start = crop_start(decoded) if recipe.card_widths else (0.0, 0.0)
    whole = decoded
    last = 0
    for size, nominal in sizes.items():
        whole = _resized(whole, size)
        yield _encode(whole, WHOLE)
        if nominal in recipe.card_widths:
            # The scaled whole of a long strip is too low to crop a card from.
            card = _cropped(decoded if is_wide else whole, start)
            width = min(nominal, card.width)
            if width == last:
                continue  # a low strip has one card for both widths
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
    picture: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
    width, height = picture.size
    if width * height > MAX_PIXELS:
        raise PictureError(f"may have {MAX_PIXELS:,} pixels at most, this has {width * height:,}")
    if min(width, height) < MIN_SIDE:
        raise PictureError(f"must be {MIN_SIDE} pixels or more on each side")
    if max(width, height) > MAX_RATIO * min(width, height):
        raise PictureError(f"may not be more than {MAX_RATIO} times as long as wide")
    turn = _TURNS.get(_orientation(picture))
    is_sideways = turn in (_TURNS[5], _TURNS[6], _TURNS[7], _TURNS[8])
    size = _size_to_decode((height, width) if is_sideways else (width, height), recipe)
    size = size[::-1] if is_sideways else size
    if picture.format in ("JPEG", "MPO"):
        # Decodes at half, a quarter or an eighth of the size, which is most of the work saved.
        picture.draft(None, size)
    profile = picture.info.get("icc_profile")
    picture.load()
    # Rotate and convert colours after scaling: a copy at full size would double the memory.
    picture = _resized(_plain_mode(picture), size)
    if turn is not None:
        picture = picture.transpose(turn)
    return _to_rgb(picture, profile)


def _orientation(picture: Image.Image) -> int:
    try:
        return int(picture.getexif().get(_ORIENTATION, 1))
    except Exception:  # broken metadata does not make a picture unusable
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
            pass  # neither does a broken profile
    if has_alpha and picture.getchannel("A").getextrema() == (255, 255):
        has_alpha = False
    return picture.convert("RGBA" if has_alpha else "RGB")


def _encode(picture: Image.Image, shape: str) -> EncodedFile:
    picture.info = {}  # Pillow would write it into the file
    target = io.BytesIO()
    picture.save(target, "WEBP", quality=_QUALITY, method=_METHOD)
    return EncodedFile(shape, *picture.size, target.getvalue())


def crop_start(picture: Image.Image) -> tuple[float, float]:
    """Return the left and top edge of the 2:1 crop, as fractions of width and height (one of them is 0).

    No face is recognised. A crop is preferred that holds skin tones next to fine detail (eyes, hair), then
    detail of any kind, then the middle; a little above it in a portrait, where heads are.
    """
    width, height = picture.size
    if width >= CARD_RATIO * height:
        share = CARD_RATIO * height / width
        return _best_start(_interest(picture, along_width=True), share, middle=0.5), 0.0
    share = width / CARD_RATIO / height
    middle = 0.5 if width > height else 0.38
    return 0.0, _best_start(_interest(picture, along_width=False), share, middle=middle)


def _interest(picture: Image.Image, *, along_width: bool) -> list[float]:
    """Return how much detail each column, or each row, of the picture has."""
    scale = _LONG_SIDE / max(picture.size)
    size = tuple(max(3, round(side * scale)) for side in picture.size)
    small = picture.convert("RGB").resize(size, Image.Resampling.BOX)
    edges = small.convert("L").filter(ImageFilter.FIND_EDGES)
    # The filter copies the outermost pixels: they hold brightness, not edges.
    edges = edges.crop((1, 1, size[0] - 1, size[1] - 1))
    chroma = small.convert("YCbCr").crop((1, 1, size[0] - 1, size[1] - 1))
    near = edges.filter(ImageFilter.MaxFilter(3)).tobytes()
    width, sums = edges.width, [0.0] * (edges.width if along_width else edges.height)
    pixels = chroma.tobytes()
    for place, detail in enumerate(edges.tobytes()):
        skin = pixels[3 * place + 1] in _CB and pixels[3 * place + 2] in _CR
        sums[place % width if along_width else place // width] += detail + (_SKIN_WEIGHT * near[place]) * skin
    return sums


def _best_start(interest: list[float], share: float, *, middle: float) -> float:
    """Return the start (0 to 1 - share) of the window of this share with the most detail, near the middle."""
    free, total = 1.0 - share, sum(interest)
    start_at_middle = min(max(middle - share / 2, 0.0), free)
    if free <= 0 or not total:
        return start_at_middle
    length = len(interest)
    window = max(1, round(share * length))
    # Detail at the edge of a crop is half lost, so the inner part counts twice.
    inner = max(1, round(window * 0.6))
    sums = [0.0, *accumulate(interest)]

    def score(start: int) -> float:
        inset = start + (window - inner) // 2
        detail = sums[start + window] - sums[start] + sums[inset + inner] - sums[inset]
        away = abs(start / length - start_at_middle) / max(start_at_middle, free - start_at_middle, 0.01)
        return detail / (2 * total) - _PULL * share * away

    best = max(range(length - window + 1), key=lambda start: (score(start), -start))
    return min(best / length, free)


def main() -> None:
    """Serve requests from standard input until it ends."""
    os.nice(5)  # web requests and imports first
    warm_up()
    limit(MEMORY)
    serve(lambda head, data: respond(data, head["recipe"]), SECONDS)


def warm_up() -> None:
    """Load decoders and encoders, so that they do not count towards the memory of a picture."""
    Image.init()
    blank = io.BytesIO()
    Image.new("RGB", (64, 64)).save(blank, "JPEG")
    make_renditions(blank.getvalue(), PICTURE)


def respond(data: bytes, recipe: str) -> bytes:
    """Return the answer to one request."""
    try:
        pictures = make_renditions(data, RECIPES[recipe])
    except PictureError as error:
        return json.dumps({"reason": str(error), "files": []}).encode() + b"\n"
    files = [[picture.shape, picture.width, picture.height, len(picture.content)] for picture in pictures]
    head = json.dumps({"reason": "", "files": files}).encode() + b"\n"
    return head + b"".join(picture.content for picture in pictures)
