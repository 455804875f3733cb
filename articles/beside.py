"""The process beside an import (floor 0): it reads files while Django starts and while rows are written, and
then places reports while stories are settled.

Asked by `Readers` and, once these have no more to ask, by `PlacerBeside`.
"""

from concurrent.futures import ThreadPoolExecutor

from articles.http.sandbox import collect_less_garbage, is_asked, limit, limit_less, requests, tell
from articles.importing.reader import Reader
from articles.plain import read_request
from articles.stories.placer import serve_placing
from articles.stories.similarity import split_ahead

# Bytes on top of what the process has when it starts, for reading what strangers wrote; and for placing.
MEMORY, PLACING_MEMORY = 400 * 1024**2, 2 * 1024**3
SECONDS = 280  # for one request; a worst file takes one


def main() -> None:
    """Serve requests from standard input until it ends."""
    limit(MEMORY, later=PLACING_MEMORY)
    collect_less_garbage()
    data = _serve_reading()
    if data is not None:
        limit_less()
        serve_placing(data)


def _serve_reading() -> bytes | None:
    """Read what is asked for; returns the first request to place, None where there is none."""
    reader = Reader()
    with ThreadPoolExecutor(1) as answering:  # files are read on while an answer is not fetched
        for head, data in requests(SECONDS):
            if "paths" in head:
                reader.look_ahead(head["paths"], head["kept"], is_asked)
            elif "number" in head:
                answering.submit(tell, reader.reply(head["number"], head["now"], read_request(data)))
                while reader.texts and not is_asked():
                    split_ahead(*reader.texts.pop())
            elif data:
                return data
            else:
                answering.submit(tell, reader.seen())
    return None
