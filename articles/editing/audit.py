"""One act of an editor (floor 2): one transaction, one row of the log, and the stories follow at once."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q

from articles.caching.writing import chunked, writing
from articles.editing.snapshots import OWNED, Rows, changes_between, read_rows
from articles.models import Article, Decision, Edit, EditTouch, StaleDay, Story
from articles.models.bulk import insert_rows
from articles.models.grouping import day_of
from articles.stories.aggregates import refresh_stories
from articles.stories.assignment import Reassignments, assign
from articles.stories.constraints import Constraints
from articles.stories.grouping import current_constraints, group_waiting

SUMMARISED = 20  # stories that an act tells of; a bulk act may touch many more


@contextmanager
def act(
    kind: Edit.Kind, by: AbstractBaseUser | None, why: str = "", *, decides: bool = False, **rows: Iterable
) -> Iterator["Act"]:
    """Hold a transaction for an act that changes these rows (noun=keys), and log it when it is done.

    With `decides` the decisions about the articles belong to the act. Afterwards `edit` of what is given is
    the log's row, or None where nothing changed.
    """
    with writing():
        work = Act(kind, by, why, decides, {noun: set(keys) for noun, keys in rows.items()})
        yield work
        work.close()


class Act:
    """An act under way. Whoever changes something calls `regroup` or `refresh` after."""

    def __init__(self, kind, by, why: str, decides: bool, rows: dict[str, set[int]]) -> None:
        self.kind, self.by, self.why, self.rows = kind, by, why, rows
        self.moves = Reassignments()
        self.edit: Edit | None = None
        self.undoes: Edit | None = None
        self.articles = rows.setdefault("article", set())
        self._told = _told_by(self.articles)
        self._decides = decides
        self._decisions = current_constraints() if decides else None
        self._seen = self._stories() | rows.get("story", set())
        self._summary = summaries(self._seen)
        self._before = self._read()

    def _stories(self) -> set[int]:
        found: set[int] = set()
        for part in chunked(sorted(self.articles)):
            found.update(Article.objects.filter(pk__in=part).values_list("story", flat=True))
        return found - {None}

    def _read(self) -> Rows:
        rows = {noun: read_rows(noun, keys) for noun, keys in self.rows.items()}
        if self._decides:
            keys: set[int] = set()
            for part in chunked(sorted(self.articles)):
                about = Decision.objects.filter(Q(article__in=part) | Q(other__in=part))
                keys.update(about.values_list("pk", flat=True))
            rows["decision"] = read_rows("decision", keys)
        return rows

    def refresh(self) -> None:
        """Count the stories of the act's rows anew."""
        refresh_stories(self._stories() | self.rows.get("story", set()))

    def regroup(self, changed: Iterable[int] = ()) -> None:
        """Let grouping obey what was decided, and take up articles whose words `changed`.

        Where an import is under way its grouping is not waited for: the decisions hold at once, and the rest
        is grouped along with it.
        """
        is_quiet = not StaleDay.objects.exists()
        decisions = current_constraints()
        stale = set(changed) | _told_otherwise(self._decisions or decisions, decisions)
        days = set()
        for part in chunked(sorted(stale)):
            moments = Article.objects.filter(pk__in=part).values_list("published_at", flat=True)
            days.update(map(day_of, moments))
        StaleDay.objects.mark(days)
        concerned = sorted(self.articles | self.moves.wanted.keys())
        if is_quiet:
            for part in chunked(concerned):
                Article.objects.told().filter(pk__in=part).update(needs_grouping=True)
            group_waiting(self.moves)
        else:
            assign(concerned, decisions, self.moves)
        self.refresh()

    def close(self) -> None:
        """Write the row of the log, unless nothing changed."""
        before, after = changes_between(self._before, self._read())
        if not before:
            return
        for key in before.get("article", {}):
            if OWNED in before["article"][key]:
                before.setdefault("told", {})[key] = self._told[int(key)]
        if self.moves.made:
            before["place"] = {str(pk): old for pk, (old, _) in self.moves.made.items()}
            after["place"] = {str(pk): new for pk, (_, new) in self.moves.made.items()}
        if self.moves.lost:
            before["lost"] = {str(pk): own for pk, own in self.moves.lost.items()}
        self._log(before, after)

    def _log(self, before: dict, after: dict) -> None:
        touched = self._seen | self._stories() | self.moves.lost.keys()
        for old, new in self.moves.made.values():
            touched |= {old, new} - {None}
        now = summaries(touched)
        # Stories that came into the act's way only as others moved into them.
        known = {key: self._summary.get(key) for key in now.keys() | self._summary.keys()}
        public = any(told and told["public"] for told in [*known.values(), *now.values()])
        self.edit = Edit.objects.create(
            kind=self.kind, made_by=self.by, why=self.why.strip()[:300], before=before, after=after,
            undoes=self.undoes, is_public=public, article_count=len(self.articles),
            summary={
                "before": [told for told in list(known.values())[:SUMMARISED] if told],
                "after": list(now.values())[:SUMMARISED],
            },
        )  # fmt: skip
        touches = [("article", key) for key in sorted(self.articles | self.moves.made.keys())]
        touches += [("story", key) for key in sorted(touched)]
        touches += [(noun, key) for noun in ("topic", "provider") for key in sorted(self.rows.get(noun, ()))]
        insert_rows(EditTouch, ["edit", "noun", "number"], [(self.edit.pk, *touch) for touch in touches])


def _told_by(articles: Iterable[int]) -> dict[int, str]:
    found = {}
    for part in chunked(sorted(articles)):
        found.update(Article.objects.filter(pk__in=part).values_list("pk", "digest"))
    return found


def _told_otherwise(before: Constraints, now: Constraints) -> set[int]:
    """Return the articles of which grouping is told other things than before."""
    keys = [
        key for key in before.apart.keys() | now.apart.keys() if before.apart.get(key) != now.apart.get(key)
    ]
    found: set[int] = set()
    for part in chunked(sorted(keys)):
        found.update(Article.objects.filter(link_key__in=part).values_list("pk", flat=True))
    return found


def summaries(stories: Iterable[int]) -> dict[int, dict]:
    """Return what an act tells of these stories, by number; of some only, where there are many."""
    found = {}
    for part in chunked(sorted(stories)):
        for story in Story.objects.filter(pk__in=part).select_related("lead").order_by("pk"):
            found[story.pk] = {
                "story": story.pk,
                "title": story.lead.title if story.lead else "",
                "lead": story.lead_id,
                "public": story.is_public,
                "heat": story.heat,
                "rank": story.rank,
                "reports": story.article_count,
                "sources": story.source_count,
            }
    return found
