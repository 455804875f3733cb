"""Accounts, roles, forgotten passwords, and the language of an account."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.core import mail
from django.core.management import call_command
from django.urls import reverse

from aggregator.environment import MISTAKES, env_mail
from articles.models import Account

pytestmark = pytest.mark.django_db
PASSWORDS = dict.fromkeys(("password1", "password2"), "spring-flood-9")
NEW = {"username": "ann", "email": "ann@paper.example", **PASSWORDS}


@pytest.fixture
def owner(client, editor):
    editor.groups.add(Group.objects.get(name="Owners"))
    client.force_login(editor)
    return editor


def test_whoever_set_the_site_up_may_add_accounts(client):
    call_command("prepare", verbosity=0)
    client.force_login(User.objects.get(username="editor"))
    assert ">People</a>" in client.get("/admin/").content.decode()
    chiefs = Group.objects.get(name="Chiefs")
    assert "remove articles" in client.get("/admin/auth/user/add/").content.decode()
    client.post("/admin/auth/user/add/", NEW | {"groups": [chiefs.pk]})
    ann = User.objects.get(username="ann")
    assert (ann.is_staff, ann.is_superuser, list(ann.groups.all())) == (True, False, [chiefs])
    assert "Chiefs" in client.get("/admin/auth/user/").content.decode()
    client.force_login(ann)
    assert ">People</a>" not in client.get("/admin/").content.decode()
    refused = client.get("/admin/auth/user/")
    assert refused.status_code == 403 and "Who may: Owners" in refused.content.decode()


def test_an_owner_gives_no_more_than_roles_and_locks_nobody_out(client, owner):
    root = User.objects.create_superuser("root")
    page, own = (reverse("admin:auth_user_change", args=[user.pk]) for user in (root, owner))
    for address in (page, reverse("admin:auth_user_password_change", args=[root.pk])):
        assert client.post(address, {"username": "root"} | PASSWORDS).status_code == 403
    more = {"username": "ed", "is_superuser": "on", "user_permissions": [1]}
    answer = client.post(own, more)
    errors = answer.context["adminform"].form.errors
    assert set(errors) == {"groups", "is_active"}
    groups = list(owner.groups.values_list("pk", flat=True))
    client.post(own, more | {"is_active": "on", "groups": groups, "email": "e@d.example"})
    owner.refresh_from_db()
    assert (owner.email, owner.is_superuser, owner.is_staff) == ("e@d.example", False, True)
    assert client.post(reverse("admin:auth_user_delete", args=[owner.pk]), {"post": "yes"}).status_code == 403


def test_a_page_per_role_says_in_words_what_it_may_do(newsroom):
    for group in Group.objects.all():
        page = newsroom.get(f"/admin/roles/{group.pk}/").content.decode()
        assert group.name in page and "Can " not in page, "every permission has words of its own"
        assert f"/admin/roles/{group.pk}/" in newsroom.get("/admin/roles/").content.decode()
    assert newsroom.get("/admin/roles/999/").status_code == 404


def test_a_forgotten_password_is_replaced_by_mail_where_mail_is_set_up(client, editor, settings):
    ask = "/admin/password-reset/"
    assert client.get(ask).status_code == 404
    assert ask not in client.get("/admin/login/").content.decode()
    settings.EMAIL_IS_SET_UP = True
    assert ask in client.get("/admin/login/").content.decode()
    User.objects.filter(pk=editor.pk).update(email="ed@paper.example")
    for address, count in (("nobody@paper.example", 0), ("ed@paper.example", 1)):
        assert client.post(ask, {"email": address}).headers["Location"] == f"{ask}sent/"
        assert len(mail.outbox) == count
    assert client.get(f"{ask}sent/").status_code == 200
    link = re.search(r"http://testserver(/\S+)", mail.outbox[0].body)[1]
    form = client.get(link).headers["Location"]
    assert "new_password1" in client.get(form).content.decode()
    given = dict.fromkeys(("new_password1", "new_password2"), "spring-flood-9")
    assert client.post(form, given, follow=True).status_code == 200
    editor.refresh_from_db()
    assert editor.check_password("spring-flood-9")
    assert "new_password1" not in client.get(link, follow=True).content.decode(), "a link works once"
    for _ in range(4):
        answer = client.post(ask, {"email": "ed@paper.example"})
    assert (answer.status_code, len(mail.outbox)) == (429, 4)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://us%40er:p%2Fw@mail.example:587?tls=1", ("smtp", "us@er", "p/w", 587, True)),
        ("smtps://mail.example", ("smtp", "", "", 465, False)), ("console:", ("console",) + (None,) * 4),
        ("file:///tmp/mail", ("filebased",) + (None,) * 4), ("", None), ("mail.example", None),
        ("smtp://", None), ("smtp://hush@h:x", None), ("file:mail", None),
    ],
)  # fmt: skip
def test_one_variable_says_how_to_send_mail(monkeypatch, url, expected):
    monkeypatch.setenv("EMAIL_URL", url)
    before = len(MISTAKES)
    is_set_up, found = env_mail("news.example")
    names = ("EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD", "EMAIL_PORT", "EMAIL_USE_TLS")
    values = (found["EMAIL_BACKEND"].split(".")[-2], *(found.get(name) for name in names))
    assert (values if is_set_up else None) == expected
    assert len(MISTAKES) - before == (expected is None and url != "")
    assert not any("hush" in mistake.text for mistake in MISTAKES)
    del MISTAKES[before:]


def test_the_newsroom_speaks_the_language_of_the_account(newsroom, editor):
    assert newsroom.post("/admin/account/", {"language": "xx"}).status_code == 200
    page = newsroom.post("/admin/account/", {"language": "de"}, follow=True).content.decode()
    assert '<html lang="de"' in page and "Ihr Konto" in page and "Passwort ändern" in page
    assert Account.objects.get(user=editor).language == "de"
    page = newsroom.get("/admin/", headers={"Accept-Language": "en"}).content.decode()
    assert ">Themen</a>" in page and "zu entscheiden" in page
    page = newsroom.get("/admin/articles/article/").content.decode()
    words = ("Artikel", "Zustand", "Alle", "veröffentlicht")
    assert [word for word in words if f">{word}<" not in page] == []
    newsroom.post("/admin/account/", {"language": ""})
    assert '<html lang="de"' in newsroom.get("/admin/", headers={"Accept-Language": "de"}).content.decode()
