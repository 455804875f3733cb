"""Files are read, hashed, packed and parsed ahead of what is done with them (floor 0).

Where many are new, a process of its own does all of that. Else threads read and hash, which is most of the
work where little has changed, and the caller parses what has: beside him it would only stand in the way.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import islice

from articles.frontmatter.document import Document, Memo, parse
from articles.frontmatter.errors import DocumentError
from articles.frontmatter.fields import ArticleFields, FieldError, read_article
from articles.importing.files import FileError, StoreFile, has_utf8_name, read_file
from articles.importing.readers import Readers
from articles.packing import Place, pack_files

CHUNK = 125  # files that a thread takes at a time
ASKED = 8 * CHUNK  # files whose known hashes are asked for at a time
# Chunks in work or waiting to be taken, which bounds the memory. A process must not stop while the caller
# writes a batch.
AHEAD, AHEAD_BESIDE = 3, 12
THREADS = 2
Known = Mapping[str, str]  # the known SHA-256 by path


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file as it was read and what it says: without `fields` its bytes are the known ones, or it is bad.

    `place` is that of new bytes; `document` is there for a file that is known otherwise, and for one whose
    values are bad.
    """

    file: StoreFile
    digest: str = ""
    place: Place | None = None
    document: Document | None = None
    fields: ArticleFields | None = None
    told: str = ""  # the digest of what it tells alone, where the reader found it
    error: FileError | DocumentError | FieldError | None = None


_Job = tuple[Callable[[], list[Loaded]], int]  # how to get what comes of a chunk; its AHEAD


@dataclass(frozen=True, slots=True)
class Loading:
    """How files are loaded.

    `digests_of` gives the known hashes of files; it is called in the caller's thread, for many files at a
    time. `now` bounds the times that files may name. The memo is used by nobody else meanwhile. `beside`: so
    many new files of those asked for at a time are worth a process.
    """

    digests_of: Callable[[Sequence[StoreFile]], Known]
    readers: Readers
    memo: Memo
    now: datetime
    beside: int = CHUNK

    def load(self, files: Iterable[StoreFile]) -> Iterator[Loaded]:
        """Begin to load the files; returns them in their order."""
        waiting, begun = deque(), self._begin(files)
        _fill(waiting, begun)
        return self._taken(waiting, begun)

    def _taken(self, waiting: deque[_Job], begun: Iterator[_Job]) -> Iterator[Loaded]:
        while waiting:
            get, _ = waiting.popleft()
            yield from get()
            _fill(waiting, begun)

    def _begin(self, files: Iterable[StoreFile]) -> Iterator[_Job]:
        """Begin with a chunk of files each time."""
        with ThreadPoolExecutor(THREADS) as threads:
            for part, known, are_new in self._chunks(files):
                if are_new:
                    answer = self.readers.ask((file.path, file.full, known.get(file.path)) for file in part)
                    yield partial(self._take, answer, part, known), AHEAD_BESIDE
                else:
                    read = threads.submit(self._read_all, part, known, self.readers.seen())
                    yield partial(self._parse_read, read, known), AHEAD

    def _chunks(self, files: Iterable[StoreFile]) -> Iterator[tuple[list[StoreFile], Known, bool]]:
        rest = iter(files)
        while asked := list(islice(rest, ASKED)):
            known = self.digests_of(asked)
            are_new = len(asked) - len(known) >= self.beside
            for start in range(0, len(asked), CHUNK):
                yield asked[start : start + CHUNK], known, are_new

    def _take(self, answer: Callable[[], list | None], part: list[StoreFile], known: Known) -> list[Loaded]:
        """Return files as the reader read them, and read here what it leaves to us."""
        taken = [
            Loaded(file, *read[:2], fields=read[2], told=read[3])
            if read and has_utf8_name(file.path)
            else None
            for file, read in zip(part, answer() or [None] * len(part), strict=True)
        ]
        left = [file for file, loaded in zip(part, taken, strict=True) if loaded is None]
        here = iter(self._parse_all(self._read_all(left, known, {}), known))
        return [loaded or next(here) for loaded in taken]

    def _read_all(
        self, part: Iterable[StoreFile], known: Known, seen: Mapping[str, str]
    ) -> list[tuple[Loaded, bytes | None]]:
        return [self._read(file, known.get(file.path), seen) for file in part]

    def _read(
        self, file: StoreFile, known: str | None, seen: Mapping[str, str]
    ) -> tuple[Loaded, bytes | None]:
        """Return a file, and its bytes unless they are the known ones; `seen`: hashes found just now."""
        if known and seen.get(file.full) == known:
            return Loaded(file, known), None
        try:
            if not has_utf8_name(file.path):
                raise FileError("the file's name is not UTF-8")
            content = read_file(file.full)
        except FileError as error:
            return Loaded(file, error=error), None
        digest = sha256(content).hexdigest()
        if digest == known:
            return Loaded(file, digest), None
        return Loaded(file, digest), content

    def _parse_read(self, read: Future[list[tuple]], known: Known) -> list[Loaded]:
        return self._parse_all(read.result(), known)

    def _parse_all(self, read: list[tuple[Loaded, bytes | None]], known: Known) -> list[Loaded]:
        """Parse what is new of these files, and pack what could be read."""
        parsed = [self._parse(loaded, content, loaded.file.path in known) for loaded, content in read]
        contents = (content for each, (_, content) in zip(parsed, read, strict=True) if each.fields)
        places = iter(pack_files(contents))
        return [replace(each, place=next(places)) if each.fields else each for each in parsed]

    def _parse(self, loaded: Loaded, content: bytes | None, is_known: bool) -> Loaded:
        if content is None:
            return loaded
        document = None
        try:
            document = parse(content, self.memo)
            fields = read_article(document.values, self.now)
        except (DocumentError, FieldError) as error:
            return replace(loaded, document=document, error=error)
        return replace(loaded, document=document if is_known else None, fields=fields)


def _fill(waiting: deque[_Job], begun: Iterator[_Job]) -> None:
    ahead = waiting[-1][1] if waiting else 1
    while len(waiting) < ahead and (job := next(begun, None)):
        waiting.append(job)
        ahead = job[1]
