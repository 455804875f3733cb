"""How good and how fast the grouping is: `python -m benchmarks.stories FILE --store PATH --speed N`.

Prints a table of scores, for the labelled files given and the invented set of the tests, and one of speed;
`--write` keeps them in docs/quality.md. Files have the form of `benchmarks.labelled`. A store given has no
labels: there it counts what can be counted without.
"""

import argparse
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import Path

from articles.frontmatter.document import DocumentError, parse
from articles.frontmatter.links import LinkError, clean_link, link_key
from articles.stories.clustering import Apart, Clusterer
from articles.stories.clusters import ArticleFacts, Key, Membership
from articles.stories.reclustering import Known, recluster
from articles.stories.similarity import DAY, normalize
from benchmarks import baselines
from benchmarks.labelled import Labelled, read_labelled, score
from benchmarks.synthetic import synthetic

ROOT = Path(__file__).resolve().parents[1]
OWN_SET = ROOT / "tests" / "data" / "stories.jsonl"
PAGE = ROOT / "docs" / "quality.md"
TOPICS = "\n# How well topics are found"  # what follows is written by benchmarks.topics
ADDED = 1000


def cluster_articles(articles: Iterable[ArticleFacts], apart: Apart | None = None) -> list[list[Membership]]:
    """Cluster all articles, given in order of time; return each cluster as memberships."""
    clusterer = Clusterer(apart)
    clusters: dict[Key, list[Membership]] = defaultdict(list)
    days = groupby(articles, key=lambda article: article.published_at // DAY)
    members = [member for day, found in days for member in clusterer.add_day(day, found)]
    for member in members:
        clusters[member.cluster.opener.key].append(member.membership())
    return list(clusters.values())


def ours(reports: Iterable[ArticleFacts]) -> list[list[Key]]:
    """Group reports as the site does."""
    return [[membership.key for membership in cluster] for cluster in cluster_articles(reports)]


WAYS: dict[str, Callable[[Sequence[ArticleFacts]], list[list[Key]]]] = {
    "identical titles": baselines.identical_titles,
    "TF-IDF cosine, single links": baselines.single_links,
    "the stored groups": baselines.stored_groups,
    "the starting point": baselines.starting_point,
    "this grouping": ours,
}


def quality(sets: Sequence[Labelled]) -> list[str]:
    """Return a table: for each set and way the scores, and reports a second."""
    lines = [
        "| set | reports | way | precision | recall | B-Cubed F1 | pairwise F1 | reports/s |",
        "|---|---:|---|---:|---:|---:|---:|---:|",
    ]
    means = defaultdict(list)
    for labelled in sets:
        related = any(report.related for report in labelled.reports)
        for name, way in WAYS.items():
            if way is baselines.stored_groups and not related:
                continue
            start = time.process_time()
            stories = way(labelled.reports)
            speed = len(labelled.reports) / (time.process_time() - start)
            found = score(labelled.labels, stories)
            means[name].append(found.f1)
            lines.append(
                f"| {labelled.name} | {len(labelled.reports):,} | {name} | {found.precision:.3f} | "
                f"{found.recall:.3f} | {found.f1:.3f} | {found.pairs:.3f} | {speed:,.0f} |"
            )
    for name, values in means.items():
        if len(values) == len(sets):
            lines.append(f"| mean | | {name} | | | {sum(values) / len(values):.3f} | | |")
    return lines


def read_store(path: Path) -> list[ArticleFacts]:
    """Return the articles of a store in the order of their times; unreadable files are left out."""
    rows = []
    for file in sorted((path / "_news").glob("*.md")):
        try:
            values = parse(file.read_bytes()).values
            rows.append(
                (file.stem, values, _key(values), [_key(entry) for entry in values.get("related") or ()])
            )
        except (DocumentError, LinkError):
            continue
    stems = defaultdict(set)
    for stem, _, link, _ in rows:
        stems[link].add(stem)
    reports = [
        ArticleFacts(
            key=stem,
            title=values["title"],
            excerpt=values.get("excerpt") or "",
            published_at=int(values["publishedDateTime"].timestamp()),
            provider=values["provider"]["domain"],
            link=link,
            related=frozenset(other for key in related if key for other in stems[key]) - {stem},
        )
        for stem, values, link, related in rows
    ]
    return sorted(reports, key=lambda report: (report.published_at, report.key))


def _key(values: dict) -> str:
    link = values.get("webUrl") or values.get("originalUrl")
    return link_key(clean_link(link)) if link else ""


def shape(name: str, reports: Sequence[ArticleFacts]) -> list[str]:
    """Return rows on what can be counted without labels, for the stored groups and ours."""
    moments = {report.key: report.published_at for report in reports}
    titles = defaultdict(list)
    for report in reports:
        titles[normalize(report.title)].append(report)
    rows = []
    for way in ("the stored groups", "this grouping"):
        stories = WAYS[way](reports)
        spans = [max(map(moments.get, story)) - min(map(moments.get, story)) for story in stories]
        place = {key: number for number, story in enumerate(stories) for key in story}
        split = sum(
            place[one.key] != place[two.key]
            for found in titles.values()
            for one, two in pairwise(found)
            if two.published_at - one.published_at <= 7 * DAY
        )
        several = sum(len(story) > 1 for story in stories)
        rows.append(
            f"| {name} | {way} | {len(stories):,} | {several:,} | {max(map(len, stories))} | "
            f"{max(spans) / DAY:.1f} | {split} |"
        )
    return rows


SHAPE_HEAD = [
    "| store | way | stories | of several reports | most reports | most days | identical titles split |",
    "|---|---|---:|---:|---:|---:|---:|",
]


def _counted(reports: Iterable[ArticleFacts], days: dict[int, int]) -> Iterator[ArticleFacts]:
    for report in reports:
        days[report.published_at // DAY] = days.get(report.published_at // DAY, 0) + 1
        yield report


def speed(count: int) -> list[str]:
    """Return rows: all grouped in one go, and the newest thousand added."""
    start, days, stories = time.process_time(), {}, 0
    spent = _time_of(synthetic(count))
    for _ in cluster_articles(_counted(synthetic(count), days)):
        stories += 1
    rebuilt = time.process_time() - start - 2 * spent
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    row = f"| {count:,} | {stories:,} | {rebuilt:.1f} | {count / rebuilt:,.0f} | {memory:,.0f} |"
    return [row + (f" {_added(count):.2f} |" if count <= 200_000 else " |")]


def _time_of(reports: Iterable[ArticleFacts]) -> float:
    start = time.process_time()
    for _ in reports:
        pass
    return time.process_time() - start


def _added(count: int) -> float:
    """Return the seconds that adding the newest thousand takes."""
    reports = list(synthetic(count + ADDED))
    clusters = cluster_articles(reports[:count])
    memberships = {membership.key: membership for cluster in clusters for membership in cluster}
    days = defaultdict(list)
    for report in reports:
        days[report.published_at // DAY].append(report)

    def load(first: int, end: int) -> list[Known]:
        found = (report for day in range(first, end) for report in days.get(day, ()))
        return [Known(report, memberships.get(report.key)) for report in found]

    start = time.process_time()
    changed = {report.published_at // DAY for report in reports[count:]}
    for _ in recluster(changed, {day: len(found) for day, found in days.items()}, load):
        pass
    return time.process_time() - start


SPEED_HEAD = [
    "| reports | stories | CPU seconds, all anew | reports/s | peak memory, MB | CPU seconds, adding 1,000 |",
    "|---:|---:|---:|---:|---:|---:|",
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path, help="labelled sets")
    parser.add_argument("--store", action="append", default=[], type=Path, help="a store of article files")
    parser.add_argument("--speed", action="append", default=[], type=int, help="so many invented reports")
    parser.add_argument("--write", action="store_true", help="keep the tables in docs/quality.md")
    options = parser.parse_args()
    sets = [read_labelled(path) for path in [*options.files, OWN_SET] if path.exists()]
    tables = {"Quality": quality(sets)}
    if options.store:
        rows = [row for path in options.store for row in shape(path.name, read_store(path))]
        tables["Stores without labels"] = SHAPE_HEAD + rows
    if options.speed:
        tables["Speed"] = SPEED_HEAD + [row for count in sorted(options.speed) for row in speed(count)]
    text = "\n\n".join(f"## {name}\n\n" + "\n".join(lines) for name, lines in tables.items())
    print(text)
    if options.write:
        _, heading, topics = PAGE.read_text(encoding="utf-8").partition(TOPICS)
        PAGE.write_text(INTRODUCTION + text + "\n" + heading + topics, encoding="utf-8")


INTRODUCTION = """# How good the grouping is

Written by `python -m benchmarks.stories FILE ... --write`. Scores compare stories with labels that people
made. B-Cubed precision is the share of an article's story that belongs with it, recall the share of what
belongs with it that is in its story, F1 their harmonic mean. Pairwise F1 counts pairs of articles, so large
stories weigh more. All sets are grouped with one configuration. `stories` is the invented set in
`tests/data/`; the tests fail if its score falls. "The starting point" is the first recipe that was
measured.

"""

if __name__ == "__main__":
    main()
