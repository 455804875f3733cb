"""Bytes as they are kept (floor 0): compressed."""

import zlib

import zstandard


def pack(data: bytes) -> bytes:
    """Return bytes compressed for keeping."""
    return zstandard.ZstdCompressor(level=1).compress(data)


def unpack(packed: bytes | memoryview) -> bytes:
    """Return kept bytes as they were; those kept before 0.3 are zlib's."""
    packed = bytes(packed)
    if packed.startswith(zstandard.FRAME_HEADER):
        return zstandard.ZstdDecompressor().decompress(packed)
    return zlib.decompress(packed)
