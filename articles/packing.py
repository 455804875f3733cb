"""Bytes as they are kept (floor 0): compressed, files of one import together."""

import threading
import zlib
from collections.abc import Iterable
from typing import NamedTuple

import zstandard

PACK = 1 << 22  # bytes of files in one pack; one file may have more

_LEVEL = 1
_WINDOW = PACK.bit_length() - 1  # what the first file of a pack says, the last may refer to


class Place(NamedTuple):
    """Where a file's bytes lie: `size` bytes from `start` on in a pack once that is unpacked.

    The pack is given by its bytes while it is new, and by its id once it is kept.
    """

    pack: bytes | int
    start: int
    size: int


class _Own(threading.local):
    """A compressor for each thread: one that is made anew each time takes a fifth longer."""

    def __init__(self) -> None:
        parameters = zstandard.ZstdCompressionParameters.from_level(_LEVEL, window_log=_WINDOW)
        self.compressor = zstandard.ZstdCompressor(compression_params=parameters)


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


def pack_files(files: Iterable[bytes]) -> list[Place]:
    """Pack files together, for what many of them say to be kept once; returns their places in their order."""
    packing = Packing()
    for content in files:
        packing.add(content)
    return packing.places()


class Packing:
    """Packs files as they come: no more are held unpacked than lie in one pack."""

    def __init__(self) -> None:
        self._files: list[bytes] = []
        self._size = 0
        self._places: list[Place] = []

    def add(self, content: bytes) -> None:
        """Add a file."""
        if self._size + len(content) > PACK:
            self._pack()
        self._files.append(content)
        self._size += len(content)

    def places(self) -> list[Place]:
        """Return where the files lie, in the order in which they were added."""
        self._pack()
        return self._places

    def _pack(self) -> None:
        packed, start = pack(b"".join(self._files)), 0
        for content in self._files:
            self._places.append(Place(packed, start, len(content)))
            start += len(content)
        self._files, self._size = [], 0
