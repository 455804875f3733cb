"""A placer at work (floor 0): reports are placed in a process beside the one that makes stories of them."""

from collections.abc import Callable, Mapping
from contextlib import suppress

from articles.http.sandbox import Worker, WorkerGone
from articles.plain import as_request, read_answer
from articles.stories.placer import (
    SECONDS,
    Apart,
    KeptTerms,
    Placed,
    Placer,
    plain_known,
    read_placing,
)
from articles.stories.regrouping import Depth, Load

FIRST_QUESTION = 0.1  # seconds to wait for it: the process should not have to


class PlacerBeside(Placer):
    """A placer in a process of its own. One that dies costs nothing but time: then the work is done here.

    `start` gives the process, that nobody else asks any more.
    """

    def __init__(self, start: Callable[[], Worker]) -> None:
        super().__init__()
        self._worker: Worker | None = None
        with suppress(OSError):  # where no process can be started
            self._worker = start()
        self._message: tuple | None = None
        self._patience = 0.0

    def begin(self, changed: list[int], counts: Mapping[int, int], apart: Apart, *, goes_on: bool) -> None:
        super().begin(changed, counts, apart, goes_on=goes_on)
        self._message, self._patience = None, FIRST_QUESTION
        plain = {key: frozenset(others) for key, others in apart.items()}
        self._send((changed, dict(counts), plain, goes_on))

    def is_done(self, load: Load, terms: KeptTerms, patience: float = 0.0) -> bool:
        self._patience = max(self._patience, patience)
        while self._worker and self._message is None and self._worker.has_answer(self._patience):
            self._hear(load, terms)
            self._patience = patience
        return self._worker is None or self._message is not None

    def finish(self, load: Load, terms: KeptTerms) -> Placed:
        while self._worker and self._message is None:
            self._hear(load, terms)
        if self._message is None:
            return super().finish(load, terms)
        placings, moved, kept, held = self._message
        return Placed(list(map(read_placing, placings)), moved, kept, held)

    def _hear(self, load: Load, terms: KeptTerms) -> None:
        """Take one message, and answer if it is a question."""
        try:
            kind, *facts = self._worker.receive(read_answer, SECONDS)
        except WorkerGone:
            self._give_up()
            return
        if kind == "placed":
            self._message = tuple(facts)
        elif kind == "load":
            first, end, depth, openers = facts
            found = load(first, end, Depth(depth), openers if openers is None else set(openers))
            self._send(plain_known(found))
        else:
            self._send(terms(*facts))

    def _send(self, value: object) -> None:
        try:
            if self._worker:
                self._worker.send({}, as_request(value))
        except WorkerGone:
            self._give_up()

    def _give_up(self) -> None:
        """Go on without the process; its state is lost, so that the work begins anew."""
        self.close()
        changed, counts, apart, _ = self._asked
        super().begin(changed, counts, apart, goes_on=False)

    def close(self) -> None:
        if self._worker:
            self._worker.close()
        self._worker = None
