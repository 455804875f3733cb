"""Pictures for tests, made on the spot."""

import io

from PIL import Image, ImageDraw

from articles.images.process import store_picture
from articles.models import Image as Picture


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


def add_image(url="https://a.example/tide.jpg", data=None, **fields):
    """Make the row of a picture, and its files where its bytes are given."""
    image = Picture.objects.create(url=url, url_hash=Picture.hash_of(url), **fields)
    if data is not None:
        store_picture(image, data)
    return image


def add_picture(owner, field, name, purpose="picture"):
    """Give a topic, a provider or a source a picture that we have."""
    image = add_image(f"https://a.example/{name}.jpg", jpeg(400, 300, shade=7), purpose=purpose)
    setattr(owner, field, image)
    owner.save()
    return image
