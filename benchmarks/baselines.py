"""What `benchmarks.stories` compares with: simple groupings, from reports to lists of keys."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from articles.stories.clusters import ArticleFacts, Key, join_overlapping
from articles.stories.similarity import DAY, HOUR, normalize, text_weights

WINDOW = 3 * DAY
Groups = list[list[Key]]


def identical_titles(reports: Sequence[ArticleFacts]) -> Groups:
    """Join reports of one title."""
    groups = defaultdict(list)
    for report in reports:
        groups[normalize(report.title)].append(report.key)
    return list(groups.values())


def stored_groups(reports: Sequence[ArticleFacts]) -> Groups:
    """Join what the store relates, in both directions and all along."""
    known = {report.key for report in reports}
    return join_overlapping([[report.key, *known.intersection(report.related)] for report in reports])


def _vectors(reports: Sequence[ArticleFacts], power: float) -> list[dict[str, float]]:
    """Return vectors of length 1 with document frequencies of the whole set."""
    texts = [text_weights(report.title, report.excerpt)[1] for report in reports]
    counts = Counter(term for text in texts for term in text)
    vectors = []
    for text in texts:
        raw = {
            term: weight * math.log((len(texts) + 1) / counts[term]) ** power for term, weight in text.items()
        }
        length = math.sqrt(sum(value * value for value in raw.values())) or 1.0
        vectors.append({term: value / length for term, value in raw.items()})
    return vectors


def _pairs(
    reports: Sequence[ArticleFacts], vectors: Sequence[dict[str, float]]
) -> Iterator[tuple[int, dict[int, float]]]:
    """Yield each place with the cosines to the places of the three days before it."""
    index: dict[str, list[int]] = defaultdict(list)
    for place, vector in enumerate(vectors):
        found: dict[int, float] = defaultdict(float)
        oldest = reports[place].published_at - WINDOW
        for term, value in vector.items():
            for other in reversed(index[term]):
                if reports[other].published_at < oldest:
                    break
                found[other] += value * vectors[other][term]
            index[term].append(place)
        yield place, found


def single_links(reports: Sequence[ArticleFacts]) -> Groups:
    """Join reports of three days whose plain TF-IDF cosine is 0.5 or more, one after the other."""
    pairs = _pairs(reports, _vectors(reports, 1.0))
    return join_overlapping(
        [reports[place].key, *(reports[other].key for other, cosine in found.items() if cosine >= 0.5)]
        for place, found in pairs
    )


def starting_point(reports: Sequence[ArticleFacts]) -> Groups:
    """Group as the first measured recipe did: the best mean of three links from 0.26, merges from 0.22.

    Its document frequencies are those of the whole set, which flatters it a little.
    """
    vectors = _vectors(reports, 0.5)
    titles = [frozenset(text_weights(report.title, "")[0]) for report in reports]
    story_of: list[list[int]] = []
    for place, found in _pairs(reports, vectors):
        links = defaultdict(list)
        for other, cosine in found.items():
            links[id(story_of[other])].append((cosine * _factor(reports, titles, place, other), other))
        ranked = []
        for ties in links.values():
            story = story_of[ties[0][1]]
            if reports[place].published_at - reports[story[0]].published_at <= 14 * DAY:
                strongest = sorted((likeness for likeness, _ in ties), reverse=True)[:3]
                ranked.append((sum(strongest) / min(3, len(story)), -story[0], story))
        ranked.sort(key=lambda entry: entry[:2], reverse=True)
        story_of.append(ranked[0][2] if ranked and ranked[0][0] >= 0.26 else [])
        story_of[place].append(place)
        if len(story_of[place]) > 1:
            _merge(reports, vectors, story_of, place, [story for *_, story in ranked[1:4]])
    stories = {id(story): story for story in story_of}
    return [[reports[place].key for place in story] for story in stories.values()]


def _factor(reports: Sequence[ArticleFacts], titles: Sequence[frozenset], one: int, other: int) -> float:
    late = math.exp((reports[other].published_at - reports[one].published_at) / (96 * HOUR))
    if reports[one].provider != reports[other].provider or not reports[one].provider:
        return late
    return late * (0.8 if titles[one] <= titles[other] or titles[other] <= titles[one] else 0.3)


def _merge(
    reports: Sequence[ArticleFacts],
    vectors: Sequence[dict],
    story_of: list[list[int]],
    place: int,
    others: list,
) -> None:
    for other in others:
        story = story_of[place]
        places = sorted(story + other)
        if reports[places[-1]].published_at - reports[places[0]].published_at > 14 * DAY:
            continue
        one, two = _sum(vectors, story), _sum(vectors, other)
        mean = sum(value * two[term] for term, value in one.items() if term in two) / len(story) / len(other)
        if mean >= 0.22:
            for member in places:
                story_of[member] = places


def _sum(vectors: Sequence[dict], story: Sequence[int]) -> Counter:
    total: Counter = Counter()
    for place in story:
        total.update(vectors[place])
    return total
