"""Known articles by known queries, and any query at all, on the articles of the present database.

    .venv/bin/python benchmarks/searching.py [--known 20] [--fuzz 10000] [--rounds 300]

Takes articles here and there, asks for the rarest words of their titles, and says how often the article came
first; then asks for texts made of words, signs and noise, and counts errors and times; then for single words
of no hit, of few and of many, a new word each time and all kinds in turn, and says how long each kind took.
Ranked searches ask for a first page, as readers do.
"""

import argparse
import os
import random
import re
import statistics
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
NOISE = ['"', "'", "*", "(", ")", ":", "-", "AND", "OR", "NOT", "NEAR", "\0", "^", "{", "}", "%", "\\", "&",
         "|", "!", "<->", "\ud800", "٣", "🚢", ";", "--", "title:", "a" * 300]  # fmt: skip


FIRST_PAGE = 21


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--known", type=int, default=20)
    parser.add_argument("--fuzz", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=300)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "aggregator.settings"
    import django

    django.setup()
    from django.db import connection

    from articles.models import Article
    from articles.search.query import Scope, find_best, find_newest
    from articles.search.text import parse_query

    articles = list(Article.objects.public().order_by("pk").values_list("pk", "title"))
    print(f"{connection.vendor}: {len(articles):,} public articles")
    words = Counter(word for _pk, title in articles for word in set(re.findall(r"\w+", title.casefold())))
    asked = {
        "best": lambda typed: find_best(parse_query(typed), Scope(), limit=FIRST_PAGE),
        "newest": lambda typed: find_newest(parse_query(typed), Scope(), limit=FIRST_PAGE),
    }
    look_for_known(asked["best"], articles, words, options.known)
    ask_anything(asked, words, options.fuzz)
    ask_by_hits(asked, words, options.rounds)


def look_for_known(find, articles: list[tuple[int, str]], words: Counter, count: int) -> None:
    """Ask for articles by the four rarest words of their titles, and say how many come first."""
    twins = Counter(title.casefold() for _pk, title in articles)
    misses = []
    for pk, title in random.Random(1).sample([a for a in articles if twins[a[1].casefold()] == 1], count):
        rarest = sorted(set(re.findall(r"\w+", title.casefold())), key=lambda word: words[word])[:4]
        hits = find(" ".join(rarest))
        if hits.ids[:1] != [pk]:
            misses.append((title, rarest, hits.ids.index(pk) if pk in hits.ids else None))
    print(f"{count - len(misses)} of {count} known ones come first")
    for miss in misses:
        print("  not first:", miss)


def ask_anything(asked: dict, words: Counter, count: int) -> None:
    """Ask for texts of common words and noise, and say how many were errors and how long they took."""
    dice = random.Random(1)
    common = [word for word, _count in words.most_common(2000)]
    for name, find in asked.items():
        times, errors = [], 0
        for _ in range(count):
            typed = " ".join(
                dice.choice(NOISE if dice.random() < 0.3 else common) for _ in range(dice.randint(1, 4))
            )
            start = time.perf_counter()
            try:
                find(typed)
            except Exception as error:
                errors += 1
                print("  error:", repr(typed), error)
            times.append(1000 * (time.perf_counter() - start))
        print(f"{name}: {count:,} queries, {errors} errors, {told(times)}, worst {max(times):.1f} ms")


def ask_by_hits(asked: dict, words: Counter, rounds: int) -> None:
    """Ask for a word of no hit, of few and of many in turn, and say how long each took."""
    dice = random.Random(2)
    by_count = [word for word, _count in words.most_common()]
    kinds = {
        "no hit": [f"{word}zzz" for word in by_count[:rounds]],
        "a rare word": by_count[-rounds:],
        "one of the 300 commonest": by_count[:300],
        "the commonest": by_count[:1],
    }
    for name, find in asked.items():
        times: dict[str, list[float]] = {kind: [] for kind in kinds}
        for number in range(rounds):
            # In any order: whoever comes after a search for many hits finds the processor's memory cold.
            for kind, typed in dice.sample(list(kinds.items()), len(kinds)):
                start = time.perf_counter()
                find(typed[number % len(typed)])
                times[kind].append(1000 * (time.perf_counter() - start))
        for kind, taken in times.items():
            print(f"{name}, {kind}: {told(taken)}")


def told(times: list[float]) -> str:
    return f"median {statistics.median(times):.2f} ms, p99 {statistics.quantiles(times, n=100)[98]:.2f} ms"


if __name__ == "__main__":
    main()
