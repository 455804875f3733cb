"""Relative times in words, and their renewal in finished pages."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from django.utils.html import escape

from articles.caching import times

NOW = datetime(2023, 5, 4, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(times.timezone, "now", lambda: NOW)


def test_a_time_is_told_in_one_unit_and_after_a_week_as_a_date():
    for past, expected, german in (
        (timedelta(seconds=-5), "now", "jetzt"),
        (timedelta(seconds=59), "now", "jetzt"),
        (timedelta(minutes=1), "1 min ago", "vor 1 Min."),
        (timedelta(minutes=59, seconds=59), "59 min ago", "vor 59 Min."),
        (timedelta(hours=23, minutes=59), "23 h ago", "vor 23 Std."),
        (timedelta(days=1), "1 day ago", "vor 1 Tag"),
        (timedelta(days=6, hours=23), "6 days ago", "vor 6 Tagen"),
        (timedelta(days=7), "27 Apr 2023", "27. Apr 2023"),
    ):
        assert times.relative_time(NOW - past, NOW) == expected
        with translation.override("de"):
            assert times.relative_time(NOW - past, NOW) == german


def test_only_elements_of_relative_times_are_renewed():
    young, old = NOW - timedelta(hours=2), NOW - timedelta(days=30)
    page = f"<p>{times.time_element(young)} {times.time_element(old)} {times.now_element()}</p>"
    later = NOW + timedelta(days=1)
    renewed = times.renew_relative_times(page.encode(), later, "en").decode()
    assert "2 h ago</time>" in page
    assert renewed == page.replace("2 h ago", "1 day ago").replace(
        str(times.now_element()),
        '<time datetime="2023-05-05T12:00:00Z" data-now>Friday, 5 May 2023, 12:00 UTC</time>',
    )
    assert "vor 1 Tag" in times.renew_relative_times(page.encode(), later, "de").decode()
    assert times.renew_relative_times(renewed.encode(), NOW, "en").decode() == page


def test_text_from_outside_is_never_taken_for_a_time():
    text = escape('<time datetime="2023-05-04T12:00:00Z" data-relative>soon</time>').encode()
    assert times.renew_relative_times(text, NOW, "en") == text
    assert times.time_element(None) == ""
