"""Pages and searches as the archive grows: cold pages, and their share in the database, by its size.

    .venv/bin/python benchmarks/scale.py --sizes 5000,100000,1000000
    DATABASE_URL=postgres://…/scale_test .venv/bin/python benchmarks/scale.py

Makes invented rows (one article a story, half of them in one topic), asks each page with every memory
forgotten, and prints median milliseconds: the whole page / its queries. On SQLite in a temporary folder; on
PostgreSQL in the given database, which is emptied: its name must begin with "scale".
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
ROUNDS = 15
TABLES = ("storytopic", "articletopic", "article", "story", "topic", "provider")
COMMON, RARE, NONE = "azure", "w777", "zebra"


def rows(size: int):
    """Yield (table, columns, rows) of a site of `size` articles over ten years."""
    dice = random.Random(size)
    words = [f"w{n}" for n in range(20_000)]
    now = datetime.now(UTC).replace(microsecond=0)
    step = timedelta(days=3650) / size
    moments = [(now - step * (size - n)).isoformat(" ")[:19] for n in range(size)]
    yield (
        "provider",
        "id domain name is_described report_count needs_count edited_fields",
        ((n, f"p{n}.example", f"Paper {n}", False, size // 500, False, "[]") for n in range(1, 501)),
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

    columns = ("id is_public heat rank published_at first_report_at last_report_at article_count "
               "source_count more_provider_count heat_adjustment")  # fmt: skip
    yield "story", columns, (story(n) for n in range(size))

    def article(n: int):
        title = " ".join(dice.choices(words, k=7)) + (f" {COMMON}" if n % 5 else "")
        return (
            n + 1, f"a.example/{n}", f"a-{n}", "file", f"https://a.example/{n}", "", "", "", "", title,
            " ".join(dice.choices(words, k=30)), moments[n], "article", 64, -1, True, False, "Paper", 0,
            False, "[]", "", 1 + n % 500, n + 1,
        )  # fmt: skip

    columns = ("id link_key stem origin url web_url original_url amp_url cdn_amp_url title excerpt "
               "published_at kind quality heat is_published is_removed provider_name story_position "
               "needs_grouping edited_fields told provider_id story_id")  # fmt: skip
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


def fill(connection, schema, size: int) -> None:
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
    schema.rebuild()
    with connection.cursor() as cursor:
        if is_sqlite:
            cursor.execute("INSERT INTO articles_search(articles_search) VALUES ('optimize')")
        cursor.execute("ANALYZE" if is_sqlite else "VACUUM ANALYZE")


def measure(size: int) -> dict[str, tuple[float, float]]:
    """Return the median milliseconds of each page, and of its queries."""
    from django.db import connection
    from django.test import Client

    from articles import generation
    from articles.search.finding import Scope, find_best, find_newest
    from articles.search.words import parse_query

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
    queries = {"common": COMMON, "rare": RARE, "no hit": NONE, "two words": f"{COMMON} {RARE}"}
    for name, typed in queries.items():
        query = parse_query(typed)
        asked[f"search, best: {name}"] = lambda query=query: find_best(query, Scope())
        asked[f"search, newest: {name}"] = lambda query=query: find_newest(query, Scope())
    found = {}
    for name, ask in asked.items():
        times = []
        for number in range(ROUNDS + 2):
            generation.forget()
            spent[0], start = 0.0, time.perf_counter()
            with connection.execute_wrapper(clock):
                ask()
            if number > 1:
                times.append((1000 * (time.perf_counter() - start), 1000 * spent[0]))
        found[name] = tuple(statistics.median(column) for column in zip(*times, strict=True))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="5000,100000,1000000")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    url = os.environ.get("DATABASE_URL", "")
    if url and not url.rpartition("/")[2].startswith("scale"):
        raise SystemExit('the name of the database must begin with "scale": it is emptied')
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        os.environ |= {"VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "aggregator.settings"}
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connection

        from articles.search import schema

        settings.STORAGES["staticfiles"] = {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
        call_command("migrate", verbosity=0)
        table = {}
        for size in sizes:
            start = time.perf_counter()
            fill(connection, schema, size)
            print(f"{size:,} articles made in {time.perf_counter() - start:.0f} s", file=sys.stderr)
            table[size] = measure(size)
        print(
            f"{connection.vendor:26}" + "".join(f"{size:>20,}" for size in sizes) + "   queries: last / first"
        )
        for name in table[sizes[0]]:
            cells = [table[size][name] for size in sizes]
            told = "".join(f"{whole:11.2f} /{inside:7.2f}" for whole, inside in cells)
            print(f"{name:26}{told}{cells[-1][1] / max(cells[0][1], 1e-6):12.2f}")


if __name__ == "__main__":
    main()
