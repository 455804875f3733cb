"""The same questions get the same answers from FTS5 and from PostgreSQL; the index follows every write."""

import string
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Provider, Topic
from articles.search import schema
from articles.search.finding import Scope, find_best, find_newest
from articles.search.words import parse_query

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
            link_key=key, stem=key.replace("/", "-"), url=f"https://{key}", title=title, excerpt=excerpt,
            provider=providers[domain], provider_name=provider, **values,
        )  # fmt: skip

    return make


def best(typed, **scope):
    return find_best(parse_query(typed), Scope(**scope)).ids


def newest(typed, **scope):
    return find_newest(parse_query(typed), Scope(**scope)).ids


def test_a_title_counts_more_than_an_excerpt(make):
    below = make("Quay repairs", "A turbine was seen.")
    above = make("Turbine repairs", "The quay was seen.")
    assert best("turbine") == [above.pk, below.pk]


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


def test_the_newest_come_first_and_the_next_page_goes_on(make):
    made = [make(f"Turbine {n}", published_at=datetime(2024, 5, 1 + n, tzinfo=UTC)) for n in range(5)]
    ids = [article.pk for article in reversed(made)]
    first = find_newest(parse_query("turbine"), Scope(), limit=2)
    rest = find_newest(parse_query("turbine"), Scope(), before=first.keys[-1])
    assert [first.ids, rest.ids] == [ids[:2], ids[2:]]


def test_the_newest_come_first_however_they_lie_in_time(make):
    days = (1, 2, 20, 45, 46, 100, 200, 900)
    now = timezone.now()
    ids = [make("Turbine", published_at=now - timedelta(days=day)).pk for day in days]
    assert find_newest(parse_query("turbine"), Scope(), limit=3).ids == ids[:3]
    schema.rebuild()
    assert find_newest(parse_query("turbine"), Scope(), limit=3).ids == ids[:3]
    until = (now - timedelta(days=21)).date()
    assert find_newest(parse_query("turbine"), Scope(until=until), limit=3).ids == ids[3:6]
    assert newest("turbine") == ids


@pytest.mark.parametrize("few", [2, 4, 5, 6, 100])
@pytest.mark.parametrize("typed", ["tidal turbine", '"tidal turbine"', "turbine gazette"])
def test_hits_of_several_words_are_the_newest_few_or_many(make, monkeypatch, typed, few):
    monkeypatch.setattr("articles.search.on_sqlite._FEW", few)
    made = [make(f"Tidal turbine {n}", published_at=datetime(2024, 5, 1 + n, tzinfo=UTC)) for n in range(5)]
    make("Tidal power", published_at=datetime(2024, 6, 1, tzinfo=UTC), provider="Morning Post")
    ids = [article.pk for article in reversed(made)]
    assert find_newest(parse_query(typed), Scope(), limit=3).ids == ids[:3]
    assert find_newest(parse_query(typed), Scope(provider=made[0].provider_id)).ids == ids


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


def test_the_hits_of_a_topic_are_found_behind_newer_ones_of_others(make, monkeypatch):
    monkeypatch.setattr("articles.search.finding.NEWEST", 4)
    start, topic = datetime(2024, 1, 1, tzinfo=UTC), Topic.objects.create(name="Tides")
    inside = []
    for number in range(18):
        article = make("Turbine", published_at=start + timedelta(days=number))
        if number % 6 == 0:
            article.topic_links.create(topic=topic)
            inside.append(article.pk)
    assert newest("turbine", topic=topic.pk) == best("turbine", topic=topic.pk) == inside[::-1]


def test_a_longer_word_that_begins_alike_is_no_hit_of_the_title(make):
    inside = make("Car sales rise", published_at=datetime(2024, 1, 1, tzinfo=UTC))
    beside = make("Carbon tax rises", "It weighs on cars.", published_at=datetime(2024, 2, 1, tzinfo=UTC))
    assert best("cars") == best("cars rise") == [inside.pk, beside.pk]


def test_only_public_articles_are_found(make):
    make("Turbine hidden", is_published=False)
    make("Turbine removed", is_removed=True)
    make("Turbine to come", published_at=timezone.now() + timedelta(hours=3))
    assert best("turbine") == newest("turbine") == []


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


def test_an_index_made_anew_finds_the_same(make):
    article = make("Turbine", "told by the quay")
    make("Turbine hidden", is_published=False)
    schema.rebuild()
    assert best("turbine quay gazette") == [article.pk]


