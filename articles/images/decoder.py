"""The decoder's own process (floor 0): reads picture bytes, answers with files, may not do much else.

Started by decoding.py. A request is a line of JSON (recipe, size) and the bytes; an answer a line of JSON
(reason, or the files' shapes and sizes) and the files' bytes. Plain data only: the parent trusts neither.
"""

import io
import json
import os

from PIL import Image

from articles.http.sandbox import limit, serve
from articles.images.recipes import DECODING_SECONDS, PICTURE, RECIPES, PictureError
from articles.images.renditions import make_renditions

MEMORY = 256 * 1024 * 1024  # bytes on top of what the process has when it starts


def main() -> None:
    """Serve requests from standard input until it ends."""
    os.nice(5)  # pages and imports first
    warm_up()
    limit(MEMORY)
    serve(lambda head, data: reply(data, head["recipe"]), DECODING_SECONDS)


def warm_up() -> None:
    """Load the decoders and encoders, so that what they need does not count as a picture's memory."""
    Image.init()
    make_renditions(_blank(), PICTURE)


def _blank() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 64)).save(target, "JPEG")
    return target.getvalue()


def reply(data: bytes, recipe: str) -> bytes:
    """Return the answer to one request."""
    try:
        pictures = make_renditions(data, RECIPES[recipe])
    except PictureError as error:
        return json.dumps({"reason": str(error), "files": []}).encode() + b"\n"
    files = [[picture.shape, picture.width, picture.height, len(picture.content)] for picture in pictures]
    head = json.dumps({"reason": "", "files": files}).encode() + b"\n"
    return head + b"".join(picture.content for picture in pictures)
