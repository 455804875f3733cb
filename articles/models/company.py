"""Whether anybody else has the SQLite database open (floor 1)."""

import fcntl
import os
import struct
import sys
from functools import cache

from django.db import connection

# In the file beside the database by which its connections reach agreement, each holds a shared lock on the
# last of these bytes as long as it is open, and one who writes, or waits for that, on others of them
# (https://sqlite.org/walformat.html, "WAL Locks", and unixLockSharedMemory in SQLite's os_unix.c).
_FIRST, _COUNT = 120, 9
_FLOCK = "hhqqi4x"  # kind, whence, start, length, process: of 64-bit Linux


def is_alone() -> bool:
    """Tell whether no other process has the database open; False where that cannot be seen.

    Whoever waits for the lock has it open. Other threads of this process are not seen.
    """
    if connection.vendor != "sqlite" or not sys.platform.startswith("linux"):
        return False
    try:
        handle = _opened(*_identity(f"{connection.settings_dict['NAME']}-shm"))
        found = fcntl.fcntl(handle, fcntl.F_GETLK, struct.pack(_FLOCK, fcntl.F_WRLCK, 0, _FIRST, _COUNT, 0))
    except OSError:  # no such file: in memory, or in another mode
        return False
    return struct.unpack(_FLOCK, found)[0] == fcntl.F_UNLCK


def _identity(path: str) -> tuple[str, int, int]:
    status = os.stat(path)  # noqa: PTH116
    return path, status.st_dev, status.st_ino


@cache
def _opened(path: str, device: int, inode: int) -> int:
    # Never closed: a process that closes any descriptor of a file gives up all its locks there, SQLite's too.
    return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
