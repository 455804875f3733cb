"""Orders of import: `python -m tests.soak.orders STORE [--times 20] [--parts 10] [--database postgres://…]`.

A store is imported whole; then its files one shuffled order after the other, in a few imports each, and in
random parts; each time with another hash seed. Every archive must equal the first.
"""

import argparse
import random
import shutil
import tempfile
from pathlib import Path

from tests.soak.imports import Archive


def divided(archive: Archive, store: Path, pieces: int) -> str:
    """Import a store's files in random order in so many imports; returns the archive's digest."""
    files = sorted((store / "_news").glob("*.md"))
    random.shuffle(files)
    archive.clear()
    place = archive.folder / "parts" / store.name
    for piece in range(pieces):
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(store, place, ignore=shutil.ignore_patterns("_news"))
        (place / "_news").mkdir()
        for file in files[piece::pieces]:
            shutil.copy2(file, place / "_news" / file.name)
        archive.stores = [str(place)]
        archive.finish(archive.start())
    return archive.digest()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--times", type=int, default=20, help="shuffled orders, in three imports each")
    parser.add_argument("--parts", type=int, default=10, help="random divisions into two to nine imports")
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    store = options.store.resolve()
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder), [str(store)], options.database)
        archive.prepare()
        archive.clear()
        archive.finish(archive.start())
        wanted = archive.digest()
        pieces = [3] * options.times + [random.randint(2, 9) for _ in range(options.parts)]
        good = 0
        for place, count in enumerate(pieces, 1):
            good += divided(archive, store, count) == wanted
            print(f"{good} of {place} equal", flush=True)
    raise SystemExit(good < len(pieces))


if __name__ == "__main__":
    main()
