"""Why a report stands in its story (floor 2): its strongest link and the words shared, or the editor."""

from collections.abc import Sequence
from dataclasses import dataclass

from articles.models import Article, Decision, Placing
from articles.stories.similarity import words_and_terms

_LIMIT = 400  # words of the texts in which the shared ones are looked for
_LEAST = 0.005  # a part of the cosine that would be shown as nothing


@dataclass(frozen=True, slots=True)
class Reason:
    """What ties a report to another of its story.

    `kind`: "similar", "title", "text", "link" (to the same address), "editor", or "first" for the report that
    opened the story, which has no other. `likeness` is 0 to 1. `words`: those shared, as the report has them,
    each with its part of the cosine, the greatest first.
    """

    kind: str
    other: str = ""
    likeness: float = 0.0
    words: tuple[tuple[str, float], ...] = ()


def why_together(articles: Sequence[Article]) -> dict[int, Reason]:
    """Return for each of these reports, all of one story, why it is in the story; `other` is a title."""
    by_key = {article.link_key: article for article in articles}
    chosen = _put_together(articles)
    placings = {row.pk: row for row in Placing.objects.filter(pk__in=[article.pk for article in articles])}
    reasons = {}
    for article in articles:
        placing = placings.get(article.pk)
        link = _link(placing) if placing else None
        if article.pk in chosen:
            reasons[article.pk] = Reason("editor", by_key[chosen[article.pk]].title)
        elif link is None:
            reasons[article.pk] = Reason("first")
        else:
            one, other, kind, likeness, terms = link
            beside = by_key.get(other if one == article.link_key else one)
            texts = [article, by_key.get(one), by_key.get(other)]
            text = " ".join(f"{each.title} {each.excerpt}" for each in texts if each)
            reasons[article.pk] = Reason(kind, beside.title if beside else "", likeness, _words(text, terms))
    return reasons


def _link(placing: Placing) -> list | None:
    """The link that put a report in its story: what drew it there, or else what it came with; of one that
    opened a story of its own, what merged the two."""
    if placing.drawn:
        return placing.drawn[1]
    return placing.link or (placing.merge[1] if placing.merge else None)


def _put_together(articles: Sequence[Article]) -> dict[int, str]:
    """Link keys of the reports of the story that editors put together with these, by the reports' ids."""
    keys = {article.pk: article.link_key for article in articles}
    found = {}
    rows = Decision.objects.filter(kind=Decision.Kind.TOGETHER, article__in=keys, other__in=keys)
    for one, other in rows.values_list("article", "other"):
        found[one], found[other] = keys[other], keys[one]
    return found


def _words(text: str, terms: Sequence[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """Return the terms as the text spells them: a term itself is cut and bare of its ending."""
    spelled: dict[str, str] = {}
    for word, term in words_and_terms(text, _LIMIT):
        spelled.setdefault(term, word)
    return tuple((spelled.get(term, term), value) for term, value in terms if value >= _LEAST)
