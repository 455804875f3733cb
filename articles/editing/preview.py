"""What an edit would do, found out by doing it and rolling it back; and the version of a story."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from typing import NamedTuple

from django.db import transaction

from articles.caching.writing import writing
from articles.models import Article, Edit, Story
from articles.stories.constraints import Contradiction
from articles.stories.grouping import current_constraints

StoryChange = tuple[dict | None, dict | None]  # summary before and after; None: there is no such story


class Effect(NamedTuple):
    """What an edit would do: the stories that change, and decisions that would newly contradict."""

    stories: list[StoryChange]
    contradictions: list[Contradiction]


@contextmanager
def rolled_back() -> Iterator[None]:
    """Roll back whatever the block does; pages rendered inside never reach a cache."""
    with writing():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def preview_effect(run: Callable[[], Edit | None]) -> Effect | None:
    """Return what an edit would do, or None if it would change nothing; raises what the edit raises."""
    with rolled_back():
        known = set(current_constraints().contradictions)
        edit = run()
        if edit is None:
            return None
        new = [each for each in current_constraints().contradictions if each not in known]
        return Effect(story_changes(edit), new)


def story_changes(edit: Edit) -> list[StoryChange]:
    """Return the stories that an edit changed, as its summary describes them, ordered by id."""
    before, after = (
        {each["story"]: each for each in edit.summary.get(side, ())} for side in ("before", "after")
    )
    changes = [(before.get(pk), after.get(pk)) for pk in sorted(before.keys() | after.keys())]
    return [(old, new) for old, new in changes if old != new]


def story_version(story: Story) -> str:
    """Return a digest of what an editor sees of a story: another digest means that it has changed."""
    columns = ("pk", "story_position", "title", "excerpt", "quality", "is_published", "is_removed")
    members = list(Article.objects.filter(story=story).order_by("pk").values_list(*columns))
    topics = list(story.topic_links.order_by("topic").values_list("topic", flat=True))
    shown = repr((story.pk, story.lead_id, story.heat, story.is_public, members, topics))
    return blake2b(shown.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
