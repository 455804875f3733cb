"""After a change everything is as if it had been clustered in one go."""

from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.stories import reclustering, similarity
from articles.stories.reclustering import Known, recluster
from articles.stories.similarity import DAY
from tests.stories.cases import article, memberships_of
from tests.stories.test_clustering import ARTICLES


class Archive:
    """Articles and their memberships, as a database stores them."""

    def __init__(self):
        self.articles, self.memberships, self.loaded = {}, {}, 0

    def change(self, add=(), remove=()):
        days = {self.articles.pop(key).published_at // DAY for key in remove}
        for key in remove:
            self.memberships.pop(key)
        for new in add:
            old = self.articles.get(new.key, new)
            days |= {old.published_at // DAY, new.published_at // DAY}
            self.articles[new.key] = new
        counts = Counter(each.published_at // DAY for each in self.articles.values())
        for memberships in recluster(days, counts, self.load):
            self.memberships.update((membership.key, membership) for membership in memberships)

    def load(self, first, end):
        found = [each for each in self.articles.values() if first <= each.published_at // DAY < end]
        self.loaded += len(found)
        return [Known(each, self.memberships.get(each.key)) for each in found]


@pytest.fixture(autouse=True)
def _short_memory(monkeypatch):
    """Let document frequencies forget within the few articles of a test."""
    monkeypatch.setattr(similarity, "COUNTED_ARTICLES", 6)
    monkeypatch.setattr(reclustering, "COUNTED_ARTICLES", 6)
    monkeypatch.setattr(reclustering, "BATCH", 4)


def test_only_the_neighbourhood_of_a_change_is_touched():
    archive = Archive()
    archive.change([article(n, f"Word{n} and thing{n}", "", n * 24) for n in range(400)])
    archive.loaded = 0
    archive.change([article(1000, "Ferry aground", "", 200 * 24)])
    assert archive.loaded < 100


def _strangers(days, a_day=4):
    return [article(1000 + n, f"Word{n} and thing{n}", "", n * 24 / a_day) for n in range(a_day * days)]


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_series_of_one_title_end_the_same_in_any_parts_and_order(data):
    title, other = "Reminder about the harbour lights", "Harbour lights festival begins at the harbour"
    days = data.draw(st.lists(st.integers(0, 45), min_size=3, max_size=16))
    articles = [
        article(n, data.draw(st.sampled_from([title, other, f"{title} number {n}"])), "", 24.0 * day)
        for n, day in enumerate(days)
    ] + _strangers(45, a_day=2)
    archive, order = Archive(), data.draw(st.permutations(articles[: len(days)]))
    archive.change(articles[len(days) :])
    cut = data.draw(st.integers(0, len(order)))
    for part in (order[:cut], order[cut:]):
        archive.change(part)
    gone = data.draw(st.sets(st.sampled_from([each.key for each in order])))
    archive.change(remove=gone)
    assert archive.memberships == memberships_of(each for each in articles if each.key not in gone)


@given(ARTICLES, st.data())
@settings(deadline=None, max_examples=60)
def test_imports_in_any_parts_and_order_end_as_one(articles, data):
    labels = data.draw(st.lists(st.integers(0, 3), min_size=len(articles), max_size=len(articles)))
    parts = defaultdict(list)
    for each, label in zip(articles, labels, strict=True):
        parts[label].append(each)
    archive = Archive()
    for label in data.draw(st.permutations(sorted(parts))):
        archive.change(parts[label])
    assert archive.memberships == memberships_of(articles)


@given(ARTICLES, st.data())
@settings(deadline=None, max_examples=40)
def test_removed_and_moved_articles_leave_no_trace(articles, data):
    archive = Archive()
    archive.change(articles)
    keys = sorted(archive.articles)
    gone = data.draw(st.sets(st.sampled_from(keys))) if keys else set()
    archive.change(remove=gone)
    left = [each for each in articles if each.key not in gone]
    moved = [each._replace(published_at=each.published_at + 5 * DAY) for each in left[:3]]
    archive.change(moved)
    assert archive.memberships == memberships_of(moved + left[3:])
