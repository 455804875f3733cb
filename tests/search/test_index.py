"""Both databases index every article with its state, whatever writes it, and find the same."""

import string
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone

from articles.models import Article, Provider, Topic
from articles.search import index
from articles.search.query import Scope, find_best, find_newest
from articles.search.text import fold, parse_query

pytestmark = pytest.mark.django_db


@pytest.fixture
def make():
    """Return a function that makes a public article."""
    providers = {}

    def make(title, excerpt="", provider="Harbour Gazette", **fields):
        domain = provider.lower().replace(" ", "-") + ".example"
        if domain not in providers:
            providers[domain] = Provider.objects.create(domain=domain, name=provider)
        key = f"{domain}/{Article.objects.count()}"
        values = {"published_at": datetime(2024, 5, 1, tzinfo=UTC), "is_published": True} | fields
        return Article.objects.create(
            link_key=key, permalink=key.replace("/", "-"), url=f"https://{key}", title=title, excerpt=excerpt,
            provider=providers[domain], provider_name=provider, **values,
        )  # fmt: skip

    return make


def best(typed, **scope):
    return find_best(parse_query(typed), Scope(**scope)).ids


def newest(typed, **scope):
    return find_newest(parse_query(typed), Scope(**scope)).ids


@pytest.mark.parametrize(
    "typed",
    ["turbines", "TURBINE", "cafe", "café", '"tidal turbine"', "gazette turbine", "Node.js", "node", "C++",
     "e2e", "reader's", "wind-farm", "the turbine"],
)  # fmt: skip
def test_words_are_found_in_other_forms(make, typed):
    article = make("The tidal turbine at the Café", "Node.js and C++ in the reader’s wind-farm, e2e reader's")
    make("Something else", "Nothing of it.", provider="Morning Post")
    assert best(typed) == newest(typed) == [article.pk]


@pytest.mark.parametrize(
    "typed", ["", "   ", "***", '"', "zebra", "turbine zebra", '"turbine tidal"', "p1", "/p1"]
)
def test_what_is_not_there_is_not_found(make, typed):
    make("The tidal turbine")
    assert best(typed) == newest(typed) == []


def test_a_search_is_narrowed_by_provider_topic_and_days(make):
    old = make("Turbine one", published_at=datetime(2024, 1, 1, 23, 59, tzinfo=UTC))
    new = make("Turbine two", provider="Morning Post", published_at=datetime(2024, 1, 2, tzinfo=UTC))
    topic = Topic.objects.create(name="Tides")
    new.topic_links.create(topic=topic)
    for found in (best, newest):
        assert found("turbine", provider=old.provider_id) == [old.pk]
        assert found("turbine", topic=topic.pk) == [new.pk]
        assert found("turbine", since=date(2024, 1, 2)) == [new.pk]
        assert found("turbine", until=date(2024, 1, 1)) == [old.pk]
        assert found("turbine", since=date.max, until=date.min) == []
        assert set(found("turbine", since=date.min, until=date.max)) == {old.pk, new.pk}


def test_a_longer_word_that_begins_alike_is_no_hit_of_the_title(make):
    inside = make("Car sales rise", published_at=datetime(2024, 1, 1, tzinfo=UTC))
    beside = make("Carbon tax rises", "It weighs on cars.", published_at=datetime(2024, 2, 1, tzinfo=UTC))
    assert best("cars") == best("cars rise") == [inside.pk, beside.pk]


def test_the_index_follows_every_kind_of_write(make):
    article = make("Turbine")
    Article.objects.filter(pk=article.pk).update(title="Anchor")
    assert (best("turbine"), best("anchor")) == ([], [article.pk])
    Article.objects.filter(pk=article.pk).update(published_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert best("anchor", until=date(2020, 1, 1)) == [article.pk]
    article.refresh_from_db()
    article.title = "Buoy"
    Article.objects.bulk_create(
        [article], update_conflicts=True, unique_fields=["link_key"], update_fields=["title"]
    )
    assert (best("anchor"), best("buoy")) == ([], [article.pk])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_article SET is_published = %s", [False])
    assert best("buoy") == []
    Article.objects.update(is_published=True)
    assert best("buoy") == [article.pk]
    Article.objects.all().delete()
    assert best("buoy") == []


def test_lost_triggers_come_back_with_what_was_missed(make):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite loses triggers with a remade table")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER articles_search_update")
    article = make("Turbine")
    Article.objects.update(title="Anchor")
    index.ensure()
    assert best("anchor") == [article.pk]
    Article.objects.update(title="Buoy")
    assert best("buoy") == [article.pk]


