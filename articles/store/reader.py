"""The reader's own process (floor 0): reads an import's new files beside what their writing takes.

Started by readers.py. A request is a line of JSON: its number, files, the known hashes of their bytes, and
now. The answer is plain values.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from hashlib import sha256

from articles.packing import pack
from articles.plain import as_answer
from articles.store.document import DocumentError, Memo, parse
from articles.store.fields import ArticleFields, FieldError, read_article
from articles.store.files import FileError, read_file
from articles.store.telling import Telling, alone
from articles.workers import collect_less_garbage, limit, serve

MEMORY = 400 * 1024 * 1024  # bytes on top of what the process has when it starts
SECONDS = 280  # a worst file takes one
MAX_COPIES = 8192


def main() -> None:
    """Serve requests from standard input until it ends."""
    limit(MEMORY)
    collect_less_garbage()
    serve(Reader().reply, SECONDS, ahead=True)


class Reader:
    """Reads files; what many files say in `related` is read, and told, once.

    Such copies are numbered in the order in which they are told. Memory is bounded: after so many the numbers
    begin anew.
    """

    def __init__(self) -> None:
        self._memo = Memo()
        self._numbers: dict[int, int] = {}
        self._copies: list[ArticleFields] = []  # kept, for an id to be nobody else's

    def reply(self, head: Mapping, data: bytes) -> bytes:
        """Return the answer to one request: its number, how many copies are still known, further ones, and
        the files."""
        now = datetime.fromisoformat(head["now"])
        if len(self._copies) > MAX_COPIES:
            self._numbers, self._copies = {}, []
        known = len(self._copies)
        files = [self._read(path, full, digest, now) for path, full, digest in head["files"]]
        return as_answer((head["number"], known, list(map(_plain, self._copies[known:])), files))

    def _read(self, path: str, full: str, known: str | None, now: datetime) -> tuple | None:
        """Return a new file's hash, packed bytes, the digest of what it tells alone, values, and the numbers
        of its copies; of a file with the known bytes the hash alone. None: others have to look at it."""
        try:
            content = read_file(full)
            digest = sha256(content).hexdigest()
            if digest == known:
                return (digest,)
            if known is not None:
                return None
            fields = read_article(parse(content, self._memo).values, now)
        except (FileError, DocumentError, FieldError):
            return None
        told = alone(Telling(path, "", fields)).digest
        return digest, pack(content), told, _plain(fields), list(map(self._number, fields.related))

    def _number(self, copy: ArticleFields) -> int:
        number = self._numbers.setdefault(id(copy), len(self._copies))
        if number == len(self._copies):
            self._copies.append(copy)
        return number


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
