"""Manners: Retry-After, and queue between hosts."""

from datetime import UTC, datetime

import pytest

from articles.http.throttle import HostQueue, retry_after_seconds

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


def test_a_pause_lies_between_two_requests_to_a_host():
    queue = HostQueue(concurrent=9, interval=0.5)
    queue.add("a", 1)
    queue.add("a", 2)
    assert queue.start_next(10.0) == ("a", 1)
    assert queue.start_next(10.4) is None
    assert queue.next_start() == 10.5
    assert queue.start_next(10.5) == ("a", 2)
