"""What pictures are drawn with (floor 0): palettes that harmonise, smooth shapes, glow, spheres, grain."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from PIL import Image, ImageChops, ImageColor, ImageDraw

WIDTH, HEIGHT = 1200, 800
# Shapes are drawn this much larger and then reduced: that makes their edges smooth.
SCALE = 2
Color = tuple[int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours that go together: of the sky from the top down, of things from far to near, and two lights."""

    top: Color
    low: Color
    far: Color
    mid: Color
    near: Color
    accent: Color
    pale: Color


def _palette(colors: str) -> Palette:
    return Palette(*(ImageColor.getrgb(f"#{color}") for color in colors.split()))


PALETTES = {
    "dawn": _palette("86a8c4 f9d9b8 b7a9b8 7d7f9a 3f4a66 e8825a fff4e2"),
    "noon": _palette("6fb1d6 e3f1ee a9c9c4 5f9a96 2c5f66 f2b84b fffaf0"),
    "dusk": _palette("3b3f6b e79a86 8b6a8c 594c76 2b2a4d ffc66e ffe9d4"),
    "forest": _palette("9cc3b2 eef0d8 a5bf9f 5f8f74 274d44 e9a03b fdf9e8"),
    "slate": _palette("8fa3b5 e6e4df aab3bd 6d7d8f 333f4f d9694a faf7f2"),
    "teal": _palette("1f4e5f 6fb3ac 4d8f92 2b6a75 12353f ffd27d eafaf3"),
    "ochre": _palette("d9a657 f9ebc8 cfa878 a1704f 4d3330 3f8f8a fff7e4"),
    "plum": _palette("54406f d7a8b8 93769e 664d7d 30264a f3b76b fbeaf0"),
    "arctic": _palette("7fa7c9 f0f5f8 bcd2df 7ea3ba 3a5f7b ef8f6b ffffff"),
    "rose": _palette("c98c8c f9e3d3 cfa0a0 99707d 4f3c52 4c9a9a fff6ee"),
    "night": _palette("101a3a 3d4f8a 46558c 2d3a6b 141c3f ffd98a e9edff"),
    "moor": _palette("5d6f8a e8cfae 9d9a94 6f6f78 37394a d98f4e fdf3e0"),
    "pine": _palette("12303a 3f7f7a 3f7470 24525a 0d232d f0b35f e6f6ee"),
    "violet": _palette("241a45 6f4f9a 6a5296 45347a 1b1438 ff9f7d f4eaff"),
}
LIGHT = ("dawn", "noon", "forest", "slate", "ochre", "arctic", "rose", "moor")
DARK = ("dusk", "teal", "plum", "night", "pine", "violet")


def mix(one: Color, other: Color, part: float) -> Color:
    """Return the colour that lies this part of the way from one to the other."""
    return tuple(round(a + (b - a) * part) for a, b in zip(one, other, strict=True))


def clear(color: Color, opacity: float) -> tuple[int, int, int, int]:
    """Return a colour that lets what is behind it shine through."""
    return (*color, round(255 * opacity))


