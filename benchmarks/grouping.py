"""What `manage.py group_stories` costs with all its rows: `python -m benchmarks.grouping COUNT…`.

Fills an empty database with so many invented articles (1,700 a day), lets all be grouped, adds the thousand
that follow in time, and lets those be grouped. Each command is a process of its own, so that start-up counts.
SQLite in a temporary folder; with `DATABASE_URL` the database named there, which is emptied.
"""

import argparse
import os
import sys
import tempfile
from datetime import UTC, datetime
from importlib import import_module
from itertools import islice

ADDED = 1000
_PART = 10_000


def fill(first: int, end: int) -> None:
    """Write the invented articles with these numbers, and let their days wait for grouping."""
    import django

    django.setup()
    from articles.caching.writing import writing
    from articles.models import Article, Provider, StaleDay
    from articles.models.grouping import day_of
    from benchmarks.synthetic import synthetic

    reports = islice(synthetic(end), first, end)
    providers = dict(Provider.objects.values_list("domain", "pk"))
    while part := list(islice(reports, _PART)):
        for domain in sorted({report.provider for report in part} - providers.keys()):
            providers[domain] = Provider.objects.create(domain=domain, name=domain).pk
        articles = [
            Article(
                link_key=f"a.example/{report.key}", permalink=f"a-{report.key}", url=f"https://a.example/{report.key}",
                title=report.title, excerpt=report.excerpt, quality=60, is_published=True,
                published_at=datetime.fromtimestamp(report.published_at, UTC),
                provider_id=providers[report.provider], provider_name=report.provider,
                needs_grouping=True, origin=Article.Origin.FILE,
            )
            for report in part
        ]  # fmt: skip
        with writing():
            Article.objects.bulk_create(articles)
            StaleDay.objects.mark({day_of(article.published_at) for article in articles})


def main() -> None:
    measured = import_module("benchmarks.import").Measured
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("counts", nargs="*", type=int, help="so many articles")
    parser.add_argument("--fill", nargs=2, type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill:
        return fill(*options.fill)
    print("| articles | all anew: CPU s | ms an article | peak MiB | 1,000 more: CPU s | wall s | peak MiB |")
    print("|---:|---:|---:|---:|---:|---:|---:|")
    for count in options.counts:
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "aggregator.settings", "VAR_DIR": folder}

            def run(*command: str, environment=environment):
                return measured([sys.executable, *command], environment, watched=False)

            run("manage.py", "migrate", "-v0")
            run("manage.py", "flush", "--no-input", "-v0")
            run("-m", "benchmarks.grouping", "--fill", "0", str(count))
            whole = run("manage.py", "group_stories")
            run("-m", "benchmarks.grouping", "--fill", str(count), str(count + ADDED))
            more = run("manage.py", "group_stories")
        print(
            f"| {count:,} | {whole.cpu:.1f} | {whole.cpu / count * 1000:.2f} | {whole.peak:.0f} "
            f"| {more.cpu:.2f} | {more.wall:.2f} | {more.peak:.0f} |",
            flush=True,
        )
    return None


if __name__ == "__main__":
    main()
