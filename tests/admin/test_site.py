"""Signing in: throttled, with a code where that is turned on, and over when it should be."""

import re
from base64 import b32decode

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

pytestmark = pytest.mark.django_db
LOGIN, DESK = "/admin/login/", "/admin/articles/story/"


def sign_in(client, password="tide-table", **more):
    return client.post(LOGIN, {"username": "ed", "password": password, "next": DESK, **more})


def is_in(client):
    return client.get(DESK).status_code == 200


def test_a_password_lets_in_and_a_wrong_one_does_not(editor, client):
    assert "correct" in sign_in(client, "wrong").content.decode()
    assert not is_in(client)
    assert sign_in(client).headers["Location"] == DESK
    assert is_in(client)


def test_after_five_wrong_passwords_the_right_one_has_to_wait_too(editor, client, settings):
    answers = [sign_in(client, f"wrong-{number}").status_code for number in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    refused = sign_in(client)
    assert refused.status_code == 429
    assert "Too many wrong passwords" in refused.content.decode()
    assert not is_in(client)
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    assert sign_in(elsewhere).status_code == 302, "another address is not locked out with it"


def test_signing_out_ends_the_session(editor, client):
    sign_in(client)
    key = client.session.session_key
    client.post("/admin/logout/")
    client.cookies["sessionid"] = key
    assert not is_in(client)


def test_a_changed_password_ends_all_other_sessions(editor, client):
    other = Client()
    sign_in(client)
    sign_in(other)
    new = dict.fromkeys(("new_password1", "new_password2"), "spring-flood-9")
    given = new | {"old_password": "tide-table"}
    assert client.post("/admin/password_change/", given).status_code == 302
    assert is_in(client)
    assert not is_in(other)


def code_of(client):
    secret = re.search(r"<code>(\w+)</code>", client.get("/admin/two-step/").content.decode())[1]
    return f"{totp(b32decode(secret)):06}"


def test_two_steps_are_turned_on_with_a_code_and_then_asked_for(editor, client):
    older = Client()
    sign_in(older)
    sign_in(client)
    page = client.get("/admin/two-step/").content.decode()
    assert 'src="data:image/svg+xml' in page
    client.post("/admin/two-step/", {"code": "000000"})
    assert not TOTPDevice.objects.filter(confirmed=True).exists()
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert client.post("/admin/two-step/", {"code": code_of(client)}).status_code == 302
    assert is_in(client)
    assert not is_in(older), "a session from before has to prove itself"
    fresh = Client()
    assert "code is missing or wrong" in sign_in(fresh).content.decode()
    device = TOTPDevice.objects.get(confirmed=True)
    TOTPDevice.objects.update(last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None)
    assert sign_in(fresh, code=f"{totp(device.bin_key):06}").status_code == 302
    assert is_in(fresh)
    assert not is_in(Client())


def test_a_code_counts_once_and_wrong_ones_make_wait(editor, client):
    device = TOTPDevice.objects.create(user=editor, confirmed=True, name="app")
    code = f"{totp(device.bin_key):06}"
    assert sign_in(client, code=code).status_code == 302
    again = Client()
    assert sign_in(again, code=code).status_code == 200
    assert sign_in(again, code="x").status_code == 200
    device.refresh_from_db()
    assert device.throttling_failure_count >= 1
    assert not is_in(again)


def test_nobody_signs_in_with_another_ones_code(editor, client):
    stranger = User.objects.create_user("stranger", password="x-tide-x", is_staff=True)
    TOTPDevice.objects.create(user=editor, confirmed=True, name="app")
    other = TOTPDevice.objects.create(user=stranger, confirmed=True, name="app")
    assert sign_in(client, code=f"{totp(other.bin_key):06}").status_code == 200
    assert not is_in(client)
