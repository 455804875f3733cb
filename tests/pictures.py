"""Pictures for tests, made on the spot."""

import io

from PIL import Image, ImageDraw


def encoded(picture, form="JPEG", **options):
    target = io.BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


def halves(width=800, height=600, mode="RGB"):
    """Red above, blue below: shows turning and lost colours."""
    picture = Image.new("RGB", (width, height), (30, 60, 200))
    ImageDraw.Draw(picture).rectangle((0, 0, width, height // 2 - 1), fill=(210, 30, 30))
    return picture.convert(mode)


def jpeg(width=800, height=600, shade=90, **options):
    return encoded(Image.new("RGB", (width, height), (20, shade, 120)), **options)


def opened(picture):
    return Image.open(io.BytesIO(picture.content))
