"""Files are read, hashed and packed ahead of their parsing (floor 0), in threads beside it.

Parsing itself is Python's work, of which one thread does some at a time. Where another process is the
database, a thread of its own parses while that has its turn; beside SQLite it would only stand in the way.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from hashlib import sha256
from itertools import islice

from articles.store.document import Document, DocumentError, parse
from articles.store.fields import ArticleFields, FieldError, read_article
from articles.store.files import FileError, StoreFile, has_utf8_name, read_file
from articles.store.pieces import Memo

CHUNK = 125  # files that a thread takes at a time
ASKED = 8 * CHUNK  # files whose known hashes are asked for at a time
AHEAD = 3  # chunks in work or waiting to be taken: what bounds the memory
THREADS = 2


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file as it was read and what it says: without `fields` its bytes are the known ones, or it is bad.

    `document` is there for a file that is known otherwise, and for one whose values are bad.
    """

    file: StoreFile
    digest: str = ""
    packed: bytes = b""
    document: Document | None = None
    fields: ArticleFields | None = None
    error: FileError | DocumentError | FieldError | None = None


@dataclass(frozen=True, slots=True)
class Loading:
    """How files are loaded.

    `digests_of` gives the known SHA-256 by path; it is called in the caller's thread, for many files at a
    time. `pack` compresses a file that is not as it is known. `now` bounds the times that files may name.
    `beside`: a thread parses. The memo is used by nobody else meanwhile.
    """

    digests_of: Callable[[Sequence[StoreFile]], Mapping[str, str]]
    pack: Callable[[bytes], bytes]
    memo: Memo
    now: datetime
    beside: bool

    def load(self, files: Iterable[StoreFile]) -> Iterator[Loaded]:
        """Yield the files in their order."""
        waiting: deque[Callable[[], list[Loaded]]] = deque()
        ahead = 2 * AHEAD if self.beside else AHEAD
        with ThreadPoolExecutor(THREADS) as readers, ThreadPoolExecutor(1) as parser:
            for part, known in self._chunks(files):
                parse_all = partial(self._parse_all, readers.submit(self._read_all, part, known), known)
                waiting.append(parser.submit(parse_all).result if self.beside else parse_all)
                if len(waiting) == ahead:
                    yield from waiting.popleft()()
            while waiting:
                yield from waiting.popleft()()

    def _chunks(self, files: Iterable[StoreFile]) -> Iterator[tuple[list[StoreFile], Mapping[str, str]]]:
        rest = iter(files)
        while asked := list(islice(rest, ASKED)):
            known = self.digests_of(asked)
            for start in range(0, len(asked), CHUNK):
                yield asked[start : start + CHUNK], known

    def _read_all(self, part: Iterable[StoreFile], known: Mapping[str, str]) -> list[tuple]:
        return [self._read(file, known.get(file.path)) for file in part]

    def _read(self, file: StoreFile, known: str | None) -> tuple[Loaded, bytes | None]:
        """Return a file, and its bytes unless they are the known ones."""
        try:
            if not has_utf8_name(file.path):
                raise FileError("the file's name is not UTF-8")
            content = read_file(file.full)
        except FileError as error:
            return Loaded(file, error=error), None
        digest = sha256(content).hexdigest()
        if digest == known:
            return Loaded(file, digest), None
        return Loaded(file, digest, self.pack(content)), content

    def _parse_all(self, read: Future[list[tuple]], known: Mapping[str, str]) -> list[Loaded]:
        return [
            loaded if content is None else self._parse(loaded, content, loaded.file.path in known)
            for loaded, content in read.result()
        ]

    def _parse(self, loaded: Loaded, content: bytes, is_known: bool) -> Loaded:
        document = None
        try:
            document = parse(content, self.memo)
            fields = read_article(document.values, self.now)
        except (DocumentError, FieldError) as error:
            return replace(loaded, document=document, error=error)
        return replace(loaded, document=document if is_known else None, fields=fields)
