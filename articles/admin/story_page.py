"""The page of one story in the Newsroom: its articles, and every edit with a preview of its effect.

One form holds all input, so that nothing typed is lost whichever button is pressed. The first press of a
button shows the effect of the edit; a second one saves it. The form carries the version of the story that it
was made from: if the story has changed since, nothing is saved.
"""

from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html

from articles.admin.base import (
    MAX_REASON,
    describe_reason,
    forbidden,
    message_edit,
    parse_id,
    parse_time,
    rank_explanation,
    rank_in_words,
    thumbnail,
    typed_time,
)
from articles.caching.writing import writing
from articles.editing import articles as article_edits
from articles.editing import stories as story_edits
from articles.editing.audit import EditError, preview_effect
from articles.frontmatter.fields import FieldError
from articles.models import Article, ArticleImage, Decision, Edit, Image, Pin, Story, StoryAlias, Topic
from articles.pages.views.stories import preview_story
from articles.stories.matches import MIN_SUGGESTED, similar_stories, stories_with_words, why_together

EDITS_SHOWN = 5
MAX_INPUT = 100_000  # characters per field
REMOVE = "articles.delete_article"  # the permission
NEEDS_REMOVE_PERMISSION = {"remove", "restore"}
# What decides about the whole story at once, without a preview: both are undone by one press.
DECIDE = {"publish_story": story_edits.publish, "unpublish_story": story_edits.unpublish}
LABELS = {
    "lead": "Make the chosen article the lead",
    "move_out": "Move selected out",
    "split": "Split selected into a new story",
    "publish": "Publish selected",
    "unpublish": "Unpublish selected",
    "quality": "Set quality of selected",
    "remove": "Remove selected from the site",
    "restore": "Restore selected",
    "merge": "Merge with the chosen stories",
    "retitle": "Retitle",
    "picture": "Use this picture",
    "topics": "Set topics",
    "heat": "Adjust heat",
    "embargo": "Not public before this time",
    "publish_at": "Publish at this time",
    "pin": "Pin until this time",
    "unpin": "Unpin",
}
# What an editor has typed and selected, whether or not an edit needs it: texts by the names of their fields,
# and the ids of `selected` articles of the story and of `others`, the stories to merge with.
Input = dict[str, Any]
_TEXTS = ("lead", "title", "excerpt", "picture", "topics", "quality", "heat", "reason", "search",
          "embargo", "pin_list", "pin_until")  # fmt: skip
_IDS = ("selected", "others")


def _input_of_story(story: Story) -> Input:
    """Return the input of a fresh page: the story's own values."""
    given = _input_of_form(QueryDict()) | {"heat": str(story.heat_adjustment)}
    if lead := story.lead:
        topics = "\n".join(article_edits.topic_names(lead))
        given |= {"embargo": typed_time(lead.embargo_until)}
        given |= {"title": lead.title, "excerpt": lead.excerpt, "topics": topics}
    return given


def _input_of_form(post: QueryDict) -> Input:
    """Return the input of a form; ids that are no numbers are left out."""
    ids = {name: {pk for text in post.getlist(name) if (pk := parse_id(text)) is not None} for name in _IDS}
    texts = {name: post.get(name, "")[:MAX_INPUT] for name in _TEXTS}
    lines = "\n".join(post.getlist("topics"))[:MAX_INPUT].splitlines()  # one field each
    texts["topics"] = "\n".join(filter(None, map(str.strip, lines)))
    return texts | {name: sorted(keys) for name, keys in ids.items()}


def make_edit(name: str, story: Story, given: Input, user) -> Edit | None:
    """Make the edit of the button with this name; raises EditError or FieldError if the input is wrong."""
    by = {"user": user, "reason": given["reason"]}
    match name:
        case "publish" | "unpublish":
            return article_edits.set_published(_selected(story, given), name == "publish", **by)
        case "quality":
            return article_edits.set_quality(_selected(story, given), _number(given, name), **by)
        case "remove":
            return article_edits.remove(_selected(story, given), **by)
        case "restore":
            return article_edits.restore(_selected(story, given), **by)
        case "move_out":
            return story_edits.move_out(story, given["selected"], **by)
        case "split":
            return story_edits.split(story, given["selected"], **by)
        case "lead":
            return story_edits.make_lead(_chosen_article(story, given), **by)
        case "merge":
            others = Story.objects.with_lead().exclude(pk=story.pk).filter(pk__in=given["others"])
            return story_edits.merge([story, *others], **by)
        case "retitle":
            return story_edits.retitle(story, given["title"], given["excerpt"], **by)
        case "picture":
            return article_edits.set_picture(_lead(story), _chosen_image(given), **by)
        case "topics":
            names = [line.strip() for line in given["topics"].splitlines() if line.strip()]
            return article_edits.set_topics(_lead(story), names, **by)
        case "heat":
            return story_edits.adjust_heat(story, _number(given, name), **by)
        case "embargo":
            return story_edits.embargo([story], parse_time(given["embargo"]), **by)
        case "publish_at":
            return story_edits.embargo([story], _time(given, "embargo"), **by, publish=True)
        case "pin":
            return story_edits.pin(story, _pin_list(given), _time(given, "pin_until"), **by)
        case "unpin":
            return story_edits.unpin(story, _pin_list(given), **by)
    return None


