"""Edits of stories: publish, merge, split, move out, lead, title and heat; see `editing.articles`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise, product

from django.db.models import Q

from articles.caching.version import bump
from articles.caching.writing import chunked
from articles.editing import articles as article_edits
from articles.editing.articles import Kind, mark_edited
from articles.editing.audit import EditError, EditRecorder, User, record_edit
from articles.frontmatter.fields import MAX_EXCERPT, MAX_NUMBER, MAX_TITLE, read_text
from articles.models import Article, Decision, Edit, Pin, Story, Topic
from articles.stories.clusters import join_overlapping

MAX_PAIRS = 20_000  # decisions that one edit may make
MAX_STORIES = 2000  # published, unpublished or rated by one edit

Pair = tuple[int, int]  # of article ids, the lower first


def publish(stories: Sequence[Story], user=None, reason="") -> Edit | None:
    """Publish the lead of each story."""
    return article_edits.set_published(_leads(stories), True, user, reason)


def unpublish(stories: Sequence[Story], user=None, reason="") -> Edit | None:
    """Hide whole stories from visitors: their leads, and all other published articles of theirs."""
    published = Article.objects.live().filter(story__in=[story.pk for story in stories], is_published=True)
    articles = {article.pk: article for article in [*published, *_leads(stories)]}
    return article_edits.set_published(articles.values(), False, user, reason)


def set_quality(stories: Sequence[Story], quality: int, user=None, reason="") -> Edit | None:
    """Set the quality of each story's lead."""
    return article_edits.set_quality(_leads(stories), quality, user, reason)


def change_quality(stories: Sequence[Story], step: int, user=None, reason="") -> Edit | None:
    """Raise or lower the quality of each story's lead by `step`."""
    return article_edits.change_quality(_leads(stories), step, user, reason)


def embargo(
    stories: Sequence[Story], until: datetime | None, user=None, reason="", *, publish=False
) -> Edit | None:
    """Let stories not be public before a time, None: no embargo: their leads, and what else is published.

    With `publish` their leads are published, to be public from then on.
    """
    leads = _leads(stories)
    members = Article.objects.live().filter(story__in=[story.pk for story in stories])
    held = members.filter(is_published=True) | members.filter(embargo_until__isnull=False)
    articles = {article.pk: article for article in [*([] if publish else held), *leads]}
    return article_edits.set_embargo(articles.values(), until, user, reason, publish=publish)


def pin(story: Story, topic: Topic | None, until: datetime, user=None, reason="") -> Edit | None:
    """Let a story stand first on the front page, or in a topic, until a time."""
    article_edits.check_future(until)
    [lead] = _leads([story])
    with record_edit(Kind.PIN, user, reason, article=[lead.pk], pin=_pins(story, topic)) as recorder:
        Pin.objects.filter(pk__in=_pins(story, topic)).delete()
        made = Pin.objects.create(article=lead, topic=topic, until=until, made_by=user)
        recorder.rows["pin"].add(made.pk)
        bump()
    return recorder.edit


def unpin(story: Story, topic: Topic | None, user=None, reason="") -> Edit | None:
    """Let a story stand in a list where its rank puts it."""
    [lead] = _leads([story])
    with record_edit(Kind.UNPIN, user, reason, article=[lead.pk], pin=_pins(story, topic)) as recorder:
        Pin.objects.filter(pk__in=_pins(story, topic)).delete()
        bump()
    return recorder.edit


def _pins(story: Story, topic: Topic | None) -> list[int]:
    return list(Pin.objects.of_story(story).filter(topic=topic).values_list("pk", flat=True))


def _leads(stories: Sequence[Story]) -> list[Article]:
    if len(stories) > MAX_STORIES:
        raise EditError(f"one edit can decide {MAX_STORIES:,} stories at most")
    return [story.required_lead for story in stories]


