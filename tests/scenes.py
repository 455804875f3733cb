"""Drawn pictures as busy as photographs: clouds of noise at every scale, with a horizon and some shapes."""

from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageFilter


def scene(width, height, seed, fine=10):
    """Return a picture of this size; the same seed gives the same. `fine` is how strong the grain is.

    Noise is added at half the size again and again, weaker as it gets finer, which is how the detail of
    photographs is spread; so the files come out about as large as those of photographs.
    """
    rng = Random(seed)
    picture = Image.new("RGB", (width, height), tuple(rng.randrange(90, 190) for _ in range(3)))
    draw = ImageDraw.Draw(picture)
    horizon = height * rng.uniform(0.35, 0.65)
    draw.rectangle((0, horizon, width, height), fill=tuple(rng.randrange(30, 130) for _ in range(3)))
    for _ in range(14):
        x, y, side = rng.uniform(0, width), rng.uniform(horizon * 0.6, height), rng.uniform(0.03, 0.2) * width
        fill = tuple(rng.randrange(20, 235) for _ in range(3))
        (draw.ellipse if rng.random() < 0.5 else draw.rectangle)((x, y, x + side, y + side), fill=fill)
    picture = picture.filter(ImageFilter.GaussianBlur(width / 900))
    scale, strength = 64, 60.0
    while scale >= 2:
        size = (max(2, width // scale), max(2, height // scale))
        noise = Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))
        noise = noise.resize((width, height), Image.Resampling.BICUBIC)
        level = max(strength, fine)
        noise = noise.point([round((value - 128) * level / 128) + 128 for value in range(256)])
        picture = ImageChops.add(picture, Image.merge("RGB", (noise,) * 3), offset=-128)
        scale, strength = scale // 2, strength * 0.62
    return picture
