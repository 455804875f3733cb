"""The best and the newest hits are those that reading every article finds, however the index is asked."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from articles.models import Article, Provider, Topic
from articles.search.query import Scope, find_best, find_newest
from articles.search.text import parse_query

pytestmark = pytest.mark.django_db
# Words that are their own stems: some in every third text, some in one of fifty.
COMMON, RARE = ["bako", "dilu", "femo"], ["gavu", "hipo", "jaku", "kelo", "lomu", "mipa", "nodu", "pufa"]
START = datetime(2021, 3, 1, tzinfo=UTC)


def _text(dice, size):
    return " ".join(dice.choice(COMMON if dice.random() < 0.4 else RARE) for _ in range(dice.randrange(size)))


@pytest.fixture
def articles():
    """Return 400 articles of three years, some of one second, of providers with such words in their names."""
    dice = random.Random(63)
    names = ["Paper One", "Bako Post", "The Hipo", "Paper Two", "Kelo Lomu"]
    providers = [Provider.objects.create(domain=f"p{n}.example", name=name) for n, name in enumerate(names)]
    topic = Topic.objects.create(name="Tides")
    made = Article.objects.bulk_create(
        Article(
            link_key=f"a/{n}", permalink=f"a-{n}", url=f"https://a.example/{n}", title=_text(dice, 7) or "x",
            excerpt=_text(dice, 12), provider=(by := dice.choices(providers, [9, 1, 1, 9, 1])[0]),
            provider_name=by.name, is_published=True,
            published_at=START + timedelta(days=dice.randrange(1000) * (dice.random() < 0.95)),
        )
        for n in range(400)
    )  # fmt: skip
    link = Article.topics.through
    link.objects.bulk_create(link(article=a, topic=topic) for a in made if dice.random() < 0.3)
    return made


def _stand(term: str, text: str) -> bool:
    return f" {term} " in f" {text.casefold()} "


def _has(article, term: str) -> bool:
    return any(_stand(term, text) for text in (article.title, article.provider_name, article.excerpt))


def _count(article, terms) -> int:
    words, row = " ".join(terms).split(), " ".join(terms)
    title = sum(4 for word in dict.fromkeys(words) if _stand(word, article.title))
    name = sum(2 for word in dict.fromkeys(words) if _stand(word, article.provider_name))
    return title + name + 3 * _stand(row, article.title)


def read_all(articles, typed: str, scope: Scope, newest: int):
    """Return ids of the newest hits and of the best among them, by reading every article.

    Of a topic the newest are looked at by `newest` at a time, and the best of the first stand first.
    """
    terms = parse_query(typed).terms
    inside = set(Article.objects.filter(topics=scope.topic).values_list("pk", flat=True))
    hits = [
        a for a in articles
        if all(_has(a, term) for term in terms)
        and (not scope.provider or a.provider_id == scope.provider)
        and (not scope.since or a.published_at.date() >= scope.since)
        and (not scope.until or a.published_at.date() <= scope.until)
    ]  # fmt: skip
    hits = sorted(hits, key=lambda a: (a.published_at, a.pk), reverse=True)
    by_time, by_rank = [], []
    for start in range(0, len(hits) if scope.topic else 1, newest):
        window = [a for a in hits[start : start + newest] if not scope.topic or a.pk in inside]
        by_time += [a.pk for a in window]
        by_rank += [a.pk for a in sorted(window, key=lambda a: -_count(a, terms))]
    return by_time, by_rank


def _asked(dice, articles):
    """Yield queries with scopes."""
    topic = Topic.objects.get().pk
    for _ in range(120):
        words = [dice.choice(COMMON + RARE) for _ in range(dice.choice([1, 1, 2, 2, 3]))]
        typed = " ".join(words)
        if dice.random() < 0.3:
            typed = f'"{typed}"' if dice.random() < 0.5 else f'{dice.choice(COMMON)} "{typed}"'
        day = (START + timedelta(days=dice.randrange(1000))).date()
        yield (
            typed,
            Scope(
                topic=topic if dice.random() < 0.2 else None,
                provider=dice.choice(articles).provider_id if dice.random() < 0.3 else None,
                since=day if dice.random() < 0.2 else None,
                until=day + timedelta(days=dice.choice([0, 90, 500])) if dice.random() < 0.2 else None,
            ),
        )
    yield "zebra", Scope()
    yield "bako zebra", Scope(until=date(2022, 1, 1))


@pytest.mark.parametrize(
    ("few", "newest"),
    [(3, 40), (100, 2000)]
    + [pytest.param(*each, marks=pytest.mark.thorough) for each in ((3, 2000), (100, 40))],
)
def test_hits_come_in_the_order_that_reading_every_article_gives(articles, monkeypatch, newest, few):
    monkeypatch.setattr("articles.search.query.NEWEST", newest)
    monkeypatch.setattr("articles.search.index._FEW", few)
    monkeypatch.setattr("articles.search.index._WALKED", 10 * few)
    dice = random.Random(newest + few)
    for typed, scope in _asked(dice, articles):
        by_time, by_rank = read_all(articles, typed, scope, newest)
        hits = find_best(parse_query(typed), scope, len(articles))
        assert (hits.ids, hits.total) == (by_rank, len(by_rank)), (typed, scope)
        for limit in (1, 20, 45):
            page = find_best(parse_query(typed), scope, limit)
            assert page.ids == by_rank[:limit], (typed, scope, limit)
            assert page.total == len(by_rank) or page.is_bounded, (typed, scope, limit)
        assert find_newest(parse_query(typed), scope, limit=20).ids == by_time[:20], (typed, scope)
