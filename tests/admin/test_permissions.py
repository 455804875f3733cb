"""Permissions in the newsroom: every address of the admin, by GET and POST, for every role."""

import logging

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import URLPattern, reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from articles.editing.articles import set_quality
from articles.models import Article, Edit, TakeDown, Topic
from articles.operations.jobs import run_job
from tests.feeds import make_source

pytestmark = pytest.mark.django_db

ALL = {"editor", "chief", "operator"}
DECIDE, KEEP, OWN, NOBODY = {"editor", "chief"}, {"chief"}, {"owner"}, set()
STAFF = ALL | {"staff", "owner"}  # signed in, without a role
# noun -> who may look at it, change it, add to it, delete of it
NOUNS = {
    "article": (ALL, DECIDE, DECIDE, NOBODY),
    "story": (ALL, DECIDE, NOBODY, NOBODY),
    "edit": (ALL, DECIDE, NOBODY, NOBODY),
    "topic": (ALL, KEEP, KEEP, KEEP),
    "provider": (ALL, KEEP, NOBODY, KEEP),
    "image": (ALL, DECIDE, NOBODY, NOBODY),
    "importrun": (ALL, NOBODY, NOBODY, NOBODY),
    "importoutcome": (ALL, NOBODY, NOBODY, NOBODY),
    "source": (ALL, KEEP, KEEP, KEEP),
    "takedown": (ALL, NOBODY, KEEP, NOBODY),
    "user": (OWN, OWN, OWN, NOBODY),
}
# name of an address -> who may GET it, who may POST to it
OTHERS = {
    "index": (STAFF, STAFF),
    "password_change": (STAFF, STAFF),
    "password_change_done": (STAFF, STAFF),
    "two_step": (STAFF, STAFF),
    "account": (STAFF, STAFF),
    "roles": (STAFF, STAFF),
    "role": (STAFF, STAFF),
    "auth_user_password_change": (OWN, OWN),
    "jsi18n": (STAFF, STAFF),
    "view_on_site": (STAFF, STAFF),
    "app_list": (ALL, ALL),
    "articles_edit_health": (ALL, ALL),
}
# roles, codes and tasks: superusers alone
APPS_OF_OTHERS = ("auth_group", "axes_", "otp_totp_", "django_tasks_")
ROLES = {"editor": "Editors", "chief": "Chiefs", "operator": "Operators", "owner": "Owners", "staff": None}


