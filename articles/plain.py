"""Plain values between a process of ours and the worker that it started (floor 0), in Python's own form.

That form (marshal) takes a tenth of JSON's time and also has tuples, sets and bytes, but who reads it trusts
who wrote it: it is for workers that read what the process would else read itself.
"""

import marshal
from collections.abc import Iterator
from typing import BinaryIO

from articles.http.sandbox import requests

MAX_ANSWER = 1 << 30
_SIZE = 8  # bytes that tell an answer's size


def as_request(value: object) -> bytes:
    """Return the bytes of a request."""
    return marshal.dumps(value)


def plain_requests(seconds: int) -> Iterator:
    """Inside a worker: yield the values of requests; each may take so many seconds."""
    return (read_request(data) for _, data in requests(seconds))


def read_request(data: bytes) -> object:
    """Return the value of a request."""
    return marshal.loads(data)  # noqa: S302


def as_answer(value: object) -> bytes:
    """Return the bytes of an answer."""
    data = marshal.dumps(value)
    return len(data).to_bytes(_SIZE, "big") + data


def read_answer(source: BinaryIO) -> object:
    """Return the value of the next answer; raises ValueError where it stops in the middle."""
    size = int.from_bytes(source.read(_SIZE), "big")
    data = source.read(size) if size <= MAX_ANSWER else b""
    if not data or len(data) < size:
        raise ValueError("an answer that stops in the middle, or is none")
    return marshal.loads(data)  # noqa: S302
