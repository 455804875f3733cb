"""Lead, heat and rank by tables."""

from datetime import UTC, datetime, timedelta

from articles.stories.ranking import RankedArticle, best_first, choose_lead, count_independent, heat, rank

NOON = datetime(2023, 5, 4, 12, tzinfo=UTC)


def ranked(number, **changes):
    facts = {"id": number, "link_key": f"a.example/{number}", "quality": 50, "published_at": NOON,
             "provider": number, "title": f"Title {number}", "excerpt": ""}  # fmt: skip
    return RankedArticle(**(facts | changes))


def test_the_lead_has_the_highest_quality_then_the_earliest_time_then_the_lowest_key():
    articles = [ranked(3), ranked(2), ranked(1, published_at=NOON + timedelta(1)), ranked(4, quality=60)]
    assert [r.id for r in best_first(articles)] == [4, 2, 3, 1]


def test_a_public_article_leads_before_a_better_one_that_is_not():
    assert choose_lead([ranked(1), ranked(2, quality=90, is_published=False)]).id == 1


def test_the_editors_choice_leads():
    assert choose_lead([ranked(1), ranked(2, quality=90)], chosen=1).id == 1


def test_duplicates_and_articles_of_one_provider_count_once():
    text = "Predicting which patients will respond well to treatment is a question of forty years"
    copies = [ranked(1, excerpt=text + ". Now there is more."), ranked(2, excerpt=text + ".")]
    assert count_independent([*copies, ranked(3), ranked(4, provider=3), ranked(5, title="title 1")]) == 2


def test_heat_adds_twenty_for_each_further_source():
    assert (heat(57, 2), heat(57, 1), heat(57, 0), heat(57, 3, -7)) == (77, 57, 57, 90)


def test_a_day_is_worth_a_doubling_of_heat():
    assert abs(rank(80, NOON) - rank(40, NOON + timedelta(days=1))) < 1e-9