def _selected(story: Story, given: Input) -> list[Article]:
    articles = list(Article.objects.filter(story=story, pk__in=given["selected"]))
    if not articles:
        raise EditError("select articles first")
    return articles


def _chosen_article(story: Story, given: Input) -> Article:
    articles = Article.objects.select_related("story").filter(story=story)
    if (article := articles.filter(pk=parse_id(given["lead"]) or 0).first()) is None:
        raise EditError("choose an article of this story")
    return article


def _chosen_image(given: Input) -> Image | None:
    text = given["picture"]
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


def _number(given: Input, name: str) -> int:
    text = given[name].strip()
    if not text.lstrip("+-").isdecimal() or len(text) > 9:
        raise EditError(f"{name} must be a whole number")
    return int(text)


def _time(given: Input, name: str) -> datetime:
    if (moment := parse_time(given[name])) is None:
        raise EditError("choose a time")
    return moment


def _pin_list(given: Input) -> Topic | None:
    """Return the topic to pin a story in; None: the front page."""
    if not given["pin_list"]:
        return None
    topic = Topic.objects.filter(pk=parse_id(given["pin_list"]) or 0).first()
    if topic is None:
        raise EditError("this topic no longer exists")
    return topic


def respond(model_admin, request, object_id: str):
    """Answer a request for the page of a story; the address of a merged story leads to the other one."""
    pk = parse_id(object_id)
    story = _find(pk) if pk else None
    if not model_admin.has_view_permission(request, story):
        raise PermissionDenied
    if story is None:
        return model_admin._get_obj_does_not_exist_redirect(request, model_admin.opts, object_id)
    if request.method == "POST":
        if not model_admin.has_change_permission(request, story):
            return forbidden()
        return _Page(model_admin, request, story, _input_of_form(request.POST)).respond_to_form()
    if str(story.pk) != object_id:
        return _redirect(story)
    return _Page(model_admin, request, story, _input_of_story(story)).render()


def _find(pk: int) -> Story | None:
    return Story.objects.with_lead().filter(pk=pk).first() or StoryAlias.objects.heir(pk)


def _redirect(story: Story) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("admin:articles_story_change", args=[story.pk]))


class _Page:
    """One request for the page of a story, with its input and the name of the pressed button."""

    def __init__(self, model_admin, request, story: Story, given: Input) -> None:
        self.model_admin, self.request, self.story, self.given = model_admin, request, story, given
        self.post = request.POST
        self.edit_name = self.post.get("confirm") or self.post.get("preview") or self.post.get("edit", "")

    def respond_to_form(self):
        name, post = self.edit_name, self.post
        if post.get("version") != story_version(self.story):
            edits = Edit.objects.about("story", self.story.pk).for_listing()
            newer = edits.filter(pk__gt=parse_id(post.get("last_edit")) or 0)[:EDITS_SHOWN]
            return self.render(is_stale=True, newer_edits=newer)
        if name in DECIDE and self.story.lead:
            return self._decide(DECIDE[name])
        if name not in LABELS and "preview" not in post:
            return self.render()
        if name in NEEDS_REMOVE_PERMISSION and not self.request.user.has_perm(REMOVE):
            return forbidden()
        try:
            if "preview" in post:
                return preview_story(self.request, self.story, self._make_edit)
            if post.get("confirm") == name and post.get("shown") == self._digest():
                return self._save()
            effect = preview_effect(self._make_edit)
        except (EditError, FieldError) as error:
            return self.render(error=f"{error}.")
        return self.render(effect=effect, error="" if effect else "This would change nothing.")

    def _make_edit(self) -> Edit | None:
        return make_edit(self.edit_name, self.story, self.given, self.request.user)

    def _digest(self) -> str:
        """Return a digest of the edit with its input; it is only saved if it is the one that was shown."""
        relevant = {name: value for name, value in self.given.items() if name not in ("reason", "search")}
        return _digest_of(self.edit_name, relevant)

    def _save(self):
        with writing():
            # Checked again, now that nobody else can write.
            if self.post.get("version") != story_version(_find(self.story.pk) or self.story):
                return self.render(is_stale=True)
            edit = self._make_edit()
            message_edit(self.model_admin, self.request, edit, str(self.story))
        if edit and self.edit_name == "split":
            self._link_to_new_story()
        return _redirect(self.story)  # if it was merged into another, its address leads there

    def _decide(self, make) -> HttpResponseRedirect | TemplateResponse:
        """Publish or unpublish the story; what else was typed stays on the page."""
        typed = {name: value.replace("\r\n", "\n") if isinstance(value, str) else value
                 for name, value in self.given.items()}  # fmt: skip
        with writing():
            if self.post.get("version") != story_version(_find(self.story.pk) or self.story):
                return self.render(is_stale=True)
            edit = make([self.story], self.request.user, self.given["reason"][:MAX_REASON])
        message_edit(self.model_admin, self.request, edit, str(self.story))
        if typed == _input_of_story(self.story):
            return _redirect(self.story)
        self.story = _find(self.story.pk) or self.story
        return self.render()

    def _link_to_new_story(self) -> None:
        new = Story.objects.with_lead().filter(articles__in=self.given["selected"]).first()
        if new and new.pk != self.story.pk:
            address = reverse("admin:articles_story_change", args=[new.pk])
            text = format_html('The new story: <a href="{}">{}</a>', address, new)
            self.model_admin.message_user(self.request, text)

    def render(self, **shown) -> TemplateResponse:
        """Return the page; `shown` is the outcome of the pressed button."""
        model_admin, story, given = self.model_admin, self.story, self.given
        edits = list(Edit.objects.about("story", story.pk).for_listing()[:EDITS_SHOWN])
        context = {
            **model_admin.admin_site.each_context(self.request),
            **shown,
            "title": str(story),
            "opts": model_admin.opts,
            "media": model_admin.media,
            "story": story,
            "given": given,
            "version": story_version(story),
            "last_edit": edits[0].pk if edits else 0,
            "shown": self._digest(),
            "edit_name": self.edit_name,
            "button_label": LABELS.get(self.edit_name, ""),
            "labels": LABELS,
            "may_change": model_admin.has_change_permission(self.request, story),
            "may_remove": self.request.user.has_perm(REMOVE),
            "rank_explanation": rank_explanation(story),
            "rank_in_words": rank_in_words(story),
            "next_story": _next_to_decide(story),
            "topic_lines": [*given["topics"].splitlines(), "", ""],
            "edits": edits,
            "articles": _articles(story),
            "pictures": _pictures(story),
            "similar": similar_stories(story),
            "least_similarity": MIN_SUGGESTED,
            "pins": Pin.objects.of_story(story),
            "topics": Topic.objects.standing().in_order(),
            "embargo_until": story.lead and story.lead.is_under_embargo and story.lead.embargo_until,
            "found": stories_with_words(given["search"], story) if given["search"] else [],
            "public_url": story.get_absolute_url() if story.is_public else "",
        }
        status = 409 if shown.get("is_stale") else 200
        return TemplateResponse(self.request, "admin/story.html", context, status=status)


