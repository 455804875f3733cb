"""What the buttons of a story's screen do: each act with its name, its right, and what it reads."""

from collections.abc import Callable
from dataclasses import dataclass

from articles.editing import articles as editing
from articles.editing import stories as deciding
from articles.editing.articles import EditError
from articles.models import Article, Edit, Image, Story

CHANGE, WITHDRAW = "articles.change_story", "articles.delete_article"
_LONGEST_NUMBER = 18  # digits


@dataclass(frozen=True, slots=True)
class Input:
    """What an editor has typed and checked, whether or not an act needs it."""

    checked: tuple[int, ...] = ()
    lead: str = ""
    others: tuple[int, ...] = ()
    words: str = ""
    title: str = ""
    excerpt: str = ""
    picture: str = ""
    topics: str = ""
    quality: str = ""
    heat: str = ""
    why: str = ""

    def decisive(self) -> tuple:
        """All that an act may depend on: not the reason, nor what is searched for."""
        return (self.checked, self.lead, self.others, self.title, self.excerpt, self.picture, self.topics,
                self.quality, self.heat)  # fmt: skip


def read_input(post) -> Input:
    """Return what a form holds; numbers that are none are left out."""
    texts = {
        name: post.get(name, "")[:10_000]
        for name in ("words", "title", "excerpt", "picture", "topics", "quality", "heat", "why", "lead")
    }
    return Input(checked=_numbers(post.getlist("checked")), others=_numbers(post.getlist("others")), **texts)


def _numbers(given: list[str]) -> tuple[int, ...]:
    return tuple(sorted({int(text) for text in given if text.isdecimal() and len(text) <= _LONGEST_NUMBER}))


def _number(text: str, what: str) -> int:
    text = text.strip()
    if not text.lstrip("+-").isdecimal() or len(text) > 9:
        raise EditError(f"{what} is a whole number")
    return int(text)


@dataclass(frozen=True)
class DeskAct:
    """A button: what it is called, what it does, and the right that it takes."""

    label: str
    run: Callable[[Story, Input, object], Edit | None]
    right: str = CHANGE

    def is_allowed(self, user) -> bool:
        return user.has_perm(self.right)


def _checked(story: Story, given: Input) -> list[Article]:
    rows = list(Article.objects.filter(story=story, pk__in=given.checked))
    if not rows:
        raise EditError("check the reports that are meant")
    return rows


def _of_checked(act) -> Callable:
    return lambda story, given, by: act(_checked(story, given), by, given.why)


def _publish(value: bool) -> Callable:
    def run(story: Story, given: Input, by) -> Edit | None:
        return editing.set_published(_checked(story, given), value, by, given.why)

    return run


def _make_lead(story: Story, given: Input, by) -> Edit | None:
    if not given.lead.isdecimal() or len(given.lead) > _LONGEST_NUMBER:
        raise EditError("choose a report of this story")
    article = Article.objects.select_related("story").filter(story=story, pk=given.lead).first()
    if article is None:
        raise EditError("this report is not in this story")
    return deciding.make_lead(article, by, given.why)


def _quality(story: Story, given: Input, by) -> Edit | None:
    return editing.set_quality(_checked(story, given), _number(given.quality, "quality"), by, given.why)


def _merge(story: Story, given: Input, by) -> Edit | None:
    others = list(Story.objects.with_lead().exclude(pk=story.pk).filter(pk__in=given.others))
    return deciding.merge([story, *others], by, given.why)


def _picture(story: Story, given: Input, by) -> Edit | None:
    if story.lead is None or not given.picture:
        raise EditError("choose a picture")
    if given.picture == "none":
        return editing.set_picture(story.lead, None, by, given.why)
    is_number = given.picture.isdecimal() and len(given.picture) <= _LONGEST_NUMBER
    image = Image.objects.ready().filter(pk=given.picture).first() if is_number else None
    if image is None:
        raise EditError("this picture is no longer here")
    return editing.set_picture(story.lead, image, by, given.why)


def _topics(story: Story, given: Input, by) -> Edit | None:
    if story.lead is None:
        raise EditError("this story has no report that is shown")
    names = [line.strip() for line in given.topics.splitlines() if line.strip()]
    return editing.set_topics(story.lead, names, by, given.why)


ACTS: dict[str, DeskAct] = {
    "publish": DeskAct("Publish the checked", _publish(True)),
    "unpublish": DeskAct("Unpublish the checked", _publish(False)),
    "quality": DeskAct("Set the quality of the checked", _quality),
    "move_out": DeskAct(
        "Move the checked out",
        lambda story, given, by: deciding.move_out(story, given.checked, by, given.why),
    ),
    "split": DeskAct(
        "Split the checked into a new story",
        lambda story, given, by: deciding.split(story, given.checked, by, given.why),
    ),
    "withdraw": DeskAct("Withdraw the checked for good", _of_checked(editing.withdraw), WITHDRAW),
    "restore": DeskAct("Put the checked back", _of_checked(editing.restore), WITHDRAW),
    "lead": DeskAct("Make it the lead", _make_lead),
    "merge": DeskAct("Merge with the chosen stories", _merge),
    "words": DeskAct(
        "Retitle",
        lambda story, given, by: deciding.set_words(story, given.title, given.excerpt, by, given.why),
    ),
    "picture": DeskAct("Use this picture", _picture),
    "topics": DeskAct("Set the topics", _topics),
    "heat": DeskAct(
        "Adjust the heat",
        lambda story, given, by: deciding.adjust_heat(story, _number(given.heat, "heat"), by, given.why),
    ),
}