@pytest.fixture(autouse=True)
def _without_warnings():
    """Every refusal is logged with its whole trace, which is most of the time that it takes."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def site(write_article, run_import, settings):
    admin.autodiscover()
    write_article("bad", title="")
    run_import(write_article("one", images=[{"url": "https://pictures.example/one.jpg"}]).parent)
    set_quality(Article.objects.all(), 60)
    user = User.objects.create_user("somebody")
    AccessAttempt.objects.create(failures_since_start=1)
    AccessFailureLog.objects.create()
    AccessLog.objects.create()
    TOTPDevice.objects.create(user=user, name="app")
    source = make_source("https://paper.example/feed")
    TakeDown.objects.create(what="source", source=source, reason="As they wish")
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    run_job.enqueue("group")
    return {model._meta.model_name: model.objects.first() for model in admin.site._registry}


def patterns(found=None):
    """Yield the name and the pattern of each address of the admin."""
    for entry in admin.site.urls[0] if found is None else found:
        if isinstance(entry, URLPattern):
            if entry.name:
                yield entry.name
        else:
            yield from patterns(entry.url_patterns)


def addresses(site):
    """Return all addresses by name, with something that is there where a number is wanted."""
    from django.contrib.contenttypes.models import ContentType

    given = {}
    for name in dict.fromkeys(patterns()):
        if name.startswith("password_reset"):
            continue  # for everybody, where mail is set up
        noun = next((part for part in name.split("_") if part in site), "")
        if name == "view_on_site":
            kind = ContentType.objects.get_for_model(Topic)
            arguments = [kind.pk, site["topic"].pk]
        elif name == "role":
            arguments = [site["group"].pk]
        elif name == "app_list":
            arguments = ["articles"]
        elif (noun and name.endswith(("_change", "_delete", "_history"))) or name.endswith(
            ("_config", "_qrcode")
        ):
            arguments = [site[noun].pk]
        else:
            arguments = []
        given[name] = reverse(f"admin:{name}", args=arguments)
    return given


def allowed(name):
    """Return who may GET and who may POST an address of this name."""
    if name in OTHERS:
        return OTHERS[name]
    if name.startswith(APPS_OF_OTHERS):
        return NOBODY, NOBODY
    noun, view = name.removeprefix("articles_").removeprefix("auth_").rsplit("_", 1)
    look, change, add, delete = NOUNS[noun]
    return {
        "changelist": (look, look),
        "history": (look, look),
        "change": (look, change),
        "add": (add, add),
        "delete": (delete, delete),
    }[view]


def client_of(role):
    client = Client(raise_request_exception=True)
    if role != "stranger":
        user = User.objects.create_user(role, password="x", is_staff=True)
        if ROLES[role]:
            user.groups.add(Group.objects.get(name=ROLES[role]))
        client.force_login(user)
    return client


def verdict(answer):
    """Return what an answer means: in, sent to the sign-in, or refused."""
    if answer.status_code == 302 and answer.headers["Location"].startswith("/admin/login/"):
        return "sign in"
    if answer.status_code == 403 and b'id="login-form"' in answer.content:
        return "sign in"  # and the form comes back filled
    return "refused" if answer.status_code in (403, 404) else "in"


@pytest.mark.thorough
def test_every_address_for_every_role_by_get_and_post(site):
    wrong = []
    given = addresses(site)
    given = {name: path for name, path in given.items() if name not in ("login", "logout", "autocomplete")}
    assert len(given) > 60
    for role in ("stranger", *ROLES):
        client = client_of(role)
        for name, path in given.items():
            for place, method in enumerate(("get", "post")):
                expected = "in" if role in allowed(name)[place] else "refused"
                got = verdict(getattr(client, method)(path))
                if got != ("sign in" if role == "stranger" else expected):
                    wrong.append((role, method, name, got))
    assert wrong == [], sorted(wrong)


def actions_of(client, noun):
    form = client.get(reverse(f"admin:articles_{noun}_changelist")).context["action_form"]
    return set(dict(form.fields["action"].choices)) - {""} if form else set()


def test_only_whoever_may_edit_sees_the_actions_of_a_list(site):
    offered = {}
    for role in ("editor", "chief", "operator"):
        client = client_of(role)
        found = {noun: actions_of(client, noun) for noun in ("article", "story", "importrun", "topic")}
        offered[role] = {noun: actions for noun, actions in found.items() if actions}
    assert offered == {
        "editor": {
            "article": {"publish", "unpublish"},
            "story": {"publish", "unpublish", "set_quality"},
        },
        "chief": {
            "article": {"publish", "unpublish", "remove", "restore"},
            "story": {"publish", "unpublish", "set_quality"},
            "topic": {"merge", "hide", "show"},
        },
        "operator": {"importrun": {"undo"}},
    }


@pytest.mark.parametrize("role", ["operator", "owner", "staff", "stranger"])
def test_edits_that_are_sent_without_permission_change_nothing(site, role):
    client, story = client_of(role), site["story"]
    before = list(Article.objects.values()), Edit.objects.count()
    story_page = reverse("admin:articles_story_change", args=[story.pk])
    queue, articles = reverse("admin:articles_story_changelist"), reverse("admin:articles_article_changelist")
    for name in ("publish", "unpublish", "raise", "lower"):
        client.post(queue, {"edit": f"{name}.{story.pk}"})
    for name in ("publish", "unpublish", "set_quality"):
        client.post(queue, {"action": name, "_selected_action": [story.pk], "quality": 1, "index": 0})
    for name in ("publish", "unpublish", "remove", "restore", "delete_selected"):
        client.post(articles, {"action": name, "_selected_action": [site["article"].pk], "post": "yes"})
    for name in ("publish", "split", "merge", "retitle", "remove", "heat"):
        for way in ("edit", "confirm", "preview"):
            client.post(story_page, {way: name, "title": "New", "heat": "9", "selected": site["article"].pk})
    client.post(reverse("admin:articles_edit_change", args=[site["edit"].pk]))
    client.post(
        articles,
        {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "_save": "Save", "form-0-id": site["article"].pk,
         "form-0-quality": 1},
    )  # fmt: skip
    assert (list(Article.objects.values()), Edit.objects.count()) == before


def test_an_editor_removes_nothing_a_chief_does_and_it_can_be_undone(site, client):
    article, story = site["article"], site["story"]
    address = reverse("admin:articles_article_changelist")
    given = {"action": "remove", "_selected_action": [article.pk]}
    client_of("editor").post(address, given)
    assert client.get(article.get_absolute_url()).status_code == 200
    page = reverse("admin:articles_story_change", args=[story.pk])
    assert "Remove selected" not in client_of("staff").get(page).content.decode()
    client_of("chief").post(address, given)
    assert client.get(article.get_absolute_url()).status_code == 410
    edit = Edit.objects.get(kind="remove")
    client.force_login(User.objects.get(username="chief"))
    client.post(reverse("admin:articles_edit_change", args=[edit.pk]), {"reason": "a mistake"})
    assert Client().get(article.get_absolute_url()).status_code == 200


def test_topics_are_added_changed_deleted_and_all_of_it_undone(site, client):
    client.force_login(User.objects.create_superuser("root"))
    page = reverse("admin:articles_topic_add")
    empty = {"short_name": "", "description": "", "keywords": "a, b", "hashtags": "", "position": 5}
    client.post(page, {"name": "Lighthouses", **empty})
    topic = Topic.objects.get(name="Lighthouses")
    client.post(reverse("admin:articles_topic_change", args=[topic.pk]), {"name": "Beacons", **empty})
    client.post(reverse("admin:articles_topic_delete", args=[topic.pk]), {"post": "yes"})
    assert not Topic.objects.filter(pk=topic.pk).exists()
    edits = list(Edit.objects.order_by("-pk")[:3])
    assert [edit.kind for edit in edits] == ["delete", "change", "add"]
    names = []
    for edit in edits:
        client.post(reverse("admin:articles_edit_change", args=[edit.pk]))
        names.append(list(Topic.objects.filter(pk=topic.pk).values_list("name", flat=True)))
    assert names == [["Beacons"], ["Lighthouses"], []]
    needed = site["topic"]
    client.post(reverse("admin:articles_topic_delete", args=[needed.pk]), {"post": "yes"})
    assert Topic.objects.filter(pk=needed.pk).exists()
