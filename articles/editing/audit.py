"""The audit log: each edit of the newsroom is one transaction and one row of the log."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.contrib.auth.models import User
from django.db.models import Q

from articles.caching.writing import chunked, writing
from articles.editing.snapshots import EDITED, Snapshot, compare, snapshot
from articles.models import Article, Decision, Edit, EditTarget, StaleDay, Story
from articles.models.grouping import day_of
from articles.stories.aggregates import refresh_stories
from articles.stories.assignment import Reassignments, assign
from articles.stories.constraints import Constraints
from articles.stories.grouping import current_constraints, group_waiting

MAX_SUMMARIZED = 20  # stories in the summary of one edit; a bulk edit may change many more


class EditError(ValueError):
    """An edit that makes no sense; the text is the reason. Nothing was changed."""


@contextmanager
def record_edit(
    kind: Edit.Kind,
    user: User | None,
    reason: str = "",
    *,
    with_decisions: bool = False,
    **rows: Iterable[int],
) -> Iterator["EditRecorder"]:
    """Run the block as one edit: in one transaction, logged if it changed anything.

    `rows` names the rows that the block may change: model name (see `snapshots.TRACKED`) to primary keys.
    With `with_decisions` the decisions about the articles belong to the edit. Afterwards `recorder.edit` is
    the row of the log, or None if nothing changed.
    """
    with writing():
        recorder = EditRecorder(
            kind, user, reason, with_decisions, {name: set(keys) for name, keys in rows.items()}
        )
        yield recorder
        recorder.write_log()


class EditRecorder:
    """An edit in progress. Code that changes articles or stories calls `regroup` or `refresh` afterwards.

    `reassignments` collects which articles change their story.
    """

    def __init__(self, kind, user, reason: str, with_decisions: bool, rows: dict[str, set[int]]) -> None:
        self.kind, self.user, self.reason, self.rows = kind, user, reason, rows
        self.edit: Edit | None = None
        self.undoes: Edit | None = None
        self.reassignments = Reassignments()
        self.articles = rows.setdefault("article", set())
        self._documents = dict(self._values_of_articles("pk", "digest"))
        self._decisions = current_constraints() if with_decisions else None
        self._stories_before = self._stories()
        self._summary_before = summarize(self._stories_before)
        self._before = self._snapshot()

    def _values_of_articles(self, *columns: str) -> Iterator[tuple]:
        for keys in chunked(sorted(self.articles)):
            yield from Article.objects.filter(pk__in=keys).values_list(*columns)

    def _stories(self) -> set[int]:
        return ({pk for (pk,) in self._values_of_articles("story")} | self.rows.get("story", set())) - {None}

    def _snapshot(self) -> Snapshot:
        found: Snapshot = {name: {**snapshot(name, keys)} for name, keys in self.rows.items()}
        if self._decisions is not None:
            decisions: set[int] = set()
            for keys in chunked(sorted(self.articles)):
                about = Decision.objects.filter(Q(article__in=keys) | Q(other__in=keys))
                decisions.update(about.values_list("pk", flat=True))
            found["decision"] = {**snapshot("decision", decisions)}
        return found

    def refresh(self) -> None:
        """Recount the stories of the changed rows."""
        refresh_stories(self._stories())

    def regroup(self, changed: Iterable[int] = ()) -> None:
        """Regroup the articles of this edit by the decisions as they are now.

        `changed`: articles with a new title or excerpt. If an import is running, its grouping is not waited
        for: the decisions apply at once, and the changed articles are grouped together with the import.
        """
        nothing_stale = not StaleDay.objects.exists()
        decisions = current_constraints()
        stale = set(changed) | _articles_decided_otherwise(self._decisions or decisions, decisions)
        days: set[int] = set()
        for keys in chunked(sorted(stale)):
            days.update(
                map(day_of, Article.objects.filter(pk__in=keys).values_list("published_at", flat=True))
            )
        StaleDay.objects.mark(days)
        affected = sorted(self.articles | self.reassignments.wanted.keys())
        if nothing_stale:
            for keys in chunked(affected):
                Article.objects.live().filter(pk__in=keys).update(needs_grouping=True)
            group_waiting(self.reassignments)
        else:
            assign(affected, decisions, self.reassignments)
        self.refresh()

    def write_log(self) -> None:
        """Write the row of the log, unless nothing changed."""
        rows_before, rows_after = compare(self._before, self._snapshot())
        if not rows_before:
            return
        # Besides the rows they get what helps an undo; see `Edit`.
        before: dict[str, Any] = {**rows_before}
        after: dict[str, Any] = {**rows_after}
        if documents := {
            key: self._documents[int(key)]
            for key, row in rows_before.get("article", {}).items()
            if row and EDITED in row
        }:
            before["documents"] = documents
        if self.reassignments.made:
            before["story_ids"] = {str(pk): old for pk, (old, _) in self.reassignments.made.items()}
            after["story_ids"] = {str(pk): new for pk, (_, new) in self.reassignments.made.items()}
        if self.reassignments.lost:
            before["merged_stories"] = {str(pk): own for pk, own in self.reassignments.lost.items()}
        stories = self._stories_before | self._stories() | self.reassignments.lost.keys()
        stories.update(pk for pair in self.reassignments.made.values() for pk in pair if pk is not None)
        summary_after = summarize(stories)
        # Stories that only received articles from others have no summary of before.
        summaries = [*self._summary_before.values(), *summary_after.values()]
        self.edit = Edit.objects.create(
            kind=self.kind, made_by=self.user, reason=self.reason.strip()[:300], before=before, after=after,
            undoes=self.undoes, is_public=any(story["public"] for story in summaries),
            article_count=len(self.articles),
            summary={
                "before": list(self._summary_before.values())[:MAX_SUMMARIZED],
                "after": list(summary_after.values())[:MAX_SUMMARIZED],
            },
        )  # fmt: skip
        targets = {name: self.rows.get(name, set()) for name in EditTarget.Model.values}
        targets |= {"article": self.articles | self.reassignments.made.keys(), "story": stories}
        EditTarget.objects.bulk_create(
            (
                EditTarget(edit=self.edit, model=name, object_id=pk)
                for name in targets
                for pk in targets[name]
            ),
            batch_size=1000,
        )


def _articles_decided_otherwise(before: Constraints, now: Constraints) -> set[int]:
    """Return the articles that are kept apart from others than before."""
    # Constraints are of any hashable keys; these are of articles.
    links = [
        cast(str, key)
        for key in before.apart.keys() | now.apart.keys()
        if before.apart.get(key) != now.apart.get(key)
    ]
    found: set[int] = set()
    for keys in chunked(sorted(links)):
        found.update(Article.objects.filter(link_key__in=keys).values_list("pk", flat=True))
    return found


def summarize(stories: Iterable[int]) -> dict[int, dict]:
    """Return by id what the log shows of these stories."""
    found = {}
    for keys in chunked(sorted(stories)):
        for story in Story.objects.filter(pk__in=keys).select_related("lead").order_by("pk"):
            found[story.pk] = {
                "story": story.pk,
                "title": story.lead.title if story.lead else "",
                "lead": story.lead_id,
                "public": story.is_public,
                "heat": story.heat,
                "rank": story.rank,
                "articles": story.article_count,
                "sources": story.provider_count,
            }
    return found
