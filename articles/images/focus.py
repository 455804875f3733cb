"""Where to cut (floor 0): the 2:1 part of a picture that shows what it is about.

No face is recognised here. A crop is preferred that holds skin tones next to fine detail (eyes, hair), then
detail of any kind, then the middle; a little above it in a picture taken upright, where heads are.
"""

from itertools import accumulate

from PIL import Image, ImageFilter

CARD_RATIO = 2.0
_LONG_SIDE = 48  # pixels looked at: enough to find a head, few enough to cost nothing
_SKIN_WEIGHT = 4.0
_PULL = 0.35  # how much of the score a crop at the very edge must gain to win over the middle
# Chroma of human skin of all tones under white light (Chai and Ngan 1999), as bytes of YCbCr.
_CB, _CR = range(77, 128), range(136, 174)


def card_start(picture: Image.Image) -> tuple[float, float]:
    """Return the left and top edge of the 2:1 crop, as shares of width and height (one of them is 0)."""
    width, height = picture.size
    if width >= CARD_RATIO * height:
        share = CARD_RATIO * height / width
        return _best_start(_interest(picture, along_width=True), share, middle=0.5), 0.0
    share = width / CARD_RATIO / height
    middle = 0.5 if width > height else 0.38
    return 0.0, _best_start(_interest(picture, along_width=False), share, middle=middle)


def _interest(picture: Image.Image, *, along_width: bool) -> list[float]:
    """Return how much there is to see in each column, or in each row, of the picture."""
    scale = _LONG_SIDE / max(picture.size)
    size = tuple(max(3, round(side * scale)) for side in picture.size)
    small = picture.convert("RGB").resize(size, Image.Resampling.BOX)
    edges = small.convert("L").filter(ImageFilter.FIND_EDGES)
    # The filter leaves the frame as it was: what is there is brightness, no edge.
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
    """Return where (0 to 1 - share) a window of this share begins that holds the most, near the middle."""
    free, total = 1.0 - share, sum(interest)
    start_at_middle = min(max(middle - share / 2, 0.0), free)
    if free <= 0 or not total:
        return start_at_middle
    length = len(interest)
    window = max(1, round(share * length))
    # What lies at the very edge of a crop is half lost, so the inner part counts once more.
    inner = max(1, round(window * 0.6))
    sums = [0.0, *accumulate(interest)]

    def score(start: int) -> float:
        inset = start + (window - inner) // 2
        held = sums[start + window] - sums[start] + sums[inset + inner] - sums[inset]
        away = abs(start / length - start_at_middle) / max(start_at_middle, free - start_at_middle, 0.01)
        return held / (2 * total) - _PULL * share * away

    best = max(range(length - window + 1), key=lambda start: (score(start), -start))
    return min(best / length, free)
