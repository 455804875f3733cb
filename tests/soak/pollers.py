"""Pollers that are disturbed: `python -m tests.soak.pollers [--kills 50] [--database postgres://…/name]`.

Two pollers share local sources; in each round one of them is killed at a random moment. When the other is
done and a third has taken up what was left, the archive must equal that of one undisturbed poller, and no
feed may have been asked for more often than there were pollers that could have held it. Without `--database`
each archive is an SQLite file. Only processes that were started here are killed.
"""

import argparse
import random
import subprocess
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.network import Site
from tests.soak.imports import Archive
from tests.written_feeds import item, rss

SOURCES, ITEMS, LEASE = 24, 40, 3.0
_START = """
import django; django.setup()
from datetime import timedelta
from django.conf import settings
from articles.models import Source, source
from articles.sources import poll as polling
from articles.stories.grouping import group_waiting
settings.FETCH_LOOPBACK_ALLOWED = {place!r}
settings.FETCH_HOST_INTERVAL = 0.0
source.LEASE = timedelta(seconds={lease})
for number in range({make}):
    Source.objects.create(url=f"http://{place}/feed-{{number}}", name=f"Feed {{number}}")
if not {make}:
    report = polling.poll_sources()
    group_waiting()
    print(report.counts, report.new)
"""


def _feeds() -> dict:
    """Feeds that overlap: each report stands in two of them."""
    pages = {"/robots.txt": (404, {}, b"")}
    for number in range(SOURCES):
        slugs = [f"report-{(number * ITEMS // 2 + place) % (SOURCES * ITEMS // 2)}" for place in range(ITEMS)]
        entries = [
            item(slug, f"What {slug} says in {number}", date=f"Thu, 04 May 2023 {place % 24:02}:30:00 GMT")
            for place, slug in enumerate(slugs)
        ]
        pages[f"/feed-{number}"] = (200, {"ETag": f'"{number}"'}, rss(*entries))
    return pages


class Pollers(Archive):
    """An archive whose disturbed command is a poller."""

    def __init__(self, folder: Path, site: Site, database: str) -> None:
        super().__init__(folder, [], database)
        self.site = site

    def clear(self) -> None:
        super().clear()
        self.site.requests.clear()
        self.finish(self.start(make=SOURCES))

    def start(self, make: int = 0) -> subprocess.Popen:
        program = _START.format(place=self.site.place, lease=LEASE, make=make)
        return self._popen("-c", program)

    def asked(self) -> int:
        """Return how often the feed asked for most was asked for."""
        counts = Counter(path for path, _ in self.site.requests if path.startswith("/feed"))
        return max(counts.values())


def two_at_once(archive: Pollers, wanted: str) -> bool:
    archive.clear()
    processes = [archive.start(), archive.start()]
    for process in processes:
        archive.finish(process)
    return archive.digest() == wanted and archive.asked() == 1


def killed(archive: Pollers, wanted: str, seconds: float) -> bool:
    archive.clear()
    victim, other = archive.start(), archive.start()
    time.sleep(random.uniform(0.3, seconds))
    victim.kill()
    victim.communicate()
    archive.finish(other)
    time.sleep(LEASE)
    archive.finish(archive.start())
    return archive.digest() == wanted and archive.asked() <= 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--database", default="")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Site(_feeds()) as site:
        archive = Pollers(Path(folder), site, options.database)
        wanted, seconds = archive.undisturbed()
        is_good = two_at_once(archive, wanted)
        print(f"two pollers at once: {'equal' if is_good else 'DIFFERENT'}", flush=True)
        good = 0
        for place in range(options.kills):
            good += killed(archive, wanted, seconds)
            print(f"one of two killed: {good} of {place + 1} equal", flush=True)
    if good < options.kills or not is_good:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
