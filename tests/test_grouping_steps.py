"""A rebuild works in steps that go on from one another, and what was counted is kept for what comes."""

from random import Random

import pytest
from django.core.management import call_command

from articles.caching.writing import writing
from articles.models import Article, StaleDay, TermVectors
from articles.models.grouping import day_of
from articles.stories import grouping
from articles.stories.dayterms import DayTerms
from articles.stories.regrouping import Stretch
from tests.state import archive_state, differences_of
from tests.test_grouping_rows import _write_reports


@pytest.fixture
def archive(write_article, run_import, tmp_path):
    _write_reports(write_article, Random(4), 30)
    run_import(tmp_path / "store")
    return archive_state()


@pytest.fixture
def restored(monkeypatch):
    """Let steps be short; returns the first days of the stretches that had to be restored."""
    monkeypatch.setattr(grouping, "CHUNK", 2)
    first_days, restore = [], Stretch._restore

    def noting(stretch, *given):
        first_days.append(stretch._first)
        return restore(stretch, *given)

    monkeypatch.setattr(Stretch, "_restore", noting)
    return first_days


def test_a_rebuild_in_steps_restores_nothing_and_changes_nothing(archive, restored):
    call_command("group_stories", "--rebuild", stdout=None)
    assert len(restored) == 1
    assert differences_of(archive_state(), archive) == []


def test_what_is_grouped_between_two_steps_is_seen(archive, restored, monkeypatch):
    place_some, steps = grouping._place_some, []

    def disturbed(held):
        steps.append(held)
        if len(steps) == 3:
            # A change of the days that are done, and another grouping that has time for a step of it.
            with writing():
                early = Article.objects.order_by("published_at", "link_key")[1]
                Article.objects.filter(pk=early.pk).update(title="Council votes on a new lighthouse keeper")
                StaleDay.objects.mark([day_of(early.published_at)])
            place_some(grouping._Held())
        return place_some(held)

    monkeypatch.setattr(grouping, "_place_some", disturbed)
    call_command("group_stories", "--rebuild", stdout=None)
    assert len(restored) == 3
    monkeypatch.undo()
    found = archive_state()
    call_command("group_stories", "--rebuild", stdout=None)
    assert differences_of(archive_state(), found) == []


def test_what_was_counted_is_kept_for_the_last_days_grouped(archive, monkeypatch):
    days = sorted({day_of(moment) for moment in Article.objects.values_list("published_at", flat=True)})
    kept = {row.day: row for row in TermVectors.objects.all()}
    assert {day for day in days if day > days[-1] - 3} <= kept.keys() <= set(days)
    monkeypatch.setattr(TermVectors.objects, "KEPT", 2)
    TermVectors.objects.replace(days[-1], days[-1] + 1, {days[-1]: b"anew"})
    assert TermVectors.objects.count() == 2
    assert TermVectors.objects.of_days(0, days[-1] + 1)[days[-1]] == b"anew"


@pytest.mark.parametrize("counts", [None, {}, {"ferry": 2, "the": 1}])
def test_counted_terms_come_back_as_they_were(counts):
    vectors = [{"ferry": 700, "höhe": 3}, {}, {"港": 12, "ferry": 9}]
    if counts:
        counts |= {"höhe": 1, "港": 1}
    elif counts == {}:
        vectors = [{}]
    found = DayTerms.from_bytes(DayTerms(vectors, counts).to_bytes())
    assert found == DayTerms(vectors, counts)
    assert [list(vector) for vector in found.vectors] == [list(vector) for vector in vectors]
