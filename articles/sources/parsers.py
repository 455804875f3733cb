"""Feed parsers at work (floor 0): feeds are taken apart in processes that may die without harm."""

import json
from typing import BinaryIO

from articles.http.sandbox import WorkerGone, Workers, program_of
from articles.sources.entries import Feed, FeedError, feed_of

SECONDS = 45  # a little more than the process gives itself
LIFE = 200  # feeds; then a fresh process
MAX_ANSWER = 60_000_000
_START = program_of("articles.sources.parser")


class Parsers(Workers):
    """A few parser processes, started when they are needed; safe to use from several threads."""

    def __init__(self, count: int | None = None, *, seconds: float = SECONDS):
        super().__init__(count, seconds=seconds)

    def program(self) -> str:
        return _START

    def life(self) -> int:
        return LIFE

    def parse(self, data: bytes, content_type: str, url: str) -> Feed:
        """Return what a feed says, as `parse_feed` does; raises FeedError.

        A process that is killed or takes too long costs this one feed; the next gets a fresh one.
        """
        try:
            reason, feed = self.ask({"content_type": content_type, "url": url}, data, _read_answer)
        except WorkerGone:
            raise FeedError("could not be read within the limits of time and memory") from None
        if feed is None:
            raise FeedError(reason)
        return feed


def _read_answer(source: BinaryIO) -> tuple[str, Feed | None]:
    answer = json.loads(source.readline(MAX_ANSWER))
    if answer["feed"] is None:
        return str(answer["reason"])[:200], None
    return "", feed_of(answer["feed"])
