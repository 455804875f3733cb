"""Files of a store: which ones an import reads, and how one is read and written safely."""

import errno
import os
import stat
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from articles.frontmatter.document import MAX_BYTES, printable, shortened

ENDINGS = (".md", ".markdown", ".txt")
MAX_STORE_NAME = 255
NEWS_FOLDERS = ("_news", "_archive/_news")


class FileError(ValueError):
    """A file that cannot be read or written; the text is the reason in plain words."""


@dataclass(frozen=True, slots=True)
class StoreFiles:
    """What an import of a path reads: the files in order, by their path in the store, with their full paths.

    `name` is the store's name, `folder` what it stands for, `root` the path if it is a store root.
    """

    name: str
    folder: Path
    root: Path | None
    files: dict[str, str]
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


def open_store(path: Path, name: str = "") -> StoreFiles:
    """List what an import of `path` reads: a file, the files directly in a folder, or a store root's news.

    `name` names the store; without it the folder's own name does. Raises FileError when nothing is there, or
    nothing that can be read.
    """
    try:
        mode = path.stat().st_mode  # raises for a circle of links, which pathlib's questions hide since 3.13
        if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
            raise FileNotFoundError
        folder = path.resolve() if stat.S_ISDIR(mode) else path.resolve().parent
        name = name or clean_store_name(folder.name or "store")
        if stat.S_ISREG(mode):
            return StoreFiles(name, folder, None, {path.name: str(path)}, is_folder=False)
        if not _is_real_folder(path / "_news"):
            return StoreFiles(name, folder, None, files_in(path, ""))
        files: dict[str, str] = {}
        for news in NEWS_FOLDERS:
            if _is_real_folder(path / news):
                files |= files_in(path / news, f"{news}/")
        return StoreFiles(name, folder, path, files)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise FileError("there is no such file or folder") from error
    except OSError as error:
        reason = "its links lead in a circle" if error.errno == errno.ELOOP else error.strerror
        raise FileError(f"cannot be read: {reason}") from error


def check_distinct_stores(stores: Iterable[StoreFiles]) -> None:
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


def _is_real_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def files_in(folder: Path, prefix: str, endings: tuple[str, ...] = ENDINGS) -> dict[str, str]:
    """Return the full paths of regular files directly in the folder, in order, by path in the store.

    Links and hidden names are passed over: those with one dot first. Two dots are an odd name, but a name.
    """
    with os.scandir(folder) as entries:
        names = sorted(
            entry.name
            for entry in entries
            if entry.name.endswith(endings)
            and (entry.name.startswith("..") or not entry.name.startswith("."))
            and entry.is_file(follow_symlinks=False)
        )
    return {prefix + name: f"{folder}/{name}" for name in names}


def read_file(full: str, limit: int = MAX_BYTES) -> bytes:
    """Return a regular file's bytes; raises FileError for what is none, too big or unreadable."""
    try:
        # Not blocking: a pipe put in the file's place meanwhile must not make us wait for ever.
        handle = os.open(full, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        try:  # without a file object, which takes four times as long
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise FileError("is no regular file")
            if status.st_size > limit:
                raise FileError(f"may have {limit:,} bytes at most, this has {status.st_size:,}")
            data = b""
            while len(data) <= limit and (more := os.read(handle, max(status.st_size, 1 << 16))):
                data += more
        finally:
            os.close(handle)
    except OSError as error:
        raise FileError(f"cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise FileError(f"may have {limit:,} bytes at most")
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
    return path.encode(errors="ignore").decode() == path
