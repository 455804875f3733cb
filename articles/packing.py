"""Bytes as they are kept (floor 0): compressed."""

import threading
import zlib

import zstandard


class _Own(threading.local):
    """A compressor for each thread: one that is made anew each time takes a fifth longer."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=1)


_own = _Own()


def pack(data: bytes) -> bytes:
    """Return bytes compressed for keeping."""
    return _own.compressor.compress(data)


def unpack(packed: bytes | memoryview) -> bytes:
    """Return kept bytes as they were; those kept before 0.3 are zlib's."""
    packed = bytes(packed)
    if packed.startswith(zstandard.FRAME_HEADER):
        return zstandard.ZstdDecompressor().decompress(packed)
    return zlib.decompress(packed)
