"""Known articles by known queries, and any query at all, on the articles of the present database.

    .venv/bin/python benchmarks/searching.py [--known 20] [--fuzz 10000]

Takes articles here and there, asks for the rarest words of their titles, and says how often the article came
first; then asks for texts made of words, signs and noise, and counts errors and times.
"""

import argparse
import os
import random
import re
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
NOISE = ['"', "'", "*", "(", ")", ":", "-", "AND", "OR", "NOT", "NEAR", "\0", "^", "{", "}", "%", "\\", "&",
         "|", "!", "<->", "\ud800", "٣", "🚢", ";", "--", "title:", "a" * 300]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--known", type=int, default=20)
    parser.add_argument("--fuzz", type=int, default=10_000)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "aggregator.settings"
    import django

    django.setup()
    from collections import Counter

    from django.db import connection

    from articles.models import Article
    from articles.search.finding import Scope, find_best, find_newest
    from articles.search.words import parse_query

    dice = random.Random(1)
    articles = list(Article.objects.public().order_by("pk").values_list("pk", "title"))
    words = Counter(word for _pk, title in articles for word in set(re.findall(r"\w+", title.casefold())))
    twins = Counter(title.casefold() for _pk, title in articles)
    first, asked, misses = 0, 0, []
    for pk, title in dice.sample([a for a in articles if twins[a[1].casefold()] == 1], options.known):
        rarest = sorted(set(re.findall(r"\w+", title.casefold())), key=lambda word: words[word])[:4]
        hits = find_best(parse_query(" ".join(rarest)), Scope())
        asked += 1
        first += hits.ids[:1] == [pk]
        if hits.ids[:1] != [pk]:
            misses.append((title, rarest, hits.ids.index(pk) if pk in hits.ids else None))
    print(f"{connection.vendor}: {len(articles):,} public articles; {first} of {asked} known ones come first")
    for miss in misses:
        print("  not first:", miss)
    common = [word for word, _count in words.most_common(2000)]
    for name, find in (("best", find_best), ("newest", find_newest)):
        times, errors = [], 0
        for _ in range(options.fuzz):
            typed = " ".join(
                dice.choice(NOISE if dice.random() < 0.3 else common) for _ in range(dice.randint(1, 4))
            )
            start = time.perf_counter()
            try:
                find(parse_query(typed), Scope())
            except Exception as error:
                errors += 1
                print("  error:", repr(typed), error)
            times.append(1000 * (time.perf_counter() - start))
        p99 = statistics.quantiles(times, n=100)[98]
        print(f"{name}: {options.fuzz:,} queries, {errors} errors, median {statistics.median(times):.2f} ms, "
              f"p99 {p99:.2f} ms, worst {max(times):.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
