"""Requests a second of a topic page, beside an empty Django view in the same server and nginx as the limit.

    .venv/bin/python benchmarks/serve.py [--seconds 3] [--rounds 3]

Makes a site of its own in a temporary folder: a topic of 20 story cards with 5 more reports each, 100 lines.
Serves it with one granian worker on core 0 and asks with wrk on core 1, each case in turn, round after round.
A server of the empty view stands beside and is asked before and after each case: machines change their speed
from minute to minute, so a case is compared with what the empty view did in the same seconds. Prints medians
of requests a second, of the server's CPU time a request, and of their shares of the empty view. Needs wrk;
nginx if found.
"""

import argparse
import gzip
import os
import re
import shlex
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PORT = 8197
PATH = "/topics/tides/"
STORIES, RELATED = 20, 5
WORDS = ["harbour", "turbine", "council", "tide", "ferry", "market", "quay", "signal", "bridge", "survey"]


def build() -> None:
    """Fill the database: runs in a process of its own, with VAR_DIR set."""
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "aggregator.settings"
    django.setup()
    from django.core.management import call_command

    from articles.models import Article, ArticleTopic, Provider, Story, Topic
    from articles.stories.aggregates import refresh_stories

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    topics = [Topic.objects.create(name=name) for name in ("Tides", "Harbours", "Energy", "Markets")]
    providers = [Provider.objects.create(domain=f"p{n}.example", name=f"Paper No {n}") for n in range(12)]
    start = datetime.now(UTC) - timedelta(days=3)
    for number in range(STORIES):
        story = Story.objects.create()
        for place in range(RELATED + 1):
            words = " ".join(WORDS[(number + place * 3 + n) % len(WORDS)] for n in range(9))
            key = f"p.example/{number}-{place}"
            article = Article.objects.create(
                link_key=key, permalink=key.replace("/", "-"), url=f"https://{key}",
                title=f"{words} {number}-{place}",
                excerpt=f"{words} and {words}, told by those who were there on the day, {number}-{place}.",
                published_at=start + timedelta(minutes=7 * number + place), quality=90 - place,
                is_published=place == 0, provider=providers[(number + place) % 12], story=story,
                needs_grouping=False,
            )  # fmt: skip
            ArticleTopic.objects.create(article=article, topic=topics[0])
            ArticleTopic.objects.create(article=article, topic=topics[1 + number % 3], position=1)
    refresh_stories(Story.objects.values_list("pk", flat=True))


class Server:
    """One server process group on core 0; knows its CPU time."""

    def __init__(self, command: list[str], port: int, folder: Path, **env):
        self.port = port
        self.log = (folder / "server.log").open("ab")
        self.process = subprocess.Popen(
            ["taskset", "-c", "0", *command],
            cwd=ROOT, env={**os.environ, **env}, stdout=self.log, stderr=self.log, start_new_session=True,
        )  # fmt: skip

    def wait(self, path: str) -> None:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}").read()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the server does not answer; see its log")

    def cpu(self) -> float:
        """Return the CPU seconds of the group so far."""
        ticks = 0
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = entry.read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == self.process.pid:
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def settle(self) -> None:
        """Wait until it has worked off what a client that went away had asked."""
        before = -1.0
        while self.cpu() - before > 0.02:
            before = self.cpu()
            time.sleep(0.3)

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(10)
        self.log.close()


def ask(server: Server, path: str, seconds: int, header: str = "") -> tuple[float, float]:
    """Return requests a second and the server's CPU milliseconds a request."""
    extra = ["-H", header] if header else []
    url = f"http://127.0.0.1:{server.port}{path}"
    before = server.cpu()
    command = ["taskset", "-c", "1", "wrk", "-t1", "-c16", f"-d{seconds}s", *extra, url]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    used = server.cpu() - before
    count = int(re.search(r"(\d+) requests in", told)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])
    return rate, 1000 * used / max(count, 1)


def granian(port: int) -> list[str]:
    return [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(port), "--no-access-log", "--log-level", "warning", "--blocking-threads", "1",
            "benchmarks.serve_app:application"]  # fmt: skip


