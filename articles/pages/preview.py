"""A story's page as it would be after an edit that is not saved, for its editors alone."""

from collections.abc import Callable

from django.utils import timezone, translation

from articles.editing.audit import EditError, rolled_back
from articles.models import Article, Story
from articles.pages.preferences import read_choices
from articles.pages.views.stories import coverage


def preview_story(request, story: Story, run: Callable[[], object]):
    """Return a story's page as visitors would see it after `run`, published or not, with a banner.

    All is rolled back and nothing is cached. Raises what `run` raises, and EditError where there is nothing
    to show.
    """
    lead = story.lead_id
    request.choices, request.is_preview = read_choices(request), True
    with translation.override(request.choices.language), rolled_back():
        run()
        # The story may have gone up in another; what its lead is in now is what is meant.
        number = Article.objects.in_story_of(lead) or story.pk
        Story.objects.show_as_draft(number, timezone.now())
        found = Story.objects.by_id(number)
        if not found.lead or found.lead.published_at > timezone.now():
            raise EditError("there is no report that could be shown now")
        answer = coverage(request, found)
    answer["Cache-Control"] = "no-store"
    return answer
