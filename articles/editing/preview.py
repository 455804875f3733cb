"""What an act would do (floor 2), found out by doing it and rolling it back; and what a story is now."""

from collections.abc import Callable
from contextlib import contextmanager
from hashlib import blake2b
from typing import NamedTuple

from django.db import transaction

from articles.caching.writing import writing
from articles.models import Article, Edit, Story
from articles.stories.grouping import current_constraints

_COMPARED = (
    "pk", "story_position", "title", "excerpt", "quality", "is_published", "is_removed",
)  # fmt: skip


class Effect(NamedTuple):
    """Stories as they are and as they would be: pairs of summaries, None where there is none on that side.

    `contradictions`: decisions that would contradict each other, and do not yet.
    """

    stories: list[tuple[dict | None, dict | None]]
    contradictions: list


@contextmanager
def rehearsal():
    """Roll back whatever is done inside; pages made inside are nobody else's."""
    with writing():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def foresee(run: Callable[[], Edit | None]) -> Effect | None:
    """Return what an act would do, or None if it would change nothing; raises what the act raises."""
    with rehearsal():
        known = set(current_constraints().contradictions)
        edit = run()
        if edit is None:
            return None
        new = [each for each in current_constraints().contradictions if each not in known]
        return Effect(paired(edit.summary), new)


def paired(summary: dict) -> list[tuple[dict | None, dict | None]]:
    """Return the stories of an act's summary that it changed, each as it was and as it became."""
    before = {told["story"]: told for told in summary.get("before", ())}
    after = {told["story"]: told for told in summary.get("after", ())}
    pairs = [(before.get(key), after.get(key)) for key in sorted(before.keys() | after.keys())]
    return [(one, other) for one, other in pairs if one != other]


def version_of(story: Story) -> str:
    """Return a name of what an editor sees of a story: another name, and it has changed."""
    members = Article.objects.filter(story=story).order_by("pk").values_list(*_COMPARED)
    topics = list(story.topic_links.order_by("topic").values_list("topic", flat=True))
    seen = repr((story.pk, story.lead_id, story.heat, story.is_public, list(members), topics))
    return blake2b(seen.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