def merge(stories: Sequence[Story], user=None, reason="") -> Edit | None:
    """Merge stories into one that keeps the address of the largest: their articles stay together."""
    if len(stories) < 2:
        raise EditError("choose another story to merge with")
    members = member_ids(stories)
    largest = min(stories, key=lambda story: (-story.article_count, story.pk))
    staying = set(member_ids([largest]))
    with record_edit(Kind.MERGE, user, reason, with_decisions=True, article=members) as recorder:
        recorder.reassignments.wanted = dict.fromkeys(pk for pk in members if pk not in staying)
        _put_together(recorder, members)
    return recorder.edit


def split(story: Story, articles: Iterable[int], user=None, reason="") -> Edit | None:
    """Make a new story of these articles: they stay together, and apart from the others."""
    return _separate(Kind.SPLIT, story, articles, user, reason)


def move_out(story: Story, articles: Iterable[int], user=None, reason="") -> Edit | None:
    """Remove these articles from a story for good; the grouping decides where they belong."""
    return _separate(Kind.MOVE_OUT, story, articles, user, reason)


def _separate(kind: Edit.Kind, story: Story, articles: Iterable[int], user, reason) -> Edit | None:
    members = member_ids([story])
    out = sorted(set(articles))
    rest = [pk for pk in members if pk not in set(out)]
    if not out or not set(out) <= set(members):
        raise EditError("select articles of this story")
    if not rest:
        raise EditError("at least one article must stay in the story")
    if len(out) * len(rest) > MAX_PAIRS:
        raise EditError("these are too many pairs of articles for one edit")
    with record_edit(kind, user, reason, with_decisions=True, article=members) as recorder:
        together, _ = _decided_pairs(members)
        # The articles that stay keep the id of the story, however few they are.
        recorder.reassignments.wanted = dict.fromkeys(out)
        _decide(recorder, *_split_pairs(out, rest, together, as_one=kind == Kind.SPLIT))
    return recorder.edit


def make_lead(article: Article, user=None, reason="") -> Edit | None:
    """Make an article the lead of its story, whatever articles come later."""
    if article.story is None or article.story_position is None:
        raise EditError("only an article that is shown in its story can lead it")
    members = member_ids([article.story])
    with record_edit(Kind.LEAD, user, reason, with_decisions=True, article=members) as recorder:
        _choose_lead(article, user)
        recorder.refresh()
    return recorder.edit


def retitle(story: Story, title: str, excerpt: str, user=None, reason="") -> Edit | None:
    """Change title and excerpt of a story's lead, make it the lead for good, and keep the story together."""
    lead = story.lead
    if lead is None:
        raise EditError("no article of this story is shown")
    values = {
        "title": read_text(title, "title", MAX_TITLE, required=True),
        "excerpt": read_text(excerpt, "excerpt", MAX_EXCERPT),
    }
    changed = [name for name, value in values.items() if getattr(lead, name) != value]
    article_edits.refuse_taken_down([lead.pk], *changed)
    members = member_ids([story])
    with record_edit(Kind.RETITLE, user, reason, with_decisions=True, article=members) as recorder:
        if changed:
            lead.title, lead.excerpt = values["title"], values["excerpt"]
            mark_edited(lead, *changed)
            lead.save(update_fields=[*changed, "edited_fields"])
            # Grouping compares the new text: it must neither split the story nor choose another lead.
            _choose_lead(lead, user)
            _put_together(recorder, members, changed=[lead.pk])
    return recorder.edit


def adjust_heat(story: Story, value: int, user=None, reason="") -> Edit | None:
    """Add this number to the heat that follows from a story's articles; it may be negative."""
    if not -MAX_NUMBER <= value <= MAX_NUMBER:
        raise EditError(f"the adjustment must be between -{MAX_NUMBER:,} and {MAX_NUMBER:,}")
    with record_edit(Kind.HEAT, user, reason, story=[story.pk]) as recorder:
        Story.objects.filter(pk=story.pk).update(heat_adjustment=value)
        recorder.refresh()
    return recorder.edit


