"""Which stories might be the same event (floor 2): their leads' words are alike, and their times are near."""

from datetime import timedelta
from typing import NamedTuple

from articles.models import Article, Story
from articles.search.finding import Scope, find_best
from articles.search.words import parse_query
from articles.stories.similarity import Frequencies, cosine, text_weights, time_factor

AROUND = timedelta(days=7)
LOOKED_AT = 400  # leads on either side in time
LEAST = 0.05
SHOWN = 8


class Suggestion(NamedTuple):
    """A story with its lead, and how much alike it is (0 to 1); None where it was asked for by its words."""

    story: Story
    likeness: float | None


def similar_stories(story: Story) -> list[Suggestion]:
    """Return the stories around this one in time whose leads are most like its own, the likest first."""
    lead = story.lead
    if lead is None:
        return []
    leads = Article.objects.leading().exclude(pk=lead.pk)
    around = [
        *leads.from_on(lead.published_at).until(lead.published_at + AROUND).order_by("published_at", "pk")
        .values_list(*_FACTS)[:LOOKED_AT],
        *leads.until(lead.published_at).from_on(lead.published_at - AROUND).newest_first()
        .values_list(*_FACTS)[:LOOKED_AT],
    ]  # fmt: skip
    rows = {row[0]: row for row in around}
    texts = {pk: text_weights(title, excerpt)[1] for pk, _, title, excerpt, _ in rows.values()}
    own = text_weights(lead.title, lead.excerpt)[1]
    frequencies = Frequencies()
    frequencies.add_day(0, [own, *texts.values()])
    vector = frequencies.vector(own)
    likeness: dict[int, float] = {}
    for pk, number, _, _, moment in rows.values():
        seconds = (moment - lead.published_at).total_seconds()
        value = cosine(vector, frequencies.vector(texts[pk])) * time_factor(seconds)
        if value >= LEAST:
            likeness[number] = max(value, likeness.get(number, 0.0))
    best = sorted(likeness, key=lambda number: (-likeness[number], number))[:SHOWN]
    found = Story.objects.with_lead().in_bulk(best)
    return [Suggestion(found[number], likeness[number]) for number in best if number in found]


_FACTS = ("pk", "story", "title", "excerpt", "published_at")


def stories_with_words(typed: str, but: Story) -> list[Suggestion]:
    """Return stories with a report that has these words, or the story of the number typed."""
    typed = typed.strip()
    if typed.isdecimal() and len(typed) < 18:
        numbers = [int(typed)]
    else:
        hits = find_best(parse_query(typed), Scope(), limit=100)
        story_of = dict(Article.objects.filter(pk__in=hits.ids).values_list("pk", "story"))
        numbers = list(dict.fromkeys(story_of[pk] for pk in hits.ids if story_of.get(pk)))
    found = Story.objects.with_lead().exclude(pk=but.pk).in_bulk(numbers[: SHOWN + 1])
    return [Suggestion(found[number], None) for number in numbers if number in found][:SHOWN]
