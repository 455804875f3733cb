"""Entries of `related`, which many files repeat, kept by their text (floor 0)."""

from collections.abc import Iterable, Mapping


class Piece(dict):
    """One entry of a `related` list, shared between documents by a Memo: never change it.

    `checked` is None here; the next floor keeps the entry's validated form in it.
    """

    __slots__ = ("checked",)

    def __init__(self, values: Mapping[str, object]) -> None:
        super().__init__(values)
        self.checked = None


class Memo:
    """The `related` entries seen lately, by their text; share one over the files of a run.

    Memory is bounded: two generations of at most 4,096 entries and 4 MiB of text each. An entry in use moves
    to the young generation; when that one is full, the old one is forgotten.
    """

    MAX_ENTRIES = 4096
    MAX_TEXT = 4 * 1024 * 1024

    def __init__(self) -> None:
        self._young: dict[bytes, Piece] = {}
        self._old: dict[bytes, Piece] = {}
        self._size = 0

    def get(self, text: bytes) -> Piece | None:
        """Return the entry of exactly this text, or None."""
        piece = self._young.get(text)
        if piece is None:
            piece = self._old.get(text)
            if piece is not None:
                self.put(text, piece)
        return piece

    def find(self, texts: Iterable[bytes]) -> list[Piece | None]:
        """Return the young entries of these texts at once, and None where `get` has to be asked."""
        return list(map(self._young.get, texts))

    def put(self, text: bytes, piece: Piece) -> None:
        """Keep an entry."""
        self._size += len(text)
        if self._size > self.MAX_TEXT or len(self._young) >= self.MAX_ENTRIES:
            self._old, self._young, self._size = self._young, {}, len(text)
        self._young[text] = piece
