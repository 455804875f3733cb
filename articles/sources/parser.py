"""The feed parser's own process (floor 0): reads feed bytes, answers with entries, may not do anything else.

Started by parsers.py. The answer is a line of JSON: a reason, or the feed.
"""

import codecs
import json
from contextlib import suppress
from encodings.aliases import aliases

from articles.http.sandbox import limit, open_nothing_more, serve
from articles.sources.entries import FeedError
from articles.sources.parse import parse_feed

MEMORY = 400 * 1024 * 1024  # bytes on top of what the process has when it starts
SECONDS = 40
_SAMPLE = (
    b"<rss version='2.0'><channel><title>t</title><item><title>t</title><link>http://a.example/</link>"
    b"<pubDate>Thu, 04 May 2023 09:30:00 GMT</pubDate><description>&lt;p>t&lt;/p></description></item>"
)


def main() -> None:
    """Serve requests from standard input until it ends."""
    warm_up()
    limit(MEMORY)
    open_nothing_more()
    serve(reply, SECONDS)


def warm_up() -> None:
    """Load all that reading may need, for nothing can be opened later: encodings, and both ways to read."""
    for name in {*aliases.values(), "idna", "punycode"}:
        with suppress(LookupError):
            codecs.lookup(name)
    for data in (_SAMPLE, _SAMPLE + b"</channel></rss>"):
        parse_feed(data, "", "http://a.example/")


def reply(head: dict, data: bytes) -> bytes:
    """Return the answer to one request."""
    try:
        answer = {"reason": "", "feed": parse_feed(data, head["content_type"], head["url"]).as_plain()}
    except FeedError as error:
        answer = {"reason": str(error), "feed": None}
    except MemoryError:
        answer = {"reason": "needs too much memory to be read", "feed": None}
    return json.dumps(answer).encode() + b"\n"
