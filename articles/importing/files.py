"""Files of a store: which ones an import reads, and how one is read and written safely."""

import errno
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from articles.frontmatter.document import MAX_BYTES, printable, shortened

ENDINGS = (".md", ".markdown", ".txt")
MAX_STORE_NAME = 255
NEWS_FOLDERS = ("_news", "_archive/_news")


class FileError(ValueError):
    """A file that cannot be read or written; the text is the reason in plain words."""


@dataclass(frozen=True, slots=True)
class StoreFile:
    """A file to import: `path` is its place in the store, with `/` between folders."""

    store: str
    path: str
    full: str


@dataclass(frozen=True, slots=True)
class StorePath:
    """A path to import: its store's name, its root if it is a store root, its files in order.

    `folder` is what the store's name stands for.
    """

    name: str
    folder: Path
    root: Path | None
    files: list[StoreFile]
    is_folder: bool = True


def clean_store_name(name: str) -> str:
    """Return a store's name without the slashes that completing a path leaves at its end.

    An export puts a store into the folder of its name, so anything but one part of a path raises FileError.
    """
    plain = name.rstrip("/")
    is_plain = plain not in ("", ".", "..") and not {"/", "\0"} & set(plain)
    if not is_plain or not has_utf8_name(plain) or len(plain) > MAX_STORE_NAME:
        raise FileError(f"no store can be called {shortened(name, 100)}: its name must be that of one folder")
    return plain


def open_store(path: Path, name: str = "") -> StorePath:
    """List what an import of `path` reads: a file, the files directly in a folder, or a store root's news.

    `name` names the store; without it the folder's own name does. Raises FileError when nothing is there, or
    nothing that can be read.
    """
    try:
        return _opened(Path(path), name)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileError("there is no such file or folder") from error
    except OSError as error:
        reason = "its links lead in a circle" if error.errno == errno.ELOOP else error.strerror
        raise FileError(f"cannot be read: {reason}") from error


def _opened(path: Path, name: str) -> StorePath:
    mode = path.stat().st_mode  # raises for a circle of links, which pathlib's questions hide since 3.13
    resolved = path.resolve()
    if stat.S_ISDIR(mode):
        store = name or clean_store_name(resolved.name or "store")
        if _is_real_folder(path / "_news"):
            folders = [folder for folder in NEWS_FOLDERS if _is_real_folder(path / folder)]
            files = [file for folder in folders for file in _files_in(path / folder, store, f"{folder}/")]
            return StorePath(store, resolved, path, files)
        return StorePath(store, resolved, None, list(_files_in(path, store, "")))
    if not stat.S_ISREG(mode):
        raise FileError("there is no such file or folder")
    store = name or clean_store_name(resolved.parent.name or "store")
    return StorePath(store, resolved.parent, None, [StoreFile(store, path.name, str(path))], is_folder=False)


def check_distinct_stores(stores: Iterable[StorePath]) -> None:
    """Raise FileError where two folders would be one store: the second would overwrite the first's files."""
    folders: dict[str, Path] = {}
    for store in stores:
        first = folders.setdefault(store.name, store.folder)
        if first != store.folder:
            both = f"{printable(str(first))} and {printable(str(store.folder))}"
            raise FileError(
                f"{both} would both be the store {printable(store.name)}: import them one by one, "
                "each with a --store of its own"
            )


def is_hidden(name: str) -> bool:
    """Return whether a file is hidden: one dot first. Two dots are an odd name, but a name."""
    return name.startswith(".") and not name.startswith("..")


def _is_real_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _files_in(folder: Path, store: str, prefix: str) -> Iterator[StoreFile]:
    """Regular files with a known ending, directly in the folder; links and hidden names are passed over."""
    with os.scandir(folder) as entries:
        names = sorted(
            entry.name
            for entry in entries
            if entry.name.endswith(ENDINGS)
            and not is_hidden(entry.name)
            and entry.is_file(follow_symlinks=False)
        )
    for name in names:
        yield StoreFile(store, prefix + name, f"{folder}/{name}")  # thousands, so by hand


def read_file(full: str, limit: int = MAX_BYTES) -> bytes:
    """Return a regular file's bytes; raises FileError for what is none, too big or unreadable."""
    try:
        # Not blocking: a pipe put in the file's place meanwhile must not make us wait for ever.
        handle = os.open(full, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise FileError(f"cannot be read: {error.strerror}") from error
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            raise FileError("is no regular file")
        if status.st_size > limit:
            raise FileError(f"may have {limit:,} bytes at most, this has {status.st_size:,}")
        data = _read(handle, status.st_size, limit)
    except OSError as error:
        raise FileError(f"cannot be read: {error.strerror}") from error
    finally:
        os.close(handle)
    if len(data) > limit:
        raise FileError(f"may have {limit:,} bytes at most")
    return data


def _read(handle: int, expected: int, limit: int) -> bytes:
    """Return what a file holds, or enough to see that it is too much; a file object costs four times that."""
    data = os.read(handle, expected + 1)
    if len(data) == expected:  # asked for one more, so this is its end
        return data
    while len(data) <= limit and (more := os.read(handle, 1 << 16)):
        data += more
    return data


def write_file(folder: Path, path: str, data: bytes) -> bool:
    """Put a file in its place below a folder, at once or not at all; returns False if it is there already.

    Raises FileError for a path that leads out of the folder or over a link, and for what the disk refuses.
    """
    *above, name = path.split("/")
    if any(part in ("", ".", "..") or "\0" in part for part in (*above, name)):
        raise FileError("the path leads out of the folder")
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        for part in above:
            place = place / part
            if place.is_symlink():
                raise FileError("the path leads over a link")
            place.mkdir(exist_ok=True)
        target = place / name
        if target.is_symlink() or (target.exists() and not target.is_file()):
            raise FileError("something that is no plain file is in its place")
        if target.exists() and target.read_bytes() == data:
            return False
        _replace(target, data)
    except OSError as error:
        raise FileError(f"cannot be written: {error.strerror}") from error
    return True


def _replace(target: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), 0o644)
        os.replace(name, target)  # noqa: PTH105
    except BaseException:
        os.unlink(name)  # noqa: PTH108
        raise


def has_utf8_name(path: str) -> bool:
    """Return whether a file's name is UTF-8: no database could store another."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
