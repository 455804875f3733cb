"""Editors' acts on stories (floor 2): merge, split, move out, lead, words and heat; see `editing`."""

from collections.abc import Iterable, Sequence

from django.db.models import Q

from articles.caching.writing import chunked
from articles.editing.articles import EditError, Kind, note_owned
from articles.editing.audit import Act, act
from articles.frontmatter.fields import MAX_EXCERPT, MAX_NUMBER, MAX_TITLE, read_text
from articles.models import Article, Decision, Edit, Story
from articles.stories.constraints import PairChanges, merge_pairs, split_pairs

MAX_PAIRS = 20_000  # decisions that one act may make


def merge(stories: Sequence[Story], by=None, why: str = "") -> Edit | None:
    """Make one story of several: all their reports are together from now on."""
    if len(stories) < 2:
        raise EditError("a story is merged with another one")
    members = members_of(stories)
    with act(Kind.MERGE, by, why, decides=True, article=members) as work:
        _decide(work, merge_pairs(members, *_pairs(members)))
    return work.edit


def split(story: Story, articles: Iterable[int], by=None, why: str = "") -> Edit | None:
    """Make a story of its own of these reports: together from now on, and apart from the others."""
    return _part(Kind.SPLIT, story, articles, by, why)


def move_out(story: Story, articles: Iterable[int], by=None, why: str = "") -> Edit | None:
    """Take these reports out of a story for good; where they belong is left to the grouping."""
    return _part(Kind.MOVE_OUT, story, articles, by, why)


def _part(kind: Edit.Kind, story: Story, articles: Iterable[int], by, why: str) -> Edit | None:
    members = members_of([story])
    out = sorted(set(articles))
    rest = [pk for pk in members if pk not in set(out)]
    if not out or not set(out) <= set(members):
        raise EditError("choose reports of this story")
    if not rest:
        raise EditError("at least one report has to stay in the story")
    if len(out) * len(rest) > MAX_PAIRS:
        raise EditError("these are too many pairs of reports for one act")
    with act(kind, by, why, decides=True, article=members) as work:
        together, _ = _pairs(members)
        # However few stay, the story keeps its number with them.
        work.moves.wanted = dict.fromkeys(out)
        _decide(work, split_pairs(out, rest, together, as_one=kind == Kind.SPLIT))
    return work.edit


def make_lead(article: Article, by=None, why: str = "") -> Edit | None:
    """Let an article lead its story from now on."""
    if article.story_id is None or article.story_position is None:
        raise EditError("only a report that is shown in its story can lead it")
    with act(Kind.LEAD, by, why, decides=True, article=members_of([article.story])) as work:
        _lead(article, by)
        work.refresh()
    return work.edit


def set_words(story: Story, title: str, excerpt: str, by=None, why: str = "") -> Edit | None:
    """Give a story another title and excerpt: those of its lead, which leads on, with the reports it has."""
    lead = story.lead
    if lead is None:
        raise EditError("this story has no report that is shown")
    title = read_text(title, "title", MAX_TITLE, required=True)
    excerpt = read_text(excerpt, "excerpt", MAX_EXCERPT)
    given = {"title": title, "excerpt": excerpt}
    fields = [name for name, value in given.items() if getattr(lead, name) != value]
    members = members_of([story])
    with act(Kind.WORDS, by, why, decides=True, article=members) as work:
        if fields:
            lead.title, lead.excerpt = title, excerpt
            note_owned(lead, *fields)
            lead.save(update_fields=[*fields, "edited_fields"])
            # Grouping reads the new words: they must not tear the story, or give its headline away.
            _lead(lead, by)
            _decide(work, merge_pairs(members, *_pairs(members)), changed=[lead.pk])
    return work.edit


def adjust_heat(story: Story, value: int, by=None, why: str = "") -> Edit | None:
    """Add this much to the heat that a story's reports give it."""
    if not -MAX_NUMBER <= value <= MAX_NUMBER:
        raise EditError(f"the adjustment is between -{MAX_NUMBER:,} and {MAX_NUMBER:,}")
    with act(Kind.HEAT, by, why, story=[story.pk]) as work:
        Story.objects.filter(pk=story.pk).update(heat_adjustment=value)
        work.refresh()
    return work.edit


def members_of(stories: Iterable[Story]) -> list[int]:
    """Return the ids of all reports that stand in these stories."""
    found = Article.objects.told().filter(story__in=[story.pk for story in stories])
    return list(found.order_by("pk").values_list("pk", flat=True))


def _lead(article: Article, by) -> None:
    leads = Decision.objects.filter(kind=Decision.Kind.LEAD, article__story=article.story_id)
    if list(leads.values_list("article", flat=True)) != [article.pk]:
        leads.delete()
        Decision.objects.create(kind=Decision.Kind.LEAD, article=article, made_by=by)


def _pairs(members: Sequence[int]) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Return the pairs of these articles that are together by an editor's word, and those apart."""
    found: dict[str, list[tuple[int, int]]] = {kind: [] for kind in Decision.Kind}
    inside = set(members)
    for keys in chunked(members):
        rows = Decision.objects.filter(article__in=keys).exclude(other=None).order_by("pk")
        for kind, one, other in rows.values_list("kind", "article", "other"):
            if other in inside:
                found[kind].append((min(one, other), max(one, other)))
    return found[Decision.Kind.TOGETHER], found[Decision.Kind.APART]


def _decide(work: Act, pairs: PairChanges, changed: Iterable[int] = ()) -> None:
    """Make and take back decisions about pairs, and let the stories follow."""
    kinds = Decision.Kind
    dropped = set(pairs.removed)
    for keys in chunked(sorted({key for pair in dropped for key in pair})):
        rows = Decision.objects.filter(Q(article__in=keys) | Q(other__in=keys)).exclude(other=None)
        gone = [pk for pk, one, other in rows.values_list("pk", "article", "other")
                if (min(one, other), max(one, other)) in dropped]  # fmt: skip
        for some in chunked(gone):
            Decision.objects.filter(pk__in=some).delete()
    made = [
        Decision(kind=kind, article_id=one, other_id=other, made_by=work.by)
        for kind, given in ((kinds.TOGETHER, pairs.together), (kinds.APART, pairs.apart))
        for one, other in given
    ]
    Decision.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
    work.regroup(changed)
