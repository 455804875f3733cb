"""Pages with marks for relative times."""

from django.http import HttpResponse

from articles.pages.times import fill


class Page(HttpResponse):
    """A page in pieces, text and mark in turn: it says nothing before it is filled (see pages/times.py)."""

    def __init__(self, pieces: list[bytes], status: int):
        super().__init__(status=status)
        self.pieces = pieces

    def fill(self, request) -> None:
        """Say what the marks stand for, to this reader and now."""
        self.content = fill(self.pieces, request.get_full_path(), request.choices.language)
        self["Content-Length"] = str(len(self.content))