class Canvas:
    """A picture in the making: 1200 by 800 units, whether it becomes that many pixels or half as many."""

    def __init__(self, rng: Random, palette: Palette, small: bool = False) -> None:
        self.rng, self.palette = rng, palette
        # Gradients have no edges: the background is made small, and enlarged when the first shape comes.
        self.scale, self._full = 1, 1 if small else SCALE
        self.image = Image.new("RGB", (WIDTH, HEIGHT), palette.low)
        self._pen: ImageDraw.ImageDraw | None = None

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        """What shapes are drawn with, in pixels: units times `scale`."""
        if self._pen is None:
            self._pen = ImageDraw.Draw(self._enlarged(), "RGBA")
        return self._pen

    def _enlarged(self) -> Image.Image:
        if self.scale != self._full:
            self.scale = self._full
            size = (WIDTH * self.scale, HEIGHT * self.scale)
            self.image = self.image.resize(size, Image.Resampling.NEAREST)
        return self.image

    def shade(self, top: Color, low: Color, start: float = 0, end: float = HEIGHT) -> None:
        """Fill a band of the full width with a gradient."""
        height = round((end - start) * self.scale)
        strip = Image.new("RGB", (1, height))
        strip.putdata([mix(top, low, y / max(height - 1, 1)) for y in range(height)])
        wide = strip.resize((WIDTH * self.scale, height), Image.Resampling.NEAREST)
        self.image.paste(wide, (0, round(start * self.scale)))

    def polygon(self, points: Iterable[Point], color: Sequence[int]) -> None:
        """Fill a polygon."""
        pen = self.pen
        pen.polygon([(x * self.scale, y * self.scale) for x, y in points], fill=tuple(color))

    def box(
        self, left: float, top: float, right: float, low: float, color: Sequence[int], round_: float = 0
    ) -> None:
        """Fill a rectangle, its corners rounded if asked for."""
        pen, scale = self.pen, self.scale
        # The last pixel belongs to the rectangle, but however thin it is, it shows.
        edges = [
            left * scale,
            top * scale,
            max(left, right - 1 / scale) * scale,
            max(top, low - 1 / scale) * scale,
        ]
        if round_:
            pen.rounded_rectangle(edges, round_ * scale, fill=tuple(color))
        else:
            pen.rectangle(edges, fill=tuple(color))

    def disc(self, x: float, y: float, radius: float, color: Sequence[int], flat: float = 1) -> None:
        """Fill a circle, or an ellipse that is `flat` times as high as wide."""
        pen = self.pen
        pen.ellipse(self.around(x, y, radius, flat), fill=tuple(color))

    def ring(
        self, x: float, y: float, radius: float, color: Sequence[int], width: float = 3, flat: float = 1,
        start: float = 0, end: float = 360,
    ) -> None:  # fmt: skip
        """Draw a circle's or ellipse's line, or an arc of it."""
        pen = self.pen
        thick = max(1, round(width * self.scale))
        pen.arc(self.around(x, y, radius, flat), start, end, fill=tuple(color), width=thick)

    def around(self, x: float, y: float, radius: float, flat: float = 1) -> list[float]:
        """Return the edges of a circle or ellipse, for what `pen` does with them."""
        high = radius * flat
        return [edge * self.scale for edge in (x - radius, y - high, x + radius, y + high)]

    def line(self, points: Iterable[Point], color: Sequence[int], width: float = 3) -> None:
        """Draw a line through points."""
        pen = self.pen
        scaled = [(x * self.scale, y * self.scale) for x, y in points]
        pen.line(scaled, fill=tuple(color), width=max(1, round(width * self.scale)), joint="curve")

    def glow(self, x: float, y: float, radius: float, color: Color, strength: float = 0.6) -> None:
        """Lay a soft light around a point."""
        scale = self.scale
        mask = _spot(lambda far: 255 * strength * (1 - min(far, 1)) ** 2 * (1 + 2 * min(far, 1)))
        # Only the part inside the picture is worth the time.
        left, top = max(0, round((x - radius) * scale)), max(0, round((y - radius) * scale))
        right = min(WIDTH * scale, round((x + radius) * scale))
        low = min(HEIGHT * scale, round((y + radius) * scale))
        if left < right and top < low:
            edges = (left / scale - x, top / scale - y, right / scale - x, low / scale - y)
            box = [min(256.0, max(0.0, 128 + 128 * offset / radius)) for offset in edges]
            mask = mask.resize((right - left, low - top), Image.Resampling.BILINEAR, box=box)
            self.image.paste(color, (left, top, right, low), mask)

    def sphere(self, x: float, y: float, radius: float, light: Color, dark: Color) -> None:
        """Draw a ball lit from the upper left."""
        image, scale = self._enlarged(), self.scale
        side = max(4, round(2 * radius * scale))
        disc = Image.new("L", (side, side), 0)
        ImageDraw.Draw(disc).ellipse([0, 0, side - 1, side - 1], fill=255)
        # The middle of the light lies up and left of the middle of the ball.
        wide = _spot(lambda far: 230 * far).resize((side * 2, side * 2), Image.Resampling.BILINEAR)
        depth = wide.crop((round(side * 0.65), round(side * 0.68), round(side * 1.65), round(side * 1.68)))
        shaded = Image.composite(
            Image.new("RGB", (side, side), dark), Image.new("RGB", (side, side), light), depth
        )
        image.paste(shaded, (round((x - radius) * scale), round((y - radius) * scale)), disc)

    def ridge(self, y: float, height: float, color: Sequence[int], sharp: float = 0.0) -> list[Point]:
        """Fill everything below a line of hills; return the line."""
        rng = self.rng
        waves = [
            (height / (n + 1), rng.uniform(0.6, 1.4) * (n + 1), rng.uniform(0, math.tau)) for n in range(4)
        ]
        points = []
        for x in range(0, WIDTH + 8, 8):
            turn = x / WIDTH * math.tau
            rise = sum(size * math.sin(speed * turn + phase) for size, speed, phase in waves)
            jag = sum(
                size * (1 - abs(math.sin((speed * turn + phase) * 1.7))) for size, speed, phase in waves[:3]
            )
            points.append((x, y - rise * 0.5 * (1 - sharp) - jag * sharp * 1.4))
        self.polygon([*points, (WIDTH, HEIGHT), (0, HEIGHT)], color)
        return points

    def water(self, y: float, top: Color, low: Color, glints: int = 40) -> None:
        """Fill the lower part with water: a gradient and strokes of light, longer the nearer they are."""
        self.shade(top, low, y)
        for _ in range(glints):
            depth = self.rng.random() ** 1.5
            at, long = y + 4 + depth * (HEIGHT - y), 20 + 120 * depth * self.rng.random()
            x = self.rng.uniform(-40, WIDTH)
            color = clear(self.palette.pale, self.rng.uniform(0.08, 0.3))
            self.box(x, at, x + long, at + 1.5 + 2.5 * depth, color, 1)

    def stars(self, count: int, low: float = HEIGHT) -> None:
        """Scatter small lights over the upper part."""
        for _ in range(count):
            x, y = self.rng.uniform(0, WIDTH), self.rng.uniform(0, low)
            self.disc(
                x, y, self.rng.choice((0.8, 1.1, 1.6)), clear(self.palette.pale, self.rng.uniform(0.3, 0.95))
            )

    def finished(self) -> Image.Image:
        """Return the picture in its size, corners a little darker, with a light grain."""
        image = self._enlarged().reduce(SCALE)
        image.paste(mix(self.palette.near, (0, 0, 0), 0.4), mask=_corners(image.size))
        return ImageChops.add(image, _grain(image.size), 1, -128)


def _spot(shape: Callable[[float], float]) -> Image.Image:
    """Return a square of the values a function gives for the distance from its middle; 1 is at its edges."""
    gradient = Image.radial_gradient("L")
    edge = gradient.getpixel((0, 128))
    return gradient.point([max(0, min(255, round(shape(value / edge)))) for value in range(256)])


@cache
def _corners(size: tuple[int, int]) -> Image.Image:
    return _spot(lambda far: 52 * (far - 0.6)).resize(size, Image.Resampling.BILINEAR)


@cache
def _grain(size: tuple[int, int]) -> Image.Image:
    side = 400
    data = Random("grain").randbytes(side * side)
    tile = Image.frombytes("L", (side, side), data).point(
        [128 + (value - 128) * 7 // 256 for value in range(256)]
    )
    grain = Image.new("L", size)
    for x in range(0, size[0], side):
        for y in range(0, size[1], side):
            grain.paste(tile, (x, y))
    return Image.merge("RGB", (grain, grain, grain))
