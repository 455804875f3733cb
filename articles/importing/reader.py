"""What the process beside an import reads (floor 0): new files, beside what their writing takes.

Asked by readers.py. A request is its number, now, and files with the known hashes of their bytes. Both it and
the answer are plain values.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from articles.frontmatter.document import Memo, parse
from articles.frontmatter.errors import DocumentError
from articles.frontmatter.fields import ArticleFields, FieldError, read_article
from articles.importing.files import FileError, open_store, read_file
from articles.importing.merge import Telling, alone
from articles.packing import Packing
from articles.plain import as_answer

MAX_COPIES = 8192
MAX_TEXTS = 10_000
MAX_SEEN = 20_000  # files hashed ahead
MAX_AHEAD = 2000  # of them parsed
LEAST_KEPT = 1024  # bytes of a database for each file that it knows, at least
SOME = 16  # files hashed between looks at what is asked: a look takes half as long as a file


class Reader:
    """Reads files; what many files say in `related` is read, and told, once.

    Such copies are numbered in the order in which they are told. Memory is bounded: after so many the numbers
    begin anew.
    """

    def __init__(self) -> None:
        self._memo = Memo()
        self._numbers: dict[int, int] = {}
        self._copies: list[ArticleFields] = []  # kept, for an id to be nobody else's
        self.texts: list[tuple[str, str]] = []  # title and excerpt of what was read
        self._seen: dict[str, str] = {}
        self._ahead: dict[str, ArticleFields] = {}

    def look_ahead(self, paths: Sequence[str], kept: int | None, is_asked: Callable[[], bool]) -> None:
        """Hash the files that an import of these paths would read, unless a database of so many bytes cannot
        know them; then parse the first of them, until something is asked for."""
        now = datetime.now(UTC)
        files = list(_files_of(paths, MAX_SEEN))
        may_be_known = kept is None or kept >= LEAST_KEPT * len(files)
        for place, full in enumerate(files if may_be_known else ()):
            if place % SOME == 0 and is_asked():
                return
            with suppress(FileError):
                self._seen[full] = sha256(read_file(full)).hexdigest()
        for full in files[:MAX_AHEAD]:
            if is_asked():
                return
            with suppress(FileError, DocumentError, FieldError):  # others will say so
                content = read_file(full)
                fields = read_article(parse(content, self._memo).values, now)
                self._ahead[sha256(content).hexdigest()] = fields

    def seen(self) -> bytes:
        """Return the answer to what was hashed ahead: hashes by the files' places."""
        return as_answer(self._seen)

    def reply(self, number: int, now: str, asked: Iterable[tuple[str, str, str | None]]) -> bytes:
        """Return the answer to one request: its number, how many copies are still known, further ones, the
        files, and the places of those of them that are new."""
        moment = datetime.fromisoformat(now)
        if len(self._copies) > MAX_COPIES:
            self._numbers, self._copies = {}, []
        known = len(self._copies)
        packing = Packing()
        files = [self._read(path, full, digest, moment, packing) for path, full, digest in asked]
        places = list(map(tuple, packing.places()))
        return as_answer((number, known, list(map(_plain, self._copies[known:])), files, places))

    def _read(self, path: str, full: str, known: str | None, now: datetime, packing: Packing) -> tuple | None:
        """Return a new file's hash, the digest of what it tells alone, values, and the numbers of its copies,
        and pack it; of a file with the known bytes the hash alone. None: others have to look at it."""
        try:
            content = read_file(full)
            digest = sha256(content).hexdigest()
            if digest == known:
                return (digest,)
            if known is not None:
                return None
            fields = self._ahead.pop(digest, None) or read_article(parse(content, self._memo).values, now)
        except (FileError, DocumentError, FieldError):
            return None
        self._note_text(fields)
        told = alone(Telling(path, "", fields)).digest
        packing.add(content)
        return digest, told, _plain(fields), list(map(self._number, fields.related))

    def _number(self, copy: ArticleFields) -> int:
        number = self._numbers.setdefault(id(copy), len(self._copies))
        if number == len(self._copies):
            self._copies.append(copy)
            self._note_text(copy)
        return number

    def _note_text(self, fields: ArticleFields) -> None:
        if len(self.texts) < MAX_TEXTS:
            self.texts.append((fields.title, fields.excerpt))


def _files_of(paths: Iterable[str], count: int) -> Iterator[str]:
    """Return the places of the first files of these paths."""
    for path in paths:
        with suppress(FileError):
            files = open_store(Path(path)).files[:count]
            yield from (file.full for file in files)
            count -= len(files)


def _plain(fields: ArticleFields) -> tuple:
    """Return fields without their copies as plain values: see `Readers._fields` for the way back."""
    provider = fields.provider
    return (
        *fields[:_TIME], fields.published_at.isoformat(), *fields[_TIME + 1 : _PROVIDER],
        (provider.domain, provider.name, _plain_images(provider.images)),
        fields.topics, _plain_images(fields.images),
    )  # fmt: skip


def _plain_images(images: Iterable[tuple]) -> tuple[tuple, ...]:
    return tuple(map(tuple, images))


_TIME = ArticleFields._fields.index("published_at")
_PROVIDER = ArticleFields._fields.index("provider")
