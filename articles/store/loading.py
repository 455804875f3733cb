"""Files are read, hashed and packed ahead of their parsing (floor 0), in threads beside it."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice

from articles.store.files import FileError, StoreFile, has_utf8_name, read_file

CHUNK = 125  # files that a thread takes at a time
ASKED = 8 * CHUNK  # files whose known hashes are asked for at a time
AHEAD = 3  # chunks in work or waiting to be parsed: what bounds the memory
THREADS = 2


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file as it was read: its bytes are left out (None) when they are the known ones."""

    file: StoreFile
    digest: str = ""
    content: bytes | None = None
    packed: bytes = b""
    error: FileError | None = None


def load(
    files: Iterable[StoreFile],
    digests_of: Callable[[Sequence[StoreFile]], Mapping[str, str]],
    pack: Callable[[bytes], bytes],
) -> Iterator[Loaded]:
    """Yield the files in their order.

    `digests_of` gives the known SHA-256 by path; it is called in the caller's thread, for many files at a
    time. `pack` compresses a file that is not as it is known.
    """
    waiting: deque = deque()

    def chunks() -> Iterator[tuple[Sequence[StoreFile], Mapping[str, str]]]:
        rest = iter(files)
        while asked := list(islice(rest, ASKED)):
            known = digests_of(asked)
            for start in range(0, len(asked), CHUNK):
                yield asked[start : start + CHUNK], known

    def loaded(part: Sequence[StoreFile], known: Mapping[str, str]) -> list[Loaded]:
        return [_load(file, known.get(file.path), pack) for file in part]

    with ThreadPoolExecutor(THREADS) as pool:
        for part, known in chunks():
            waiting.append(pool.submit(loaded, part, known))
            if len(waiting) == AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()


def _load(file: StoreFile, known: str | None, pack: Callable[[bytes], bytes]) -> Loaded:
    try:
        if not has_utf8_name(file.path):
            raise FileError("the file's name is not UTF-8")
        content = read_file(file.full)
    except FileError as error:
        return Loaded(file, error=error)
    digest = sha256(content).hexdigest()
    if digest == known:
        return Loaded(file, digest)
    return Loaded(file, digest, content, pack(content))
