"""The process beside an import (floor 0): it reads files while Django starts and while rows are written.

Asked by `Readers`.
"""

from concurrent.futures import ThreadPoolExecutor

from articles.http.sandbox import collect_less_garbage, is_asked, limit, requests, tell
from articles.importing.reader import Reader
from articles.plain import read_request

# Bytes on top of what the process has when it starts.
MEMORY = 400 * 1024**2
SECONDS = 280  # for one request; a worst file takes one


def main() -> None:
    """Serve requests from standard input until it ends."""
    limit(MEMORY)
    collect_less_garbage()
    reader = Reader()
    with ThreadPoolExecutor(1) as answering:  # files are read on while an answer is not fetched
        for head, data in requests(SECONDS):
            if "paths" in head:
                reader.look_ahead(head["paths"], head["kept"], is_asked)
            elif "number" in head:
                answering.submit(tell, reader.reply(head["number"], head["now"], read_request(data)))
            else:
                answering.submit(tell, reader.seen())
