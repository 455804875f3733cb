"""Labelled stories for `benchmarks.stories`: reading them, and the scores of a grouping.

A file has one JSON object a line: `id`, `title`, `excerpt`, `provider`, `published_at`, and where known
`story` (the label), `link`, and `related` (ids that a store relates to this one).
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from articles.stories.clusters import ArticleFacts, Key

UNKNOWN_PROVIDERS = ("", "?")


class Labelled(NamedTuple):
    """Reports in the order of their times, and the labels of those that have one."""

    name: str
    reports: list[ArticleFacts]
    labels: dict[Key, str]


class Scores(NamedTuple):
    """B-Cubed precision, recall and F1 (Bagga and Baldwin, 1998), and the F1 of pairs; 0 to 1."""

    precision: float
    recall: float
    f1: float
    pairs: float


def read_labelled(path: Path) -> Labelled:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    reports = [
        ArticleFacts(
            key=row["id"],
            title=row["title"],
            excerpt=row.get("excerpt") or "",
            published_at=int(datetime.fromisoformat(row["published_at"]).timestamp()),
            provider="" if row.get("provider") in UNKNOWN_PROVIDERS else row.get("provider") or "",
            link=row.get("link") or "",
            related=frozenset(row.get("related") or ()),
        )
        for row in rows
    ]
    reports.sort(key=lambda report: (report.published_at, report.key))
    return Labelled(path.stem, reports, {row["id"]: row["story"] for row in rows if row.get("story")})


def score(labels: Mapping[Key, str], stories: Iterable[Sequence[Key]]) -> Scores:
    """Score stories (lists of keys) over the labelled keys."""
    sizes = Counter(labels.values())
    precision = recall = 0.0
    right = grouped = count = 0
    for story in stories:
        found = Counter(labels[key] for key in story if key in labels)
        size = found.total()
        grouped += size * (size - 1) // 2
        for label, shared in found.items():
            precision += shared * shared / size
            recall += shared * shared / sizes[label]
            right += shared * (shared - 1) // 2
            count += shared
    wanted = sum(size * (size - 1) // 2 for size in sizes.values())
    pairs = 2 * right / (grouped + wanted) if grouped + wanted else 1.0
    if not count:
        return Scores(1.0, 1.0, 1.0, pairs)
    precision, recall = precision / count, recall / count
    return Scores(precision, recall, 2 * precision * recall / (precision + recall), pairs)
