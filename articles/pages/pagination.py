"""Pages by cursor: any page costs the same, and none is counted."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from django.db.models import F

from articles.models import Article

_CURSOR = re.compile(r"(-?[0-9]{1,20}(?:\.[0-9]{1,30})?)~([0-9]{1,18})", re.ASCII)


@dataclass
class Page:
    """Rows of a page and the cursor of the next, "" on the last.

    Rows are articles, or of stories just the number (`story`) and the values they are sorted by.
    """

    rows: list
    next_cursor: str
    is_first: bool

    def links(self, request) -> dict:
        """Return the addresses of the next and the first page; filters stay."""
        if not self.next_cursor and self.is_first:
            return {"next_url": "", "first_url": ""}
        query = request.GET.copy()
        query.pop("after", None)
        first = f"?{query.urlencode()}" if query else request.path
        query["after"] = self.next_cursor
        return {
            "next_url": f"?{query.urlencode(safe='~')}" if self.next_cursor else "",
            "first_url": "" if self.is_first else first,
        }


class StoryRow(NamedTuple):
    """A row of a list of stories."""

    story: int
    rank: float
    heat: int
    published_at: datetime


def page_of(queryset, sort: str, cursor: str, size: int) -> Page:
    """Return the page of `queryset` after `cursor`; a cursor that is none gives the first page.

    Stories are sorted by `sort`; articles, with "", by time.
    """
    is_article = queryset.model is Article
    after = _read(cursor, sort)
    rows = queryset.newest_first() if is_article else queryset.sorted_by(sort)
    if after:
        rows = rows.after(*after) if is_article else rows.after(sort, *after)
    if not is_article:
        rows = rows.values_list(F(rows.story_column), "rank", "heat", "published_at")
    found = [row if is_article else StoryRow(*row) for row in rows[: size + 1]]
    next_cursor = _cursor(found[size - 1], sort) if len(found) > size else ""
    return Page(found[:size], next_cursor, after is None)


def _read(cursor: str, sort: str):
    match = _CURSOR.fullmatch(cursor)
    if not match:
        return None
    value, key = match[1], int(match[2])
    try:
        if sort == "hot":
            return float(value), key
        if sort == "top":
            return (int(value), key) if abs(int(value)) < 2**31 else None
        return datetime.fromtimestamp(int(value) / 1_000_000, UTC), key
    except (ValueError, OverflowError, OSError):
        return None


def _cursor(row, sort: str) -> str:
    if sort == "hot":
        value = f"{row.rank:.17f}".rstrip("0").rstrip(".")
    elif sort == "top":
        value = str(row.heat)
    else:
        moment = row.published_at
        value = str(int(moment.timestamp()) * 1_000_000 + moment.microsecond)
    return f"{value}~{row.story if isinstance(row, StoryRow) else row.pk}"
