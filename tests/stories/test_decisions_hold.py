"""Whatever editors decide, and whatever comes after: every decision holds, and contradictions are listed."""

from contextlib import suppress
from random import Random

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.admin.health_report import run_checks
from articles.editing import stories as story_edits
from articles.editing.audit import EditError
from articles.editing.undo import undo
from articles.models import Article, Decision, Edit, Provider, Story, Topic
from articles.stories.aggregates import recount_lists, request_recount
from articles.stories.assignment import current_constraints
from tests.stories.test_grouping import decide, write_reports


def _act(random):
    """Do a random act, as far as there is one that makes sense."""
    stories = list(Story.objects.filter(lead__isnull=False).select_related("lead").order_by("pk"))
    story = random.choice(stories)
    members = story_edits.member_ids([story])
    out = random.sample(members, random.randint(1, len(members)))
    article = Article.objects.select_related("story").get(pk=random.choice(members))
    edits = list(Edit.objects.filter(undone_by=None))
    acts = [
        lambda: story_edits.merge(random.sample(stories, min(len(stories), 2))),
        lambda: story_edits.split(story, out),
        lambda: story_edits.move_out(story, out),
        lambda: story_edits.make_lead(article),
        lambda: story_edits.retitle(story, f"Words of day {random.randint(1, 9)}", ""),
        lambda: undo(random.choice(edits)) if edits else None,
        # As no act does it: without letting go of what says the contrary.
        lambda: _put_apart(random.sample(members, 2)) if len(members) > 1 else None,
    ]
    with suppress(EditError):
        random.choice(acts)()


def _put_apart(pair):
    one, other = sorted(pair)
    if not Decision.objects.filter(kind="apart", article=one, other=other).exists():
        decide("apart", *Article.objects.filter(pk__in=pair).order_by("pk"))


def _assert_all_hold():
    story_of = dict(Article.objects.values_list("link_key", "story"))
    listed = {frozenset(found.apart) for found in current_constraints().contradictions}
    for one, other in Decision.objects.pairs("together"):
        assert story_of[one] == story_of[other], (one, other)
    for one, other in Decision.objects.pairs("apart"):
        assert story_of[one] != story_of[other] or frozenset((one, other)) in listed, (one, other)
    findings = {result.name: result for result in run_checks()}
    assert len(findings["contradictions"].rows) == min(len(listed), 25)
    idle = {row.title for row in findings["leads"].rows}
    for decision in Decision.objects.filter(kind="lead").select_related("article__story"):
        article = decision.article
        assert article.story.lead_id == article.pk or article.title in idle
    _assert_lists_are_counted()


def _assert_lists_are_counted():
    """What changes by what is added and taken is what counting all anew finds."""

    def counts():
        topics = dict(Topic.objects.values_list("slug", "story_count"))
        return topics | dict(Provider.objects.values_list("domain", "article_count"))

    before = counts()
    request_recount()
    recount_lists()
    assert counts() == before


@pytest.mark.thorough
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_every_decision_holds_through_actions_imports_and_regroupings(
    seed, write_article, run_import, tmp_path, passing
):
    random = Random(seed)
    write_reports(write_article, random, 14)
    paths = sorted((tmp_path / "store").glob("*.md"))
    random.shuffle(paths)
    with passing():
        run_import(*paths[:6])
        for path in paths[6:]:
            for _ in range(random.randint(0, 2)):
                _act(random)
            _assert_all_hold()
            run_import(path)
            _assert_all_hold()
        before = dict(Article.objects.values_list("pk", "story"))
        call_command("group_stories", "--rebuild", stdout=None)
        _assert_all_hold()
        assert dict(Article.objects.values_list("pk", "story")) == before
    for path in paths:
        path.unlink()
