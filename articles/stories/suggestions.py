"""Suggestions: which stories might report the same event, by the words and times of their leads."""

from datetime import timedelta
from typing import NamedTuple

from articles.models import Article, Story
from articles.search.query import Scope, find_best
from articles.search.text import parse_query
from articles.stories.similarity import DocumentFrequencies, cosine, time_factor
from articles.stories.terms import text_weights

AROUND = timedelta(days=7)
COMPARED = 400  # leads before and after
LEAST = 0.05
SHOWN = 8
_COLUMNS = ("pk", "story", "title", "excerpt", "published_at")


class Suggestion(NamedTuple):
    """A story with its lead, and its similarity (0 to 1); None for a story found by a search."""

    story: Story
    similarity: float | None


def similar_stories(story: Story) -> list[Suggestion]:
    """Return the stories near this one in time whose leads are most similar to its own, the best first."""
    lead = story.lead
    if lead is None:
        return []
    leads = Article.objects.leading().exclude(pk=lead.pk)
    around = [
        *leads.from_on(lead.published_at).until(lead.published_at + AROUND).order_by("published_at", "pk")
        .values_list(*_COLUMNS)[:COMPARED],
        *leads.until(lead.published_at).from_on(lead.published_at - AROUND).newest_first()
        .values_list(*_COLUMNS)[:COMPARED],
    ]  # fmt: skip
    rows = {row[0]: row for row in around}
    texts = {pk: text_weights(title, excerpt)[1] for pk, _, title, excerpt, _ in rows.values()}
    own = text_weights(lead.title, lead.excerpt)[1]
    frequencies = DocumentFrequencies()
    frequencies.add_day(0, [own, *texts.values()])
    vector = frequencies.vector(own)
    similarity: dict[int, float] = {}
    for pk, number, _, _, moment in rows.values():
        seconds = (moment - lead.published_at).total_seconds()
        value = cosine(vector, frequencies.vector(texts[pk])) * time_factor(seconds)
        if value >= LEAST:
            similarity[number] = max(value, similarity.get(number, 0.0))
    best = sorted(similarity, key=lambda number: (-similarity[number], number))[:SHOWN]
    found = Story.objects.with_lead().in_bulk(best)
    return [Suggestion(found[number], similarity[number]) for number in best if number in found]


def stories_with_words(typed: str, but: Story) -> list[Suggestion]:
    """Return stories with an article that has these words, or the story with the typed number."""
    typed = typed.strip()
    if typed.isdecimal() and len(typed) < 18:
        numbers = [int(typed)]
    else:
        hits = find_best(parse_query(typed), Scope(include_hidden=True), limit=100)
        story_of = dict(Article.objects.filter(pk__in=hits.ids).values_list("pk", "story"))
        numbers = list(dict.fromkeys(story_of[pk] for pk in hits.ids if story_of.get(pk)))
    found = Story.objects.with_lead().exclude(pk=but.pk).in_bulk(numbers[: SHOWN + 1])
    return [Suggestion(found[number], None) for number in numbers if number in found][:SHOWN]
