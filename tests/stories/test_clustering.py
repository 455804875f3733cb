"""Reports of one event stand together, others do not."""


import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.stories import clustering
from articles.stories.clustering import CLUSTER_SPAN, SIMILAR_SPAN
from benchmarks.stories import cluster_articles
from tests.stories.cases import NOON, article, by_time, clusters_of, memberships_of, together

FERRY = [
    article(1, "Ferry runs aground off Kellmouth with 214 aboard", "The Saint Orla struck a sandbank."),
    article(2, "Passengers rescued after Saint Orla ferry hits sandbank", "Lifeboats left Kellmouth.", 2),
    article(3, "Stranded Saint Orla ferry refloated at Kellmouth", "Tugs pulled it off the sandbank.", 26),
]
CROWN = [
    article(4, "Thieves take medieval crown from Wexel museum", "Three masked people fled with it.", 1),
    article(5, "Crown stolen in night raid on Wexel museum", "Police search for three suspects.", 3),
]


def test_rewrites_of_one_event_stand_together_and_apart_from_others():
    assert clusters_of(FERRY + CROWN) == {frozenset({1, 2, 3}), frozenset({4, 5})}


@pytest.mark.parametrize(
    ("days", "expected"), [(0, True), (7, True), (7.1, False), (60, False)], ids=lambda value: str(value)
)
def test_identical_titles_share_a_story_for_seven_days(days, expected):
    title = "Five things to know before the market opens"
    articles = [article(1, title, "Grain and a bank."), article(2, title, "Oil and a vote.", days * 24)]
    assert together(articles, 1, 2) is expected


def test_a_copy_too_late_for_the_story_of_the_one_before_takes_the_series_over():
    elder = article(1, "Harbour lights festival begins at the harbour")
    title = "Reminder about the harbour lights festival"
    series = [article(n, title, "", n * 24.0) for n in (3, 8, 15)]
    assert clusters_of([elder, *series[:2]]) == {frozenset({1, 3, 8})}
    assert clusters_of([elder, *series]) == {frozenset({1}), frozenset({3, 8, 15})}
    reassigned = memberships_of([elder, *series])[8].transfer
    assert (reassigned.into, reassigned.match.kind, reassigned.match.other) == (15, "title", 15)


def test_a_series_longer_than_a_story_is_cut_and_an_editor_can_keep_it_apart():
    elder = article(1, "Harbour lights festival begins at the harbour")
    title = "Reminder about the harbour lights festival"
    series = [article(n, title, "", n * 24.0) for n in (3, 8, 15, 21)]
    assert clusters_of([elder, *series]) == {frozenset({1}), frozenset({3, 8, 15}), frozenset({21})}
    apart = {15: {3}, 3: {15}}
    assert clusters_of([elder, *series[:3]], apart=apart) == {frozenset({1, 3, 8}), frozenset({15})}


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=2, max_size=20))
@settings(deadline=None)
def test_a_title_series_of_fourteen_days_is_one_story_and_no_story_is_longer(drawn_days):
    titles = ["Harbour lights festival begins at the harbour", "Reminder about the harbour lights festival"]
    articles = [article(n, titles[again], "", 24.0 * day) for n, (day, again) in enumerate(drawn_days)]
    stories = clusters_of(articles)
    for story in stories:
        days = [drawn_days[key][0] for key in story]
        assert max(days) - min(days) <= 14
    for again in (False, True):
        series = []
        for day, key in sorted((day, key) for key, (day, which) in enumerate(drawn_days) if which is again):
            if series and day - series[-1][0] > 7:
                _assert_together(series, stories)
                series = []
            series.append((day, key))
        _assert_together(series, stories)


def _assert_together(series, stories):
    if series and series[-1][0] - series[0][0] <= 14:
        assert any(story.issuperset(key for _, key in series) for story in stories)


def test_a_title_of_few_words_proves_nothing_when_the_texts_differ():
    words = ["Bees", "Tax", "Sea"]
    articles = [article(n, "Weekly update", f"{word} and more", n) for n, word in enumerate(words)]
    assert len(clusters_of(articles)) == 3


