"""The page of one story in the newsroom: its articles, and every edit with a preview of its effect.

One form holds all input, so that nothing typed is lost whichever button is pressed. The first press of a
button shows the effect of the edit; a second one saves it. The form carries the version of the story that it
was made from: if the story has changed since, nothing is saved.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from articles.admin.display import describe_link, rank_explanation, thumbnail
from articles.admin.mixins import forbidden, parse_id
from articles.caching.writing import writing
from articles.editing import articles as article_edits
from articles.editing import stories as story_edits
from articles.editing.audit import EditError
from articles.editing.preview import Effect, preview_effect, story_version
from articles.frontmatter.fields import FieldError
from articles.models import Article, ArticleImage, Decision, Edit, Image, Story, StoryAlias
from articles.pages.preview import preview_story
from articles.stories.matches import similar_stories, stories_with_words, why_together

EDITS_SHOWN = 5
MAX_INPUT = 10_000  # characters per field
WITHDRAW = "articles.delete_article"  # the permission


@dataclass(frozen=True, slots=True)
class Input:
    """Everything that an editor has typed and selected, whether or not an edit needs it."""

    selected: tuple[int, ...] = ()
    others: tuple[int, ...] = ()
    lead: str = ""
    title: str = ""
    excerpt: str = ""
    picture: str = ""
    topics: str = ""
    quality: str = ""
    heat: str = ""
    reason: str = ""
    search: str = ""

    @classmethod
    def of_story(cls, story: Story) -> "Input":
        """Return the input of a fresh page: the story's own values."""
        lead = story.lead
        links = lead.topic_links.select_related("topic") if lead else ()
        return cls(
            title=lead.title if lead else "",
            excerpt=lead.excerpt if lead else "",
            topics="\n".join(link.name or link.topic.name for link in links),
            heat=str(story.heat_adjustment),
        )

    @classmethod
    def of_form(cls, post) -> "Input":
        """Return the input of a form; ids that are no numbers are left out."""
        ids = {
            name: tuple(sorted({pk for text in post.getlist(name) if (pk := parse_id(text)) is not None}))
            for name in ("selected", "others")
        }
        names = [name for name in cls.__dataclass_fields__ if name not in ids]
        texts: dict[str, str] = {name: post.get(name, "")[:MAX_INPUT] for name in names}
        return cls(selected=ids["selected"], others=ids["others"], **texts)

    def digest(self, edit_name: str) -> str:
        """Return a digest of an edit with its input; it is only saved if it is the one that was shown."""
        relevant = [
            getattr(self, name) for name in self.__dataclass_fields__ if name not in ("reason", "search")
        ]
        text = repr((edit_name, relevant))
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


LABELS = {
    "lead": "Make the chosen article the lead",
    "move_out": "Move selected out",
    "split": "Split selected into a new story",
    "publish": "Publish selected",
    "unpublish": "Unpublish selected",
    "quality": "Set quality of selected",
    "withdraw": "Withdraw selected for good",
    "restore": "Restore selected",
    "merge": "Merge with the chosen stories",
    "retitle": "Retitle",
    "picture": "Use this picture",
    "topics": "Set topics",
    "heat": "Adjust heat",
}
NEEDS_WITHDRAW_PERMISSION = {"withdraw", "restore"}


def make_edit(name: str, story: Story, given: Input, user) -> Edit | None:
    """Make the edit of the button with this name; raises EditError or FieldError if the input is wrong."""
    by = {"user": user, "reason": given.reason}
    match name:
        case "publish" | "unpublish":
            return article_edits.set_published(_selected(story, given), name == "publish", **by)
        case "quality":
            return article_edits.set_quality(_selected(story, given), _number(given.quality, name), **by)
        case "withdraw":
            return article_edits.withdraw(_selected(story, given), **by)
        case "restore":
            return article_edits.restore(_selected(story, given), **by)
        case "move_out":
            return story_edits.move_out(story, given.selected, **by)
        case "split":
            return story_edits.split(story, given.selected, **by)
        case "lead":
            return story_edits.make_lead(_chosen_article(story, given.lead), **by)
        case "merge":
            others = Story.objects.with_lead().exclude(pk=story.pk).filter(pk__in=given.others)
            return story_edits.merge([story, *others], **by)
        case "retitle":
            return story_edits.retitle(story, given.title, given.excerpt, **by)
        case "picture":
            return article_edits.set_picture(_lead(story), _chosen_image(given.picture), **by)
        case "topics":
            names = [line.strip() for line in given.topics.splitlines() if line.strip()]
            return article_edits.set_topics(_lead(story), names, **by)
        case "heat":
            return story_edits.adjust_heat(story, _number(given.heat, name), **by)
    return None


def _selected(story: Story, given: Input) -> list[Article]:
    articles = list(Article.objects.filter(story=story, pk__in=given.selected))
    if not articles:
        raise EditError("select articles first")
    return articles


def _chosen_article(story: Story, text: str) -> Article:
    pk = parse_id(text)
    articles = Article.objects.select_related("story").filter(story=story)
    if pk is None or (article := articles.filter(pk=pk).first()) is None:
        raise EditError("choose an article of this story")
    return article


def _chosen_image(text: str) -> Image | None:
    if text == "none":
        return None
    image = Image.objects.ready().filter(pk=parse_id(text)).first()
    if image is None:
        raise EditError("this picture no longer exists" if text else "choose a picture")
    return image


def _lead(story: Story) -> Article:
    if story.lead is None:
        raise EditError("no article of this story is shown")
    return story.lead


def _number(text: str, name: str) -> int:
    text = text.strip()
    if not text.lstrip("+-").isdecimal() or len(text) > 9:
        raise EditError(f"{name} must be a whole number")
    return int(text)