@pytest.mark.parametrize(
    "typed",
    ["'; DROP TABLE articles_article; --", '" OR 1=1', "title:x", "a NEAR/3 b", "-", "^", "*", "{x}",
     "x" * 10**6, "\x00", "\ud800", "٣", "🚢", "a:*", "!x", "x & y | z", "<->", "%s %(x)s", "\\", "'", "''",
     "(((", "p" * 399 + '"'],
)  # fmt: skip
def test_any_text_is_a_safe_question(make, typed):
    make("Turbine")
    assert best(typed) == newest(typed) == []


def test_the_word_as_typed_comes_before_its_other_forms(make):
    day = datetime(2024, 5, 1, tzinfo=UTC)
    titles = ["Turbines", "Turbine one", "Quay", "Turbine two", "Turbines"]
    made = [
        make(title, "A turbine.", published_at=day + timedelta(days=n)).pk for n, title in enumerate(titles)
    ]
    order = [made[n] for n in (3, 1, 4, 0, 2)]
    for limit in (1, 2, 3, 5):
        hits = find_best(parse_query("turbine"), Scope(), limit=limit)
        assert (hits.ids, hits.total) == (order[:limit], 5)


def test_the_newsroom_finds_what_readers_do_not(make):
    hidden = make("Turbine hidden", is_published=False, published_at=datetime(2024, 5, 3, tzinfo=UTC))
    removed = make("Turbine removed", is_removed=True, published_at=datetime(2024, 5, 1, tzinfo=UTC))
    shown = make("Turbine shown", published_at=datetime(2024, 5, 2, tzinfo=UTC))
    future = make("Turbine to come", published_at=timezone.now() + timedelta(hours=3))
    ids = [future.pk, hidden.pk, shown.pk, removed.pk]
    assert newest("turbine", include_hidden=True) == best("turbine", include_hidden=True) == ids
    assert newest("turbine", include_hidden=True, until=date(2024, 5, 2)) == ids[2:]
    assert newest("turbine") == best("turbine") == [shown.pk]
    index.rebuild()
    assert newest("turbine") == [shown.pk]


def test_times_that_no_key_can_hold_are_found_and_leave_nothing_behind(make):
    times = [datetime(*day, tzinfo=UTC) for day in ((1, 1, 2), (1969, 1, 1), (9999, 12, 30))]
    made = [make("Turbine", published_at=moment) for moment in times]
    assert set(best("turbine", include_hidden=True)) == {article.pk for article in made}
    assert best("turbine") == [made[1].pk, made[0].pk]
    Article.objects.update(is_published=False)
    assert newest("turbine") == []
    Article.objects.all().delete()
    assert best("turbine", include_hidden=True) == []


@pytest.mark.parametrize(
    ("title", "typed"),
    [
        ("日本語の新聞", ["日本", "本語", "新聞", '"日本語" 新聞', "日本語の新聞"]),
        ("ข่าววันนี้", ["ข่าว", "วันนี้"]),
        ("NHKニュース速報", ["nhk", "ニュース", "速報"]),
        ("हिन्दी में समाचार", ["हिन्दी", "समाचार"]),
        ("Новости дня", ["новости", "ДНЯ"]),
    ],
    ids=["Japanese", "Thai", "mixed", "Hindi", "Russian"],
)
def test_words_of_scripts_without_blanks_are_found(make, title, typed):
    article = make(title)
    make("語日 聞新 ニス วข")
    for words in typed:
        assert best(words) == newest(words) == [article.pk], words


def test_postgresql_folds_texts_as_python_does():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite calls Python's function")
    texts = [f"Crème{string.punctuation}’brûlée", "日本語とabcニュース 語", "ข่าววันนี้"]
    texts += ["“e2e” – ½ ﬁn", "שָׁלוֹם كِتَاب"]
    with connection.cursor() as cursor:
        for text in texts:
            cursor.execute("SELECT articles_search_words(%s)", [text])
            assert cursor.fetchone()[0].lower().split() == fold(text).split(), text
