"""The decoder's own process (floor 0): reads picture bytes, answers with files, may not do much else.

Started by decoding.py. A request is a line of JSON (recipe, size) and the bytes; an answer a line of JSON
(reason, or the files' shapes and sizes) and the files' bytes. Plain data only: the parent trusts neither.
"""

import io
import json
import resource
import signal
import sys
from pathlib import Path

from PIL import Image

from articles.images.renditions import PICTURE, RECIPES, PictureError, make_renditions

MEMORY = 256 * 1024 * 1024  # bytes on top of what the process has when it starts
SECONDS = 10
IDLE_SECONDS = 60


def main() -> None:
    """Serve requests from standard input until it ends."""
    warm_up()
    limit(MEMORY)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while True:
        signal.alarm(IDLE_SECONDS)
        line = source.readline()
        if not line:
            return
        request = json.loads(line)
        signal.alarm(SECONDS)  # nothing handles it, so the process ends there and then
        answer = reply(source.read(request["size"]), request["recipe"])
        target.write(answer)
        target.flush()


def warm_up() -> None:
    """Load the decoders and encoders, so that what they need does not count as a picture's memory."""
    Image.init()
    make_renditions(_blank(), PICTURE)


def _blank() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (64, 64)).save(target, "JPEG")
    return target.getvalue()


def limit(memory: int) -> None:
    """Allow this process `memory` more bytes, no writing of files, no core dump."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return  # only Linux tells, and only there is the limit kept
    ceiling = pages * resource.getpagesize() + memory
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))


def reply(data: bytes, recipe: str) -> bytes:
    """Return the answer to one request."""
    try:
        pictures = make_renditions(data, RECIPES[recipe])
    except PictureError as error:
        return json.dumps({"reason": str(error), "files": []}).encode() + b"\n"
    files = [[picture.shape, picture.width, picture.height, len(picture.content)] for picture in pictures]
    head = json.dumps({"reason": "", "files": files}).encode() + b"\n"
    return head + b"".join(picture.content for picture in pictures)
