"""Manners: Retry-After, and turns between hosts."""

from datetime import UTC, datetime

import pytest

from articles.http.throttle import Turns, retry_after_seconds

NOW = datetime(2023, 5, 4, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), (" 0 ", 0), ("99999999999", 86_400), ("9" * 5000, 86_400), ("-5", None), ("", None),
     ("soon", None), ("١٢", None), ("Thu, 04 May 2023 09:32:00 GMT", 120),
     ("Thu, 04 May 2023 09:00:00 GMT", 0),
     ("Thu, 04 May 2999 09:00:00 GMT", 86_400), ("Thu, 99 May 2023 09:00:00 GMT", None)],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_of_at_most_a_day(value, seconds):
    assert retry_after_seconds(value, NOW) == seconds


def test_hosts_take_turns_and_each_has_few_at_once():
    turns = Turns(at_once=1, interval=0)
    for item in ("a1", "a2", "b1"):
        turns.add(item[0], item)
    assert [turns.take(0.0), turns.take(0.0), turns.take(0.0)] == [("a", "a1"), ("b", "b1"), None]
    assert turns.next_at() is None
    turns.done("a")
    assert turns.take(0.0) == ("a", "a2")
    assert len(turns) == 0


def test_a_pause_lies_between_two_requests_to_a_host():
    turns = Turns(at_once=9, interval=0.5)
    turns.add("a", 1)
    turns.add("a", 2)
    assert turns.take(10.0) == ("a", 1)
    assert turns.take(10.4) is None
    assert turns.next_at() == 10.5
    assert turns.take(10.5) == ("a", 2)


def test_a_host_that_wants_long_is_given_up_and_one_that_wants_little_is_waited_for():
    turns = Turns(interval=0)
    for host in ("a", "a", "b"):
        turns.add(host, host)
    assert turns.pause("b", 0.0, 5) == []
    assert turns.pause("a", 0.0, 120) == ["a", "a"]
    assert len(turns) == 1
    assert turns.take(0.0) is None
    assert turns.take(turns.next_at()) == ("b", "b")
