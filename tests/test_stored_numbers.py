"""What the numbers of a store mean: this test documents the format; our own stories count anew."""

import pytest

from articles.frontmatter.document import Memo, parse
from articles.frontmatter.fields import LATEST, read_article
from tests.conftest import SHARED

PUBLISHED_QUALITY, PUBLISHED_HEAT, HEAT_PER_RELATED = 50, 70, 20


@pytest.fixture(scope="module")
def files():
    memo = Memo()
    paths = sorted((SHARED / "corpus").glob("*/_news/*.md"))
    if not paths:
        pytest.skip("no store here")
    return [read_article(parse(path.read_bytes(), memo).values, LATEST) for path in paths]


def _said(file):
    """Heat and publication of a file by the rules: of a group one file is the lead, the others have -1."""
    if file.heat == -1:
        return -1, False
    heat = file.quality + HEAT_PER_RELATED * len(file.related)
    is_published = file.quality >= PUBLISHED_QUALITY and heat >= PUBLISHED_HEAT
    return (heat if is_published else file.quality), is_published


@pytest.mark.thorough
@pytest.mark.corpus
def test_quality_heat_publication_and_leads_follow_the_rules_of_the_format(files):
    assert sum(_said(file)[0] == file.heat for file in files) / len(files) >= 0.998
    assert sum(_said(file)[1] == file.is_published for file in files) / len(files) >= 0.999
    leads = [file for file in files if file.heat != -1 and file.related]
    best = sum(file.quality >= max(copy.quality for copy in file.related) for file in leads)
    assert best / len(leads) >= 0.99