def test_lost_triggers_come_back_with_what_was_missed(make):
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite loses triggers with a remade table")
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER articles_search_update")
    article = make("Turbine")
    Article.objects.update(title="Anchor")
    schema.ensure()
    assert best("anchor") == [article.pk]
    Article.objects.update(title="Buoy")
    assert best("buoy") == [article.pk]


def test_the_migration_and_the_app_make_the_same_triggers():
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's texts")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_search_%'"
        )
        made = {name: sql.replace("IF NOT EXISTS ", "") for name, sql in cursor.fetchall()}
    assert made == {n: s.replace("IF NOT EXISTS ", "") for n, s in schema._sqlite_triggers().items()}


@pytest.mark.parametrize(
    "typed",
    ["'; DROP TABLE articles_article; --", '" OR 1=1', "title:x", "a NEAR/3 b", "-", "^", "*", "{x}",
     "x" * 10**6, "\x00", "\ud800", "٣", "🚢", "a:*", "!x", "x & y | z", "<->", "%s %(x)s", "\\", "'", "''",
     "(((", "p" * 399 + '"'],
)  # fmt: skip
def test_any_text_is_a_safe_question(make, typed):
    make("Turbine")
    assert best(typed) == newest(typed) == []


def test_a_search_is_one_question_whatever_it_finds(make, django_assert_num_queries):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite asks within the process")
    article = make("The tidal turbine")
    for typed, found in (("zebra", []), ("turbine", [article.pk]), ('"tidal turbine" gazette', [article.pk])):
        with django_assert_num_queries(1):
            assert newest(typed) == found
        with django_assert_num_queries(1):
            assert best(typed) == found


@pytest.mark.parametrize("few", [2, 4, 100])
def test_the_word_as_typed_comes_before_its_other_forms(make, monkeypatch, few):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's index knows stems only")
    monkeypatch.setattr("articles.search.on_sqlite._FEW", few)
    day = datetime(2024, 5, 1, tzinfo=UTC)
    titles = ["Turbines", "Turbine one", "Quay", "Turbine two", "Turbines"]
    made = [
        make(title, "A turbine.", published_at=day + timedelta(days=n)).pk for n, title in enumerate(titles)
    ]
    order = [made[n] for n in (3, 1, 4, 0, 2)]
    for limit in (1, 2, 3, 5):
        hits = find_best(parse_query("turbine"), Scope(), limit=limit)
        assert (hits.ids, hits.total) == (order[:limit], 5)


def test_of_many_hits_of_one_word_few_are_read(make, monkeypatch):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL ranks inside its function's question")
    monkeypatch.setattr("articles.search.on_sqlite._FEW", 3)
    below = make("Quay", "A turbine, seen.", published_at=datetime(2024, 6, 1, tzinfo=UTC))
    above = [make(f"Turbine {n}").pk for n in range(9)]
    read = {}
    for limit in (2, 10):
        with CaptureQueriesContext(connection) as asked:
            hits = find_best(parse_query("turbine"), Scope(), limit=limit)
        assert (hits.ids, hits.total) == ([*reversed(above), below.pk][:limit], 10)
        rows = [query["sql"] for query in asked.captured_queries if "articles_article " in query["sql"]]
        read[limit] = rows[-1].count(",") - 1
    assert read == {2: 4, 10: 10}


def test_a_search_without_hits_asks_least(make):
    for n in range(3):
        make(f"Tidal turbine {n}")
    asked = {}
    for typed in ("zebra", "turbine", "tidal turbine"):
        for name, find in (("best", best), ("newest", newest)):
            with CaptureQueriesContext(connection) as queries:
                find(typed)
            asked[name, typed] = len(queries)
    assert asked["best", "zebra"] == min(asked.values()) == asked["newest", "zebra"] == 1


def test_in_the_index_signs_are_blanks_and_letters_have_no_accents():
    if connection.vendor != "postgresql":
        pytest.skip("FTS5 does so itself")
    signs = string.punctuation + "’"
    with connection.cursor() as cursor:
        cursor.execute("SELECT articles_search_words(%s)", [f"Crème{signs}brûlée"])
        assert cursor.fetchone() == (f"Creme{' ' * len(signs)}brulee",)
        cursor.execute(
            """SELECT chr(c) FROM generate_series(1, 65535) AS c WHERE c NOT BETWEEN 55296 AND 57343
            AND articles_search_words(chr(c)) IS DISTINCT FROM regexp_replace(
                normalize(translate(chr(c), %s, repeat(' ', %s)), NFKD), %s, '', 'g')""",
            [signs, len(signs), "[\u0300-\u036f]"],
        )
        assert cursor.fetchall() == []