def _next_to_decide(story: Story) -> Story | None:
    """Return the story to decide that follows in the queue, else the first one."""
    waiting = Story.objects.filter(lead__isnull=False, is_reviewed=False).exclude(pk=story.pk)
    waiting = waiting.select_related("lead").order_by("-rank", "-pk")
    below = waiting.filter(rank__lte=story.rank).exclude(rank=story.rank, pk__gt=story.pk)
    return below.first() or waiting.first()


def story_version(story: Story) -> str:
    """Return a digest of what an editor sees of a story: another digest means that it has changed."""
    columns = (
        "pk", "story_position", "title", "excerpt", "quality", "is_published", "is_removed", "embargo_until",
    )  # fmt: skip
    members = list(Article.objects.filter(story=story).order_by("pk").values_list(*columns))
    pins = list(Pin.objects.of_story(story).values_list("topic", "until"))
    topics = list(story.topic_links.order_by("topic").values_list("topic", flat=True))
    return _digest_of(story.pk, story.lead_id, story.heat, story.is_public, members, topics, pins)


def _digest_of(*values) -> str:
    return blake2b(repr(values).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _articles(story: Story) -> list[dict]:
    rows = list(Article.objects.filter(story=story).live().select_related("provider").defer("related_list"))
    rows.sort(key=lambda row: (row.story_position is None, row.story_position or 0, row.pk))
    reasons = why_together(rows)
    leads = Decision.objects.filter(kind=Decision.Kind.LEAD, article__in=rows)
    chosen = set(leads.values_list("article", flat=True))
    return [
        {"article": row, "is_chosen": row.pk in chosen, "reason": describe_reason(reasons[row.pk])}
        for row in rows
    ]


def _pictures(story: Story) -> list[dict]:
    """Return the stored pictures of all articles of the story, the one that is shown first."""
    articles = Article.objects.filter(story=story).coverage_order()
    links = ArticleImage.objects.ready_for(articles.values_list("pk", flat=True))
    links = links.select_related("image", "article__provider")
    links = sorted(links, key=lambda link: (link.article_id != story.lead_id, link.article_id, link.position))
    images: dict[int, tuple[Image, str]] = {}  # in the order of their first links
    for link in links:
        images.setdefault(link.image_id, (link.image, link.article.provider.name))
    shown = links[0].image_id if links and links[0].article_id == story.lead_id else None
    return [
        {"image": image, "thumbnail": thumbnail(image), "is_shown": pk == shown, "provider": provider}
        for pk, (image, provider) in images.items()
    ]
