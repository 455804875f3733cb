"""Processes that may die without harm (floor 0): what strangers wrote is taken apart in them.

A request is a line of JSON (which says the `size` of what follows) and bytes; an answer is a line of JSON and
whatever its reader makes of the rest. Plain data only: neither side trusts the other.
"""

import fcntl
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import BoundedSemaphore, Lock, Timer
from typing import BinaryIO, TypeVar

Value = TypeVar("Value")
ROOT = Path(__file__).resolve().parents[2]
IDLE_SECONDS = 60
PIPE = 1 << 20  # bytes that a pipe holds, so that a large message does not take many turns


def program_of(module: str) -> str:
    """Return the program of a worker: `main` of a module.

    The interpreter's own search path is left out, so that nothing but the project and its packages is found.
    """
    return f"import sys; sys.path.insert(0, {str(ROOT)!r}); from {module} import main; main()"


class WorkerGone(Exception):
    """A worker that died, took too long, or answered what makes no sense."""


class Worker:
    """One process and its two pipes."""

    def __init__(self, program: str):
        # An empty environment: a worker that is taken over finds neither keys nor passwords there.
        self.process = subprocess.Popen(  # noqa: S603 (the command is a constant)
            [sys.executable, "-I", "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            close_fds=True,
        )
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(OSError, AttributeError):  # where the system has no such thing, or allows less
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE)
        self.count, self.used_at = 0, time.monotonic()

    def is_fit(self, life: int) -> bool:
        idle = time.monotonic() - self.used_at
        return self.process.poll() is None and self.count < life and idle < IDLE_SECONDS / 2

    def ask(self, head: dict, data: bytes, read: Callable[[BinaryIO], Value], seconds: float) -> Value:
        """Return what `read` makes of the answer; raises WorkerGone."""
        with self._watched(seconds):
            self._send(head, data)
            return read(self.process.stdout)

    def _send(self, head: dict, data: bytes) -> None:
        self.count += 1
        self.process.stdin.write(json.dumps({**head, "size": len(data)}).encode() + b"\n")
        self.process.stdin.write(data)
        self.process.stdin.flush()

    @contextmanager
    def _watched(self, seconds: float) -> Iterator[None]:
        watch = Timer(seconds, self.process.kill)
        watch.daemon = True
        watch.start()
        try:
            yield
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise WorkerGone from error
        finally:
            watch.cancel()
            self.used_at = time.monotonic()

    def close(self) -> None:
        self.process.kill()
        with suppress(BrokenPipeError):  # what was not read any more
            self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()


class Workers:
    """A few workers, started when they are needed; safe to use from several threads.

    Use as a context manager, or call `close`. A process that is not needed for a minute ends by itself, and
    one that has served `life` requests gives way to a fresh one, whatever it has leaked.
    """

    def __init__(self, count: int | None = None, *, seconds: float):
        self.seconds = seconds
        self._free: deque[Worker] = deque()
        self._lock, self._turn = Lock(), BoundedSemaphore(count or os.cpu_count() or 1)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def program(self) -> str:
        raise NotImplementedError

    def life(self) -> int:
        raise NotImplementedError

    def ask(self, head: dict, data: bytes, read: Callable[[BinaryIO], Value]) -> Value:
        """Return what `read` makes of a worker's answer; raises WorkerGone, and the next gets a fresh one."""
        with self._turn:
            worker = self._take()
            try:
                answer = worker.ask(head, data, read, self.seconds)
            except BaseException:
                worker.close()
                raise
            with self._lock:
                self._free.append(worker)
        return answer

    def _take(self) -> Worker:
        while True:
            with self._lock:
                worker = self._free.pop() if self._free else None
            if worker is None:
                return Worker(self.program())
            if worker.is_fit(self.life()):
                return worker
            worker.close()

    def close(self) -> None:
        """End all processes."""
        while self._free:
            self._free.pop().close()


def serve(reply: Callable[[dict, bytes], bytes], seconds: int) -> None:
    """Inside a worker: answer requests from standard input until it ends."""
    for head, data in requests(seconds):
        tell(reply(head, data))


def requests(seconds: int) -> Iterator[tuple[dict, bytes]]:
    """Inside a worker: yield requests from standard input until it ends; each may take so many seconds."""
    source = sys.stdin.buffer
    while True:
        signal.alarm(IDLE_SECONDS)
        line = source.readline()
        if not line:
            return
        head = json.loads(line)
        take_at_most(seconds)
        yield head, source.read(head["size"])


def take_at_most(seconds: int) -> None:
    """Inside a worker: end after so many seconds, unless another request comes."""
    signal.alarm(seconds)  # nothing handles it, so the process ends there and then


def tell(answer: bytes) -> None:
    """Inside a worker: answer."""
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


def limit(memory: int) -> None:
    """Inside a worker: allow this process `memory` more bytes, no writing of files, no core dump."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return  # only Linux tells, and only there is the limit kept
    size = pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + memory, size + memory))


def open_nothing_more() -> None:
    """Inside a worker: no file and no connection can be opened from now on."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # standard input, output, errors
