"""Pages and searches as the archive grows: cold pages, and their share in the database, by its size.

    .venv/bin/python benchmarks/scale.py --sizes 5000,100000,1000000
    DATABASE_URL=postgres://…/scale_test .venv/bin/python benchmarks/scale.py

Makes a site of invented rows for each size (one article a story, half of them in one topic), each with a
process and a database of its own, and asks all of them for each page in turn, with every memory forgotten, so
that a machine of changing speed slows all alike. Prints median milliseconds, the whole page / its queries,
and how many times the first size's time each took, the median of the rounds. The databases are SQLite in a
temporary folder; on PostgreSQL beside the given one, with its name and the size: it must begin with "scale".
"""

import argparse
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import truediv
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
ROUNDS = 41
TABLES = ("storytopic", "articletopic", "article", "story", "topic", "provider")
COMMON, RARE, NONE = "azure", "heron", "zebra"
SHARE = "w777"  # in one of 540 articles: its hits grow with the archive


def rows(size: int):
    """Yield (table, columns, rows) of a site of `size` articles over ten years."""
    dice = random.Random(size)
    words = [f"w{n}" for n in range(20_000)]
    now = datetime.now(UTC).replace(microsecond=0)
    step = timedelta(days=3650) / size
    moments = [(now - step * (size - n)).isoformat(" ")[:19] for n in range(size)]
    yield (
        "provider",
        "id domain name is_described article_count needs_count edited_fields",
        ((n, f"p{n}.example", f"Paper {n}", False, size // 100, False, "[]") for n in range(1, 101)),
    )
    yield (
        "topic",
        "id slug name name_key short_name description keywords hashtags position is_described story_count "
        "needs_count edited_fields",
        (
            (n, f"t{n}", f"Topic {n}", f"topic {n}", "", "", "[]", "[]", n, False, size // 2, False, "[]")
            for n in range(1, 4)
        ),
    )

    def story(n: int):
        rank = 6 + n * step.total_seconds() / 86_400
        return (n + 1, True, 64, rank, moments[n], moments[n], moments[n], 1, 1, 0, 0)

    columns = ("id is_public heat rank published_at first_article_at last_article_at article_count "
               "provider_count folded_provider_count heat_adjustment")  # fmt: skip
    yield "story", columns, (story(n) for n in range(size))

    def article(n: int):
        title = " ".join(dice.choices(words, k=7)) + (f" {COMMON}" if n % 5 else "")
        title += f" {RARE}" if n % (size // 10) == 1 else ""
        return (
            n + 1, f"a.example/{n}", f"a-{n}", "file", f"https://a.example/{n}", "", "", "", "", title,
            " ".join(dice.choices(words, k=30)), moments[n], "article", 64, -1, True, False, "Paper", 0,
            False, "[]", "", 1 + n % 100, n + 1,
        )  # fmt: skip

    columns = ("id link_key permalink origin url web_url original_url amp_url cdn_amp_url title excerpt "
               "published_at kind quality heat is_published is_removed provider_name story_position "
               "needs_grouping edited_fields digest provider_id story_id")  # fmt: skip
    yield "article", columns, (article(n) for n in range(size))
    topics = [(1 if n % 2 else 2 + n % 4 // 2) for n in range(size)]
    yield (
        "articletopic",
        "id article_id topic_id position name",
        ((n + 1, n + 1, topic, 0, "") for n, topic in enumerate(topics)),
    )
    yield (
        "storytopic",
        "id story_id topic_id position is_public heat rank published_at",
        ((n + 1, n + 1, topic, 0, True, 64, story(n)[3], moments[n]) for n, topic in enumerate(topics)),
    )


def fill(connection, index, size: int) -> None:
    """Empty the tables and fill them, past the triggers; then count the index and the planner's numbers."""
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        if is_sqlite:
            cursor.execute("PRAGMA foreign_keys = OFF")
            for (name,) in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("SET session_replication_role = replica")
        for table in TABLES:
            cursor.execute(
                f"DELETE FROM articles_{table}" if is_sqlite else f"TRUNCATE articles_{table} CASCADE"
            )
        for table, columns, values in rows(size):
            names = columns.replace(" ", ", ")
            if is_sqlite:
                cursor.execute("BEGIN")
                marks = ", ".join(["?"] * len(columns.split()))
                statement = f"INSERT INTO articles_{table} ({names}) VALUES ({marks})"
                connection.connection.executemany(statement, values)
                cursor.execute("COMMIT")
            else:
                with cursor.copy(f"COPY articles_{table} ({names}) FROM STDIN") as copy:
                    for row in values:
                        copy.write_row(row)
        cursor.execute("UPDATE articles_story SET lead_id = id")
        if not is_sqlite:
            cursor.execute("SET session_replication_role = DEFAULT")
    index.rebuild()
    with connection.cursor() as cursor:
        if is_sqlite:
            cursor.execute("INSERT INTO articles_search(articles_search) VALUES ('optimize')")
        cursor.execute("ANALYZE" if is_sqlite else "VACUUM ANALYZE")


def questions(size: int) -> dict[str, Callable[[], tuple[float, float]]]:
    """Return by name what to ask: each asks once and returns milliseconds: of the whole, of its queries."""
    from django.db import connection
    from django.test import Client

    from articles.caching import version as site_version
    from articles.search.query import Scope, find_best, find_newest
    from articles.search.text import parse_query

    client, spent = Client(headers={"Host": "localhost"}), [0.0]

    def clock(execute, sql, params, many, context):
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent[0] += time.perf_counter() - start

    def page(path: str) -> None:
        answer = client.get(f"{path}{'&' if '?' in path else '?'}x={time.perf_counter_ns()}")
        assert answer.status_code == 200, (path, answer.status_code)

    places = {
        n: f"{6 + n * (timedelta(days=3650) / size).total_seconds() / 86_400!r}~{n + 1}" for n in range(size)
    }
    deep = max(size - 20_000, 40)
    month = datetime.now(UTC) - timedelta(days=400)
    title = "x"
    asked = {
        "front": lambda: page("/"),
        "topic, page 1": lambda: page("/topics/t1/"),
        "topic, page 500": lambda: page(f"/topics/t1/?after={places[deep]}"),
        "topic, last page": lambda: page(f"/topics/t1/?after={places[30]}"),
        "story": lambda: client.get(f"/stories/{size // 2}-{title}/", follow=True),
        "article": lambda: page(f"/news/a-{size // 2}/"),
        "provider": lambda: page("/providers/p7.example/"),
        "archive, a month": lambda: page(f"/archive/{month:%Y}/{month:%m}/"),
        "feed": lambda: page("/topics/t1/feed.atom"),
    }
    queries = {
        "common": COMMON,
        "ten hits": RARE,
        "one in 540": SHARE,
        "no hit": NONE,
        "two words": f"{COMMON} {RARE}",
    }
    for name, typed in queries.items():
        words = "+".join(typed.split())
        asked[f"search page: {name}"] = lambda words=words: page(f"/search/?q={words}")
        asked[f"search page, new: {name}"] = lambda words=words: page(f"/search/?q={words}&sort=new")
    for name, typed in queries.items():
        query = parse_query(typed)
        asked[f"search, best: {name}"] = lambda query=query: find_best(query, Scope(), limit=21)
        asked[f"search, newest: {name}"] = lambda query=query: find_newest(query, Scope())

    def timed(ask) -> tuple[float, float]:
        site_version.clear()
        spent[0], start = 0.0, time.perf_counter()
        with connection.execute_wrapper(clock):
            ask()
        return 1000 * (time.perf_counter() - start), 1000 * spent[0]

    return {name: partial(timed, ask) for name, ask in asked.items()}


def serve_size(size: int, environment: dict[str, str], pipe) -> None:
    """Make the site of one size in this process; then answer each name sent with what asking for it took."""
    os.environ |= environment | {
        "DJANGO_SETTINGS_MODULE": "aggregator.settings",
        "SEARCHES_PER_MINUTE": "0",
    }
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from articles.search import index

    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0)
    fill(connection, index, size)
    asked = questions(size)
    pipe.send(list(asked))
    while name := pipe.recv():
        pipe.send(asked[name]())


def measure(pipes: list) -> dict[str, list[list[tuple[float, float]]]]:
    """Return by question, for each size, the milliseconds of each round."""
    names, *_ = [pipe.recv() for pipe in pipes]
    found = {name: [[] for _ in pipes] for name in names}
    for name in names:
        for number in range(ROUNDS + 3):
            for pipe, times in zip(pipes, found[name], strict=True):
                pipe.send(name)
                took = pipe.recv()
                if number > 2:
                    times.append(took)
    return found


def told(times: list[list[tuple[float, float]]]) -> str:
    """Return the cells of one question: by size the medians, and the shares of the first size's time."""
    wholes = [[whole for whole, _ in column] for column in times]
    insides = [[inside for _, inside in column] for column in times]
    cells = "".join(
        f"{statistics.median(whole):11.2f} /{statistics.median(inside):7.2f}"
        for whole, inside in zip(wholes, insides, strict=True)
    )
    shares = (statistics.median(map(truediv, whole, wholes[0])) for whole in wholes[1:])
    return cells + "".join(f"{share:8.2f}" for share in shares)


def databases(sizes: list[int], folder: str) -> list[dict[str, str]]:
    """Return the environment of each size's process; on PostgreSQL make its database anew."""
    found = [{"VAR_DIR": f"{folder}/{size}"} for size in sizes]
    if url := os.environ.get("DATABASE_URL", ""):
        name = url.rpartition("/")[2]
        if not name.startswith("scale") or not name.isidentifier():
            raise SystemExit('the name of the database must begin with "scale": some beside it are made anew')
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            for size, environment in zip(sizes, found, strict=True):
                connection.execute(f"DROP DATABASE IF EXISTS {name}_{size}")
                connection.execute(f"CREATE DATABASE {name}_{size}")
                environment["DATABASE_URL"] = f"{url}_{size}"
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="5000,100000,1000000")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        pipes = []
        for size, environment in zip(sizes, databases(sizes, folder), strict=True):
            pipe, end = spawn.Pipe()
            spawn.Process(target=serve_size, args=(size, environment, end), daemon=True).start()
            pipes.append(pipe)
        table = measure(pipes)
        for pipe in pipes:
            pipe.send("")
    print(f"{'ms: whole / queries':29}" + "".join(f"{size:>20,}" for size in sizes) + "   of the first")
    for name, times in table.items():
        print(f"{name:29}{told(times)}")


if __name__ == "__main__":
    main()
