"""When a source is asked again: tables of waits."""

from datetime import UTC, datetime, timedelta

import pytest

from articles.sources.poll import LONGEST, SHORTEST, interval, pause, spread

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _ago(*hours):
    return [NOW - timedelta(hours=each) for each in hours]


@pytest.mark.parametrize(
    ("moments", "wish", "expected"),
    [
        pytest.param([], 0, timedelta(hours=1), id="nothing known"),
        pytest.param(_ago(1, 2, 3, 4), 0, timedelta(minutes=30), id="one an hour"),
        pytest.param(_ago(*range(0, 200, 2)), 0, timedelta(hours=38) / 20 / 2, id="only the newest count"),
        pytest.param(_ago(0, 0.1, 0.2), 0, SHORTEST, id="very busy"),
        pytest.param(_ago(1000), 0, LONGEST, id="long silent"),
        pytest.param(_ago(1, 2, -5), 0, timedelta(minutes=30), id="a time ahead does not count"),
        pytest.param(_ago(1, 2), 180, timedelta(hours=3), id="the feed asks for rest"),
        pytest.param(_ago(1, 2), 100_000, timedelta(days=1), id="the feed asks for too much"),
        pytest.param(_ago(1, 2), 5, timedelta(minutes=30), id="the feed would have more"),
    ],
)
def test_a_source_is_asked_as_often_as_it_publishes(moments, wish, expected):
    assert interval(moments, NOW, timedelta(minutes=wish)) == expected


def test_a_failing_source_is_asked_half_as_often_each_time_down_to_once_a_day():
    waits = [pause(failures) for failures in range(1, 30)]
    assert waits[:4] == [timedelta(minutes=15 * 2**place) for place in range(4)]
    assert max(waits) == waits[-1] == timedelta(days=1)
    assert pause(1, timedelta(hours=5)) == timedelta(hours=5)
    assert pause(20, timedelta(hours=5)) == timedelta(days=1)


def test_waits_are_spread_by_at_most_a_tenth_and_always_the_same():
    hour = timedelta(hours=1)
    waits = {spread(hour, f"https://paper-{place}.example/") for place in range(50)}
    assert len(waits) == 50
    assert all(0.9 * hour <= wait <= hour for wait in waits)
    assert spread(hour, "a") == spread(hour, "a")
