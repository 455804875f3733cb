"""Decoders at work (floor 0): pictures are decoded in processes that may die without harm."""

import json
import os
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from threading import BoundedSemaphore, Lock, Timer

from articles.images.decoder import IDLE_SECONDS, SECONDS
from articles.images.renditions import CARD, PICTURE, WHOLE, Picture, PictureError, Recipe

ROOT = Path(__file__).resolve().parents[2]
LIFE = 200  # pictures; then a fresh process, whatever the last one has leaked
MAX_FILE_BYTES = 5_000_000
# The interpreter's own search path is left out, so that nothing but the project and its packages is found.
_START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from articles.images.decoder import main; main()"


class _DecoderGone(Exception):
    pass


class _Decoder:
    """One process and its two pipes."""

    def __init__(self):
        # An empty environment: a decoder that is taken over finds neither keys nor passwords there.
        self.process = subprocess.Popen(  # noqa: S603 (the command is a constant)
            [sys.executable, "-I", "-c", _START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            close_fds=True,
        )
        self.count, self.used_at = 0, time.monotonic()

    def is_fit(self) -> bool:
        idle = time.monotonic() - self.used_at
        return self.process.poll() is None and self.count < LIFE and idle < IDLE_SECONDS / 2

    def ask(self, data: bytes, recipe: Recipe, seconds: float) -> tuple[str, list[Picture]]:
        """Return (reason, pictures); raises _DecoderGone if the process dies or takes too long."""
        self.count += 1
        watch = Timer(seconds, self.process.kill)
        watch.daemon = True
        watch.start()
        try:
            request = json.dumps({"recipe": recipe.name, "size": len(data)}).encode() + b"\n"
            self.process.stdin.write(request)
            self.process.stdin.write(data)
            self.process.stdin.flush()
            return self._answer()
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _DecoderGone from error
        finally:
            watch.cancel()
            self.used_at = time.monotonic()

    def _answer(self) -> tuple[str, list[Picture]]:
        source = self.process.stdout
        head = json.loads(source.readline(100_000))
        pictures = []
        for shape, width, height, size in head["files"]:
            if (
                shape not in (WHOLE, CARD)
                or not 0 < size <= MAX_FILE_BYTES
                or not 0 < width * height < 10_000_000
            ):
                raise ValueError("a decoder's answer that makes no sense")
            picture = Picture(shape, int(width), int(height), source.read(size))
            if not picture.is_clean():
                raise ValueError("a decoder's answer that is no plain WebP")
            pictures.append(picture)
        return str(head["reason"])[:200], pictures

    def close(self) -> None:
        self.process.kill()
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class Decoders:
    """A few decoder processes, started when they are needed; safe to use from several threads.

    Use as a context manager, or call `close`. A process that is not needed for a minute ends by itself.
    """

    def __init__(self, count: int | None = None, *, seconds: float = SECONDS):
        self.seconds = seconds
        self._free: deque[_Decoder] = deque()
        self._lock, self._turn = Lock(), BoundedSemaphore(count or os.cpu_count() or 1)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def decode(self, data: bytes, recipe: Recipe = PICTURE) -> list[Picture]:
        """Return our files of a picture, as `make_renditions` does; raises PictureError.

        A process that is killed or takes too long costs this one picture; the next gets a fresh one.
        """
        with self._turn:
            decoder = self._take()
            try:
                reason, pictures = decoder.ask(data, recipe, self.seconds)
            except _DecoderGone:
                decoder.close()
                raise PictureError("could not be decoded within the limits of time and memory") from None
            except BaseException:
                decoder.close()
                raise
            with self._lock:
                self._free.append(decoder)
        if reason or not pictures:
            raise PictureError(reason or "is a damaged picture")
        return pictures

    def _take(self) -> _Decoder:
        while True:
            with self._lock:
                decoder = self._free.pop() if self._free else None
            if decoder is None:
                return _Decoder()
            if decoder.is_fit():
                return decoder
            decoder.close()

    def close(self) -> None:
        """End all processes."""
        while self._free:
            self._free.pop().close()
