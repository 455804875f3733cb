"""The screen of one story: its reports with check boxes, and every act with its effect before it is saved.

One form holds all input, so that nothing typed is lost, whichever button is pressed: an act first comes back
with its effect and is saved by a second press. A form carries the version of the story that it was made from.
"""

from dataclasses import dataclass, field
from hashlib import blake2b

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseForbidden, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from articles.admin import reasons
from articles.admin.desk_acts import ACTS, Input, read_input
from articles.admin.image import thumbnail
from articles.caching.writing import writing
from articles.editing.articles import EditError
from articles.editing.preview import Effect, foresee, version_of
from articles.frontmatter.fields import FieldError
from articles.models import Article, ArticleImage, Decision, Edit, Story, StoryAlias
from articles.pages.draft import draft_of_story
from articles.stories.explanations import why_together
from articles.stories.suggestions import similar_stories, stories_with_words

EDITS_SHOWN = 5


def refuse():
    return HttpResponseForbidden("You may look, but not change.", content_type="text/plain")


def show(model_admin, request, object_id: str):
    """Answer a request for a story's screen; one that went up in another leads to that."""
    story = _find(object_id)
    if not model_admin.has_view_permission(request, story):
        raise PermissionDenied
    if story is None:
        return model_admin._get_obj_does_not_exist_redirect(request, model_admin.opts, object_id)
    if request.method != "POST":
        if str(story.pk) != object_id:
            return HttpResponseRedirect(reverse("admin:articles_story_change", args=[story.pk]))
        return _answer(model_admin, request, Screen(story, _as_it_is(story)))
    if not model_admin.has_change_permission(request, story):
        return refuse()
    return _posted(model_admin, request, story)


def _find(object_id: str) -> Story | None:
    if not object_id.isdecimal() or len(object_id) > 18:
        return None
    found = Story.objects.with_lead().filter(pk=object_id).first()
    return found or StoryAlias.objects.heir(object_id)


@dataclass
class Screen:
    """What a screen shows beside the story itself."""

    story: Story
    given: Input
    name: str = ""
    effect: Effect | None = None
    error: str = ""
    is_stale: bool = False
    news: list[Edit] = field(default_factory=list)


def _as_it_is(story: Story) -> Input:
    """The input of a fresh screen: the story's own words and topics."""
    lead = story.lead
    links = lead.topic_links.select_related("topic") if lead else ()
    return Input(
        title=lead.title if lead else "",
        excerpt=lead.excerpt if lead else "",
        topics="\n".join(link.name or link.topic.name for link in links),
        heat=str(story.heat_adjustment),
    )


def _posted(model_admin, request, story: Story):
    given = read_input(request.POST)
    name = request.POST.get("confirm") or request.POST.get("preview") or request.POST.get("act", "")
    act = ACTS.get(name)
    screen = Screen(story, given, name)
    if request.POST.get("version") != version_of(story):
        screen.is_stale = True
        screen.news = _news_since(story, request.POST.get("seen", ""))
        return _answer(model_admin, request, screen)
    if act is None and "preview" not in request.POST:
        return _answer(model_admin, request, screen)
    if act and not act.is_allowed(request.user):
        return refuse()

    def run():
        return act.run(story, given, request.user) if act else None

    try:
        if "preview" in request.POST:
            return draft_of_story(request, story, run)
        if request.POST.get("confirm") == name and request.POST.get("shown") == _mark(name, given):
            with writing():
                # Looked at once more, now that nobody else can write.
                if request.POST.get("version") == version_of(_find(str(story.pk)) or story):
                    return _save(model_admin, request, story, run())
            screen.is_stale = True
            return _answer(model_admin, request, screen)
        screen.effect = foresee(run)
        screen.error = "" if screen.effect else "This would change nothing."
    except (EditError, FieldError) as error:
        screen.error = f"{error}."
    return _answer(model_admin, request, screen)


def _save(model_admin, request, story: Story, edit: Edit | None):
    told = edit.get_kind_display() if edit else "Nothing changed"
    model_admin.message_user(request, f"{told}.", messages.SUCCESS if edit else messages.WARNING)
    # The story may have gone up in another: its address leads on.
    return HttpResponseRedirect(reverse("admin:articles_story_change", args=[story.pk]))


def _news_since(story: Story, seen: str) -> list[Edit]:
    since = int(seen) if seen.isdecimal() and len(seen) < 18 else 0
    return list(Edit.objects.touching("story", story.pk).since(since).for_listing()[:EDITS_SHOWN])


def _mark(name: str, given: Input) -> str:
    """Name an act with its input: what is saved is what was shown, or it is shown again."""
    return blake2b(repr((name, given.decisive())).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _answer(model_admin, request, screen: Screen):
    story, given = screen.story, screen.given
    edits = list(Edit.objects.touching("story", story.pk).for_listing()[:EDITS_SHOWN])
    context = {
        **model_admin.admin_site.each_context(request),
        "title": str(story),
        "opts": model_admin.opts,
        "media": model_admin.media,
        "story": story,
        "given": given,
        "screen": screen,
        "version": version_of(story),
        "seen": edits[0].pk if edits else 0,
        "shown": _mark(screen.name, given),
        "act_label": ACTS[screen.name].label if screen.name in ACTS else "",
        "may_change": model_admin.has_change_permission(request, story),
        "may_withdraw": ACTS["withdraw"].is_allowed(request.user),
        "why_here": reasons.why_here(story),
        "edits": edits,
        "reports": _reports(story, given),
        "pictures": _pictures(story),
        "similar": _offered(similar_stories(story), given),
        "found": _offered(stories_with_words(given.words, story), given) if given.words else [],
        "is_public_url": story.get_absolute_url() if story.is_public else "",
        "parent_url": reverse("admin:articles_story_changelist"),
    }
    return TemplateResponse(request, "admin/story_desk.html", context, status=409 if screen.is_stale else 200)


def _reports(story: Story, given: Input) -> list[dict]:
    rows = list(Article.objects.filter(story=story).told().select_related("provider").defer("related_list"))
    rows.sort(key=lambda row: (row.story_position is None, row.story_position or 0, row.pk))
    why = why_together(rows)
    chosen = set(
        Decision.objects.filter(kind=Decision.Kind.LEAD, article__in=rows).values_list("article", flat=True)
    )
    return [
        {
            "article": row,
            "checked": row.pk in given.checked,
            "is_lead": row.pk == story.lead_id,
            "is_chosen": row.pk in chosen,
            "why": reasons.told(why[row.pk]),
        }
        for row in rows
    ]


def _pictures(story: Story) -> list[dict]:
    """The pictures that any report of the story has and that we have files of, the one shown first."""
    articles = Article.objects.filter(story=story).coverage_order()
    links = ArticleImage.objects.ready_for(articles.values_list("pk", flat=True)).select_related("image")
    links = sorted(links, key=lambda link: (link.article_id != story.lead_id, link.article_id, link.position))
    found = {}
    for link in links:
        found.setdefault(link.image_id, {"image": link.image, "thumbnail": thumbnail(link.image)})
    first = next(iter(found), None) if links and links[0].article_id == story.lead_id else None
    return [{**entry, "is_shown": key == first} for key, entry in found.items()]


def _offered(suggestions, given: Input) -> list[dict]:
    return [
        {
            "story": each.story,
            "likeness": "" if each.likeness is None else f"{100 * each.likeness:.0f} %",
            "checked": each.story.pk in given.others,
            "url": reverse("admin:articles_story_change", args=[each.story.pk]),
        }
        for each in suggestions
    ]
