"""Pictures and logos of the invented world (floor 0): a name always gives the same bytes."""

from functools import lru_cache
from io import BytesIO
from random import Random
from zlib import crc32

from PIL import Image, ImageColor, ImageDraw, ImageFont

from articles.demo import depths, halls, machines, scenery
from articles.demo.canvas import DARK, HEIGHT, LIGHT, PALETTES, WIDTH, Canvas, mix

_BOTH = LIGHT + DARK
# Each motif with the palettes that suit it.
MOTIFS = {
    "books": (halls.books, _BOTH),
    "bridge": (scenery.bridge, _BOTH),
    "chart": (machines.chart, LIGHT),
    "circuit": (machines.circuit, DARK),
    "columns": (halls.columns, _BOTH),
    "deep": (depths.deep, ("teal", "noon", "pine", "arctic", "night", "dusk")),
    "glass": (machines.glass, LIGHT),
    "harbour": (scenery.harbour, _BOTH),
    "hills": (scenery.hills, _BOTH),
    "leaves": (scenery.leaves, ("forest", "noon", "ochre", "pine", "teal", "rose", "moor")),
    "lock": (machines.lock, DARK),
    "network": (machines.network, DARK),
    "orbit": (depths.orbit, DARK),
    "planets": (depths.planets, DARK),
    "rails": (scenery.rails, _BOTH),
    "road": (scenery.road, LIGHT),
    "robot": (machines.robot, LIGHT),
    "sails": (scenery.sails, _BOTH),
    "skyline": (scenery.skyline, _BOTH),
    "stadium": (halls.stadium, _BOTH),
    "stage": (halls.stage, ("dusk", "plum", "rose", "violet", "ochre", "slate")),
    "strings": (halls.strings, LIGHT),
    "track": (halls.track, LIGHT),
    "turbines": (scenery.turbines, _BOTH),
}
_QUALITY = 80
# A logo is drawn once, this large, and halved.
_LOGO = 800
_LETTERS = 2
# How bright the eye finds red, green and blue; below this, white stands out at 5 to 1.
_WEIGHTS = (0.2126, 0.7152, 0.0722)
_DARK_ENOUGH = 0.16


def picture_size(name: str) -> tuple[int, int]:
    """Return the width and height of a picture, without drawing it."""
    place = _place(name)
    if place % 10 == 7:
        return HEIGHT, HEIGHT
    return (WIDTH, 675) if place % 5 == 3 else (WIDTH, HEIGHT)


def _place(name: str) -> int:
    number = name.partition("-")[2]
    return int(number) if number.isdecimal() else 0


def draw_picture(name: str, small: bool = False) -> bytes:
    """Return the JPEG file of a picture: `motif-number` or `motif-word`; a small one is half as large."""
    motif, palettes = MOTIFS[name.partition("-")[0]]
    rng = Random(name)
    # Numbers go through the palettes in turn, each motif from another one on.
    place = _place(name) + crc32((name if name[-1].isalpha() else motif.__name__).encode())
    art = Canvas(rng, PALETTES[palettes[place % len(palettes)]], small)
    motif(art)
    image = art.finished()
    width, height = (side * image.width // WIDTH for side in picture_size(name))
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return _jpeg(image.crop((left, top, left + width, top + height)))


def draw_logo(name: str, domain: str, side: int) -> bytes:
    """Return the JPEG file of a provider's logo: its initials on a colour that comes from its domain."""
    return _jpeg(_logo(name, domain).resize((side, side), Image.Resampling.LANCZOS))


@lru_cache(maxsize=1)  # the sizes of one logo are asked for one after the other
def _logo(name: str, domain: str) -> Image.Image:
    number = crc32(domain.encode())
    image = Image.new("RGB", (_LOGO, _LOGO), "white")
    draw = ImageDraw.Draw(image)
    base = _logo_color(number)
    light, far = mix(base, (255, 255, 255), 0.22), _LOGO - 1
    draw.rounded_rectangle([0, 0, far, far], _LOGO * 0.19, fill=base)
    if number % 4 == 1:
        draw.rounded_rectangle([_LOGO * 0.26, _LOGO * 0.77, _LOGO * 0.74, _LOGO * 0.82], 20, fill=light)
    elif number % 4 == 2:
        draw.rounded_rectangle([36, 36, far - 36, far - 36], _LOGO * 0.155, outline=light, width=22)
    elif number % 4 == 3:
        draw.ellipse([48, 48, far - 48, far - 48], outline=light, width=26)
    letters = initials(name)
    font = ImageFont.load_default(size=round(_LOGO * (0.48 if len(letters) > 1 else 0.6)))
    middle = (_LOGO / 2, _LOGO / 2)
    draw.text(middle, letters, font=font, fill="white", anchor="mm", stroke_width=7, stroke_fill="white")
    return image.reduce(2)


def _logo_color(number: int) -> tuple[int, int, int]:
    """Return a colour on which white letters are easy to read."""
    hue, saturation, lightness = number % 360, 34 + number // 360 % 22, 46
    while True:
        color = ImageColor.getrgb(f"hsl({hue}, {saturation}%, {lightness}%)")
        shares = ((part / 255) ** 2.2 * weight for part, weight in zip(color, _WEIGHTS, strict=True))
        if sum(shares) < _DARK_ENOUGH:
            return color
        lightness -= 2


def initials(name: str) -> str:
    """Return the one or two letters a logo shows; a name in a script that the font lacks has its own sign."""
    words = [word for word in name.replace("The ", "").split() if word[0].isalpha()]
    letters = "".join(word[0] for word in words[:_LETTERS]).upper()
    return letters if letters.isascii() else "*"


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
