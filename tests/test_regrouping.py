"""After a change all is as if it had been grouped in one go."""

from collections import Counter, defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.stories import similarity
from articles.stories.dayterms import DayTerms
from articles.stories.regrouping import Depth, Known, regroup, stories_of, with_merged
from articles.stories.reports import UNREAD
from articles.stories.similarity import DAY
from tests.stories_help import in_time, placings_of, report
from tests.test_clustering import CROWN, FERRY, REPORTS


class Shelf:
    """What a database does: it keeps reports and placings, and tells of what changed."""

    def __init__(self):
        self.reports, self.placings, self.loaded, self.grouped = {}, {}, 0, 0
        self.terms, self.state = {}, None

    def change(self, add=(), remove=()):
        days = {self.reports.pop(key).published_at // DAY for key in remove}
        for key in remove:
            self.placings.pop(key)
        for new in add:
            old = self.reports.get(new.key, new)
            days |= {old.published_at // DAY, new.published_at // DAY}
            self.reports[new.key] = new
        counts = Counter(r.published_at // DAY for r in self.reports.values())
        named = []
        state, self.state = self.state, None
        if state and min(days, default=0) < state.end:
            state = None
        for result in regroup(days, counts, self.load, state=state, load_terms=self.load_terms):
            self.state = result.state
            first, end = result.days
            self.terms = {day: kept for day, kept in self.terms.items() if not first <= day < end}
            self.terms |= {day: kept.to_bytes() for day, kept in result.terms.items()}
            for placing in result.placings:
                link = self.placings[placing.key].link if placing.link is UNREAD else placing.link
                self.placings[placing.key] = placing._replace(link=link)
            named += result.stories
            self.grouped += result.grouped
        return named

    def load(self, first, end, depth, openers=None):
        found = [r for r in self.reports.values() if first <= r.published_at // DAY < end]
        if openers is not None:
            placed = {r.key: self.placings[r.key] for r in found}
            merges = [(key, placing.merge.into) for key, placing in placed.items() if placing.merge]
            openers = with_merged(openers, merges)
            found = [r for r in found if _names(placed[r.key]) & openers]
        self.loaded += len(found)
        return [self._known(r, depth) for r in found]

    def load_terms(self, first, end):
        return {d: DayTerms.from_bytes(kept) for d, kept in self.terms.items() if first <= d < end}

    def _known(self, told, depth):
        placing = self.placings.get(told.key)
        if depth < Depth.TEXTS:
            told = told._replace(excerpt="", provider="", related=frozenset())
        if placing and depth < Depth.LINKS:
            placing = placing._replace(link=UNREAD)
        return Known(told, placing)

    def stories(self):
        return {frozenset(s) for s in stories_of(in_time(self.reports.values()), self.placings)}


def _names(placing):
    return {placing.story, placing.drawn.into} if placing.drawn else {placing.story}


@pytest.fixture(autouse=True)
def _short_memory(monkeypatch):
    """Let document frequencies forget within the few reports of a test."""
    monkeypatch.setattr(similarity, "COUNTED_REPORTS", 6)
    monkeypatch.setattr("articles.stories.regrouping.COUNTED_REPORTS", 6)
    monkeypatch.setattr("articles.stories.regrouping.PIECE", 4)


def test_what_comes_later_grows_the_story():
    shelf = Shelf()
    shelf.change(FERRY[:2])
    assert shelf.change(FERRY[2:]) == [[1, 2, 3]]
    assert shelf.placings == placings_of(FERRY)


def test_a_late_report_that_ties_two_stories_merges_them():
    shelf = Shelf()
    shelf.change([FERRY[2], *CROWN])
    shelf.change(FERRY[:2])
    assert shelf.stories() == {frozenset({1, 2, 3}), frozenset({4, 5})}


def test_a_story_that_loses_a_report_is_grouped_again():
    shelf = Shelf()
    shelf.change(FERRY + CROWN)
    shelf.change(remove=[1])
    assert shelf.placings == placings_of(FERRY[1:] + CROWN)


def test_only_the_neighbourhood_of_a_change_is_touched():
    old = [report(n, f"Word{n} and thing{n}", "", n * 24) for n in range(400)]
    shelf = Shelf()
    shelf.change(old)
    shelf.loaded = shelf.grouped = 0
    shelf.change([report(1000, "Ferry aground", "", 200 * 24)])
    assert shelf.grouped < 40
    assert shelf.loaded < 100


def _series(*days):
    return [report(n, "Reminder about the harbour lights festival", "", n * 24.0) for n in days]


def _strangers(days, a_day=4):
    return [report(1000 + n, f"Word{n} and thing{n}", "", n * 24 / a_day) for n in range(a_day * days)]


def test_a_story_that_began_earlier_before_the_change_is_as_young_as_in_a_rebuild():
    shelf, others = Shelf(), _strangers(25)
    shelf.change(_series(0, 6, 12, 19) + others)
    shelf.change(remove=[0])
    assert shelf.placings == placings_of(_series(6, 12, 19) + others)


def test_copies_that_a_later_one_drew_go_back_when_it_goes():
    shelf, others = Shelf(), _strangers(25)
    elder = report(100, "Harbour lights festival begins at the harbour", "", 0)
    shelf.change([elder, *_series(3, 9), *others])
    assert {frozenset({100, 3, 9})} <= shelf.stories()
    shelf.change(_series(15))
    assert {frozenset({100}), frozenset({3, 9, 15})} <= shelf.stories()
    assert shelf.placings == placings_of([elder, *_series(3, 9, 15), *others])
    shelf.change(remove=[15])
    assert shelf.placings == placings_of([elder, *_series(3, 9), *others])


@given(st.data())
@settings(deadline=None, max_examples=25)
def test_series_of_one_title_end_the_same_in_any_parts_and_order(data):
    title, other = "Reminder about the harbour lights", "Harbour lights festival begins at the harbour"
    days = data.draw(st.lists(st.integers(0, 45), min_size=3, max_size=16))
    reports = [
        report(n, data.draw(st.sampled_from([title, other, f"{title} number {n}"])), "", 24.0 * day)
        for n, day in enumerate(days)
    ] + _strangers(45, a_day=2)
    shelf, order = Shelf(), data.draw(st.permutations(reports[: len(days)]))
    shelf.change(reports[len(days) :])
    cut = data.draw(st.integers(0, len(order)))
    for part in (order[:cut], order[cut:]):
        before = shelf.stories()
        named = shelf.change(part)
        assert shelf.stories() - before <= {frozenset(story) for story in named}
    gone = data.draw(st.sets(st.sampled_from([r.key for r in order])))
    shelf.change(remove=gone)
    assert shelf.placings == placings_of(r for r in reports if r.key not in gone)


def test_a_report_that_was_never_told_of_is_noticed():
    shelf = Shelf()
    shelf.reports[1] = FERRY[0]
    with pytest.raises(ValueError, match="never placed"):
        shelf.change([FERRY[2]])


@given(REPORTS, st.data())
@settings(deadline=None, max_examples=60)
def test_imports_in_any_parts_and_order_end_as_one(reports, data):
    labels = data.draw(st.lists(st.integers(0, 3), min_size=len(reports), max_size=len(reports)))
    parts = defaultdict(list)
    for r, label in zip(reports, labels, strict=True):
        parts[label].append(r)
    shelf = Shelf()
    for label in data.draw(st.permutations(sorted(parts))):
        before = shelf.stories()
        named = shelf.change(parts[label])
        assert shelf.stories() - before <= {frozenset(story) for story in named}
    assert shelf.placings == placings_of(reports)


@given(REPORTS, st.data())
@settings(deadline=None, max_examples=40)
def test_removed_and_moved_reports_leave_no_trace(reports, data):
    shelf = Shelf()
    shelf.change(reports)
    keys = sorted(shelf.reports)
    gone = data.draw(st.sets(st.sampled_from(keys))) if keys else set()
    shelf.change(remove=gone)
    left = [r for r in reports if r.key not in gone]
    moved = [r._replace(published_at=r.published_at + 5 * DAY) for r in left[:3]]
    shelf.change(moved)
    assert shelf.placings == placings_of(moved + left[3:])
