"""The newsroom's lists with a large archive: server time and queries of each, on SQLite or PostgreSQL.

    .venv/bin/python benchmarks/newsroom.py --sizes 10000,100000
    DATABASE_URL=postgres://…/scale_test .venv/bin/python benchmarks/newsroom.py

Fills the tables as `scale.py` does, adds edits to the audit log, signs a superuser in and requests each list.
It prints the median milliseconds by the clock and of CPU in this process, and the queries. On PostgreSQL the
database is emptied: its name must begin with "scale".
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
ROUNDS = 7
EDITS = 20_000
PAGES = {
    "queue": "/admin/articles/story/",
    "queue, undecided": "/admin/articles/story/?decided=no",
    "queue, a topic": "/admin/articles/story/?topic=t1",
    "queue, a rare topic": "/admin/articles/story/?topic=t3",
    "queue, a provider": "/admin/articles/story/?provider=p7.example",
    "queue, quality 50-69": "/admin/articles/story/?quality=50",
    "queue, quality 90": "/admin/articles/story/?quality=90",
    "queue, with a picture": "/admin/articles/story/?picture=yes",
    "queue, without": "/admin/articles/story/?picture=no",
    "queue, 5 to 19 reports": "/admin/articles/story/?size=5",
    "queue, 7 days": "/admin/articles/story/?age=7",
    "queue, last import": "/admin/articles/story/?import=last",
    "queue, words": "/admin/articles/story/?q=azure",
    "queue, page 150": "/admin/articles/story/?p=150",
    "queue, all filters": "/admin/articles/story/?decided=no&topic=t1&quality=50&size=1&age=30&picture=no",
    "articles": "/admin/articles/article/",
    "articles, published": "/admin/articles/article/?is_published__exact=1",
    "articles, words": "/admin/articles/article/?q=azure",
    "articles, page 150": "/admin/articles/article/?p=150",
    "edits": "/admin/articles/edit/",
    "edits of a story": "/admin/articles/edit/?story=77",
    "edits, page 200": "/admin/articles/edit/?p=200",
    "health": "/admin/articles/edit/health/",
    "page of a story": "/admin/articles/story/77/change/",
    "topics": "/admin/articles/topic/",
    "providers": "/admin/articles/provider/",
    "pictures": "/admin/articles/image/",
    "a row's publish": "/admin/articles/story/?decided=no",
    "a row's unpublish": "/admin/articles/story/?size=1",
    "a row's quality +10": "/admin/articles/story/",
}
ROW_BUTTONS = {"a row's publish": "publish", "a row's unpublish": "unpublish", "a row's quality +10": "raise"}


def add_edits(size: int) -> None:
    """Fill the audit log, as many years of decisions would."""
    from articles.models import Edit, EditTarget

    Edit.objects.all().delete()
    summary = {"before": [], "after": [{"story": 1, "title": "A title of usual length", "public": True}]}
    edits = Edit.objects.bulk_create(
        Edit(kind="quality", summary=summary, is_public=bool(n % 2), article_count=1) for n in range(EDITS)
    )
    EditTarget.objects.bulk_create(
        [EditTarget(edit=edit, model="story", object_id=1 + n % size) for n, edit in enumerate(edits)],
        batch_size=5000,
    )


def measure() -> dict[str, tuple[float, float, int]]:
    """Return median milliseconds, of the clock and of this process's CPU, and the queries of each page."""
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from articles.models import Story

    client = Client(headers={"Host": "localhost"})
    client.force_login(User.objects.get_or_create(username="root", is_superuser=True, is_staff=True)[0])
    ids = list(Story.objects.order_by("-rank").values_list("pk", flat=True)[: ROUNDS + 2])
    found = {}
    for name, path in PAGES.items():
        post = ROW_BUTTONS.get(name)

        def request(number, path=path, post=post):
            if not post:
                return client.get(path)
            answer = client.post(path, {"edit": f"{post}.{ids[number]}."})
            return client.get(answer.headers["Location"].partition("#")[0])  # the row says what happened

        times, work = [], []
        for number in range(ROUNDS + 1):
            start, used = time.perf_counter(), time.process_time()
            answer = request(number)
            assert answer.status_code == 200, (path, answer.status_code)
            if number:
                times.append(1000 * (time.perf_counter() - start))
                work.append(1000 * (time.process_time() - used))
        with CaptureQueriesContext(connection) as seen:
            request(ROUNDS + 1)
        found[name] = statistics.median(times), statistics.median(work), len(seen)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", default="10000,100000")
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

        from articles.search import index
        from benchmarks.scale import fill

        settings.STORAGES["staticfiles"] = {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
        call_command("migrate", verbosity=0)
        table = {}
        for size in sizes:
            fill(connection, index, size)
            add_edits(size)
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            table[size] = measure()
        print(f"{connection.vendor:26}" + "".join(f"{size:>30,}" for size in sizes))
        for name in PAGES:
            cells = [table[size][name] for size in sizes]
            print(f"{name:26}" + "".join(f"{ms:9.1f} ms{cpu:8.1f} CPU{n:5} q" for ms, cpu, n in cells))
        grown = [name for name in PAGES if len({table[size][name][2] for size in sizes}) > 1]
        print("queries that differ by size:", ", ".join(grown) or "none")


if __name__ == "__main__":
    main()
