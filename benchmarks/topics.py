"""How well topics are found by keywords: `python -m benchmarks.topics STORE… [--write]`.

Compares what `articles.sources.classify` finds in the titles and excerpts of a store's articles with the
topics that the store gives them. `--write` keeps the tables in docs/quality.md.
"""

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from articles.frontmatter.document import DocumentError, parse
from articles.sources.classify import Taxonomy, TopicWords
from benchmarks.stories import PAGE, TOPICS

OWN_SET = Path(__file__).resolve().parents[1] / "tests" / "data" / "topics.json"


@dataclass(frozen=True)
class Labelled:
    """Reports with the topics that somebody gave them, and the keywords to find those by."""

    name: str
    taxonomy: Taxonomy
    reports: list[tuple[str, str, frozenset[str]]]


@dataclass
class Counts:
    """How often a topic was found and right, found and wrong, or missed."""

    right: Counter = field(default_factory=Counter)
    wrong: Counter = field(default_factory=Counter)
    missed: Counter = field(default_factory=Counter)

    def scores(self, names: Iterable[str]) -> tuple[int, float, float]:
        """Return how many there are of these topics, the precision and the recall."""
        names = list(names)
        right, wrong, missed = (
            sum(counter[name] for name in names) for counter in (self.right, self.wrong, self.missed)
        )
        return right + missed, right / max(right + wrong, 1), right / max(right + missed, 1)


def read_store(root: Path) -> Labelled:
    """Return the articles of a store root and its topics."""
    facts = [yaml.safe_load(path.read_text()) for path in sorted((root / "_data" / "topics").glob("*.yaml"))]
    topics = [
        TopicWords(each["name"], each.get("parent") or "", tuple(each.get("keywords") or ()))
        for each in facts
    ]
    reports = []
    for path in sorted((root / "_news").glob("*.md")):
        try:
            values = parse(path.read_bytes()).values
        except DocumentError:
            continue
        labels = frozenset(values.get("topics") or ())
        reports.append((values["title"], values.get("excerpt") or "", labels))
    return Labelled(root.name, Taxonomy(topics), reports)


def read_own() -> Labelled:
    """Return the invented set of the tests."""
    facts = json.loads(OWN_SET.read_text(encoding="utf-8"))
    topics = [TopicWords(name, parent, tuple(words)) for name, parent, *words in facts["topics"]]
    reports = [(title, excerpt, frozenset(labels)) for title, excerpt, *labels in facts["reports"]]
    return Labelled("invented", Taxonomy(topics), reports)


def shared_by_all(labelled: Labelled) -> frozenset[str]:
    """Return the topics that every report has: in a store that is about one thing, they tell nothing."""
    return frozenset.intersection(*(labels for _, _, labels in labelled.reports))


def telling(labelled: Labelled) -> list[str]:
    """Return the topics that tell reports apart."""
    return [name for name in labelled.taxonomy.topics if name not in shared_by_all(labelled)]


def count(labelled: Labelled, *, only_labelled: bool = False) -> Counts:
    """Compare what is found with the labels, or only where a report has a topic that not all have."""
    counts = Counts()
    above = shared_by_all(labelled)
    for title, excerpt, labels in labelled.reports:
        if only_labelled and not labels - above:
            continue
        found = {each.topic for each in labelled.taxonomy.match(title, excerpt)}
        counts.right.update(found & labels)
        counts.wrong.update(found - labels)
        counts.missed.update(labels & labelled.taxonomy.topics.keys() - found)
    return counts


def table(sets: Iterable[Labelled]) -> Iterator[str]:
    """Yield a table: for each topic the scores over all reports, and those over labelled reports."""
    yield "| store | topic | reports | precision | recall | precision, labelled | recall, labelled |"
    yield "|---|---|---:|---:|---:|---:|---:|"
    for labelled in sets:
        everywhere, there = count(labelled), count(labelled, only_labelled=True)
        names = list(labelled.taxonomy.topics)
        rows = [(name, [name]) for name in names]
        rows.append(("**all but what every report has**", telling(labelled)))
        for title, chosen in rows:
            number, precision, recall = everywhere.scores(chosen)
            _, narrow, narrow_recall = there.scores(chosen)
            yield (
                f"| {labelled.name} | {title} | {number:,} | {precision:.3f} | {recall:.3f} "
                f"| {narrow:.3f} | {narrow_recall:.3f} |"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("stores", nargs="*", type=Path)
    parser.add_argument("--write", action="store_true", help="keep the tables in docs/quality.md")
    options = parser.parse_args()
    text = "\n".join(table([*map(read_store, options.stores), read_own()]))
    print(text)
    if options.write:
        before = PAGE.read_text(encoding="utf-8").partition(TOPICS)[0]
        PAGE.write_text(before + TOPICS + INTRODUCTION + text + "\n", encoding="utf-8")


INTRODUCTION = """

Written by `python -m benchmarks.topics STORE… --write`. Topics that keywords find in title and excerpt are
compared with the topics that the stores give their articles, per topic and together. The stores' labels are
incomplete: up to February 2020 nearly every article of azure has a topic besides Azure itself; later, four
of five have none, whatever their subject. A topic found in an article without any counts as wrong in the
first two columns of scores; the last two columns include only articles to which the store gave at least one
topic that not all have. Most missed topics occur only in the article's body, which the site does not store.
A topic's own name is searched only if it has no keywords, and word endings are not changed: both find
little more, most of it wrong. `invented` is the set in `tests/data/topics.json`, labelled by the subjects
of the articles. The tests fail if the scores of available sets fall.

"""


if __name__ == "__main__":
    main()