def cases(folder: Path) -> dict[str, tuple]:
    """Return command, path, environment and header of each case."""
    env, site = {"VAR_DIR": str(folder), "PYTHONPATH": str(ROOT)}, granian(PORT)
    found = {
        "hit": (site, PATH, env, ""),
        "hit, compressed": (site, PATH, env, "Accept-Encoding: gzip"),
        "304": (site, PATH, env, "If-None-Match: {etag}"),
        "a new minute": (site, PATH, {**env, "PAGE_CACHE_SECONDS": "0.000001"}, ""),
        "miss, cards kept": (site, PATH, {**env, "PAGE_CACHE_MB": "0"}, ""),
        "cold": (site, PATH, {**env, "BENCH_KIND": "cold", "PAGE_CACHE_MB": "0"}, ""),
    }
    if shutil.which("nginx"):
        (folder / "www").mkdir(exist_ok=True)
        (folder / "nginx.conf").write_text(
            f"pid {folder}/nginx.pid; error_log {folder}/nginx.log;\n"
            "daemon off; worker_processes 1; user root;\n"
            "events { worker_connections 256; }\n"
            f"http {{ access_log off; server {{ listen 127.0.0.1:{PORT}; root {folder}/www; }} }}\n"
        )
        found["nginx, same bytes"] = (["nginx", "-c", str(folder / "nginx.conf")], "/page.html", {}, "")
        shipped = ["sh", "-c", f"{shlex.join(granian(PORT + 2))} & exec nginx -c {shipped_nginx(folder)}"]
        found["shipped nginx"] = (shipped, PATH, env, "")
        found["shipped nginx, compressed"] = (shipped, PATH, env, "Accept-Encoding: gzip")
    return found


def shipped_nginx(folder: Path) -> Path:
    """Write deploy/nginx.conf for one process, without TLS, before the site on the port after next."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for pattern, written in (
        (r"user www-data;", "user root; daemon off;"),
        (r"worker_processes auto;", "worker_processes 1;"),
        (r"/run/nginx.pid|/var/log/nginx/|/var/cache/", lambda found: f"{folder}/{Path(found[0]).name}-"),
        (r"server 127.0.0.1:800[01] ", f"server 127.0.0.1:{PORT + 2} "),
        (r"listen 80 .*", "listen 127.0.0.1:8196;"),
        (r"listen 443 .*", f"listen 127.0.0.1:{PORT};"),
        (r" +ssl_.*\n", ""),
    ):
        text = re.sub(pattern, written, text)
    (folder / "shipped.conf").write_text(text)
    return folder / "shipped.conf"


def beside(empty: Server, server: Server, path: str, seconds: int, header: str) -> tuple[float, ...]:
    """Return requests a second and CPU milliseconds of the empty view, the same of a case, and two shares."""
    before = ask(empty, "/hello", max(seconds // 2, 1))
    rate, cpu = ask(server, path, seconds, header)
    after = ask(empty, "/hello", max(seconds // 2, 1))
    base = [statistics.mean(pair) for pair in zip(before, after, strict=True)]
    return *base, rate, cpu, rate / base[0], base[1] / max(cpu, 1e-9)


def one_round(folder: Path, empty: Server, seconds: int) -> dict[str, tuple[float, ...]]:
    """Ask for each case once, of a server of its own, beside the empty view."""
    seen = {}
    for case, (command, path, more, header) in cases(folder).items():
        server = Server(command, PORT, folder, **more)
        try:
            server.wait(path)
            with urllib.request.urlopen(f"http://127.0.0.1:{PORT}{path}") as answer:
                body, etag = answer.read(), answer.headers.get("ETag", "")
            if case == "hit":
                (folder / "www").mkdir(exist_ok=True)
                (folder / "www" / "page.html").write_bytes(body)
            ask(server, path, 1)
            server.settle()
            seen[case] = beside(empty, server, path, seconds, header.format(etag=etag))
        finally:
            server.stop()
    return seen


def tell(rounds: list[dict[str, tuple[float, ...]]]) -> None:
    """Print the median of each figure."""
    base = [statistics.median(row[n] for seen in rounds for row in seen.values()) for n in (0, 1)]
    print(f"{'':26} {'req/s':>9} {'CPU ms':>8} {'of empty view: req/s':>22} {'CPU':>6}")
    print(f"{'empty view':26} {base[0]:9,.0f} {base[1]:8.3f} {1:22.3f} {1:6.3f}")
    for case in rounds[0]:
        middle = [statistics.median(column) for column in zip(*(seen[case] for seen in rounds), strict=True)]
        print(f"{case:26} {middle[2]:9,.0f} {middle[3]:8.3f} {middle[4]:22.3f} {middle[5]:6.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--build", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build:
        build()
        return
    with tempfile.TemporaryDirectory(prefix="serve-") as name:
        folder = Path(name)
        env = {"VAR_DIR": name, "PYTHONPATH": str(ROOT)}
        subprocess.run([sys.executable, __file__, "--build"], env={**os.environ, **env}, cwd=ROOT, check=True)
        empty = Server(granian(PORT + 1), PORT + 1, folder, **env, BENCH_KIND="hello")
        try:
            empty.wait("/hello")
            rounds = [one_round(folder, empty, options.seconds) for _ in range(options.rounds)]
        finally:
            empty.stop()
        page = (folder / "www" / "page.html").read_bytes()
        print(f"the page: {len(page):,} bytes, {len(gzip.compress(page, 6)):,} compressed")
        tell(rounds)


if __name__ == "__main__":
    main()
