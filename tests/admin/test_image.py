"""Pictures in the newsroom: their states, and an editor's own choice."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from articles.images.process import store_picture
from articles.models import Image
from tests.pictures import add_image, jpeg

pytestmark = pytest.mark.django_db
LIST = "/admin/articles/image/"


@pytest.fixture
def image():
    return add_image()


def change(newsroom, image, **fields):
    answer = newsroom.post(f"{LIST}{image.pk}/change/", {"action": "", **fields})
    image.refresh_from_db()
    return answer


def test_the_list_shows_thumbnail_state_and_reason(newsroom, image):
    store_picture(image, jpeg())
    add_image("https://a.example/<script>.jpg", state="refused", reason="is a damaged picture")
    page = newsroom.get(LIST).content.decode()
    assert f'<img src="{image.renditions.first().url}"' in page
    assert "is a damaged picture" in page
    assert "/<script>" not in page
    assert newsroom.get(f"{LIST}?state=refused").content.decode().count("field-state") == 1


def test_an_editors_own_picture_is_shown_from_then_on(newsroom, image):
    answer = change(newsroom, image, upload=SimpleUploadedFile("tide.jpg", jpeg()))
    assert answer.status_code == 302
    assert (image.state, image.is_edited) == ("ready", True)
    assert "×" in newsroom.get(f"{LIST}{image.pk}/change/").content.decode()


def test_an_upload_that_is_no_picture_is_refused_in_the_form(newsroom, image):
    for data, reason in ((b"<svg/>", "This file is no JPEG"), (b"x" * 10_000_001, "10,000,000 bytes")):
        answer = change(newsroom, image, upload=SimpleUploadedFile("tide.jpg", data))
        assert answer.status_code == 200
        assert reason in answer.content.decode()
        assert image.state == "waiting"


def test_an_editor_can_decide_for_no_picture(newsroom, image):
    store_picture(image, jpeg())
    change(newsroom, image, action="hide")
    assert (image.state, image.is_edited) == ("off", True)


def test_fetch_again_asks_the_host_at_once(newsroom, image, site):
    site.pages["/tide.jpg"] = (200, {}, jpeg())
    Image.objects.update(url=site.url("/tide.jpg"), state="off", is_edited=True)
    change(newsroom, image, action="fetch")
    assert (image.state, image.is_edited) == ("ready", False)
    answer = newsroom.post(LIST, {"action": "fetch_again", "_selected_action": [image.pk]}, follow=True)
    assert "0 ready, 1 unchanged" in answer.content.decode()
    assert len(site.requests) == 2


def test_many_are_left_to_the_next_run_of_the_command(newsroom):
    for number in range(9):
        add_image(f"https://harbour-gazette.example/{number}.jpg", state="refused")
    chosen = list(Image.objects.values_list("pk", flat=True))
    answer = newsroom.post(LIST, {"action": "fetch_again", "_selected_action": chosen}, follow=True)
    assert "will fetch these 9 pictures" in answer.content.decode()
    assert Image.objects.filter(state="waiting").count() == 9


def test_who_may_only_look_can_decide_nothing(client, image, django_user_model):
    client.force_login(django_user_model.objects.create_user("reader", is_staff=True))
    assert client.post(f"{LIST}{image.pk}/change/", {"action": "hide"}).status_code == 403


def test_the_list_takes_as_many_queries_for_twice_the_pictures(newsroom, django_assert_max_num_queries):
    for number in range(20):
        add_image(f"https://harbour-gazette.example/{number}.jpg", jpeg())
    with django_assert_max_num_queries(10):
        newsroom.get(LIST)
