"""The process beside a grouping: it places reports while stories are settled."""

from articles.http.sandbox import collect_less_garbage, limit, limit_less, requests
from articles.stories.placer import serve_placing

MEMORY, PLACING_MEMORY = 400 * 1024**2, 2 * 1024**3
SECONDS = 280  # for one request


def main() -> None:
    """Serve requests from standard input until it ends."""
    limit(MEMORY, later=PLACING_MEMORY)
    collect_less_garbage()
    for _, data in requests(SECONDS):
        if data:
            limit_less()
            serve_placing(data)
            return
