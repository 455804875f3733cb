"""Our own files of pictures (floor 2): made from bytes, kept in the media storage."""

from collections.abc import Sequence
from hashlib import sha256

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from articles.images.renditions import PICTURE_WIDTHS, PictureError, make_renditions
from articles.models import Image, Rendition


def keep_picture(image: Image, data: bytes, widths: Sequence[int] = PICTURE_WIDTHS) -> bool:
    """Make our files of a picture from its bytes and note its state; returns whether it is ready.

    The same bytes again change nothing. A picture that cannot be used is refused with the reason.
    """
    content_hash = sha256(data).hexdigest()
    if image.content_hash == content_hash:
        return image.state == Image.State.READY
    try:
        pictures = make_renditions(data, widths)
    except PictureError as error:
        pictures, reason = [], str(error)
    else:
        reason = ""
    for picture in pictures:
        if not default_storage.exists(picture.name):
            default_storage.save(picture.name, ContentFile(picture.content))
    with transaction.atomic():
        image.renditions.all().delete()
        Rendition.objects.bulk_create(
            Rendition(image=image, width=picture.width, height=picture.height, name=picture.name)
            for picture in pictures
        )
        image.state = Image.State.READY if pictures else Image.State.REFUSED
        image.reason, image.content_hash = reason[:200], content_hash
        image.save(update_fields=["state", "reason", "content_hash"])
    return bool(pictures)
