"""Matches shown to people: why an article is in its story, and which stories may report the same event."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import NamedTuple

from articles.frontmatter.links import LinkError, clean_link, link_key
from articles.models import Article, Decision, Placement, Story, StoryAlias
from articles.search.query import Scope, find_best
from articles.search.text import parse_query
from articles.stories.clusters import Key, Match
from articles.stories.similarity import (
    DocumentFrequencies,
    cosine,
    text_weights,
    time_factor,
    words_and_terms,
)

MAX_WORDS = 400  # of the texts that are searched for the shared terms
MIN_SHARE = 0.005  # a smaller part of the cosine would be shown as 0.00

SUGGESTION_SPAN = timedelta(days=7)
MAX_COMPARED = 400  # leads before and after
# Of two stories within a week of each other, 1 pair in 280 is that alike (azure, 6,232 pairs).
MIN_SUGGESTED = 0.3
MAX_SUGGESTIONS = 8


class Explanation(NamedTuple):
    """What connects an article to another of its story.

    `kind`: "similar", "title", "text", "link" (the same address), "editor", or "first" for the article that
    opened the story, which has no other. `other`: the other's title. `similarity` is 0 to 1. `words`: the
    shared ones, as the article spells them, each with its part of the cosine, the largest first.
    """

    kind: str
    other: str = ""
    similarity: float = 0.0
    words: tuple[tuple[str, float], ...] = ()


def why_together(articles: Sequence[Article]) -> dict[int, Explanation]:
    """Return for each of these articles, all of one story, why it is in the story, by id."""
    by_key: dict[Key, Article] = {article.link_key: article for article in articles}
    by_id = {article.pk: article for article in articles}
    placements = Placement.objects.in_bulk(by_id)
    found = {pk: _explain(article, placements.get(pk), by_key) for pk, article in by_id.items()}
    decided = Decision.objects.filter(kind=Decision.Kind.TOGETHER, article__in=by_id, other__in=by_id)
    for one, other in decided.values_list("article", "other"):
        found[one] = Explanation("editor", by_id[other].title)
        found[other] = Explanation("editor", by_id[one].title)
    return found


def _explain(article: Article, placement: Placement | None, by_key: dict[Key, Article]) -> Explanation:
    """Explain an article by the match that put it into its cluster: that of a transfer, else that with which
    it joined; for an article that opened a cluster, that of the merge."""
    stored = None
    if placement:
        stored = placement.transfer[1] if placement.transfer else placement.match
        stored = stored or (placement.merge and placement.merge[1])
    if not stored:
        return Explanation("first")
    match = Match.from_json(stored)
    other = by_key.get(match.other if match.one == article.link_key else match.one)
    texts = [article, by_key.get(match.one), by_key.get(match.other)]
    text = " ".join(f"{each.title} {each.excerpt}" for each in texts if each)
    # A term is cut and has no ending: it is shown as the texts spell it.
    spelled: dict[str, str] = {}
    for word, term in words_and_terms(text, MAX_WORDS):
        spelled.setdefault(term, word)
    words = tuple((spelled.get(term, term), share) for term, share in match.terms if share >= MIN_SHARE)
    return Explanation(match.kind, other.title if other else "", match.similarity, words)


class Suggestion(NamedTuple):
    """A story with its lead, and its similarity (0 to 1); None for a story found by a search."""

    story: Story
    similarity: float | None


def similar_stories(story: Story) -> list[Suggestion]:
    """Return the stories near this one in time whose leads are most similar to its own, the best first."""
    lead = story.lead
    if lead is None:
        return []
    leads = Article.objects.filter(story_position=0).exclude(pk=lead.pk)
    later = leads.filter(published_at__range=(lead.published_at, lead.published_at + SUGGESTION_SPAN))
    earlier = leads.filter(published_at__range=(lead.published_at - SUGGESTION_SPAN, lead.published_at))
    near = {
        article.pk: article
        for articles in (later.order_by("published_at", "pk"), earlier.newest_first())
        for article in articles.only("story", "title", "excerpt", "published_at")[:MAX_COMPARED]
    }
    weights = {pk: text_weights(article.title, article.excerpt)[1] for pk, article in near.items()}
    own = text_weights(lead.title, lead.excerpt)[1]
    frequencies = DocumentFrequencies()
    frequencies.add_day(0, [own, *weights.values()])
    vector = frequencies.vector(own)
    similarity: dict[int, float] = {}
    for pk, article in near.items():
        seconds = (article.published_at - lead.published_at).total_seconds()
        value = cosine(vector, frequencies.vector(weights[pk])) * time_factor(seconds)
        if value >= MIN_SUGGESTED and article.story_id:
            similarity[article.story_id] = value
    best = sorted(similarity, key=lambda pk: (-similarity[pk], pk))[:MAX_SUGGESTIONS]
    found = Story.objects.with_lead().in_bulk(best)
    return [Suggestion(found[pk], similarity[pk]) for pk in best if pk in found]


def stories_with_words(typed: str, but: Story) -> list[Suggestion]:
    """Return stories with an article that has these words or this link, or the story with the typed id."""
    typed = typed.strip()
    if typed.isdecimal() and len(typed) < 18:
        merged = StoryAlias.objects.heir(int(typed))
        ids = [merged.pk if merged else int(typed)]
    else:
        found_ids = find_best(parse_query(typed), Scope(include_hidden=True), limit=100).ids
        if typed.startswith(("http://", "https://")):
            with suppress(LinkError):
                same = Article.objects.filter(link_key=link_key(clean_link(typed)))
                found_ids = [*same.values_list("pk", flat=True), *found_ids]
        story_of = dict(Article.objects.filter(pk__in=found_ids).values_list("pk", "story"))
        ids = list(dict.fromkeys(story_of[pk] for pk in found_ids if story_of.get(pk)))
    found = Story.objects.with_lead().exclude(pk=but.pk).in_bulk(ids[: MAX_SUGGESTIONS + 1])
    return [Suggestion(found[pk], None) for pk in ids if pk in found][:MAX_SUGGESTIONS]