def test_articles_of_one_link_share_a_story_although_the_headline_changed():
    articles = [
        article(1, "Crown stolen", link="a.example/crown"),
        article(2, "What we know so far", hours=240, link="a.example/crown"),
    ]
    assert together(articles, 1, 2)
    assert memberships_of(articles)[2].match.kind == "link"


def test_a_cut_copy_under_another_headline_is_found():
    text = "The night ferry struck a sandbank outside the harbour; passengers were taken off by boats."
    articles = [article(1, "Ferry aground", text + " More later."), article(2, "All saved", text, 2)]
    assert memberships_of(articles)[2].match.kind == "text"


def test_templates_filled_with_other_names_do_not_run_together():
    names = ["Ferrol Analytics", "Oat Drink", "Parking Sensor", "Hearing Implant", "Quillon Lamp"]
    for template in (
        "{} now available in the Nimbox marketplace", "Deal: {} now 30 per cent off",
        "Global {} Market Size, Share and Forecast 2031 to 2038",
    ):  # fmt: skip
        titles = map(template.format, names)
        articles = [article(n, title, f"{title}.", n / 2, "wire.example") for n, title in enumerate(titles)]
        assert max(map(len, clusters_of(articles))) <= 2


def test_stored_relations_add_but_do_not_chain():
    strangers = [
        article(n, title, related=frozenset({n - 1, n + 1}))
        for n, title in enumerate(["Honey spring", "Pension age", "Opera closes", "Whale in river"])
    ]
    assert len(clusters_of(strangers)) == 4


WORDS = ["tide", "ferry", "crown", "storm", "bridge", "whale", "tunnel", "opera", "budget", "strike"]
ARTICLES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(WORDS), max_size=4),
        st.lists(st.sampled_from(WORDS), max_size=5),
        st.integers(0, 30 * 24),
        st.sampled_from(["one.example", "two.example", "three.example"]),
    ),
    max_size=25,
).map(
    lambda rows: [
        article(key, " ".join(title), " ".join(excerpt), hours, provider)
        for key, (title, excerpt, hours, provider) in enumerate(rows)
    ]
)


@given(ARTICLES)
@settings(deadline=None, max_examples=60)
def test_every_article_has_one_story_and_no_story_passes_its_bounds(articles):
    stories = [[membership.key for membership in story] for story in cluster_articles(by_time(articles))]
    assert sorted(key for story in stories for key in story) == sorted(r.key for r in articles)
    moments = {r.key: r.published_at for r in articles}
    for story in stories:
        times = [moments[key] for key in story]
        assert max(times) - min(times) <= CLUSTER_SPAN


def test_many_copies_of_one_text_are_one_story_that_holds_nothing_else():
    title = "Storm Edda tears roofs off in coastal towns"
    copies = [article(n, title, "Gusts of 160.", n / 100) for n in range(2000)]
    stories = clusters_of([*copies, article(5000, "Honey spring is the best in a decade", "", 3)])
    assert sorted(map(len, stories)) == [1, 2000]


def test_articles_without_words_stand_alone():
    titles = ["", "", "!!!", "…", "A", "B"]
    assert len(clusters_of([article(n, title) for n, title in enumerate(titles)])) == 6


def test_a_story_takes_no_more_when_it_is_full(monkeypatch):
    monkeypatch.setattr(clustering, "CLUSTER_TITLES", 4)
    articles = [article(n, f"Storm Edda tears roofs off, part {n + 10}", "", n) for n in range(12)]
    assert max(map(len, clusters_of(articles))) <= 4


def test_similarity_keeps_a_story_within_seven_days():
    articles = [article(n, f"Storm Edda tears roofs off, day {n + 10}", "", 30 * n) for n in range(12)]
    for story in cluster_articles(articles):
        times = [NOON + membership.key * 30 * 3600 for membership in story]
        assert max(times) - min(times) <= SIMILAR_SPAN