def member_ids(stories: Iterable[Story]) -> list[int]:
    """Return the ids of all articles in these stories, ascending."""
    found = Article.objects.live().filter(story__in=[story.pk for story in stories])
    return list(found.order_by("pk").values_list("pk", flat=True))


def _choose_lead(article: Article, user: User | None) -> None:
    leads = Decision.objects.filter(kind=Decision.Kind.LEAD, article__story=article.story_id)
    if list(leads.values_list("article", flat=True)) != [article.pk]:
        leads.delete()
        Decision.objects.create(kind=Decision.Kind.LEAD, article=article, made_by=user)


def _decided_pairs(members: Sequence[int]) -> tuple[list[Pair], list[Pair]]:
    """Return the pairs of these articles that editors put together, and those they kept apart."""
    found: dict[str, list[Pair]] = {kind: [] for kind in Decision.Kind}
    inside = set(members)
    for keys in chunked(members):
        rows = Decision.objects.filter(article__in=keys).exclude(other=None).order_by("pk")
        for kind, one, other in rows.values_list("kind", "article", "other"):
            if other in inside:
                found[kind].append((min(one, other), max(one, other)))
    return found[Decision.Kind.TOGETHER], found[Decision.Kind.APART]


def _put_together(recorder: EditRecorder, members: Sequence[int], changed: Iterable[int] = ()) -> None:
    """Decide that these articles are one story, then regroup."""
    together, apart = _decided_pairs(members)
    _decide(recorder, _missing_pairs(members, together), [], apart, changed)


def _split_pairs(
    out: Sequence[int], rest: Sequence[int], together: Sequence[Pair], *, as_one: bool
) -> tuple[list[Pair], list[Pair], set[Pair]]:
    """Return the pairs to put together and apart, and the decisions to remove, so that each of `out` is apart
    from each of `rest`, which stays together.

    With `as_one`, `out` stays together too. Otherwise only those of `out` do that earlier decisions had put
    together, directly or through others.
    """
    inside = set(rest)
    crossing = {pair for pair in together if len(inside.intersection(pair)) == 1}
    remaining = [pair for pair in together if pair not in crossing]
    wanted = _missing_pairs(rest, remaining)
    for bundle in [out] if as_one else _bundles(sorted([*out, *rest]), together):
        wanted += _missing_pairs([pk for pk in bundle if pk not in inside], remaining)
    apart = sorted((min(pair), max(pair)) for pair in product(out, rest))
    return wanted, apart, crossing


def _missing_pairs(ids: Sequence[int], together: Iterable[Pair]) -> list[Pair]:
    """Return the pairs that are still needed to hold these articles together."""
    return list(pairwise(sorted(map(min, _bundles(ids, together)))))


def _bundles(ids: Sequence[int], together: Iterable[Pair]) -> list[list[int]]:
    """Split these articles into those that pairs hold together; pairs with other articles are ignored."""
    known = set(ids)
    return join_overlapping([*([pk] for pk in ids), *(pair for pair in together if known.issuperset(pair))])


def _decide(
    recorder: EditRecorder,
    together: Iterable[Pair],
    apart: Iterable[Pair],
    removed: Iterable[Pair],
    changed: Iterable[int] = (),
) -> None:
    """Create and remove decisions about pairs, then regroup; `changed`: articles with another text."""
    dropped = set(removed)
    for keys in chunked(sorted({key for pair in dropped for key in pair})):
        rows = Decision.objects.filter(Q(article__in=keys) | Q(other__in=keys)).exclude(other=None)
        obsolete = [pk for pk, one, other in rows.values_list("pk", "article", "other")
                    if (min(one, other), max(one, other)) in dropped]  # fmt: skip
        for some in chunked(obsolete):
            Decision.objects.filter(pk__in=some).delete()
    new = [
        Decision(kind=kind, article_id=one, other_id=other, made_by=recorder.user)
        for kind, given in ((Decision.Kind.TOGETHER, together), (Decision.Kind.APART, apart))
        for one, other in given
    ]
    Decision.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)
    recorder.regroup(changed)
