"""Pictures and logos of the invented world (floor 0): a name always gives the same bytes."""

from functools import cache
from io import BytesIO
from random import Random
from zlib import crc32

from PIL import Image, ImageDraw, ImageFont

from articles.demo import objects, scenery
from articles.demo.canvas import DARK, HEIGHT, LIGHT, PALETTES, WIDTH, Canvas

_BOTH = LIGHT + DARK
# Each motif with the palettes that suit it.
MOTIFS = {
    "books": (objects.books, _BOTH),
    "bridge": (scenery.bridge, _BOTH),
    "chart": (objects.chart, LIGHT),
    "circuit": (objects.circuit, DARK),
    "columns": (objects.columns, _BOTH),
    "deep": (scenery.deep, ("teal", "noon", "pine", "arctic", "night", "dusk")),
    "glass": (objects.glass, LIGHT),
    "harbour": (scenery.harbour, _BOTH),
    "hills": (scenery.hills, _BOTH),
    "leaves": (scenery.leaves, ("forest", "noon", "ochre", "pine", "teal", "rose", "moor")),
    "lock": (objects.lock, DARK),
    "network": (objects.network, DARK),
    "orbit": (scenery.orbit, DARK),
    "planets": (scenery.planets, DARK),
    "rails": (scenery.rails, _BOTH),
    "road": (scenery.road, LIGHT),
    "robot": (objects.robot, LIGHT),
    "sails": (scenery.sails, _BOTH),
    "skyline": (scenery.skyline, _BOTH),
    "stadium": (objects.stadium, _BOTH),
    "stage": (objects.stage, ("dusk", "plum", "rose", "violet", "ochre", "slate")),
    "strings": (objects.strings, LIGHT),
    "track": (objects.track, LIGHT),
    "turbines": (scenery.turbines, _BOTH),
}
_QUALITY = 80
_SMALL = (600, 400)
# A logo is drawn once, this large, and reduced.
_LOGO = 800
_LETTERS = 2


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
    """Return the JPEG file of a picture: `motif-number` or `motif-word`; small ones are 600 by 400."""
    motif, palettes = MOTIFS[name.partition("-")[0]]
    rng = Random(name)
    # Numbers go through the palettes in turn, each motif from another one on.
    place = _place(name) + crc32((name if name[-1].isalpha() else motif.__name__).encode())
    art = Canvas(rng, PALETTES[palettes[place % len(palettes)]])
    motif(art)
    image = art.finished()
    width, height = picture_size(name)
    left, top = (WIDTH - width) // 2, (HEIGHT - height) // 2
    image = image.crop((left, top, left + width, top + height))
    return _jpeg(image.resize(_SMALL, Image.Resampling.LANCZOS) if small else image)


def draw_logo(name: str, domain: str, side: int) -> bytes:
    """Return the JPEG file of a provider's logo: its initials on a colour that comes from its domain."""
    return _jpeg(_logo(name, domain).resize((side, side), Image.Resampling.LANCZOS))


@cache
def _logo(name: str, domain: str) -> Image.Image:
    number = crc32(domain.encode())
    hue, light = number % 360, 30 + number // 360 % 14
    image = Image.new("RGB", (_LOGO, _LOGO), "white")
    draw = ImageDraw.Draw(image)
    base, deep = (f"hsl({hue}, {38 + number // 7 % 22}%, {lightness}%)" for lightness in (light, light - 9))
    draw.rounded_rectangle([0, 0, _LOGO - 1, _LOGO - 1], _LOGO * 0.19, fill=base)
    if number % 3 == 0:
        draw.rounded_rectangle([0, _LOGO * 0.62, _LOGO - 1, _LOGO - 1], _LOGO * 0.19, fill=deep)
        draw.rectangle([0, _LOGO * 0.62, _LOGO - 1, _LOGO * 0.78], fill=deep)
    elif number % 3 == 1:
        draw.ellipse([_LOGO * 0.08, _LOGO * 0.08, _LOGO * 0.92, _LOGO * 0.92], fill=deep)
    letters = initials(name)
    font = ImageFont.load_default(size=round(_LOGO * (0.5 if len(letters) > 1 else 0.6)))
    draw.text(
        (_LOGO / 2, _LOGO / 2),
        letters,
        font=font,
        fill="white",
        anchor="mm",
        stroke_width=6,
        stroke_fill="white",
    )
    return image


def initials(name: str) -> str:
    """Return the one or two letters a logo shows; a name in a script that the font lacks has its own sign."""
    words = [word for word in name.replace("The ", "").split() if word[0].isalpha()]
    letters = "".join(word[0] for word in words[:_LETTERS]).upper()
    return letters if letters.isascii() else "*"


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