@dataclass
class Page:
    """What the page shows besides the story itself."""

    story: Story
    given: Input
    edit_name: str = ""
    effect: Effect | None = None
    error: str = ""
    is_stale: bool = False
    newer_edits: list[Edit] = field(default_factory=list)


def respond(model_admin, request, object_id: str):
    """Answer a request for the page of a story; the address of a merged story leads to the other one."""
    pk = parse_id(object_id)
    story = _find(pk) if pk else None
    if not model_admin.has_view_permission(request, story):
        raise PermissionDenied
    if story is None:
        return model_admin._get_obj_does_not_exist_redirect(request, model_admin.opts, object_id)
    if request.method != "POST":
        if str(story.pk) != object_id:
            return _redirect(story)
        return _render(model_admin, request, Page(story, Input.of_story(story)))
    if not model_admin.has_change_permission(request, story):
        return forbidden()
    return _respond_to_form(model_admin, request, story)


def _find(pk: int) -> Story | None:
    return Story.objects.with_lead().filter(pk=pk).first() or StoryAlias.objects.heir(pk)


def _redirect(story: Story) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:articles_story_change", args=[story.pk]))


def _respond_to_form(model_admin, request, story: Story):
    post, given = request.POST, Input.of_form(request.POST)
    name = post.get("confirm") or post.get("preview") or post.get("edit", "")
    page = Page(story, given, name)
    if post.get("version") != story_version(story):
        page.is_stale = True
        newer = Edit.objects.about("story", story.pk).filter(pk__gt=parse_id(post.get("last_edit")) or 0)
        page.newer_edits = list(newer.for_listing()[:EDITS_SHOWN])
        return _render(model_admin, request, page)
    if name not in LABELS and "preview" not in post:
        return _render(model_admin, request, page)
    if name in NEEDS_WITHDRAW_PERMISSION and not request.user.has_perm(WITHDRAW):
        return forbidden()
    run = partial(make_edit, name, story, given, request.user)

    try:
        if "preview" in post:
            return preview_story(request, story, run)
        if post.get("confirm") == name and post.get("shown") == given.digest(name):
            return _save(model_admin, request, page, run)
        page.effect = preview_effect(run)
        page.error = "" if page.effect else "This would change nothing."
    except (EditError, FieldError) as error:
        page.error = f"{error}."
    return _render(model_admin, request, page)


def _save(model_admin, request, page: Page, run: Callable[[], Edit | None]):
    with writing():
        # Checked again, now that nobody else can write.
        if request.POST.get("version") == story_version(_find(page.story.pk) or page.story):
            edit = run()
            label = edit.get_kind_display() if edit else "Nothing changed"
            level = messages.SUCCESS if edit else messages.WARNING
            model_admin.message_user(request, f"{label}.".capitalize(), level)
            return _redirect(page.story)  # if it was merged into another, its address leads there
    page.is_stale = True
    return _render(model_admin, request, page)


def _render(model_admin, request, page: Page) -> TemplateResponse:
    story, given = page.story, page.given
    edits = list(Edit.objects.about("story", story.pk).for_listing()[:EDITS_SHOWN])
    context = {
        **model_admin.admin_site.each_context(request),
        "title": str(story),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "story": story,
        "given": given,
        "page": page,
        "version": story_version(story),
        "last_edit": edits[0].pk if edits else 0,
        "shown": given.digest(page.edit_name),
        "button_label": LABELS.get(page.edit_name, ""),
        "labels": LABELS,
        "may_change": model_admin.has_change_permission(request, story),
        "may_withdraw": request.user.has_perm(WITHDRAW),
        "rank_explanation": rank_explanation(story),
        "edits": edits,
        "articles": _articles(story, given),
        "pictures": _pictures(story),
        "similar": _suggested(similar_stories(story), given),
        "found": _suggested(stories_with_words(given.search, story), given) if given.search else [],
        "public_url": story.get_absolute_url() if story.is_public else "",
        "queue_url": reverse("admin:articles_story_changelist"),
    }
    return TemplateResponse(request, "admin/story.html", context, status=409 if page.is_stale else 200)


def _articles(story: Story, given: Input) -> list[dict]:
    rows = list(Article.objects.filter(story=story).live().select_related("provider").defer("related_list"))
    rows.sort(key=lambda row: (row.story_position is None, row.story_position or 0, row.pk))
    reasons = why_together(rows)
    leads = Decision.objects.filter(kind=Decision.Kind.LEAD, article__in=rows)
    chosen = set(leads.values_list("article", flat=True))
    return [
        {
            "article": row,
            "is_selected": row.pk in given.selected,
            "is_lead": row.pk == story.lead_id,
            "is_chosen": row.pk in chosen,
            "reason": describe_link(reasons[row.pk]),
        }
        for row in rows
    ]


def _pictures(story: Story) -> list[dict]:
    """Return the stored pictures of all articles of the story, the one that is shown first."""
    articles = Article.objects.filter(story=story).coverage_order()
    links = ArticleImage.objects.ready_for(articles.values_list("pk", flat=True)).select_related("image")
    links = sorted(links, key=lambda link: (link.article_id != story.lead_id, link.article_id, link.position))
    images = {link.image_id: link.image for link in links}  # in the order of their first links
    shown = links[0].image_id if links and links[0].article_id == story.lead_id else None
    return [
        {"image": image, "thumbnail": thumbnail(image), "is_shown": pk == shown}
        for pk, image in images.items()
    ]


def _suggested(suggestions, given: Input) -> list[dict]:
    return [
        {
            "story": each.story,
            "similarity": "" if each.similarity is None else f"{100 * each.similarity:.0f} %",
            "is_chosen": each.story.pk in given.others,
            "url": reverse("admin:articles_story_change", args=[each.story.pk]),
        }
        for each in suggestions
    ]
