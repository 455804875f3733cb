"""Explanations: why an article is in its story: its match with the shared words, or an editor's decision."""

from collections.abc import Sequence
from dataclasses import dataclass

from articles.models import Article, Decision, Placement
from articles.stories.clusters import Key, Match
from articles.stories.terms import words_and_terms

_LIMIT = 400  # words of the texts that are searched for the shared terms
_LEAST = 0.005  # a smaller part of the cosine would be shown as 0.00


@dataclass(frozen=True, slots=True)
class Reason:
    """What connects an article to another of its story.

    `kind`: "similar", "title", "text", "link" (the same address), "editor", or "first" for the article that
    opened the story, which has no other. `other`: the other's title. `similarity` is 0 to 1. `words`: the
    shared ones, as the article spells them, each with its part of the cosine, the largest first.
    """

    kind: str
    other: str = ""
    similarity: float = 0.0
    words: tuple[tuple[str, float], ...] = ()


def why_together(articles: Sequence[Article]) -> dict[int, Reason]:
    """Return for each of these articles, all of one story, why it is in the story, by id."""
    by_key: dict[Key, Article] = {article.link_key: article for article in articles}
    chosen = _put_together(articles)
    placements = Placement.objects.in_bulk([article.pk for article in articles])
    reasons = {}
    for article in articles:
        match = _match(placements.get(article.pk))
        if article.pk in chosen:
            reasons[article.pk] = Reason("editor", by_key[chosen[article.pk]].title)
        elif match is None:
            reasons[article.pk] = Reason("first")
        else:
            other = by_key.get(match.other if match.one == article.link_key else match.one)
            texts = [article, by_key.get(match.one), by_key.get(match.other)]
            text = " ".join(f"{each.title} {each.excerpt}" for each in texts if each)
            words = _words(text, match.terms)
            reasons[article.pk] = Reason(match.reason, other.title if other else "", match.similarity, words)
    return reasons


def _match(placement: Placement | None) -> Match | None:
    """Return the match that put an article into its story: that of a reassignment, else that with which it
    joined; of an article that opened a cluster, that of the merge."""
    if placement is None:
        return None
    if placement.reassignment:
        return Match.from_json(placement.reassignment[1])
    stored = placement.match or (placement.merge[1] if placement.merge else None)
    return Match.from_json(stored) if stored else None


def _put_together(articles: Sequence[Article]) -> dict[int, str]:
    """Return for each article's id the link key of another here that an editor put together with it."""
    keys = {article.pk: article.link_key for article in articles}
    found = {}
    rows = Decision.objects.filter(kind=Decision.Kind.TOGETHER, article__in=keys, other__in=keys)
    for one, other in rows.values_list("article", "other"):
        found[one], found[other] = keys[other], keys[one]
    return found


def _words(text: str, terms: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Return the terms as the text spells them, because a term is cut and has no ending."""
    spelled: dict[str, str] = {}
    for word, term in words_and_terms(text, _LIMIT):
        spelled.setdefault(term, word)
    return tuple((spelled.get(term, term), value) for term, value in terms if value >= _LEAST)
