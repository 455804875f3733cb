"""Sandboxed processes for what strangers wrote: feeds and pictures are parsed where a crash does no harm.

A request is a line of JSON (with the `size` of the bytes that follow) and bytes; the response is a line of
JSON and whatever the caller's `read` expects. Both are plain data, and neither side trusts the other.
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
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import BoundedSemaphore, Lock, Timer
from typing import IO, Any, TypeVar, cast

Value = TypeVar("Value")
ROOT = Path(__file__).resolve().parents[2]
IDLE_SECONDS = 60  # after which an unused process ends
PIPE_SIZE = 1 << 20  # bytes; with the default of 64 KiB a large message takes many context switches


def program_of(module: str) -> str:
    """Return the Python code that runs `main` of a module.

    It runs with -I, so that only the project and installed packages can be imported.
    """
    return f"import sys; sys.path.insert(0, {str(ROOT)!r}); from {module} import main; main()"


class WorkerGone(Exception):
    """A worker that died, took too long, or sent an invalid response."""


class Worker:
    """One sandboxed process and its two pipes."""

    def __init__(self, program: str):
        # An empty environment: a worker that is taken over finds no keys or passwords in it.
        self.process = subprocess.Popen(  # noqa: S603 (the command is a constant)
            [sys.executable, "-I", "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            close_fds=True,
        )
        self.stdin = cast(IO[bytes], self.process.stdin)
        self.stdout = cast(IO[bytes], self.process.stdout)
        for pipe in (self.stdin, self.stdout):
            with suppress(OSError, AttributeError):  # not on every system, and perhaps not so large
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
        self.count, self.used_at = 0, time.monotonic()

    def is_usable(self, max_requests: int) -> bool:
        """Return whether the process runs, may serve another request, and is not about to end."""
        idle = time.monotonic() - self.used_at
        return self.process.poll() is None and self.count < max_requests and idle < IDLE_SECONDS / 2

    def ask(
        self, head: dict[str, Any], data: bytes, read: Callable[[IO[bytes]], Value], seconds: float
    ) -> Value:
        """Send a request and return what `read` makes of the response; raises WorkerGone."""
        timer = Timer(seconds, self.process.kill)
        timer.daemon = True
        timer.start()
        try:
            self.count += 1
            self.stdin.write(json.dumps({**head, "size": len(data)}).encode() + b"\n")
            self.stdin.write(data)
            self.stdin.flush()
            return read(self.stdout)
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise WorkerGone from error
        finally:
            timer.cancel()
            self.used_at = time.monotonic()

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        with suppress(BrokenPipeError):  # unread data
            self.stdin.close()
        self.stdout.close()
        self.process.wait()


class Workers:
    """A pool of workers, started on demand; safe to use from several threads.

    Use it as a context manager, or call `close`. A process ends by itself after a minute without requests,
    and is replaced after `max_requests`, whatever memory it has leaked.
    """

    program = ""  # the code of the process, as `program_of` returns it
    seconds: float  # per request
    start_seconds = 20.0  # added for the first request of a process: a busy machine starts one slowly
    max_requests = 200

    def __init__(self, count: int | None = None, *, seconds: float | None = None):
        self.seconds = seconds or self.seconds
        self._free: deque[Worker] = deque()
        self._lock, self._slots = Lock(), BoundedSemaphore(count or os.cpu_count() or 1)

    def __enter__(self):
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def ask(self, head: dict[str, Any], data: bytes, read: Callable[[IO[bytes]], Value]) -> Value:
        """Return what `read` makes of a worker's response; raises WorkerGone."""
        with self._slots:
            worker = self._acquire()
            try:
                seconds = self.seconds if worker.count else self.seconds + self.start_seconds
                response = worker.ask(head, data, read, seconds)
            except BaseException:
                worker.close()
                raise
            with self._lock:
                self._free.append(worker)
        return response

    def _acquire(self) -> Worker:
        while True:
            with self._lock:
                worker = self._free.pop() if self._free else None
            if worker is None:
                return Worker(self.program)
            if worker.is_usable(self.max_requests):
                return worker
            worker.close()

    def close(self) -> None:
        """End all processes."""
        while self._free:
            self._free.pop().close()


def serve(respond: Callable[[dict[str, Any], bytes], bytes], seconds: int) -> None:
    """In a worker: answer requests on standard input until it ends, each within so many seconds."""
    source, target = sys.stdin.buffer, sys.stdout.buffer
    while True:
        signal.alarm(IDLE_SECONDS)  # nothing handles the alarm, so that it ends the process
        line = source.readline()
        if not line:
            return
        head = json.loads(line)
        signal.alarm(seconds)
        target.write(respond(head, source.read(head["size"])))
        target.flush()


def limit(memory: int) -> None:
    """In a worker: allow `memory` more bytes, no writing of files, no core dump."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except OSError:
        return  # only Linux has this file, and only there the limit holds
    size = pages * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (size + memory, size + memory))


def open_nothing_more() -> None:
    """In a worker: forbid opening any file or connection from now on."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))  # standard input, output and errors
