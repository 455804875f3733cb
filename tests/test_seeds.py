"""The two documents of seeds/ on the readers' pages."""

import pytest

from articles.models import Article, Story

LEAD = "Machine learning can help predict patient response to cancer immunotherapy"
HIDDEN = "Using Machine Learning Methods to Predict Response to Immunotherapy"


def test_the_seeds_lead_story_has_heat_77_and_two_related(seeds, client):
    story = Story.objects.public().get()
    assert (story.lead.title, story.heat, story.article_count, story.provider_count) == (LEAD, 77, 3, 2)
    page = client.get(story.get_absolute_url()).text
    assert "interestingengineering.com/health/artificial-intelligence-predict-response" in page
    assert "News Medical" in page
    assert client.get(Article.objects.get(title=HIDDEN).get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    "address", ["/", "/topics/machine-learning/", "/topics/ai/", "/providers/medicalxpress.com/"]
)
def test_the_lead_is_shown_and_the_unpublished_seed_is_absent(seeds, client, address):
    page = client.get(address).content.decode()
    assert LEAD in page
    assert HIDDEN not in page


def test_a_reader_gets_no_cookie_and_no_address_of_another_host_to_load(seeds, client):
    answer = client.get("/")
    assert not answer.cookies
    page = answer.content.decode()
    assert 'src="http' not in page
    assert "default-src 'none'" in answer["Content-Security-Policy"]
