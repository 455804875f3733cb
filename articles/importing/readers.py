"""A reader at work (floor 0): new files are read in a process beside the one that writes what they say."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import BinaryIO

from articles.early import early_worker
from articles.frontmatter.fields import ArticleFields, ImageFields, ProviderFields
from articles.http.sandbox import Worker, WorkerGone, start_beside
from articles.packing import Place
from articles.plain import as_request, read_answer

SECONDS = 290  # for one answer: more than the process gives itself


class Readers:
    """One reader process, started when it is needed, if not earlier. Use as a context manager.

    What is asked may be several requests ahead of what is answered. A process that dies costs nothing but
    time: its requests are answered by None, and the next gets a fresh one.
    """

    def __init__(self, now: datetime) -> None:
        self._now = now.isoformat()
        self._worker: Worker | None = early_worker()
        self._seen: dict[str, str] | None = None if self._worker else {}
        self._asked = self._open = 0
        self._copies: list[ArticleFields] = []
        self._providers: dict[tuple, ProviderFields] = {}

    def __enter__(self) -> "Readers":
        return self

    def __exit__(self, *error) -> None:
        self._close()

    def seen(self) -> Mapping[str, str]:
        """Return the hashes of files that a process which was started early has found, by their places; none
        where it has been asked for more since."""
        if self._seen is None:
            self._seen = {}
            with suppress(WorkerGone):
                self._worker.send({})
                self._seen = self._worker.receive(read_answer, SECONDS)
        return self._seen

    def hand_over(self) -> Worker:
        """Return a process that nobody waits for an answer from, to be asked for other work; raises OSError.

        It is the one that read, if there is one: starting another takes longer than that work.
        """
        worker, self._worker = self._worker, None
        if worker and self._open:
            worker.close()
            worker = None
        return worker or start_beside()

    def ask(self, files: Iterable[tuple[str, str, str | None]]) -> Callable[[], list[tuple | None] | None]:
        """Let files be read, each given by its path in the store, its place and the known hash of its bytes;
        returns how to get the answer, which is to be got in the order of asking.

        Of each file: its hash, the place of its bytes, fields, and the digest of what it tells alone; only
        the hash is there where that is the known one. None where the caller has to look himself. No answer:
        None.
        """
        self._asked += 1
        self._seen = self._seen or {}
        with suppress(WorkerGone, OSError):  # a process may not even start
            if self._worker is None:
                self._worker, self._copies = start_beside(), []
                self._open = 0
            self._worker.send({"number": self._asked, "now": self._now}, as_request(list(files)))
            self._open += 1
        return partial(self._answer, self._worker, self._asked)

    def _answer(self, worker: Worker | None, number: int) -> list[tuple | None] | None:
        if worker is None or worker is not self._worker:
            return None
        try:
            answer = worker.receive(partial(self._read, number), SECONDS)
            self._open -= 1
            return answer
        except WorkerGone:
            self._close()
            return None

    def _read(self, wanted: int, source: BinaryIO) -> list[tuple | None]:
        number, known, copies, files, places = read_answer(source)
        if number != wanted:  # who asked before has stopped in the middle
            raise ValueError("the answer to another question")
        if not known:
            self._providers.clear()
        del self._copies[known:]
        self._copies += [self._fields(copy, ()) for copy in copies]
        next_place = map(Place._make, places).__next__
        return [self._file(next_place, *file) if file else None for file in files]

    def _file(self, next_place, digest, told="", plain=(), copies=()) -> tuple:
        if not plain:
            return digest, None, None, ""
        fields = self._fields(plain, tuple(map(self._copies.__getitem__, copies)))
        return digest, next_place(), fields, told

    def _fields(self, plain: tuple, related: tuple[ArticleFields, ...]) -> ArticleFields:
        *own, time, kind, quality, heat, is_published, is_removed, provider, topics, images = plain
        known = self._providers.get(provider)
        if known is None:
            domain, name, pictures = provider
            known = self._providers[provider] = ProviderFields(domain, name, _images(pictures))
        return ArticleFields(
            *own, datetime.fromisoformat(time), kind, quality, heat, is_published, is_removed, known, topics,
            _images(images), related,
        )  # fmt: skip

    def _close(self) -> None:
        if self._worker is not None:
            self._worker.close()
        self._worker = None


def _images(plain: Iterable[tuple]) -> tuple[ImageFields, ...]:
    return tuple(map(ImageFields._make, plain))
