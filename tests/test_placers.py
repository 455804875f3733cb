"""Reports are placed in a process beside the one that settles stories, and come out as if there were none."""

import os
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from articles.http import sandbox as workers
from articles.models import Article, Decision, Placing, Story, StoryAlias
from articles.stories import grouping
from articles.stories.placer import plain_placing, read_placing
from articles.stories.placers import PlacerBeside
from articles.stories.reports import UNREAD, Link, Merge
from articles.stories.reports import Placing as Place
from tests.state import archive_state, differences_of
from tests.test_grouping_rows import EVENTS

LINK = Link("a", "b", "similar", 0.25, (("ferry", 0.2), ("tide", 0.05)))


@pytest.mark.parametrize(
    "placing",
    [
        Place("a", "a"),
        Place("a", "b", LINK),
        Place("a", "b", UNREAD, Merge("c", 19500, LINK), Merge("d", 19501, LINK._replace(terms=()))),
    ],
)
def test_a_placing_comes_back_from_plain_values_as_it_was(placing):
    found = read_placing(plain_placing(placing))
    assert found == placing
    assert (found.link is UNREAD) == (placing.link is UNREAD)


@pytest.fixture
def archive(write_article, run_import, tmp_path):
    """An archive over four months, grouped in one piece."""
    random = Random(7)
    for place in range(60):
        write_article(
            f"r{place}",
            title=EVENTS[random.randrange(len(EVENTS))] + random.choice(["", " today", " - live"]),
            publishedDateTime=f"2023-0{random.randint(3, 6)}-{random.randint(1, 28):02}T10:00:00Z",
            quality=random.choice([20, 57, 80]),
            provider={"name": f"P{place % 5}", "domain": f"p{place % 5}.example"},
        )
    run_import(tmp_path / "store")
    return archive_state()


@pytest.fixture
def in_steps(monkeypatch):
    """Let steps be short, and worth a process; returns what of it is used."""
    monkeypatch.setattr(grouping, "CHUNK", 8)
    monkeypatch.setattr(grouping, "BESIDE", 10)
    heard, hear = [], PlacerBeside._hear

    def noting(placer, *given):
        hear(placer, *given)
        heard.append(placer)

    monkeypatch.setattr(PlacerBeside, "_hear", noting)
    is_done = PlacerBeside.is_done  # never at the first look, as with many reports
    looked = {}

    def slow(placer, *given, **more):
        first_look = looked.get(id(placer)) is not placer._asked
        looked[id(placer)] = placer._asked
        return is_done(placer, *given, **more) and not first_look

    monkeypatch.setattr(PlacerBeside, "is_done", slow)
    settled, settle_days = [], grouping.settle_days

    def counting(*given):
        settled.append(settle_days(*given))
        return settled[-1]

    monkeypatch.setattr(grouping, "settle_days", counting)
    return heard, settled


def _forget_stories():
    Article.objects.update(story=None, story_position=None)
    Story.objects.all().delete()
    Placing.objects.all().delete()


def _group_for_the_first_time():
    _forget_stories()
    call_command("group_stories", "--rebuild", stdout=None)


def test_a_first_grouping_beside_is_as_one_here_and_stories_are_settled_meanwhile(archive, in_steps):
    _group_for_the_first_time()
    heard, settled = in_steps
    assert differences_of(archive_state(), archive) == []
    assert len(set(map(id, heard))) == 1, "one process does all steps"
    assert sum(settled) > 10
    assert heard[0]._worker is None, "it is ended"
    assert not StoryAlias.objects.exists(), "no story was made that another took up"


def test_what_can_wait_is_done_while_reports_are_placed_and_nothing_is_left_to_settle(
    archive, in_steps, monkeypatch
):
    is_done = PlacerBeside.is_done
    monkeypatch.setattr(
        PlacerBeside, "is_done", lambda placer, *given, **more: is_done(placer, *given, **more) and False
    )
    _forget_stories()
    grouping.mark_all()
    heard, settled = in_steps
    done = []

    def meanwhile():
        done.append((len(heard), len(settled)))
        return len(done) % 3 == 0

    grouping.group_waiting(meanwhile=meanwhile)
    assert len(done) > 3
    assert len(done) % 3 == 0, "asked again until it has nothing left to do"
    assert done[0][1] == 0, "the first reports are placed before there is anything to settle"
    assert 0 < done[0][0] < len(heard)
    assert all(settled[settles - 1] == 0 for _, settles in done if settles)
    assert differences_of(archive_state(), archive) == []


def test_where_days_were_grouped_before_or_decisions_join_days_nothing_is_settled_meanwhile(
    archive, in_steps
):
    call_command("group_stories", "--rebuild", stdout=None)
    assert in_steps == ([], [])
    one, other = Article.objects.order_by("published_at")[:2]
    Decision.objects.create(kind=Decision.Kind.TOGETHER, article=one, other=other)
    _group_for_the_first_time()
    assert in_steps == ([], [])


def test_the_process_is_ended_where_the_first_step_fails(archive, in_steps, monkeypatch):
    started, start = [], grouping._Aside.start

    def noting(aside):
        started.append(start(aside))
        return started[-1]

    def fails(*given):
        raise OperationalError("database is locked")

    monkeypatch.setattr(grouping._Aside, "start", noting)
    monkeypatch.setattr(grouping._Work, "keep", fails)
    with pytest.raises(CommandError, match="database is locked"):
        _group_for_the_first_time()
    assert [placer._worker for placer in started] == [None]


@pytest.mark.parametrize(
    "program",
    ["raise SystemExit", "import os; os.kill(os.getpid(), 9)", "import os; os.write(1, b'x' * 30)"],
    ids=["ends", "is killed", "lies"],
)
def test_a_process_that_dies_at_once_costs_nothing_but_time(archive, in_steps, monkeypatch, program):
    monkeypatch.setattr(workers, "_BESIDE", program)
    _group_for_the_first_time()
    assert differences_of(archive_state(), archive) == []


@pytest.mark.parametrize("heard_before", [1, 2, 4, 5])
def test_a_process_killed_in_the_middle_costs_nothing_but_time(archive, in_steps, monkeypatch, heard_before):
    hear, killed = PlacerBeside._hear, []

    def dying(placer, *given):
        hear(placer, *given)
        if len(in_steps[0]) == heard_before and placer._worker:
            killed.append(placer._worker.process.pid)
            os.kill(killed[-1], 9)

    monkeypatch.setattr(PlacerBeside, "_hear", dying)
    _group_for_the_first_time()
    assert killed
    assert differences_of(archive_state(), archive) == []


def test_where_no_process_can_be_started_reports_are_placed_here(archive, in_steps, monkeypatch):
    monkeypatch.setattr(workers, "Worker", _fails)
    _group_for_the_first_time()
    assert in_steps[0] == []
    assert differences_of(archive_state(), archive) == []


def _fails(program):
    raise OSError(12, "Cannot allocate memory")
